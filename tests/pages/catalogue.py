"""Every page of the house in every condition in which it looks different."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.api.models import ApiKey
from quartiersladen.concerns.models import RightAddress, RoutingRule, SavedFilter, ScopeRule
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Tag
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


def name_nobody(page: Any) -> None:
    page.locator("main form button[type=submit]").first.click()
    page.locator("[role=alert]").wait_for()


def press_the_button(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()


def send_an_empty_report(page: Any) -> None:
    page.locator("form[data-ready]").wait_for()  # a draft of another sight may have come back
    page.fill("[name=text]", "")
    send_the_form_empty(page)


def answer_without_words(page: Any) -> None:
    page.locator("#antwort form button:visible[type=submit]").last.click()
    page.locator("[role=alert]").wait_for()


def enter_a_card_without_words(page: Any) -> None:
    page.fill("[name=zeile-0-place_text]", "Am Rabet")
    page.fill("[name=zeile-1-text]", "Bitte mehr Bänke")
    page.fill("[name=zeile-1-contact]", "irgendwer")
    page.locator("main form.q-form .q-actions button[type=submit]").first.click()
    page.locator("[role=alert]").wait_for()


def report_what_is_known(page: Any) -> None:
    page.locator("form[data-ready]").wait_for()
    page.fill("[name=text]", "Ich suche Wohnung. Am Otto-Runki-Platz liegt Sperrmüll.")
    page.locator("[name=theme]").select_option(str(facts.leading().theme_id))
    page.fill("[name=place_text]", "Otto-Runki-Platz")
    page.locator("#near li").first.wait_for()
    page.locator("main form.q-form button:visible[type=submit]").last.click()
    page.locator("#before").wait_for()


def leave_a_wrong_address(page: Any) -> None:
    page.fill("#stimme [name=email]", "keine")
    page.locator("#stimme button[type=submit]").click()
    page.locator("#stimme [aria-invalid]").wait_for()


def join_what_a_body_has(page: Any) -> None:
    page.fill("[name=numbers]", facts.with_another_body().dossier.reference)
    page.locator("main form.q-form button[type=submit]").last.click()
    page.locator("#asked").wait_for()


def enter_nobody(page: Any) -> None:
    page.click("#party form button[type=submit]")
    page.locator("#party [role=alert]").wait_for()


def want_a_letter(page: Any) -> None:
    page.check("[name=way][value=post]")


def want_a_letter_to_nowhere(page: Any) -> None:
    page.check("[name=way][value=post]")
    page.fill("[name=address]", "")
    page.click("main [name=deed][value=change]")
    page.locator("[role=alert]").wait_for()


def look_for_somebody(page: Any) -> None:
    page.fill("[name=words]", facts.agreed().teller.name)
    page.locator("main form.q-form button[type=submit]").last.click()
    page.locator("#found").wait_for()


def look_for_nobody(page: Any) -> None:
    page.fill("[name=words]", "xyzxyz")
    page.locator("main form.q-form button[type=submit]").last.click()
    page.locator(".q-empty").wait_for()


def forget_the_tick(page: Any) -> None:
    page.click("main [name=schritt][value=loeschen]")
    page.locator("[role=alert]").wait_for()


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
    page.click("[name=schritt][value=ansehen]:not([aria-hidden])")
    page.locator("[name=schritt][value=senden]").wait_for()


def look_at_the_answer(page: Any) -> None:
    page.select_option("#close [name=result]", "fixed")
    page.select_option("#close [name=witness]", "office")
    page.fill("#close [name=answer]", "Die Laterne leuchtet wieder.")
    page.click("#close .q-actions button[type=submit]")
    page.locator("#close pre").wait_for()


def put_in_a_snippet(page: Any) -> None:
    page.locator("#close [name=einfuegen][value=answer]").click()
    expect(page.locator("#close [name=answer]")).not_to_be_empty()


def put_in_a_snippet_for_the_body(page: Any) -> None:
    page.locator("[name=einfuegen]").first.click()
    expect(page.locator("textarea").first).not_to_be_empty()


def look_at_what_becomes_black(page: Any) -> None:
    page.fill("[name=fields_named]", "B3-D5, H2")
    page.click("[name=schritt][value=ansehen]")
    page.locator(".q-sheet__black rect").first.wait_for()


def blacken_nothing(page: Any) -> None:
    page.click("[name=schritt][value=schwaerzen]")
    page.locator("[role=alert]").wait_for()


def send_the_place_without_words(page: Any) -> None:
    page.fill("[name=place_text]", "")
    page.check("[name=place_kind][value=address]")
    page.click("main form [type=submit]")
    page.locator("[role=alert]").wait_for()


def put_aside_without_a_reason(page: Any) -> None:
    page.click("main [name=deed][value=aside]")
    page.locator("[role=alert]").wait_for()


def begin_a_draft(page: Any) -> None:
    page.locator("form[data-ready]").wait_for()
    page.fill("[name=text]", "Die Laterne ist aus.")
    page.locator("[data-draft-kept]").wait_for()
    page.wait_for_timeout(600)  # it is kept a moment after the last key


def make_a_key(page: Any) -> None:
    page.fill("[name=partner]", "Stadtwerk")
    page.fill("[name=contact]", "030 23125 444")
    page.locator("main form.q-form button[type=submit]").click()
    page.locator("main code").wait_for()


def find_the_draft(page: Any) -> None:
    begin_a_draft(page)
    page.reload()
    page.locator("[data-draft-back]").wait_for()


def find_the_draft_at_home(page: Any) -> None:
    page.goto(reverse("concerns:report"))
    begin_a_draft(page)
    page.goto(reverse("website:home"))
    page.locator("[data-draft-waits]").wait_for()


def lose_the_network(page: Any) -> None:
    begin_a_draft(page)
    # A network that answers with a page of its own is none.
    page.route("**/frisch.json", lambda route: route.fulfill(body="Bitte erst anmelden"))
    page.locator("main form.q-form button:visible[type=submit]").last.click()
    page.locator("[data-draft-offline]").wait_for()
    page.unroute("**/frisch.json")


def tick_two(page: Any, deed: str = "termin") -> None:
    for number in range(2):
        page.locator("[name=anliegen]").nth(number).check()
    page.click(f"[name=tat][value={deed}]")
    page.locator("[name=schritt]").wait_for()


def forget_the_date_for_two(page: Any) -> None:
    tick_two(page)
    page.fill("[name=due_on]", "")
    page.click("[name=schritt]")
    page.locator("[role=alert]").wait_for()


def tag_two(page: Any) -> None:
    tick_two(page, "schlagwort")
    page.fill("[name=add]", "Ortsbeirat")


def lose_against_a_colleague(page: Any) -> None:
    tick_two(page, "schlagwort")
    first = page.locator("[name=anliegen]").first.get_attribute("value")
    facts.change_meanwhile(first.partition("~")[0])
    page.fill("[name=add]", "Zum zweiten Mal")
    page.click("[name=schritt]")
    page.locator("[role=alert]").wait_for()


def look_at_the_invitations(page: Any) -> None:
    page.fill("[name=on]", facts.in_days(20))
    page.fill("[name=begins]", "10:00")
    page.fill("[name=place]", "Stadtteilladen, großer Raum")
    page.fill("[name=purpose]", "Wer macht was für die Bänke, und bis wann?")
    page.locator("select[name$=-way]").last.select_option("phone")
    look_at_what_goes_out(page)


def look_at_what_changed(page: Any) -> None:
    page.fill("#move [name=on]", facts.in_days(21))
    page.fill("#move [name=why]", "Der Raum ist belegt.")
    page.click("#move .q-actions button[type=submit]")
    page.locator("#move pre").first.wait_for()


def write_down_half_a_result(page: Any) -> None:
    page.click("#hold .q-actions button[type=submit]")
    page.locator("[role=alert]").wait_for()


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
        for status in (400, 403, 405, 409, 413, 422, 429, 500, 502, 503)
    }


WEBSITE = {
    "home": Sight("website:home"),
    "interface for programs": Sight("api:docs"),
    "home with a draft": Sight("website:home", deed=find_the_draft_at_home),
    "contact": Sight("website:contact"),
    "what we do": Sight("website:what_we_do"),
    "imprint": Sight("website:imprint"),
    "privacy": Sight("website:privacy"),
    "accessibility": Sight("website:accessibility"),
    "error 404": Sight("refused", lambda: "/abgewiesen/404/", status=404),
    "error without cookies": Sight(
        "refused_without_cookies", lambda: "/abgewiesen/ohne-cookies/", status=403
    ),
    **_errors(),
}
RESIDENTS = {
    "list": Sight("concerns:public_list"),
    "figures": Sight(
        "concerns:public_figures", lambda: f"/anliegen/zahlen/?jahr={facts.full_year()}"
    ),
    "list without hits": Sight(
        "concerns:public_list", lambda: "/anliegen/?zustand=question", status=200
    ),
    "list, narrowed": Sight(
        "concerns:public_list",
        lambda: "/anliegen/?zustand=open&von=2020-01-01&ort=51.34565,12.40845&umkreis=2000",
    ),
    "list, nothing fits": Sight("concerns:public_list", lambda: "/anliegen/?q=xyzxyz"),
    "follow": Sight("concerns:follow"),
    "follow a place": Sight(
        "concerns:follow", lambda: "/anliegen/folgen/?thema=licht&ort=51.34,12.4&umkreis=250"
    ),
    "follow a concern": Sight(
        "concerns:follow",
        lambda: f"/anliegen/folgen/?anliegen={facts.released().dossier.reference}",
    ),
    "follow with errors": Sight("concerns:follow", deed=send_the_form_empty),
    "follow, asked": Sight("concerns:follow", lambda: "/anliegen/folgen/?gesendet=1"),
    "follow, confirm": Sight("concerns:confirm", lambda: facts.follow_page(confirmed=False)),
    "follow, confirmed": Sight("concerns:confirm", lambda: facts.follow_page(confirmed=True)),
    "leave": Sight("concerns:leave", facts.leave_page),
    # A link that opens nothing looks the same, and may be pressed as often as one likes.
    "left": Sight("concerns:leave", lambda: f"/w/{'A' * 40}/", deed=press_the_button),
    "concern": Sight("concerns:status", lambda: facts.desk("status", facts.released())),
    "report": Sight("concerns:report"),
    "report from a poster": Sight(
        "concerns:report", lambda: "/anliegen/neu/?ort=51.3456,12.4031&wo=Spielplatz+am+Rabet"
    ),
    "report, by letter": Sight("concerns:report", deed=want_a_letter),
    "report, the draft is back": Sight("concerns:report", deed=find_the_draft),
    "report without a network": Sight("concerns:report", deed=lose_the_network),
    "report with errors": Sight("concerns:report", deed=send_an_empty_report),
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
    "my message, confidential": Sight(
        "concerns:teller_status", lambda: facts.status_page(facts.confidential())
    ),
    "status at the end": Sight(
        "concerns:teller_status", lambda: facts.status_page(facts.released())
    ),
    "question to me": Sight("concerns:teller_status", lambda: facts.status_page(facts.asked())),
    "question to me with errors": Sight(
        "concerns:teller_answer",
        lambda: facts.status_page(facts.asked()),
        deed=answer_without_words,
    ),
    "question to me, answered": Sight(
        "concerns:teller_status", lambda: facts.status_page(facts.answered_back())
    ),
    "take it back?": Sight(
        "concerns:teller_status",
        lambda: facts.status_page(facts.case("sent")) + "?zurueckziehen=1",
    ),
    "my data": Sight("concerns:own_data", lambda: facts.status_page(facts.agreed()) + "daten/"),
    "my data, deleted?": Sight(
        "concerns:own_data", lambda: facts.status_page(facts.agreed()) + "daten/?loeschen=1"
    ),
    "my data with errors": Sight(
        "concerns:own_data",
        lambda: facts.status_page(facts.agreed()) + "daten/",
        deed=want_a_letter_to_nowhere,
    ),
    "report, danger, not ours, known": Sight("concerns:report", deed=report_what_is_known),
    "concern, me too": Sight(
        "concerns:status",
        lambda: facts.desk("status", facts.leading(), "?stimme=mail"),
    ),
    "status of a joined one": Sight(
        "concerns:teller_status",
        lambda: facts.status_page(facts.concerns(state="joined").latest("created_at")),
    ),
    "voice, confirm": Sight("concerns:own_voice", lambda: facts.voice_page(confirmed=False)),
    "voice": Sight("concerns:own_voice", lambda: facts.voice_page(confirmed=True)),
    "me too with errors": Sight(
        "concerns:voice",
        lambda: facts.desk("status", facts.leading()),
        deed=leave_a_wrong_address,
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
    "my sessions": Sight("accounts:sessions", who=LEAD),
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
    "office list, narrowed and saved": Sight(
        "concerns:office_list",
        lambda: f"/buero/anliegen/?{facts.first(SavedFilter).query}",
        who=LEAD,
        deed=unfold_everything,
    ),
    "office list, by tag": Sight(
        "concerns:office_list",
        lambda: f"/buero/anliegen/?schlagwort={facts.first(Tag).pk}",
        who=LEAD,
    ),
    "many": Sight("concerns:bulk", lambda: "/buero/anliegen/", who=LEAD, deed=tick_two),
    "many with errors": Sight(
        "concerns:bulk", lambda: "/buero/anliegen/", who=LEAD, deed=forget_the_date_for_two
    ),
    "many, tags": Sight("concerns:bulk", lambda: "/buero/anliegen/", who=LEAD, deed=tag_two),
    "many, not one": Sight(
        "concerns:bulk", lambda: "/buero/anliegen/", who=LEAD, deed=lose_against_a_colleague
    ),
    "save this filter": Sight(
        "concerns:filter_new", lambda: "/buero/anliegen/filter/neu/?zustand=offen", who=LEAD
    ),
    "save this filter with errors": Sight(
        "concerns:filter_new",
        lambda: "/buero/anliegen/filter/neu/?zustand=offen",
        who=LEAD,
        deed=send_the_form_empty,
    ),
    "filter": Sight(
        "concerns:filter",
        lambda: reverse("concerns:filter", args=[facts.first(SavedFilter).pk]),
        who=LEAD,
    ),
    "list as a file": Sight("concerns:export", who=LEAD),
    "figures at the desk": Sight(
        "concerns:figures",
        lambda: f"/buero/anliegen/statistik/?zeitraum={facts.full_year()}",
        who=LEAD,
        deed=unfold_everything,
    ),
    "figures, wrong days": Sight(
        "concerns:figures",
        lambda: "/buero/anliegen/statistik/?von=2026-02-01&bis=2026-01-01",
        who=LEAD,
        status=422,
    ),
    "keyboard": Sight("desk:keys", who=LEAD),
    "new": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.with_suggestions()),
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
    "told in Arabic": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.told_in("ar")),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "asked back": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.asked()),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "important topics": Sight("concerns:topics", who=LEAD),
    "important topic": Sight(
        "concerns:office_detail",
        lambda: facts.desk(
            "office_detail",
            facts.concerns(topic_months__isnull=False).latest("pk"),
            "?journal=kette",
        ),
        who=LEAD,
    ),
    "cards and sheets": Sight("concerns:batches", who=LEAD),
    "cards and sheets with errors": Sight("concerns:batches", who=LEAD, deed=send_the_form_empty),
    "cards, line by line": Sight(
        "concerns:batch", lambda: facts.action_page("postcards"), who=LEAD
    ),
    "cards with errors": Sight(
        "concerns:batch",
        lambda: facts.action_page("postcards"),
        who=LEAD,
        deed=enter_a_card_without_words,
    ),
    "walks": Sight("concerns:walks", who=LEAD),
    "walk": Sight(
        "concerns:walk", lambda: facts.action_page("walk"), who=LEAD, deed=unfold_everything
    ),
    "walk with errors": Sight(
        "concerns:walk", lambda: facts.action_page("walk"), who=LEAD, deed=send_the_form_empty
    ),
    "place": Sight("concerns:place", lambda: facts.desk("place", facts.with_mail()), who=LEAD),
    "place with errors": Sight(
        "concerns:place",
        lambda: facts.desk("place", facts.with_mail()),
        who=LEAD,
        deed=send_the_place_without_words,
    ),
    "blackening": Sight("concerns:blacken", facts.blacken_page, who=LEAD),
    "blackening, looked at": Sight(
        "concerns:blacken", facts.blacken_page, who=LEAD, deed=look_at_what_becomes_black
    ),
    "blackening with errors": Sight(
        "concerns:blacken", facts.blacken_page, who=LEAD, deed=blacken_nothing
    ),
    "close, the mail": Sight(
        "concerns:close",
        lambda: facts.desk("office_detail", facts.with_mail(), "?tat=close"),
        who=LEAD,
        deed=look_at_the_answer,
    ),
    "pass on": Sight(
        "concerns:forward", lambda: facts.desk("forward", facts.with_suggestions()), who=LEAD
    ),
    "pass on, how": Sight("concerns:forward", facts.pass_on_page, who=LEAD),
    "pass on, the mails": Sight(
        "concerns:forward", facts.pass_on_page, who=LEAD, deed=look_at_what_goes_out
    ),
    "close, a text snippet": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.with_mail(), "?tat=close"),
        who=LEAD,
        deed=put_in_a_snippet,
    ),
    "pass on, a text snippet": Sight(
        "concerns:forward", facts.pass_on_page, who=LEAD, deed=put_in_a_snippet_for_the_body
    ),
    "letter": Sight("concerns:letter", facts.letter_page, who=LEAD),
    "letter to hand out": Sight("concerns:letter", facts.hand_out_page, who=LEAD),
    "poster": Sight("concerns:poster", who=LEAD),
    "poster, ready": Sight(
        "concerns:poster",
        lambda: "/buero/anliegen/plakat/?languages=de&languages=ar&size=a4&place_text=Am+Rabet",
        who=LEAD,
    ),
    "poster with errors": Sight(
        "concerns:poster", lambda: "/buero/anliegen/plakat/?size=a0", who=LEAD, status=422
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
    "meeting, who comes": Sight(
        "concerns:meeting_plan",
        lambda: facts.desk("meeting_plan", facts.case("sent", asks=0)),
        who=LEAD,
    ),
    "meeting, the invitations": Sight(
        "concerns:meeting_plan",
        facts.meeting_plan_page,
        who=LEAD,
        deed=look_at_the_invitations,
    ),
    "meeting with errors": Sight(
        "concerns:meeting_plan", facts.meeting_plan_page, who=LEAD, deed=send_the_form_empty
    ),
    "meeting": Sight(
        "concerns:meeting",
        lambda: facts.meeting_page("planned"),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "meeting, what changes": Sight(
        "concerns:meeting_move",
        lambda: facts.meeting_page("planned") + "?tat=move",
        who=LEAD,
        deed=look_at_what_changed,
    ),
    "meeting, what came of it": Sight("concerns:meeting", facts.over_page, who=LEAD),
    "meeting, half a result": Sight(
        "concerns:meeting_hold", facts.over_page, who=LEAD, deed=write_down_half_a_result
    ),
    "meeting, held": Sight("concerns:meeting", lambda: facts.meeting_page("held"), who=LEAD),
    "a meeting waits for its result": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.over().concern),
        who=LEAD,
    ),
    "joint case": Sight("concerns:joint", lambda: facts.desk("joint", facts.leading()), who=LEAD),
    "joint case, a joined one": Sight(
        "concerns:joint",
        lambda: facts.desk("joint", facts.concerns(state="joined").latest("created_at")),
        who=LEAD,
    ),
    "joint case, which bodies": Sight(
        "concerns:joint",
        lambda: facts.desk("joint", facts.leading()),
        who=LEAD,
        deed=join_what_a_body_has,
    ),
    "mediation": Sight(
        "mediation:page",
        facts.mediation_page,
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "mediation, a party without a name": Sight(
        "mediation:party",
        lambda: f"{facts.mediation_page()}?tat=party",
        who=LEAD,
        deed=enter_nobody,
    ),
    "mediation has ended": Sight(
        "mediation:page",
        lambda: facts.mediation_page(facts.ended_mediation()),
        who=LEAD,
        deed=unfold_every_deed,
    ),
    "mediation, to begin": Sight(
        "mediation:page",
        lambda: facts.mediation_page(facts.case("sent", asks=0)),
        who=LEAD,
    ),
    "scope rules": Sight("concerns:scope_rules", who=LEAD),
    "scope rule": Sight(
        "concerns:scope_rule_edit",
        lambda: reverse("concerns:scope_rule_edit", args=[facts.first(ScopeRule).pk]),
        who=LEAD,
        deed=unfold_everything,
    ),
    "new scope rule with errors": Sight(
        "concerns:scope_rule_new", who=LEAD, deed=send_the_form_empty
    ),
    "routing rules": Sight("concerns:routing_rules", who=LEAD),
    "routing rule": Sight(
        "concerns:routing_rule_edit",
        lambda: reverse("concerns:routing_rule_edit", args=[facts.first(RoutingRule).pk]),
        who=LEAD,
    ),
    "new routing rule with errors": Sight(
        "concerns:routing_rule_new", who=LEAD, deed=send_the_form_empty
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
    "nobody sees it any more": Sight("desk:without_anybody", who=LEAD),
    "nobody was chosen": Sight("desk:without_anybody", who=LEAD, deed=name_nobody, status=200),
    "confidential": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.confidential()),
        who=LEAD,
        deed=unfold_every_deed,
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
    "inbox": Sight("desk:inbox", who=LEAD),
    "inbox, a class": Sight("desk:inbox", lambda: "/buero/post/eingang/?art=bounce", who=LEAD),
    "inbox, a file": Sight("desk:inbox_upload", who=LEAD),
    "inbox, a file with errors": Sight("desk:inbox_upload", who=LEAD, deed=send_the_form_empty),
    "a draft by mail": Sight("desk:inbox_mail", lambda: facts.inbox_page("new"), who=LEAD),
    "a draft, no reason": Sight(
        "desk:inbox_mail",
        lambda: facts.inbox_page("new"),
        who=LEAD,
        deed=put_aside_without_a_reason,
    ),
    "a body by mail": Sight(
        "desk:inbox_mail",
        lambda: facts.inbox_page("body_reply"),
        who=LEAD,
        deed=unfold_everything,
    ),
    "a mail of a machine": Sight("desk:inbox_mail", lambda: facts.inbox_page("auto"), who=LEAD),
    "came by mail": Sight(
        "concerns:office_detail",
        lambda: facts.desk("office_detail", facts.concerns(state="draft").latest("created_at")),
        who=LEAD,
        deed=unfold_every_deed,
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
    "text snippets": Sight("correspondence:snippets", who=LEAD),
    "new text snippet": Sight("correspondence:snippet_new", who=LEAD),
    "new text snippet with errors": Sight(
        "correspondence:snippet_new", who=LEAD, deed=send_the_form_empty
    ),
    "text snippet": Sight(
        "correspondence:snippet_edit",
        lambda: reverse("correspondence:snippet_edit", args=[facts.first(TextSnippet).pk]),
        who=LEAD,
    ),
    "text snippet, delete": Sight(
        "correspondence:snippet_delete",
        lambda: reverse("correspondence:snippet_delete", args=[facts.first(TextSnippet).pk]),
        who=LEAD,
    ),
    "members": Sight("desk:members", who=LEAD),
    "member ends": Sight(
        "desk:member_end",
        lambda: reverse("desk:member_end", args=[facts.membership().pk]),
        who=LEAD,
    ),
    "member is signed out": Sight(
        "desk:member_sessions",
        lambda: reverse("desk:member_sessions", args=[facts.membership().pk]),
        who=LEAD,
    ),
    "trail": Sight("desk:trail", who=LEAD),
    "interfaces": Sight("api:interfaces", who=LEAD),
    "theme for partners": Sight(
        "api:theme",
        lambda: reverse("api:theme", args=[facts.open_theme().pk]),
        who=LEAD,
        deed=unfold_everything,
    ),
    "new question for partners": Sight(
        "api:question_new",
        lambda: reverse("api:question_new", args=[facts.open_theme().pk]),
        who=LEAD,
        deed=send_the_form_empty,
    ),
    "question for partners": Sight(
        "api:question_edit",
        lambda: reverse("api:question_edit", args=facts.open_question()),
        who=LEAD,
    ),
    "question for partners, delete": Sight(
        "api:question_delete",
        lambda: reverse("api:question_delete", args=facts.open_question()),
        who=LEAD,
    ),
    "new key for a partner": Sight("api:key_new", who=LEAD, deed=send_the_form_empty),
    "new key for a partner, made": Sight("api:key_new", who=LEAD, deed=make_a_key),
    "key of a partner is revoked": Sight(
        "api:key_revoke",
        lambda: reverse("api:key_revoke", args=[facts.first(ApiKey, revoked_at=None).pk]),
        who=LEAD,
    ),
    "rules": Sight("privacy:rules", who=LEAD),
    "rule at work": Sight(
        "privacy:rule", lambda: reverse("privacy:rule", args=["contact"]), who=LEAD
    ),
    "rule that waits": Sight(
        "privacy:rule", lambda: reverse("privacy:rule", args=["text"]), who=LEAD
    ),
    "one person": Sight("privacy:search", who=LEAD, deed=look_for_somebody),
    "one person, nobody": Sight("privacy:search", who=LEAD, deed=look_for_nobody),
    "what we hold": Sight("privacy:person", lambda: facts.person_page("person"), who=LEAD),
    "erase": Sight("privacy:erase", lambda: facts.person_page("erase"), who=LEAD),
    "erase with errors": Sight(
        "privacy:erase", lambda: facts.person_page("erase"), who=LEAD, deed=forget_the_tick
    ),
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
        *(f"concerns:{deed}" for deed in ("release", "conceal", "language", "tags")),
        *(f"concerns:{deed}" for deed in ("question", "heard", "topic", "topic_end")),
        *(f"concerns:meeting_{deed}" for deed in ("cancel", "attendance")),
        *(f"concerns:{deed}" for deed in ("confidential", "named", "confidential_end")),
        "directory:person_new",
        "concerns:consent",
        *(f"mediation:{deed}" for deed in ("begin", "change", "answer", "erase")),
        *(f"mediation:{deed}" for deed in ("consent", "plan", "talk", "done", "off")),
        *(f"mediation:{deed}" for deed in ("correct", "agreement", "look", "end")),
        "privacy:rule_start",
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
        "website:manifest",
        "website:service_worker",
        "concerns:geojson",
        "concerns:atom",
        "concerns:export_csv",
        "concerns:export_xlsx",
        "concerns:figures_csv",
        "concerns:public_figures_csv",
        *(f"api:{data}" for data in ("discovery", "services", "definition", "requests")),
        *(f"api:{data}" for data in ("request", "token", "openapi")),
        *(f"api:{data}" for data in ("concerns", "concern", "themes", "statistics")),
        "concerns:report_fresh",
        "concerns:report_hints",
        "concerns:draft_photo",
        "concerns:letter_pdf",
        "mediation:agreement_pdf",
        "concerns:poster_pdf",
        "concerns:teller_photo",
        "concerns:own_json",
        "privacy:person_json",
        "privacy:person_pdf",
        "dossiers:file",
        "desk:inbox_file",
        "desk:inbox_original",
        "mfa_download_recovery_codes",
    ],
}
