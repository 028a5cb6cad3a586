"""Which deeds a concern's page offers: the table of states and the rules decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.forms import Form
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quartiersladen.concerns import rules
from quartiersladen.concerns.forms import office as forms
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.meetings import promises
from quartiersladen.concerns.models import Invitation, Referral
from quartiersladen.concerns.services.questions import way_to
from quartiersladen.concerns.services.topics import NO_TOPICS
from quartiersladen.concerns.states import (
    CONCERN_MACHINE,
    WAITING,
    ConcernState,
    ReferralState,
    Result,
)
from quartiersladen.concerns.views_office.case import Case, ask_form, deed_form, said_form
from quartiersladen.correspondence.states import Way

TITLES: dict[str, str | Promise] = {
    "note": gettext_lazy("Write a note"),
    "scope": gettext_lazy("Decide whose business it is"),
    "plan": gettext_lazy("Set another next date"),
    "assign": gettext_lazy("Who looks after it"),
    "sort": gettext_lazy("Correct theme and kind"),
    "tags": gettext_lazy("Tags"),
    "release": gettext_lazy("Show it to the public"),
    "conceal": gettext_lazy("Take it off the public pages"),
    "language": gettext_lazy("Answer in another language"),
    "told": gettext_lazy("Told orally"),
    "question": gettext_lazy("Ask the person back"),
    "heard": gettext_lazy("The person has answered"),
    "topic": gettext_lazy("Important topic: ask again over years"),
    "topic_end": gettext_lazy("No important topic any more"),
    "confidential": gettext_lazy("Make it confidential"),
    "named": gettext_lazy("Who may see it"),
    "confidential_end": gettext_lazy("Not confidential any more"),
    "close": gettext_lazy("Close with an answer"),
    "consent": gettext_lazy("The person takes back the consent to pass on contact data"),
    "withdraw": gettext_lazy("The person takes it back"),
    "reopen": gettext_lazy("Take it up again"),
}
HINTS: dict[str, str | Promise] = {
    "language": gettext_lazy("Mails and letters to the person speak it from now on."),
    "note": gettext_lazy("Only the office reads it."),
    "release": gettext_lazy(
        "Everybody reads this copy; what was told stays as it is. Text, each photo and the place"
        " are separate."
    ),
    "heard": gettext_lazy("What the person said on the phone, in person or by letter."),
    "topic": gettext_lazy(
        "An answer does not end it: it comes back to Today, and what was asked and answered stays"
        " in one chain."
    ),
    "topic_end": gettext_lazy("It does not come back by itself any more."),
    "confidential": gettext_lazy(
        "From now on only the named see it, and what they open is written down. It is on no map, in"
        " no file and in no list of others; mails about it have a neutral subject. The person’s page"
        " says only that it is treated confidentially."
    ),
    "named": gettext_lazy("Whoever you untick does not see it any more."),
    "confidential_end": gettext_lazy("The whole office sees it again, the public does not."),
    "conceal": gettext_lazy("Text, photos and place are no longer public from now on."),
    "close": gettext_lazy(
        "Answered does not mean fixed: say how it ended, and who has seen it if it is fixed."
    ),
    "withdraw": gettext_lazy("It ends without an answer, and nothing of it stays public."),
    "consent": gettext_lazy(
        "From now on no letter to a body holds contact data. You get the task to ask bodies that"
        " have it to delete it."
    ),
}
#: How a question reaches the person.
WAYS_BACK: dict[Way, str | Promise] = {
    Way.MAIL: gettext_lazy("The person gets it by e-mail and can answer on the status page."),
    Way.PHONE: gettext_lazy("It becomes a task for today: call the person."),
    Way.POST: gettext_lazy("It becomes a task for today: write to the person."),
    Way.LINK: gettext_lazy(
        "We know no way to reach the person. The question stands on the status page."
    ),
}
KEYS = {"note": "n", "plan": "w"}
#: Ready to write in; the other forms are made when they are opened, so that the page is fast.
ALWAYS_READY = frozenset({"note"})
DANGEROUS = frozenset({"withdraw", "conceal", "consent", "confidential_end"})


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed on the page. form: None until it is opened.  letters: what would go out."""

    name: str
    title: str | Promise
    url: str
    form: Form | None
    hint: str | Promise = ""
    key: str = ""
    is_open: bool = False
    is_dangerous: bool = False
    letters: Sequence[Letter] = ()

    @property
    def seen(self) -> str:
        """The mark of the mails that are shown."""
        return mark(self.letters)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deed that was tried and is shown again: refused, or to look at its mails first.

    version: the one that the form carried, when it was sent only to put in a text snippet.
    """

    name: str
    form: Form
    letters: Sequence[Letter] = field(default=())
    version: str = ""


def mark(letters: Sequence[Letter]) -> str:
    """Return what tells these mails from others, so that only what was seen is sent."""
    words = "\0".join(f"{letter.subject}\0{letter.text}" for letter in letters)
    return sha256(words.encode()).hexdigest() if letters else ""


def _names(case: Case) -> list[str]:
    """Return the deeds that are possible now, the most likely ones first."""
    concern = case.concern
    decides = rules.may_decide(case.request.viewer, concern)
    actions = CONCERN_MACHINE.actions_from(ConcernState(concern.state))
    sees_teller = rules.may_see_teller(case.request.viewer, concern)
    is_confidential = concern.dossier.is_confidential
    possible = {
        "heard": concern.state == ConcernState.QUESTION,
        "scope": decides and "take_on" in actions,
        "note": True,
        "plan": concern.is_open,
        "assign": decides,
        "sort": decides,
        "tags": not concern.is_held,
        "release": decides
        and concern.state != ConcernState.WITHDRAWN
        and not (concern.is_held or is_confidential),
        "conceal": decides and concern.is_released,
        "language": decides and not concern.is_held,
        "told": not concern.is_held,
        "question": sees_teller and "ask_person" in actions,
        "topic": decides and not concern.is_held and concern.state not in NO_TOPICS,
        "topic_end": decides and concern.is_topic,
        "confidential": decides and not (concern.is_held or is_confidential),
        "named": decides and is_confidential,
        "confidential_end": decides and is_confidential,
        "consent": sees_teller and concern.teller.may_pass_on,
        "close": decides and "close" in actions,
        "withdraw": decides and "withdraw" in actions,
        "reopen": decides and "reopen" in actions,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def _title(case: Case, name: str) -> str | Promise:
    if name == "release" and case.concern.is_released:
        return _("Change what is public")
    return TITLES[name]


def deeds_of(case: Case, attempt: Attempt | None, opened: str) -> list[Deed]:
    """Return the deeds beside the story; one that was just refused stays, whatever the state."""
    names = _names(case)
    if attempt and attempt.name in TITLES and attempt.name not in names:
        names.insert(0, attempt.name)
    return [_deed(case, name, attempt, opened) for name in names]


def _deed(case: Case, name: str, attempt: Attempt | None, opened: str) -> Deed:
    tried = attempt if attempt and attempt.name == name else None
    form = tried.form if tried else None
    if form is None and (name == opened or name in ALWAYS_READY):
        form = deed_form(case, name)
    return Deed(
        name=name,
        title=_title(case, name),
        url=reverse(f"concerns:{name}", args=[case.concern.dossier.reference]),
        form=form,
        hint=_hint(case, name),
        key=KEYS.get(name, ""),
        is_open=name == opened,
        is_dangerous=name in DANGEROUS,
        letters=tried.letters if tried else (),
    )


def _hint(case: Case, name: str) -> str | Promise:
    if name == "reopen" and case.concern.text_gone_at:
        return _("The text has been deleted by rule. Only the skeleton can be taken up again.")
    if name == "reopen" and case.concern.teller.contact_gone_at:
        return _("The contact data has been deleted: the person cannot be told by us any more.")
    if name == "question":
        return WAYS_BACK[way_to(concern=case.concern)]
    if name == "close":
        return _hint_to_close(case) or HINTS["close"]
    return HINTS.get(name, "")


def _hint_to_close(case: Case) -> str:
    hints = []
    if joined := getattr(case.concern, "joined_count", 0):
        words = ngettext(
            "The same answer goes also to whoever told the %(n)s joined concern, by their own way."
            " Your words are not translated.",
            "The same answer goes also to whoever told the %(n)s joined concerns, each by their own"
            " way. Your words are not translated.",
            joined,
        )
        hints.append(words % {"n": joined})
    if case.concern.is_topic:
        hints.append(_("Important topic: it comes back by itself, so that we ask again."))
    return " ".join(hints)


def may_meet(case: Case) -> bool:
    """Whether a meeting of several bodies can be planned by this viewer now; one at a time."""
    decides = rules.may_decide(case.request.viewer, case.concern)
    return decides and case.concern.is_open and case.meeting_ahead is None


def may_forward(case: Case) -> bool:
    """Whether the concern can be passed on by this viewer now."""
    actions = CONCERN_MACHINE.actions_from(ConcernState(case.concern.state))
    return "forward" in actions and rules.may_decide(case.request.viewer, case.concern)


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """A referral with the deeds that its state allows, and what the body promised at meetings."""

    referral: Referral
    deeds: list[Deed]
    promises: list[Invitation]


def referral_cards(case: Case, attempt: Attempt | None, opened: str) -> list[ReferralCard]:
    """Return the referrals, each with asking again and what the body said."""
    promised = promises(reversed(case.meetings))
    return [
        ReferralCard(
            referral,
            _referral_deeds(case, referral, attempt, opened),
            promised.get(referral.body_id, []),
        )
        for referral in case.referrals
    ]


def _referral_deeds(
    case: Case, referral: Referral, attempt: Attempt | None, opened: str
) -> list[Deed]:
    reference = case.concern.dossier.reference
    is_waiting = ReferralState(referral.state) in WAITING
    deeds = []
    for kind, title, is_possible in (
        ("ask", _("Ask again"), is_waiting and case.concern.is_open),
        ("said", _("It has said something"), is_waiting),
    ):
        name = f"{kind}-{referral.pk}"
        tried = attempt if attempt and attempt.name == name else None
        if not (is_possible or tried):
            continue
        form = tried.form if tried else None
        if form is None and name == opened:
            form = ask_form(case, referral) if kind == "ask" else said_form(referral)
        deeds.append(
            Deed(
                name=name,
                title=title,
                url=reverse(f"concerns:{kind}", args=[reference, referral.pk]),
                form=form,
                is_open=name == opened,
                letters=tried.letters if tried else (),
            )
        )
    return deeds


def silent(case: Case) -> list[Referral]:
    """Return the bodies that were asked so often in vain that something else should be tried."""
    most = case.request.quarter.asks_before_proposals
    is_silent = ReferralState.SILENT
    found = [r for r in case.referrals if r.state == is_silent and r.asks >= most]
    return found if case.concern.is_open else []


def proposals(case: Case) -> list[Deed]:
    """Return what else can be done when a body stays silent, each with its form."""
    quiet = silent(case)
    if not quiet:
        return []
    deeds = [deed for referral in quiet for deed in _other_person(case, referral)]
    if rules.may_decide(case.request.viewer, case.concern):
        deeds.append(_give_up(case, quiet))
    return deeds


def _other_person(case: Case, referral: Referral) -> list[Deed]:
    others = [p for p in case.people.get(referral.body_id, []) if p.pk != referral.person_id]
    if not others:
        return []
    form = ask_form(case, referral, name="other")
    form.initial["person"] = others[0].pk
    return [
        Deed(
            name=f"other-{referral.pk}",
            title=_("Ask somebody else at %(body)s") % {"body": referral.body.name},
            url=reverse("concerns:ask", args=[case.concern.dossier.reference, referral.pk]),
            form=form,
        )
    ]


def _give_up(case: Case, quiet: list[Referral]) -> Deed:
    dossier = case.concern.dossier
    with translation.override(dossier.language):
        reason = " ".join(
            ngettext(
                "We asked %(body)s %(times)s time and got no answer.",
                "We asked %(body)s %(times)s times and got no answer.",
                referral.asks,
            )
            % {"body": referral.body.name, "times": referral.asks}
            for referral in quiet
        )
    return Deed(
        name="give_up",
        title=_("Close it: the body does not answer"),
        url=reverse("concerns:close", args=[dossier.reference]),
        form=forms.CloseForm(
            initial={"result": Result.NO_ANSWER, "reason": reason[:500]}, auto_id="give_up_%s"
        ),
    )
