"""The outbox: what was sent, what waits, what failed."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.correspondence.queries import dossier_of, hidden_mails, waiting_mails
from quartiersladen.correspondence.services.messages import send_again
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.kernel.errors import Conflict
from quartiersladen.outbox import queries, services
from quartiersladen.outbox.states import MAIL_MACHINE, MailState

SHOWN = 100


@require_safe
@office
def post(request: StaffRequest) -> HttpResponse:
    """The newest mails; sign-in mails are never shown."""
    state = request.GET.get("zustand", "")
    hidden = hidden_mails(request.viewer)
    mails = queries.mails_for_desk(request.viewer, without=hidden)
    if state in MailState.values:
        mails = mails.filter(state=state)
    context = {
        "mails": list(mails[:SHOWN]),
        "states": [(s.value, s.label, s.value == state) for s in MailState],
        "waiting_mails": queries.waiting(request.viewer, without=hidden),
        "outage": queries.outage(request.viewer, request.quarter),
        "waiting_in": sum(one.waiting for one in waiting_mails(request.viewer)),
        "has_server": bool(request.quarter.smtp_url or settings.SMTP_URL),
        "nav_section": "post",
    }
    return render(request, "desk/office/post.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def mail(request: StaffRequest, mail_id: int) -> HttpResponse:
    """One mail with its books; send again or cancel."""
    hidden = hidden_mails(request.viewer)
    found = or_404(queries.get_mail, request.viewer, mail_id, without=hidden)
    about = dossier_of(found)
    if about is not None:
        log_reading(viewer=request.viewer, dossier=about, what=ReadWhat.MAIL, now=timezone.now())
    sentence, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            if request.POST.get("deed") == "cancel":
                services.cancel(viewer=request.viewer, mail=found)
                messages.success(request, _("Cancelled."))
            else:
                send_again(viewer=request.viewer, mail=found, now=timezone.now())
                messages.success(request, _("It is being sent again."))
        except Conflict as refusal:
            sentence, status = str(refusal), HTTPStatus.CONFLICT
        else:
            return redirect("desk:post")
    actions = MAIL_MACHINE.actions_from(MailState(found.state))
    context = {
        "mail": found,
        "text": queries.readable_text(found),
        "may_resend": not found.is_emptied
        and ("retry" in actions or found.state == MailState.SENT),
        "may_cancel": "cancel" in actions,
        "sentence": sentence,
        "nav_section": "post",
    }
    return render(request, "desk/office/mail.html", context, status=status)
