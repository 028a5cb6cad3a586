"""A trigram index over the folded words: FTS5 on SQLite, pg_trgm on PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    (
        "CREATE VIRTUAL TABLE dossiers_search USING fts5("
        "search_text, content='dossiers_dossier', content_rowid='id', tokenize='trigram')"
    ),
    (
        "CREATE TRIGGER dossiers_search_insert AFTER INSERT ON dossiers_dossier BEGIN "
        "INSERT INTO dossiers_search(rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    (
        "CREATE TRIGGER dossiers_search_delete AFTER DELETE ON dossiers_dossier BEGIN "
        "INSERT INTO dossiers_search(dossiers_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); END"
    ),
    (
        "CREATE TRIGGER dossiers_search_update AFTER UPDATE OF search_text ON dossiers_dossier BEGIN "
        "INSERT INTO dossiers_search(dossiers_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); "
        "INSERT INTO dossiers_search(rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    "INSERT INTO dossiers_search(dossiers_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER dossiers_search_update",
    "DROP TRIGGER dossiers_search_delete",
    "DROP TRIGGER dossiers_search_insert",
    "DROP TABLE dossiers_search",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX dossiers_search ON dossiers_dossier USING gin (search_text gin_trgm_ops)",
)
POSTGRESQL_BACK = ("DROP INDEX dossiers_search",)


def add_index(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for sql in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(sql)


def drop_index(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for sql in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_journal_is_append_only")]

    operations = [migrations.RunPython(add_index, drop_index)]
