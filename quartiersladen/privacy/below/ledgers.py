"""What the privacy module itself holds of people: consents, the trail, and what others run on."""

from datetime import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.privacy.registry import (
    Claims,
    Due,
    FreeText,
    Holder,
    Line,
    Person,
    Record,
    Rule,
    Section,
    record,
)
from quartiersladen.privacy.states import (
    CONFIDENTIAL_READ,
    PERSON_READ,
    Fate,
    RetentionKind,
)
from quartiersladen.quarters.models import Quarter

READINGS = (PERSON_READ, CONFIDENTIAL_READ)
DAYS = 90


def _readings(quarter: Quarter, before: datetime) -> Q:
    return Q(quarter=quarter, deed__in=READINGS, at__lt=before)


def _due(quarter: Quarter, before: datetime, _viewer: Viewer | None) -> Due:
    return Due(Trail.objects.filter(_readings(quarter, before)).count())


def _let_go(quarter: Quarter, before: datetime, _now: datetime, limit: int) -> int:
    rows = Trail.objects.filter(_readings(quarter, before)).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:limit])
    gone, _per_table = Trail.objects.filter(pk__in=keys).delete()
    return gone


class Ledgers(Holder):
    """Consents and the trail."""

    claims = Claims(
        personal={
            "privacy.consent.subject": "key of the teller; the proof stays, the teller's row empties",
            "privacy.consent.taken_by": "a colleague; as long as the account",
            "privacy.trail.by": "a colleague; as long as the account",
            "privacy.trail.data": "facts of settings; readings of persons go by the access rule",
        },
        other={
            "privacy.consent.wording": "our sentence, not the person's",
            "privacy.consent.language": "a language, not a person",
            "privacy.consent.channel": "how it was given",
            "privacy.trail.deed": "key of a deed",
            "privacy.trail.subject": "keys of rows",
        },
    )
    free_texts = (
        FreeText(
            model="privacy.Trail",
            field="data",
            title=gettext_lazy("Trail"),
            quarter="quarter_id",
            name="deed",
        ),
    )
    rules = (
        Rule(
            kind=RetentionKind.ACCESS,
            days=DAYS,
            since=gettext_lazy("after the reading"),
            due=_due,
            let_go=_let_go,
        ),
    )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:  # noqa: ARG002 -- tellers' data, as the rest
        """Return every line of the ledger, and who in the office has looked at the data."""
        return [
            Section("consents", _("Consents"), [self._consent(c, person) for c in _of(person)]),
        ]

    @staticmethod
    def _consent(line: Consent, person: Person) -> Record:
        return record(
            date_format(person.quarter.local_day(line.at), "SHORT_DATE_FORMAT"),
            ("purpose", _("For"), line.get_purpose_display()),
            ("step", _("Step"), line.get_step_display()),
            ("wording", _("In the words"), line.wording),
            ("channel", _("How"), line.channel),
        )

    def plan(self, person: Person) -> list[Line]:
        """The ledger stays: it names nobody once the teller's row is empty."""
        return [
            Line(
                _("Lines of the consent ledger"),
                len(_of(person)),
                Fate.STAYS,
                _(
                    "The office must be able to prove the consent (Art. 7). The lines hold the key"
                    " of the concern and our sentence, no name and no address."
                ),
            )
        ]


def _of(person: Person) -> list[Consent]:
    rows = Consent.objects.filter(quarter=person.quarter, subject__in=person.rows)
    return list(rows.order_by("at", "pk"))


class Platform(Holder):
    """Tables of the libraries that the house stands on."""

    claims = Claims(
        other={
            **dict.fromkeys(
                (
                    "contenttypes.contenttype.app_label",
                    "contenttypes.contenttype.model",
                    "auth.permission.name",
                    "auth.permission.codename",
                    "auth.group.name",
                ),
                "names of tables and rights; not used",
            ),
            **dict.fromkeys(
                (
                    f"django_q.{table}.{column}"
                    for table in ("task", "success", "failure")
                    for column in ("id", "name", "func", "hook", "group", "cluster")
                ),
                "a job: names of functions",
            ),
            **dict.fromkeys(
                (
                    f"django_q.{table}.{column}"
                    for table in ("task", "success", "failure")
                    for column in ("args", "kwargs", "result")
                ),
                "arguments are keys of rows; the newest 500 are kept",
            ),
            **dict.fromkeys(
                (
                    f"django_q.schedule.{column}"
                    for column in (
                        "name",
                        "func",
                        "hook",
                        "args",
                        "kwargs",
                        "cron",
                        "task",
                        "cluster",
                        "intended_date_kwarg",
                    )
                ),
                "what happens by itself",
            ),
            "django_q.ormq.key": "name of the queue",
            "django_q.ormq.payload": "a signed job: a function and keys of rows",
            **dict.fromkeys(
                (
                    f"socialaccount.socialapp.{column}"
                    for column in (
                        "provider",
                        "provider_id",
                        "name",
                        "client_id",
                        "secret",
                        "key",
                        "settings",
                    )
                ),
                "the operator's own sign-in; not used, it stands in the settings",
            ),
        }
    )


HOLDER = Ledgers()
PLATFORM = Platform()
