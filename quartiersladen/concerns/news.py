"""The words of mails to people who follow something, in the language in which they asked."""

from collections.abc import Iterable
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns import timeline
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.models import Following
from quartiersladen.concerns.released import News, Piece
from quartiersladen.outbox.frame import mail_domain
from quartiersladen.outbox.models import LinkSpec

LIST_PAGE = "/anliegen/"
ONE_CLICK = "List-Unsubscribe=One-Click"


def confirm_link(following: Following, *, confirm_by: date) -> LinkSpec:
    """Return the page with the button that begins it."""
    return LinkSpec(
        purpose=LinkPurpose.FOLLOW_CONFIRM,
        subject_id=following.pk,
        generation=following.link_generation,
        expires_on=confirm_by,
        path="/b/{token}/",
    )


def leave_link(following: Following, *, path: str = "/w/{token}/") -> LinkSpec:
    """Return the page with the button that ends it; good for as long as mails lie around."""
    return LinkSpec(
        purpose=LinkPurpose.FOLLOW_LEAVE,
        subject_id=following.pk,
        generation=following.link_generation,
        expires_on=None,
        path=path,
    )


def what_is_followed(following: Following) -> str:
    """Return it in words of the active language, for example "Street light, Volkmarsdorf"."""
    if following.concern:
        return _("Concern no. %(number)s") % {"number": following.concern.dossier.reference}
    parts = []
    if following.theme:
        parts.append(str(following.theme.name_in(translation.get_language() or "de")))
    if following.district:
        parts.append(following.district.name)
    if following.metres:
        parts.append(_("within %(n)s m of a place") % {"n": following.metres})
    return ", ".join(parts) or _("everything in the quarter")


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def first_mail(following: Following, *, confirm_by: date) -> Letter:
    """The one mail before it is confirmed: a link, and not one word of what there is to read."""
    with translation.override(following.language):
        what = {"what": what_is_followed(following)}
        day = {"day": date_format(confirm_by, "DATE_FORMAT")}
        return Letter(
            subject=_("Please confirm: mails about what is new"),
            text=_paragraphs(
                [
                    _("Good day,"),
                    _("somebody has entered this address to get mails from us. It is about:"),
                    what["what"],
                    _("Was it you? Then please open this page and press the button:"),
                    "[[link:confirm]]",
                    _(
                        "Was it not you? Then do nothing. You get no further mail, and we delete"
                        " this address after %(day)s."
                    )
                    % day,
                ]
            ),
            language=following.language,
            links={"confirm": confirm_link(following, confirm_by=confirm_by)},
        )


def _piece(piece: Piece) -> str:
    concern = piece.concern
    number = {"title": concern.public_title, "number": concern.dossier.reference}
    sign = (
        _("New: %(title)s (no. %(number)s)") if piece.is_new else _("%(title)s (no. %(number)s)")
    )
    steps = timeline.told_steps(concern, piece.entries, to_person=False)
    lines = [sign % number]
    if piece.is_new:
        lines.append(_("State: %(state)s") % {"state": concern.state_for_others})
    else:
        lines += [f"{date_format(step.on, 'DATE_FORMAT')}: {step.sentence}" for step in steps]
    lines.append(concern.quarter.absolute_url(f"{LIST_PAGE}{concern.dossier.reference}/"))
    return "\n".join(lines)


def _joined(following: Following, news: News) -> str:
    """Say why there is something of another number, "" if there is not."""
    leader_id = following.concern.leader_id if following.concern else None
    for piece in news.pieces:
        if piece.concern.pk == leader_id:
            number = {"leader": piece.concern.dossier.reference}
            return str(timeline.TO_PERSON["joined"]) % number
    return ""


def news_mail(following: Following, news: News) -> Letter:
    """What is new, why it comes, and how to leave."""
    quarter = following.quarter
    with translation.override(following.language):
        what = {"what": what_is_followed(following)}
        since = {"day": date_format(quarter.local_day(following.created_at), "DATE_FORMAT")}
        more = ""
        if news.more:
            more = ngettext(
                "And %(n)s further concern. All of them stand here:",
                "And %(n)s further concerns. All of them stand here:",
                news.more,
            ) % {"n": news.more}
            more += f"\n{quarter.absolute_url(LIST_PAGE)}"
        return Letter(
            subject=_("What is new: %(what)s") % what,
            text=_paragraphs(
                [
                    _("Good day,"),
                    _("this is new. You follow: %(what)s.") % what,
                    _joined(following, news),
                    *(_piece(piece) for piece in news.pieces),
                    more,
                    _(
                        "You get this mail because you asked for it on our website on %(day)s."
                        " You do not want it any more? Then press the button on this page:"
                    )
                    % since,
                    "[[link:leave]]",
                ]
            ),
            language=following.language,
            links={"leave": leave_link(following)},
        )


def list_headers(following: Following) -> dict[str, str]:
    """Return the headers by which mail programmes know a list and offer the way out of it.

    The link is filled in while sending, as those in the text: the books hold no way in.
    """
    quarter = following.quarter
    headers = {
        "List-Id": f"<anliegen.{quarter.slug}.{mail_domain(quarter)}>",
        "List-Unsubscribe": "<[[link:leave]]>",
        "List-Unsubscribe-Post": ONE_CLICK,
        "List-Archive": f"<{quarter.absolute_url(LIST_PAGE)}>",
    }
    if quarter.email:
        headers["List-Owner"] = f"<mailto:{quarter.email}>"
    return headers
