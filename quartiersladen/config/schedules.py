"""Everything that happens by itself, in one place. The worker brings the table up to date."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django_q.models import Schedule


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job without arguments.  minutes: from one run to the next."""

    name: str
    handler: str
    minutes: int


HEARTBEAT = "quartiersladen.config.tasks.heartbeat"
PERIODIC = (
    Periodic("heartbeat", HEARTBEAT, 1),
    Periodic("mails that had to wait", "quartiersladen.outbox.tasks.sweep", 1),
    Periodic("mailboxes", "quartiersladen.correspondence.tasks.read_mailboxes", 3),
    Periodic("mails that came in", "quartiersladen.concerns.tasks.take_mails", 1),
    Periodic("sessions that are over", "quartiersladen.accounts.tasks.drop_sessions", 15),
    Periodic("morning digest", "quartiersladen.dossiers.tasks.send_digests", 10),
    Periodic("nightly backup", "quartiersladen.backups.tasks.start_nightly", 10),
    Periodic("unconfirmed addresses", "quartiersladen.concerns.tasks.drop_unconfirmed", 60),
    Periodic("questions to people", "quartiersladen.concerns.tasks.tend_questions", 30),
    Periodic("news for followers", "quartiersladen.concerns.tasks.send_news", 10),
    Periodic("followings that end", "quartiersladen.concerns.tasks.tidy_followings", 60),
    Periodic("spam", "quartiersladen.concerns.tasks.remove_spam", 60),
    Periodic("old drafts", "quartiersladen.concerns.tasks.drop_old_drafts", 60),
    Periodic("counts of networks", "quartiersladen.accounts.tasks.forget_counts", 60),
    Periodic("files that nobody knows", "quartiersladen.files.tasks.drop_unknown_files", 24 * 60),
    Periodic(
        "mails that nobody knows",
        "quartiersladen.correspondence.tasks.drop_unknown_originals",
        24 * 60,
    ),
    Periodic("languages of reports", "quartiersladen.concerns.tasks.read_languages", 1),
    Periodic(
        "words of the search that went", "quartiersladen.dossiers.tasks.clean_index", 24 * 60
    ),
    Periodic("retention", "quartiersladen.privacy.tasks.run_retention", 60),
)


@transaction.atomic
def ensure_schedules(now: datetime) -> None:
    """Make the table say what PERIODIC says; calling it again changes nothing.

    A schedule that is kept goes on in its rhythm; a new one is due now.
    """
    Schedule.objects.exclude(name__in=[job.name for job in PERIODIC]).delete()
    for job in PERIODIC:
        rows = Schedule.objects.filter(name=job.name).order_by("pk")
        kept = rows.filter(func=job.handler, minutes=job.minutes).first()
        rows.exclude(pk=kept and kept.pk).delete()
        if kept is None:
            Schedule.objects.create(
                name=job.name,
                func=job.handler,
                schedule_type=Schedule.MINUTES,
                minutes=job.minutes,
                repeats=-1,
                next_run=now,
            )
