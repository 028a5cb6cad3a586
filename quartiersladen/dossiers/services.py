"""Writes that all kinds of dossiers share. Modules above call them inside their own deed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import colleagues, viewer_for
from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import letters, rules
from quartiersladen.dossiers.models import Digest, Document, Dossier, Entry, FollowUp, Tagging
from quartiersladen.dossiers.queries import due_for, held_too_long, named_in
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason, Kind
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import remove_file
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.kernel.text import fold
from quartiersladen.outbox.services import queue_mail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import is_working_day

CLEAN_INDEX = "quartiersladen.dossiers.tasks.clean_index"
TITLE_LENGTH = 120
#: Stands for the title of a dossier whose texts are deleted.
NO_TITLE = "[entfernt]"
#: Facts of a deed in the words of a person; the others are closed lists, days and names of bodies.
TYPED_FACTS = frozenset({"reason"})
#: The morning, local time: a worker that was down at seven still sends until noon.
MORNING_BEGINS, MORNING_ENDS = time(7), time(12)


class ChangedMeanwhile(Conflict):
    """Somebody else changed the dossier since the page was read."""

    sentence = _(
        "Somebody else has changed this meanwhile. Your text is still here: please look at what is"
        " new and press the button again."
    )


class DateInThePast(Invalid):
    """A follow-up cannot be due before today."""

    sentence = _("The next date must be today or later.")


class NotNamed(Invalid):
    """Who may not see a confidential dossier cannot look after it."""

    sentence = _("This is confidential: only somebody who is named can look after it.")


class NotAColleague(Invalid):
    """Only people who work at this desk can look after a dossier."""

    sentence = _("Only somebody who works in this office can look after it.")


def _next_number(quarter: Quarter, year: int) -> int:
    # One statement that counts and reads on both engines, so that two never get one number.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_referencesequence (quarter_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (quarter_id, year)"
            " DO UPDATE SET last = dossiers_referencesequence.last + 1 RETURNING last",
            [quarter.pk, year],
        )
        number: int = cursor.fetchone()[0]
    return number


def open_dossier(  # noqa: PLR0913 -- what every dossier has; all are named
    *,
    quarter: Quarter,
    kind: Kind,
    title: str,
    audience: Audience,
    language: str,
    assigned_to_id: int | None,
    search_words: str,
    is_held: bool = False,
    now: datetime,
) -> Dossier:
    """Store a new dossier with the next reference of the year; call inside a transaction.

    title: cut at 120 characters.  search_words: what the desk search shall find, unfolded.
    is_held: waits for the office to say that it is no spam.
    """
    day = quarter.local_day(now)
    reference = f"{day.year}-{_next_number(quarter, day.year):04d}"
    return Dossier.objects.create(
        quarter=quarter,
        kind=kind,
        reference=reference,
        title=title[:TITLE_LENGTH],
        audience=audience,
        language=language,
        assigned_to_id=assigned_to_id,
        created_at=now,
        held_at=now if is_held else None,
        search_text=fold(f"{reference} {title} {search_words}"),
    )


def record(  # noqa: PLR0913 -- one line of the journal; all are named
    *,
    dossier: Dossier,
    deed: str,
    actor: Actor,
    by_id: int | None = None,
    actor_name: str = "",
    text: str = "",
    audience: Audience = Audience.OFFICE,
    data: Mapping[str, Any] | None = None,
    now: datetime,
) -> Entry:
    """Write one journal line and let the search find its text."""
    entry = Entry.objects.create(
        dossier=dossier,
        at=now,
        actor=actor,
        by_id=by_id,
        actor_name=actor_name,
        deed=deed,
        text=text,
        audience=audience,
        data=dict(data or {}),
    )
    if text:
        add_search_words(dossier=dossier, words=text)
    return entry


def add_search_words(*, dossier: Dossier, words: str) -> None:
    """Let the desk search find the dossier by these words, too."""
    added = Value(" " + fold(words))
    Dossier.objects.filter(pk=dossier.pk).update(search_text=Concat(F("search_text"), added))


def clean_search_later() -> None:
    """Let the index forget for good the words that this deed deletes, once it is committed."""
    enqueue(CLEAN_INDEX)


def claim(*, dossier: Dossier, version: int) -> None:
    """Raise the version; the first statement of every deed that changes a dossier.

    version: the one that the person saw.  Raises ChangedMeanwhile when somebody was faster:
    a conditional update decides it on both engines without a lock.
    """
    claimed = Dossier.objects.filter(pk=dossier.pk, version=version).update(version=version + 1)
    if not claimed:
        raise ChangedMeanwhile
    dossier.version = version + 1


def lock_dossiers(*, keys: Collection[int]) -> None:
    """Hold several dossiers until the deed is over; for a deed about more than one, before it reads.

    Always in the order of their keys, so that of two such deeds none holds what the other waits for.
    """
    rows = Dossier.objects.filter(pk__in=keys).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def check_next_date(*, dossier: Dossier, due_on: date, now: datetime) -> None:
    """Raise DateInThePast for a day before today."""
    if due_on < dossier.quarter.local_day(now):
        raise DateInThePast(field="due_on")


def plan_follow_up(
    *, dossier: Dossier, due_on: date, reason: FollowUpReason, note: str, now: datetime
) -> FollowUp:
    """Replace the next date of a dossier. Raises DateInThePast for a day before today."""
    check_next_date(dossier=dossier, due_on=due_on, now=now)
    end_follow_up(dossier=dossier, now=now)
    return FollowUp.objects.create(
        dossier=dossier, due_on=due_on, reason=reason, note=note, created_at=now
    )


def end_follow_up(
    *, dossier: Dossier, reason: FollowUpReason | None = None, now: datetime
) -> None:
    """Mark the open follow-up as done, if there is one.  reason: only one of this kind."""
    rows = FollowUp.objects.filter(dossier=dossier, done_at=None)
    (rows.filter(reason=reason) if reason else rows).update(done_at=now)


@transaction.atomic
def note(*, viewer: Viewer, dossier: Dossier, text: str, now: datetime) -> Entry:
    """Write an internal note. Two people may do so at once: notes only add.

    Raises NotAllowed unless the viewer may change the dossier; Invalid for an empty text.
    """
    demand(rules.may_change(viewer, dossier))
    if not text.strip():
        raise Invalid(_("Please write the note."), field="text")
    return record(
        dossier=dossier,
        deed="note",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=text.strip(),
        now=now,
    )


@transaction.atomic
def assign(
    *, viewer: Viewer, dossier: Dossier, colleague: User | None, version: int, now: datetime
) -> Entry:
    """Say who looks after a dossier; None: nobody in particular.

    Raises NotAllowed unless lead or moderator; NotAColleague; NotNamed; ChangedMeanwhile.
    """
    demand(viewer.may_work and rules.may_change(viewer, dossier))
    today = dossier.quarter.local_day(now)
    if colleague and not colleagues(dossier.quarter_id, today).filter(pk=colleague.pk).exists():
        raise NotAColleague(field="colleague")
    if colleague and dossier.is_confidential and colleague.pk not in named_in(dossier):
        raise NotNamed(field="colleague")
    claim(dossier=dossier, version=version)
    dossier.assigned_to = colleague
    dossier.save(update_fields=["assigned_to"])
    return record(
        dossier=dossier,
        deed="assign",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"to": colleague.name if colleague else ""},
        now=now,
    )


def add_document(
    *, dossier: Dossier, file: StoredFile, is_of_teller: bool, position: int
) -> Document:
    """Attach a stored file; private until released."""
    return Document.objects.create(
        dossier=dossier, file=file, is_of_teller=is_of_teller, position=position
    )


def exchange_file(*, document: Document, file: StoredFile, now: datetime) -> None:
    """Let a document show another file; the earlier one goes with its bytes. Part of a deed."""
    earlier = document.file
    document.file, document.blackened_at = file, now
    document.save(update_fields=["file", "blackened_at"])
    remove_file(file=earlier)


def first_follow_up(
    *, dossier: Dossier, due_on: date, reason: FollowUpReason, now: datetime
) -> FollowUp:
    """Set the first next date of a dossier that was made in this transaction."""
    return FollowUp.objects.create(dossier=dossier, due_on=due_on, reason=reason, created_at=now)


def touch(*, dossier: Dossier) -> None:
    """Raise the version for a deed from outside, so that an open form at the desk notices."""
    Dossier.objects.filter(pk=dossier.pk).update(version=F("version") + 1)
    dossier.refresh_from_db(fields=["version"])


def hold_dossier(*, dossier: Dossier, now: datetime) -> None:
    """Keep a dossier out of all lists of work until it is let in; part of a module's own deed."""
    dossier.held_at = now
    dossier.save(update_fields=["held_at"])


def let_in_dossier(*, dossier: Dossier) -> None:
    """Take a dossier among the work; part of a module's own deed."""
    dossier.held_at = None
    dossier.save(update_fields=["held_at"])


def set_audience(*, dossier: Dossier, audience: Audience) -> None:
    """Widen or narrow the circle that may see a dossier; part of a module's own deed.

    A confidential one stays so: only who names persons may end that, no other deed by the way.
    """
    if dossier.audience == Audience.CONFIDENTIAL:
        return
    dossier.audience = audience
    dossier.save(update_fields=["audience"])


def set_language(*, dossier: Dossier, language: str) -> None:
    """Say in which language the person is answered; part of a module's own deed."""
    dossier.language = language
    dossier.save(update_fields=["language"])


def close_dossier(*, dossier: Dossier, now: datetime) -> None:
    """Mark a dossier as finished and end its follow-up."""
    end_follow_up(dossier=dossier, now=now)
    dossier.closed_at = now
    dossier.save(update_fields=["closed_at"])


def reopen_dossier(*, dossier: Dossier) -> None:
    """Take the mark of being finished away."""
    dossier.closed_at = None
    dossier.save(update_fields=["closed_at"])


def release_documents(*, dossier: Dossier, released_ids: set[int]) -> list[int]:
    """Make exactly these documents of the dossier public, the others private.

    Returns their numbers as the desk shows them, from 1.
    """
    documents = Document.objects.filter(dossier=dossier)
    documents.filter(pk__in=released_ids).update(is_released=True)
    documents.exclude(pk__in=released_ids).update(is_released=False)
    shown = documents.filter(is_released=True).order_by("position")
    return [position + 1 for position in shown.values_list("position", flat=True)]


def forget_texts(*, dossier: Dossier) -> None:
    """Delete every text of a dossier; reference, dates and the skeleton of the journal stay.

    Call inside the erasure's permit. Attached files go with their bytes.
    """
    Entry.objects.filter(dossier=dossier).exclude(text="").update(text="")
    for entry in Entry.objects.filter(dossier=dossier).exclude(data={}):
        kept = {name: fact for name, fact in entry.data.items() if name not in TYPED_FACTS}
        if kept != entry.data:
            Entry.objects.filter(pk=entry.pk).update(data=kept)
    FollowUp.objects.filter(dossier=dossier).exclude(note="").update(note="")
    Tagging.objects.filter(dossier=dossier).delete()
    remove_documents(dossier=dossier)
    Dossier.objects.filter(pk=dossier.pk).update(
        title=NO_TITLE, search_text=fold(dossier.reference)
    )


def forget_lines(*, dossier: Dossier, deeds: Collection[str]) -> None:
    """Delete the texts of the lines of some deeds, in the journal and in what the search knows.

    Call inside the erasure's permit; that the deeds were done, and when, stays.
    """
    lines = Entry.objects.filter(dossier=dossier, deed__in=deeds).exclude(text="")
    known = Dossier.objects.values_list("search_text", flat=True).get(pk=dossier.pk)
    for text in lines.values_list("text", flat=True):
        known = known.replace(fold(text), "")
    lines.update(text="")
    Dossier.objects.filter(pk=dossier.pk).update(search_text=known)


def remove_documents(*, dossier: Dossier, of_teller_only: bool = False) -> int:
    """Delete the files of a dossier for good. Returns how many it were."""
    rows = Document.objects.filter(dossier=dossier)
    if of_teller_only:
        rows = rows.filter(is_of_teller=True)
    documents = list(rows.select_related("file"))
    for document in documents:
        document.delete()
        remove_file(file=document.file)
    return len(documents)


def delete_dossier(*, dossier: Dossier) -> int:
    """Delete a dossier with journal, dates, files and letters as if it had never been.

    Call inside the erasure's permit, after the module's own row is gone.  Returns how many files
    it had.
    """
    files = remove_documents(dossier=dossier)
    Entry.objects.filter(dossier=dossier).delete()
    FollowUp.objects.filter(dossier=dossier).delete()
    dossier.delete()
    return files


def send_digests(*, quarter: Quarter, now: datetime) -> int:
    """Mail to each colleague what is due, on the morning of a working day; once a day.

    Returns how many mails were queued.
    """
    local = now.astimezone(quarter.zone)
    is_morning = MORNING_BEGINS <= local.time() < MORNING_ENDS
    if not is_morning or not is_working_day(quarter, local.date()):
        return 0
    people = colleagues(quarter.pk, local.date())
    return sum(_send_digest(quarter, person, local.date(), now) for person in people)


@transaction.atomic
def _send_digest(quarter: Quarter, person: User, today: date, now: datetime) -> bool:
    # The row comes first: a second worker finds it and stops. It stays also when nothing is due,
    # so that what falls due during the morning does not become a mail of its own.
    _row, is_first = Digest.objects.get_or_create(user=person, quarter=quarter, day=today)
    if not is_first:
        return False
    viewer = viewer_for(person, quarter.pk, today)
    items = list(due_for(viewer, until=today))
    held = held_too_long(viewer, until=today)
    if not items and not held:
        return False
    subject, text = letters.digest(quarter, person.name, items, held=held, today=today)
    queue_mail(
        quarter=quarter, kind="digest", to=person.email, subject=subject, text=text, now=now
    )
    return True
