"""Finds dossiers by words: one folded column, a trigram index on both engines.

A rare word is looked up in the index; a word that stands nearly everywhere is cheaper to find by
walking the list in its own order, because the first page is full after a few rows.
"""

import re
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from quartiersladen.kernel.text import fold

SHORTEST = 3  # letters; the index knows nothing shorter
COMMON = 1_000  # dossiers; more hits than these make a word common
MERGED_PAGES = 500  # of the index in one step
LEAST_CHANGES = 2  # a step that changes fewer rows had nothing left to merge
LOOKUPS = 2  # words that are tried in the index
WORD = re.compile(r"[\w-]+")
M = TypeVar("M", bound=Model)


def words_of(query: str) -> list[str]:
    """Return the folded words of a query that are long enough to be looked for."""
    return [word for word in WORD.findall(fold(query)) if len(word) >= SHORTEST]


def _rare_ids(word: str) -> list[int] | None:
    """Return the dossiers that hold `word`, None when there are more than COMMON."""
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM dossiers_search WHERE dossiers_search MATCH %s LIMIT %s"
        argument = '"' + word.replace('"', '""') + '"'
    else:
        sql = "SELECT id FROM dossiers_dossier WHERE search_text LIKE %s LIMIT %s"
        argument = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(sql, [argument, COMMON + 1])
        ids = [row[0] for row in cursor.fetchall()]
    return ids if len(ids) <= COMMON else None


def narrowed(rows: QuerySet[M], query: str, *, dossier: str = "") -> QuerySet[M]:
    """Return `rows` whose dossier holds every word of `query`; none when no word is long enough.

    rows: dossiers, or rows whose primary key is their dossier.
    dossier: the path from the row to its dossier ("" for dossiers, "dossier__" for concerns).
    Costs at most LOOKUPS statements apart from the rows themselves.
    """
    words = words_of(query)
    if not words:
        return rows.none()
    for word in sorted(words, key=len, reverse=True)[:LOOKUPS]:
        ids = _rare_ids(word)
        if ids is not None:
            rows = rows.filter(pk__in=ids)
            break
    condition = Q()
    for word in words:
        condition &= Q((f"{dossier}search_text__contains", word))
    return rows.filter(condition)


def forget_old_words() -> None:
    """Make the index forget words that no dossier holds any more; call outside a transaction.

    FTS5 marks what was deleted and keeps it until its parts are merged. They are merged in small
    steps, each a transaction of its own, and then the write-ahead log is emptied, in which older
    pages stand. PostgreSQL does the like by itself (autovacuum).
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        pages = -MERGED_PAGES  # negative once: merge everything into one part
        while True:
            cursor.execute("SELECT total_changes()")
            before = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO dossiers_search(dossiers_search, rank) VALUES ('merge', %s)", [pages]
            )
            cursor.execute("SELECT total_changes()")
            if cursor.fetchone()[0] - before < LEAST_CHANGES:
                break
            pages = MERGED_PAGES
        if not connection.in_atomic_block:
            # A reader may hold the log for a moment; then the next checkpoint does it.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
