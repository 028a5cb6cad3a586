"""What the accounts hold of people: colleagues, their roles, sign-ins and second factors."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.models import Membership, Session, User
from quartiersladen.accounts.queries import valid_on
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.services import end_sessions
from quartiersladen.kernel.errors import Conflict
from quartiersladen.kernel.text import fold
from quartiersladen.privacy.registry import (
    Claims,
    Found,
    Holder,
    Identity,
    Line,
    Order,
    Person,
    Record,
    Section,
    keys_of,
    record,
)
from quartiersladen.privacy.states import Fate
from quartiersladen.quarters.models import Quarter

USER = "accounts.user"
KEPT_OF_AXES = ("user_agent", "ip_address", "username", "http_accept", "path_info")


class StillWorksHere(Conflict):
    """Somebody who works here, or in another quarter of the house, is not erased."""

    sentence = gettext_lazy(
        "This person still has a role here or in another quarter. Please end the role first."
    )


class Accounts(Holder):
    """Colleagues."""

    claims = Claims(
        personal={
            "accounts.user.email": "a colleague; until erased after the last role",
            "accounts.user.name": "a colleague; until erased after the last role",
            "accounts.user.password": "a colleague, hashed; until erased",
            "accounts.membership.user": "a colleague; as long as the account",
            "accounts.membership.function": "a colleague; until erased",
            "accounts.membership.phone": "a colleague; until erased",
            "account.emailaddress.user": "a colleague; until erased",
            "account.emailaddress.email": "a colleague; until erased",
            "mfa.authenticator.user": "a colleague; until erased",
            "mfa.authenticator.data": "second factor of a colleague; until erased",
            "socialaccount.socialaccount.user": "a colleague; until erased",
            "socialaccount.socialaccount.uid": "a colleague at the operator; until erased",
            "socialaccount.socialaccount.extra_data": "a colleague at the operator; until erased",
            "socialaccount.socialtoken.token": "a colleague at the operator; with the account there",
            "socialaccount.socialtoken.token_secret": "a colleague at the operator; the same",
            **{
                f"accounts.session.{column}": "a signed-in colleague; goes when it has ended"
                for column in ("session_key", "session_data", "user", "browser", "system")
            },
            **{
                f"axes.accessattempt.{column}": "who tried to sign in in vain; half an hour"
                for column in KEPT_OF_AXES
            },
            **{
                f"axes.{log}.{column}": "not filled"
                for log in ("accessfailurelog", "accesslog")
                for column in KEPT_OF_AXES
            },
            "axes.accessattempt.get_data": "not filled",
            "axes.accessattempt.post_data": "not filled",
            "axes.accesslog.session_hash": "not filled",
        },
        other={
            "accounts.networkcount.key": "keyed hash of a network; gone after an hour",
            "accounts.user.first_name": "not used",
            "accounts.user.last_name": "not used",
            "accounts.user_groups.user": "not used",
            "accounts.user_user_permissions.user": "not used",
            "account.emailconfirmation.key": "not used; nobody signs up",
            "socialaccount.socialaccount.provider": "name of the operator's sign-in",
        },
    )

    def find(self, viewer: Viewer, words: str) -> list[Found]:
        """Return colleagues of this quarter, also former ones."""
        wanted = fold(words).split()
        rows = Membership.objects.filter(quarter_id=viewer.quarter_id).select_related("user")
        people = {row.user_id: row.user for row in rows.order_by("pk")}
        return [
            Found(
                key=f"{USER}:{user.pk}",
                name=user.name,
                detail=user.email,
                where=_("Works or worked here"),
            )
            for user in people.values()
            if all(word in fold(f"{user.name} {user.email}") for word in wanted)
        ]

    def recognise(self, viewer: Viewer, rows: frozenset[str]) -> Identity:
        """Return name, address and number of the chosen colleagues."""
        users = _users(viewer.quarter_id, rows)
        phones = Membership.objects.filter(user__in=users).exclude(phone="")
        return Identity(
            rows=frozenset(f"{USER}:{user.pk}" for user in users),
            names=frozenset(user.name for user in users),
            emails=frozenset(user.email for user in users),
            phones=frozenset(phones.values_list("phone", flat=True)),
        )

    def sections(self, viewer: Viewer, person: Person) -> list[Section]:
        """Return account, roles and open sessions."""
        users = _users(viewer.quarter_id, person.rows)
        return [
            Section("account", _("Account"), [_account(user) for user in users]),
            Section(
                "roles",
                _("Roles"),
                [
                    _role(row)
                    for row in Membership.objects.filter(
                        user__in=users, quarter=person.quarter
                    ).order_by("from_on", "pk")
                ],
            ),
            Section(
                "sessions",
                _("Where the person is signed in"),
                [
                    _session(row, person.quarter)
                    for row in Session.objects.filter(user__in=users).order_by("started_at", "pk")
                ],
            ),
        ]

    def plan(self, person: Person) -> list[Line]:
        """The account is emptied; what the colleague did keeps a nameless author."""
        count = len(_users(person.quarter.pk, person.rows))
        return [
            Line(
                _("Account: name, address, password, second factor, sign-ins"),
                count,
                Fate.GOES,
                _("Only for somebody who has no role any more."),
            ),
            Line(
                _("What the colleague did in journals, without the name"),
                count,
                Fate.STAYS,
                _("The journal proves what the office did."),
            ),
        ]

    def begin(self, person: Person, now: datetime) -> None:
        """Refuse for somebody who works here or in another quarter."""
        today = person.quarter.local_day(now)
        users = _users(person.quarter.pk, person.rows)
        elsewhere = Membership.objects.filter(user__in=users).exclude(quarter=person.quarter)
        if elsewhere.exists() or (
            Membership.objects.filter(valid_on(today), user__in=users).exists()
        ):
            raise StillWorksHere

    def erase(self, person: Person, order: Order, now: datetime) -> None:  # noqa: ARG002 -- the same for all
        """Empty the accounts."""
        for user in _users(person.quarter.pk, person.rows):
            AccessAttempt.objects.filter(username__iexact=user.email).delete()
            for table in (EmailAddress, Authenticator, SocialAccount):
                table.objects.filter(user=user).delete()
            Membership.objects.filter(user=user).update(function="", phone="", is_shown=False)
            user.name = _("Former colleague")
            user.email = f"ehemals-{user.pk}@quartiersladen.invalid"
            user.is_active = False
            user.set_unusable_password()
            user.save()
            end_sessions(user_id=user.pk)


def _users(quarter_id: int, rows: frozenset[str]) -> list[User]:
    members = Membership.objects.filter(quarter_id=quarter_id).values("user")
    users = User.objects.filter(pk__in=keys_of(USER, rows)).filter(pk__in=members)
    return list(users.order_by("pk"))


def _account(user: User) -> Record:
    return record(
        user.name,
        ("name", _("Name"), user.name),
        ("email", _("E-mail"), user.email),
        (
            "last_sign_in",
            _("Last sign-in"),
            date_format(user.last_login, "SHORT_DATETIME_FORMAT") if user.last_login else "",
        ),
        (
            "factors",
            _("Second factors"),
            Authenticator.objects.filter(user=user).count() or "",
        ),
    )


def _role(row: Membership) -> Record:
    return record(
        row.get_role_display(),
        ("from", _("From"), date_format(row.from_on, "SHORT_DATE_FORMAT")),
        ("to", _("To"), date_format(row.to_on, "SHORT_DATE_FORMAT") if row.to_on else ""),
        ("function", _("Function"), row.function),
        ("phone", _("Phone"), row.phone),
    )


def _session(row: Session, quarter: Quarter) -> Record:
    since, seen = (
        date_format(moment.astimezone(quarter.zone), "SHORT_DATETIME_FORMAT")
        for moment in (row.started_at, row.last_seen_at)
    )
    return record(
        since,
        ("browser", _("Browser"), row.browser),
        ("system", _("System"), row.system),
        ("since", _("Signed in since"), since),
        ("last_seen", _("Last seen"), seen),
    )


HOLDER = Accounts()
