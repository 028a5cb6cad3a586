"""The inbox: what came by mail, by class; one page per mail with what can be made of it."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, desk, office, or_404
from quartiersladen.concerns.gathered import question_by_mail
from quartiersladen.concerns.models import CameByMail
from quartiersladen.concerns.queries.blocked import blocked_mails, is_blocked
from quartiersladen.concerns.queries.mails import came_by_mail
from quartiersladen.concerns.rules import is_draft, may_become_concern, takes_replies
from quartiersladen.concerns.services import mails
from quartiersladen.concerns.states import MailEffect
from quartiersladen.correspondence import queries
from quartiersladen.correspondence.incoming.states import MailClass
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.queries import attachment_of, box_of, content_of
from quartiersladen.correspondence.services.inbox import bring_mail
from quartiersladen.desk.forms import MailFileForm
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.kernel.text import is_key
from quartiersladen.outbox.addresses import BadAddress, reachable_address

METHODS = ["GET", "HEAD", "POST"]
MOST_PAGES = 10_000


@require_safe
@desk
def inbox(request: StaffRequest) -> HttpResponse:
    """Mails by class with their numbers; helpers see those to what is assigned to them."""
    chosen = request.GET.get("art", "")
    only_waiting = request.GET.get("zustand", "") == "offen"
    wanted = request.GET.get("seite", "1")
    page = min(int(wanted), MOST_PAGES) if is_key(wanted) and int(wanted) else 1
    shown = queries.inbox_page(
        request.viewer,
        mail_class=chosen,
        only_waiting=only_waiting,
        page=page,
        is_blocked=blocked_mails(),
    )
    context = {
        "mails": shown.mails,
        "older": page + 1 if shown.has_more else 0,
        "newer": page - 1,
        "counts": queries.inbox_counts(request.viewer),
        "chosen": chosen if chosen in MailClass.values else "",
        "only_waiting": only_waiting,
        "box": box_of(request.quarter),
        "has_mailbox": bool(request.quarter.mailbox_url),
        "nav_section": "post",
    }
    return render(request, "desk/office/inbox.html", context)


@require_http_methods(METHODS)
@office
def upload(request: StaffRequest) -> HttpResponse:
    """Bring a mail that lies somewhere as a file."""
    form = MailFileForm(request.POST or None, request.FILES or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                mail, is_new = bring_mail(
                    viewer=request.viewer,
                    quarter=request.quarter,
                    raw=form.content(),
                    now=timezone.now(),
                )
            except Invalid as refusal:
                form.add_error("file", str(refusal))
            else:
                _say(request, mail, is_new=is_new)
                return redirect("desk:inbox_mail", mail.pk)
    context = {"form": form, "nav_section": "post"}
    return render(request, "desk/office/inbox_upload.html", context, status=status)


def _say(request: StaffRequest, mail: InboundMail, *, is_new: bool) -> None:
    if is_new:
        mails.take_mail(mail=mail, now=timezone.now())
        messages.success(request, _("The mail is in the inbox."))
    else:
        messages.info(request, _("This mail was here already."))


Deed = Callable[[], object]


def _deeds(request: StaffRequest, mail: InboundMail) -> dict[str, tuple[Deed, str]]:
    """Return what a button does, and what is said afterwards."""
    viewer, now = request.viewer, timezone.now()
    reason = request.POST.get("reason", "")
    block = bool(request.POST.get("sperren"))
    return {
        "take_in": (
            lambda: mails.take_in(viewer=viewer, mail=mail, now=now),
            _("It is a concern now, and the receipt goes out."),
        ),
        "aside": (
            lambda: mails.put_aside(viewer=viewer, mail=mail, reason=reason, block=block, now=now),
            _("Put aside."),
        ),
        "accept": (
            lambda: mails.accept_proposal(viewer=viewer, mail=mail, now=now),
            _("It counts as the answer of the body."),
        ),
        "refusal": (
            lambda: mails.accept_proposal(viewer=viewer, mail=mail, is_refusal=True, now=now),
            _("It counts as the refusal of the body."),
        ),
        "answer": (
            lambda: mails.accept_answer(viewer=viewer, mail=mail, now=now),
            _("It counts as the answer of the person."),
        ),
        "finish": (lambda: mails.finish(viewer=viewer, mail=mail, now=now), _("Done.")),
        "take_up": (
            lambda: mails.take_up(viewer=viewer, mail=mail, now=now),
            _("It is a draft of its own now."),
        ),
    }


def _opened(request: StaffRequest, key: int) -> InboundMail:
    """Return the mail, or answer 404; that it was read is written down if it is confidential."""
    mail = or_404(queries.get_inbound, request.viewer, key)
    if mail.dossier is not None:
        log_reading(
            viewer=request.viewer,
            dossier=mail.dossier,
            what=ReadWhat.MAIL,
            now=timezone.now(),
        )
    return mail


@require_http_methods(METHODS)
@desk
def inbox_mail(request: StaffRequest, key: int) -> HttpResponse:
    """One mail: who wrote what, to what it belongs, and what can be made of it."""
    mail = _opened(request, key)
    if request.method != "POST":
        return _page(request, mail)
    deed, words = _deeds(request, mail).get(request.POST.get("deed", ""), (None, ""))
    if deed is None:
        return _page(request, mail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        deed()
    except Invalid as refusal:
        return _page(request, mail, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Conflict as refusal:
        mail = _opened(request, key)
        return _page(request, mail, str(refusal), HTTPStatus.CONFLICT)
    messages.success(request, words)
    return _onwards(request, mail)


def _onwards(request: StaffRequest, mail: InboundMail) -> HttpResponse:
    """Lead to where the work goes on: to the concern, or to the mail."""
    deed = request.POST["deed"]
    if deed in {"take_in", "accept", "refusal", "answer"} and mail.dossier is not None:
        return redirect("concerns:office_detail", mail.dossier.reference)
    return redirect("desk:inbox_mail", mail.pk)


def _page(
    request: StaffRequest,
    mail: InboundMail,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    effect = came_by_mail(request.viewer, mail)
    context = {
        "mail": mail,
        "effect": effect,
        "offers": _offers(request, mail, effect),
        "is_being_read": _is_being_read(mail, effect),
        "question": question_by_mail(request.viewer, mail, effect),
        "files": queries.attached_files(mail),
        "has_original": queries.may_have_original(mail),
        "is_unusual": _is_unusual(mail),
        "is_blocked": is_blocked(request.quarter, mail.sender_address),
        "reason": request.POST.get("reason", ""),
        "sentence": sentence,
        "demo": settings.DEMO,
        "nav_section": "post",
    }
    return render(request, "desk/office/inbox_mail.html", context, status=status)


def _offers(request: StaffRequest, mail: InboundMail, effect: CameByMail | None) -> frozenset[str]:
    """Return the deeds that are possible; the services decide in the end."""
    offers = set()
    decides = request.viewer.may_work
    if mail.is_waiting and decides:
        offers.add("aside")
    if mail.is_waiting and is_draft(effect) and decides:
        offers.add("take_in")
    if mail.is_waiting and _is_proposal(effect) and decides:
        offers |= {"accept", "refusal"}
    if mail.is_waiting and effect is not None and not is_draft(effect):
        offers.add("finish")
    if mail.is_waiting and mail.trouble:
        offers.add("finish")
    if decides and may_become_concern(mail, effect):
        offers.add("take_up")
    if _is_being_read(mail, effect):
        offers.discard("take_up")
    return frozenset(offers)


def _is_being_read(mail: InboundMail, effect: CameByMail | None) -> bool:
    """Whether the task that makes a draft of it is still to come; it comes within a minute."""
    return mail.mail_class == MailClass.NEW and mail.is_waiting and effect is None


def _is_proposal(effect: CameByMail | None) -> bool:
    if effect is None or effect.what != MailEffect.PROPOSAL or effect.referral is None:
        return False
    return takes_replies(effect.referral.concern)


def _is_unusual(mail: InboundMail) -> bool:
    """Whether nobody can be written to at this address."""
    try:
        reachable_address(mail.sender_address)
    except BadAddress:
        return bool(mail.sender_address)
    return False


def _download(content: bytes, name: str) -> HttpResponse:
    """Hand out bytes of a stranger: kept as a file, never opened or run by the browser."""
    if not content:
        raise Http404
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@desk
def inbox_file(request: StaffRequest, key: int, number: int) -> HttpResponse:
    """One file that came with a mail, of the kinds that are handed out."""
    mail = _opened(request, key)
    found = next((one for one in queries.attached_files(mail) if one.number == number), None)
    if found is None or not found.is_handed_out:
        raise Http404
    return _download(attachment_of(mail, number), found.name)


@require_safe
@office
def inbox_original(request: StaffRequest, key: int) -> HttpResponse:
    """The mail as it came, for a mail programme."""
    mail = _opened(request, key)
    if not queries.may_have_original(mail):
        raise Http404
    return _download(content_of(mail), f"mail-{mail.pk}.eml")
