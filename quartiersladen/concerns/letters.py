"""The words of every mail about a concern, in the language of the one who reads it.

A letter is built here and nowhere else, so that the preview at the desk and the mail that goes out
are the same bytes. Links are placeholders; the outbox fills them in while sending. A letter on
paper says the same as the mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Referral, Teller, Voice
from quartiersladen.concerns.states import OUTSIDE, ConcernState, PlaceKind
from quartiersladen.concerns.unnamed import without_person
from quartiersladen.correspondence.paper import Paper
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import LinkSpec

CONFIRM_HOURS = 72
REFERRAL_LINK_DAYS = 90
EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """subject: names no person.  text: plain, with [[link:NAME]] placeholders.  links: by NAME."""

    subject: str
    text: str
    language: str
    links: Mapping[str, LinkSpec] = field(default_factory=dict)

    @property
    def shown_text(self) -> str:
        """The text for the preview at the desk: links as they will look, without their secret."""
        text = self.text
        for name, spec in self.links.items():
            text = text.replace(f"[[link:{name}]]", "…" + spec.path.replace("{token}", "•••"))
        return text


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def neutral_subject(dossier: Dossier, language: str) -> str:
    """Return a subject that says nothing but the number.

    A subject is read on locked screens and over shoulders.
    """
    with translation.override(language):
        return _("Message no. %(number)s") % {"number": dossier.reference}


def _subject(dossier: Dossier, words: str) -> str:
    """Return the subject of a mail in the language that is on; neutral for a confidential matter."""
    if dossier.is_confidential:
        return neutral_subject(dossier, translation.get_language() or "de")
    return words


def status_link(concern: Concern, teller: Teller) -> LinkSpec:
    """Return the private status page; valid until it is revoked."""
    return LinkSpec(
        purpose=LinkPurpose.TELLER_STATUS,
        subject_id=concern.pk,
        generation=teller.link_generation,
        expires_on=None,
        path="/s/{token}/",
    )


def referral_link(referral: Referral) -> LinkSpec:
    """Return the one-case page of a body."""
    return LinkSpec(
        purpose=LinkPurpose.REFERRAL,
        subject_id=referral.pk,
        generation=referral.link_generation,
        expires_on=referral.link_expires_on,
        path="/f/{token}/",
    )


def confirmation(concern: Concern, teller: Teller, *, confirm_by: date) -> Letter:
    """The first and, until confirmed, only mail: number, what happens next, two links.

    It does not repeat what was written: the address may belong to somebody else.
    """
    dossier = concern.dossier
    with translation.override(dossier.language):
        return Letter(
            subject=_subject(
                dossier,
                _("Your concern no. %(number)s: please confirm your address")
                % {"number": dossier.reference},
            ),
            text=_paragraphs(
                _("Good day,"),
                _("thank you. Your concern has reached us. It has the number %(number)s.")
                % {"number": dossier.reference},
                _(
                    "Is this your address? Then please open this page and press the button,"
                    " so that we may write to you:"
                ),
                "[[link:confirm]]",
                _("Did you not write to us? Then do nothing. We delete this address on %(day)s.")
                % {"day": _day(confirm_by)},
                *_where_it_stands(dossier),
                _("We look at it and tell you by %(day)s what we know.")
                % {"day": _day(concern.promised_on)},
            ),
            language=dossier.language,
            links={
                "status": status_link(concern, teller),
                "confirm": LinkSpec(
                    purpose=LinkPurpose.TELLER_EMAIL,
                    subject_id=concern.pk,
                    generation=teller.link_generation,
                    expires_on=confirm_by,
                    path="/b/{token}/",
                ),
            },
        )


def _words_passed_on(
    concern: Concern, bodies: list[str], ask_on: date, *, today: date | None = None
) -> list[str]:
    """today: given where the day may be over by then, which is nothing to promise."""
    promise = _("If nobody answers, we ask again on %(day)s.") % {"day": _day(ask_on)}
    return [
        _("Good day,"),
        _("we have given your concern no. %(number)s to: %(bodies)s.")
        % {"number": concern.dossier.reference, "bodies": ", ".join(bodies)},
        promise if today is None or today < ask_on else "",
    ]


def _words_answered(concern: Concern) -> list[str]:
    return [
        _("Good day,"),
        _("there is an answer to your concern no. %(number)s.")
        % {"number": concern.dossier.reference},
        concern.answer,
        concern.reason,
    ]


def passed_on(concern: Concern, teller: Teller, *, bodies: list[str], ask_on: date) -> Letter:
    """Tells the teller to whom the concern went and when we ask again."""
    dossier = concern.dossier
    with translation.override(dossier.language):
        return Letter(
            subject=_subject(
                dossier,
                _("Your concern no. %(number)s: we have passed it on")
                % {"number": dossier.reference},
            ),
            text=_paragraphs(
                *_words_passed_on(concern, bodies, ask_on),
                *_where_it_stands(dossier),
            ),
            language=dossier.language,
            links={"status": status_link(concern, teller)},
        )


def answered(concern: Concern, teller: Teller) -> Letter:
    """Tells the teller how it ended, in the office's words."""
    dossier = concern.dossier
    with translation.override(dossier.language):
        return Letter(
            subject=_subject(
                dossier,
                _("Your concern no. %(number)s: the answer") % {"number": dossier.reference},
            ),
            text=_paragraphs(
                *_words_answered(concern),
                _("You are not content? Then answer this mail or call us."),
                "" if dossier.is_confidential else "[[link:status]]",
            ),
            language=dossier.language,
            links={"status": status_link(concern, teller)},
        )


def question(
    concern: Concern, teller: Teller, words: str, *, due_on: date, is_reminder: bool = False
) -> Letter:
    """Asks the teller back; the answer is given on the status page. words: the office's question."""
    dossier = concern.dossier
    with translation.override(dossier.language):
        number = {"number": dossier.reference}
        phone = concern.quarter.phone
        return Letter(
            subject=_subject(
                dossier,
                _("Your concern no. %(number)s: we still wait for your answer") % number
                if is_reminder
                else _("Your concern no. %(number)s: we have a question") % number,
            ),
            text=_paragraphs(
                _("Good day,"),
                _("some days ago we asked you something about your concern no. %(number)s:")
                % number
                if is_reminder
                else _("we have a question about your concern no. %(number)s:") % number,
                words,
                *_ways_to_answer(dossier),
                _("You can also call us: %(phone)s.") % {"phone": phone} if phone else "",
                _("We wait for your answer until %(day)s. Then we go on without it.")
                % {"day": _day(due_on)},
            ),
            language=dossier.language,
            links={"status": status_link(concern, teller)},
        )


def _where_it_stands(dossier: Dossier) -> list[str]:
    """Return the way to the person's page; that of a confidential matter shows nothing of it."""
    if dossier.is_confidential:
        return []
    return [_("Here you can always see what is happening with your concern:"), "[[link:status]]"]


def _ways_to_answer(dossier: Dossier) -> list[str]:
    """Return how a question is answered; no page shows a confidential matter."""
    if dossier.is_confidential:
        return [_("Please answer this mail.")]
    return [_("Here you can answer, also with photos. You need no account:"), "[[link:status]]"]


def voice_link(voice: Voice) -> LinkSpec:
    """Return the page on which a voice is confirmed and taken back."""
    return LinkSpec(
        purpose=LinkPurpose.VOICE,
        subject_id=voice.pk,
        generation=voice.link_generation,
        expires_on=None,
        path="/stimme/{token}/",
    )


def _voice_links(voice: Voice) -> dict[str, LinkSpec]:
    """Return the links of a mail to a voice; "status" says which dossier the mail is about."""
    concern = voice.concern
    public_page = LinkSpec(
        purpose=LinkPurpose.VOICE,
        subject_id=concern.pk,
        generation=0,
        expires_on=None,
        path=f"/anliegen/{concern.dossier.reference}/",
    )
    return {"voice": voice_link(voice), "status": public_page}


def voice_confirmation(voice: Voice) -> Letter:
    """The only mail until it is confirmed; it repeats nothing but the number."""
    number = {"number": voice.concern.dossier.reference}
    with translation.override(voice.language):
        return Letter(
            subject=_("Concern no. %(number)s: please confirm your address") % number,
            text=_paragraphs(
                _("Good day,"),
                _("you said that concern no. %(number)s is yours, too. Thank you.") % number,
                _(
                    "Do you want the answer by e-mail? Then please open this page and press the"
                    " button:"
                ),
                "[[link:voice]]",
                _("Here you can always see what is happening with your concern:"),
                "[[link:status]]",
                _("Was it not you? Then do nothing. We delete this address after %(hours)s hours.")
                % {"hours": CONFIRM_HOURS},
            ),
            language=voice.language,
            links=_voice_links(voice),
        )


def voice_answered(voice: Voice, concern: Concern) -> Letter:
    """Tells a voice how it ended. concern: the one that was answered, perhaps a leading one.

    The words of the answer were written for who told it: they stand here only when they are public.
    """
    number = {"number": voice.concern.dossier.reference}
    with translation.override(voice.language):
        words = [concern.answer, concern.reason] if concern.is_released else []
        return Letter(
            subject=_("Concern no. %(number)s: the answer") % number,
            text=_paragraphs(
                _("Good day,"),
                _("you said that concern no. %(number)s is yours, too. There is an answer.")
                % number,
                *words,
                "" if words else _("You want to know more? Then please call us or come to us."),
                _("We do not write to you about this any more. Your page:"),
                "[[link:voice]]",
            ),
            language=voice.language,
            links=_voice_links(voice),
        )


def has_letter(concern: Concern) -> bool:
    """Say whether there is something to write: an answer, or a body that has it."""
    state = ConcernState(concern.state)
    if state == ConcernState.JOINED:
        return bool(concern.answer)  # of the joint case
    return state == ConcernState.ANSWERED or (state in OUTSIDE and concern.next_on is not None)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What a letter on paper says besides the words of the mail.

    bodies, ask_on: who has the concern and when we ask again, while it is open.
    url: the person's page.  signed_by: who writes.  has_window: with the postal address.
    """

    url: str
    signed_by: str
    on: date
    bodies: list[str]
    ask_on: date | None
    has_window: bool


def on_paper(concern: Concern, teller: Teller, sheet: OnPaper) -> Paper:
    """The words of the mail as a letter: the answer, or to whom the concern went."""
    dossier = concern.dossier
    number = {"number": dossier.reference}
    with translation.override(dossier.language):
        if sheet.ask_on is None:
            subject = _subject(dossier, _("Your concern no. %(number)s: the answer") % number)
            words = [
                *_words_answered(concern),
                _("You are not content? Then call us or come to us."),
            ]
        else:
            passed = _("Your concern no. %(number)s: we have passed it on") % number
            subject = _subject(dossier, passed)
            words = _words_passed_on(concern, sheet.bodies, sheet.ask_on, today=sheet.on)
        facts = [
            (_("Your concern"), dossier.reference),
            (_("Told on"), _day(concern.told_on)),
            (_("Date"), _day(sheet.on)),
            (_("Here for you"), sheet.signed_by),
        ]
        return Paper(
            subject=subject,
            paragraphs=[part for word in words for part in _split(word)],
            language=dossier.language,
            address=window_lines(teller) if sheet.has_window else [],
            facts=facts,
            url="" if dossier.is_confidential else sheet.url,
            url_words=_("Here you can always see what is happening with your concern:"),
            closing=_("Kind regards"),
            signature=[sheet.signed_by, concern.quarter.name],
        )


def _split(words: str) -> list[str]:
    return [part.strip() for part in EMPTY_LINES.split(words) if part.strip()]


def not_our_task(language: str) -> str:
    """Return why the office does not do it itself, for the person."""
    with translation.override(language):
        return _("This is not our task.")


def window_lines(teller: Teller) -> list[str]:
    """Return the postal address for a window, line by line; none without an address.

    Who wrote it in one line gets one line per comma.
    """
    lines = [line.strip() for line in teller.address.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = [part.strip() for part in lines[0].split(",") if part.strip()]
    name = teller.name.strip()
    return [name, *lines] if lines and name and name not in lines else lines


def _place_line(concern: Concern) -> str:
    """Return where it is; nothing of a mail, whose place stands in its words if anywhere."""
    if concern.place_kind == PlaceKind.NONE and not concern.place_text:
        return ""
    return _("Place: %(place)s") % {"place": place_words(concern)}


def _quoted_for(item: Referral) -> str:
    """Return what was told; who told it stays away from a body that may not know it."""
    concern = item.concern
    may_know = item.with_contact and concern.teller.may_pass_on
    told = concern.text if may_know else without_person(concern.text, concern.teller)
    return "\n".join(f"> {line}" for line in told.splitlines())


def referral(item: Referral, teller: Teller | None, *, ask_on: date) -> Letter:
    """The mail to a responsible body, in German; contact data only if `item.with_contact`.

    item: may be unsaved, for the preview.  ask_on: the day on which the office asks again.
    """
    concern = item.concern
    number = {"number": concern.dossier.reference}
    with translation.override("de"):
        contact = ""
        if item.with_contact and teller is not None:
            known = [teller.name, teller.phone, teller.email, teller.address]
            contact = _("The person agreed that you may contact them: %(contact)s") % {
                "contact": ", ".join(part for part in known if part)
            }
        return Letter(
            subject=_subject(
                concern.dossier, _("Concern no. %(number)s from the neighbourhood") % number
            ),
            text=_paragraphs(
                _("Good day,"),
                _("somebody from the neighbourhood told us the following. We think it is yours."),
                _("No. %(number)s") % number,
                _quoted_for(item),
                _place_line(concern),
                contact,
                item.cover_note,
                _(
                    "Please answer on this page; you need no account. You can take it on, say that"
                    " somebody else is responsible, or answer:"
                ),
                "[[link:case]]",
                _("We ask again on %(day)s.") % {"day": _day(ask_on)},
            ),
            language="de",
            links={"case": referral_link(item)},
        )


def reminder(item: Referral, *, words: str) -> Letter:
    """Asks a silent body again."""
    number = {"number": item.concern.dossier.reference}
    times = item.asks
    with translation.override("de"):
        return Letter(
            subject=_subject(
                item.concern.dossier,
                _("Asked again: concern no. %(number)s from the neighbourhood") % number,
            ),
            text=_paragraphs(
                _("Good day,"),
                _("on %(day)s we gave you concern no. %(number)s. We have no answer yet.")
                % {**number, "day": _day(item.concern.quarter.local_day(item.sent_at))},
                ngettext("We have asked %(times)s time.", "We have asked %(times)s times.", times)
                % {"times": times},
                words,
                _quoted_for(item),
                _("Please answer on this page; you need no account:"),
                "[[link:case]]",
            ),
            language="de",
            links={"case": referral_link(item)},
        )


def place_words(concern: Concern) -> str:
    """Return the place in words for a letter to a body."""
    if concern.place_text:
        return concern.place_text
    if concern.latitude is not None:
        return f"{concern.latitude:.5f}, {concern.longitude:.5f}"
    return concern.get_place_kind_display()
