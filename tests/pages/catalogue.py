"""Every page of the house in every condition in which it looks different."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import RightAddress
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.models import Theme
from tests.pages import facts

PUBLIC, LEAD, MODERATOR = "public", "lead", "moderator"


@dataclass(frozen=True)
class Sight:
    """One page in one condition.

    name: of its address.  at: the path; None for the address without arguments.
    who: opens it.  deed: what is done on it before it is looked at.
    """

    name: str
    at: Callable[[], str] | None = None
    who: str = PUBLIC
    deed: Callable[[Any], None] | None = None
    status: int = 200

    @property
    def path(self) -> str:
        """Return where it is; only while the house is open."""
        return self.at() if self.at else reverse(self.name)


# --- What is done on a page -----------------------------------------------------------------------
def send_the_form_empty(page: Any) -> None:
    page.locator("main form.q-form button:visible[type=submit]").last.click()
    page.locator("[role=alert]").wait_for()


def want_a_letter(page: Any) -> None:
    page.check("[name=way][value=post]")


def unfold_everything(page: Any) -> None:
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def unfold_every_deed(page: Any) -> None:
    folded = page.locator(".q-deed [hx-get]")
    for left in reversed(range(folded.count())):
        folded.first.click()
        expect(folded).to_have_count(left)
    unfold_everything(page)


def look_at_what_goes_out(page: Any) -> None:
    page.click("[name=schritt][value=ansehen]")
    page.locator("[name=schritt][value=senden]").wait_for()


def look_at_the_answer(page: Any) -> None:
    page.select_option("#close [name=result]", "fixed")
    page.select_option("#close [name=witness]", "office")
    page.fill("#close [name=answer]", "Die Laterne leuchtet wieder.")
    page.click("#close button[type=submit]")
    page.locator("#close pre").wait_for()


def show_the_keys(page: Any) -> None:
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()


def sign_in_with_the_password(page: Any) -> None:
    page.fill("[name=login]", facts.somebody(Role.MODERATOR).email)
    page.fill("[name=password]", facts.password())
    page.click("main form button[type=submit]")
    page.wait_for_url("**/2fa/authenticate/")


# --- The pages ------------------------------------------------------------------------------------
def _errors() -> dict[str, Sight]:
    return {
        f"error {status}": Sight("refused", f"/abgewiesen/{status}/".__str__, status=status)
        for status in (400, 403, 409, 413, 422, 429, 500, 503)
    }


WEBSITE = {
    "home": Sight("website:home"),
    "contact": Sight("website:contact"),
    "what we do": Sight("website:what_we_do"),
    "imprint": Sight("website:imprint"),
    "privacy": Sight("website:privacy"),
    "accessibility": Sight("website:accessibility"),
    "error 404": Sight("refused", lambda: "/abgewiesen/404/", status=404),
    **_errors(),
}
RESIDENTS = {
    "list": Sight("concerns:public_list"),
    "list without hits": Sight(
        "concerns:public_list", lambda: "/anliegen/?zustand=question", status=200
    ),
    "concern": Sight("concerns:status", lambda: facts.desk("status", facts.released())),
    "report": Sight("concerns:report"),
    "report, by letter": Sight("concerns:report", deed=want_a_letter),
    "report with errors": Sight("concerns:report", deed=send_the_form_empty),
    "thanks": Sight(
        "concerns:teller_status",
        lambda: facts.status_page(facts.concerns(state="new").latest("created_at")),
    ),
    "thanks, looks like spam": Sight(
        "concerns:teller_status",
        lambda: facts.status_page(
            facts.concerns(state="quarantined", teller__way="mail").latest("created_at")
        ),
    ),
    "status": Sight(
        "concerns:teller_status", lambda: facts.status_page(facts.case("sent", "silent"))
    ),
    "status at the end": Sight(
        "concerns:teller_status", lambda: facts.status_page(facts.released())
    ),
    "take it back?": Sight(
        "concerns:teller_status",
        lambda: facts.status_page(facts.case("sent")) + "?zurueckziehen=1",
    ),
    "confirm": Sight("concerns:confirm", lambda: facts.confirm_page(confirmed=False)),
    "confirmed": Sight("concerns:confirm", lambda: facts.confirm_page(confirmed=True)),
}
BODIES = {
    "case": Sight("concerns:body_case", lambda: facts.body_page("sent")),
    "case with errors": Sight(
        "concerns:body_case", lambda: facts.body_page("sent"), deed=send_the_form_empty
    ),
    "case taken on": Sight("concerns:body_case", lambda: facts.body_page("accepted")),
    "case answered": Sight("concerns:body_case", lambda: facts.body_page("answered")),
}
SIGN_IN = {
    "sign in": Sight("account_login"),
    "sign in with errors": Sight("account_login", deed=send_the_form_empty),
    "second factor": Sight(
        "mfa_authenticate", lambda: "/anmelden/", who="stranger", deed=sign_in_with_the_password
    ),
    "new password": Sight("account_reset_password"),
    "new password asked": Sight("account_reset_password_done"),
    "new password, bad link": Sight(
        "account_reset_password_from_key", lambda: "/konto/password/reset/key/1-abc/"
    ),
    "new password done": Sight("account_reset_password_from_key_done"),
    "no sign-up": Sight("account_signup"),
    "account ended": Sight("account_inactive"),
    "confirm mail": Sight("account_confirm_email", lambda: "/konto/confirm-email/abc:def/"),
    "mail sent": Sight("account_email_verification_sent"),
    "operator's sign-in stopped": Sight("socialaccount_login_cancelled"),
    "operator's sign-in failed": Sight("socialaccount_login_error", status=401),
}
ACCOUNT = {
    "my sign-in": Sight("mfa_index", who=LEAD),
    "my sign-in with factors": Sight("mfa_index", who=MODERATOR),
    "my address": Sight("account_email", who=MODERATOR),
    "my password": Sight("account_change_password", who=LEAD),
    "sign out": Sight("account_logout", who=LEAD),
    "once more, password": Sight("account_reauthenticate", who=LEAD),
    "once more, factor": Sight("mfa_reauthenticate", who=MODERATOR),
    "once more, key": Sight("mfa_reauthenticate_webauthn", who=MODERATOR),
    "app": Sight("mfa_activate_totp", who=LEAD),
    "app off": Sight("mfa_deactivate_totp", who=MODERATOR),
    "codes": Sight("mfa_view_recovery_codes", who=MODERATOR),
    "new codes": Sight("mfa_generate_recovery_codes", who=MODERATOR),
    "no keys": Sight("mfa_list_webauthn", who=LEAD),
    "keys": Sight("mfa_list_webauthn", who=MODERATOR),
    "new key": Sight("mfa_add_webauthn", who=LEAD),
    "key": Sight("mfa_edit_webauthn", lambda: facts.key_page("edit"), who=MODERATOR),
    "key off": Sight("mfa_remove_webauthn", lambda: facts.key_page("remove"), who=MODERATOR),
    "other houses": Sight("socialaccount_connections", who=LEAD),
}
DESK = {
    "today": Sight("desk:today", who=LEAD),
    "today, keys": Sight("desk:today", who=LEAD, deed=show_the_keys),
    "office list": Sight("concerns:office_list", who=LEAD),
    "office list without hits": Sight(
        "concerns:office_list", lambda: "/buero/anliegen/?q=xyzxyz", who=LEAD
    ),
    "new": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.concerns(state="new").latest("created_at")),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "passed on": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.case("sent", asks=0)),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "silent": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.case("silent", "sent", asks=3)),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "closed": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.released()),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "close, the mail": Sight(
        "concerns:close",
        lambda: facts.desk("office_detail", facts.with_mail(), "?tat=close"),
        who=LEAD,
        deed=look_at_the_answer,
    ),
    "pass on": Sight(
        "concerns:forward",
        lambda: facts.desk("forward", facts.concerns(state="checked").latest("created_at")),
        who=LEAD,
    ),
    "pass on, how": Sight("concerns:forward", facts.pass_on_page, who=LEAD),
    "pass on, the mails": Sight(
        "concerns:forward", facts.pass_on_page, who=LEAD, deed=look_at_what_goes_out
    ),
    "receipt": Sight(
        "concerns:receipt", lambda: facts.desk("receipt", facts.case("sent")), who=LEAD
    ),
    "sheet": Sight(
        "concerns:right_address_sheet",
        lambda: facts.desk("right_address_sheet", facts.released()),
        who=LEAD,
    ),
    "entry": Sight("concerns:office_new", who=LEAD, deed=unfold_everything),
    "entry with errors": Sight("concerns:office_new", who=LEAD, deed=send_the_form_empty),
    "quarantine": Sight("concerns:quarantine", who=LEAD),
    "held back": Sight(
        "concerns:office_detail",
        lambda: facts.desk(
            "office_detail", facts.concerns(state="quarantined").latest("created_at")
        ),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "blocked senders": Sight("concerns:blocked_senders", who=LEAD),
    "blocked senders with errors": Sight(
        "concerns:blocked_senders", who=LEAD, deed=send_the_form_empty
    ),
    "talks": Sight("concerns:talks", who=LEAD),
    "talks, about what": Sight(
        "concerns:talks", lambda: "/buero/gespraeche/?ort=street", who=LEAD
    ),
    "addresses": Sight("directory:bodies", who=LEAD),
    "new body": Sight("directory:body_new", who=LEAD),
    "new body with errors": Sight("directory:body_new", who=LEAD, deed=send_the_form_empty),
    "body": Sight(
        "directory:body_edit",
        lambda: reverse("directory:body_edit", args=[facts.first(ResponsibleBody).pk]),
        who=LEAD,
        deed=unfold_everything,
    ),
    "contact person": Sight(
        "directory:person_edit",
        lambda: reverse("directory:person_edit", args=facts.contact_person()),
        who=LEAD,
    ),
    "post": Sight("desk:post", who=LEAD),
    "mail": Sight(
        "desk:mail",
        lambda: reverse("desk:mail", args=[facts.first(Mail, state=MailState.QUEUED).pk]),
        who=LEAD,
    ),
    "mail that failed": Sight(
        "desk:mail",
        lambda: reverse("desk:mail", args=[facts.first(Mail, state=MailState.FAILED).pk]),
        who=LEAD,
    ),
    "search": Sight("desk:search", who=LEAD),
    "search with hits": Sight("desk:search", lambda: "/buero/suche/?q=Laterne", who=LEAD),
    "search without hits": Sight("desk:search", lambda: "/buero/suche/?q=xyzxyz", who=LEAD),
}
SETTINGS = {
    "settings": Sight("desk:settings", who=LEAD),
    "quarter": Sight("desk:quarter", who=LEAD),
    "new theme": Sight("desk:theme_new", who=LEAD),
    "theme": Sight(
        "desk:theme_edit",
        lambda: reverse("desk:theme_edit", args=[facts.first(Theme).pk]),
        who=LEAD,
    ),
    "new right address": Sight("desk:right_address_new", who=LEAD),
    "right address": Sight(
        "desk:right_address_edit",
        lambda: reverse("desk:right_address_edit", args=[facts.first(RightAddress).pk]),
        who=LEAD,
    ),
    "members": Sight("desk:members", who=LEAD),
    "member ends": Sight(
        "desk:member_end",
        lambda: reverse("desk:member_end", args=[facts.membership().pk]),
        who=LEAD,
    ),
    "trail": Sight("desk:trail", who=LEAD),
    "texts": Sight("website:texts", who=LEAD),
    "text": Sight(
        "website:text_edit", lambda: reverse("website:text_edit", args=["privacy"]), who=LEAD
    ),
}
SIGHTS = WEBSITE | RESIDENTS | BODIES | SIGN_IN | ACCOUNT | DESK | SETTINGS

#: Addresses that show no page of their own, and what they do instead.
NO_PAGE = {
    "answers a form and leads back": [
        *(f"concerns:{deed}" for deed in ("note", "assign", "sort", "scope", "plan", "ask")),
        *(f"concerns:{deed}" for deed in ("said", "reopen", "withdraw", "told")),
        *(f"concerns:{deed}" for deed in ("release", "conceal")),
        "directory:person_new",
    ],
    "leads to another page": [
        "desk:dossier",
        "account_set_password",
        "account_confirm_login_code",
        "socialaccount_signup",
        "openid_connect_login",
        "openid_connect_callback",
        "mfa_login_webauthn",
    ],
    "is a file or data": [
        "healthz",
        "quarters:accent_css",
        "quarters:outline",
        "concerns:geojson",
        "concerns:draft_photo",
        "concerns:teller_photo",
        "dossiers:file",
        "mfa_download_recovery_codes",
    ],
}
