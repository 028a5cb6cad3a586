"""One person's data on one page, its erasure, and the rules of retention."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, office, or_404, settings_only
from quartiersladen.kernel.errors import Conflict, Invalid
from quartiersladen.kernel.pdf import make_pdf
from quartiersladen.privacy import erasure, queries, retention, rules
from quartiersladen.privacy.forms import ErasureForm, RuleForm, SearchForm
from quartiersladen.privacy.registry import Person, Section
from quartiersladen.privacy.states import RetentionKind

METHODS = ["GET", "HEAD", "POST"]
WHO = "wer"  # the rows that are the person, in the address: keys, no names
PROOFS_SHOWN = 60
PDF = Path(__file__).parent / "templates/privacy/office/person.typ"


@never_cache
@require_http_methods(METHODS)
@office
def search(request: StaffRequest) -> HttpResponse:
    """Find the rows that may be a person; the words travel by POST, so that no log has them."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    found, status = None, HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            words = form.cleaned_data["words"]
            try:
                found = erasure.find_people(request.viewer, request.quarter, words)
                status = HTTPStatus.OK
            except Invalid as refusal:
                form.add_error("words", str(refusal))
    context = {"form": form, "found": found, "who": WHO, "nav_section": "privacy"}
    return render(request, "privacy/office/search.html", context, status=status)


def _person(request: StaffRequest, data: QueryDict) -> Person:
    return erasure.get_person(request.viewer, request.quarter, data.getlist(WHO))


def _query(person: Person) -> str:
    return urlencode([(WHO, row) for row in sorted(person.rows)])


@never_cache
@require_safe
@office
def person(request: StaffRequest) -> HttpResponse:
    """Everything that is handed out about one person; reading leaves a line in the trail."""
    try:
        found = _person(request, request.GET)
    except Invalid as refusal:
        messages.error(request, str(refusal))
        return redirect("privacy:search")
    _note_reading(request, found, "page")
    context = {
        "sections": erasure.sections_of(request.viewer, found),
        "query": _query(found),
        "may_erase": rules.may_erase(request.viewer, request.quarter),
        "nav_section": "privacy",
    }
    return render(request, "privacy/office/person.html", context)


def _note_reading(request: StaffRequest, found: Person, how: str) -> None:
    erasure.note_reading(viewer=request.viewer, person=found, how=how, now=timezone.now())


def _as_data(sections: list[Section]) -> list[dict[str, object]]:
    return [
        {
            "key": part.key,
            "title": str(part.title),
            "records": [
                {
                    "title": row.title,
                    "facts": [
                        {"key": fact.key, "label": str(fact.label), "value": fact.value}
                        for fact in row.facts
                    ],
                }
                for row in part.records
            ],
        }
        for part in sections
    ]


def _attachment(response: HttpResponse, ending: str) -> HttpResponse:
    # No name: the file may lie in a folder of downloads that others see.
    response["Content-Disposition"] = f'attachment; filename="auskunft.{ending}"'
    return response


@never_cache
@require_safe
@office
def person_json(request: StaffRequest) -> HttpResponse:
    """The same as a file for machines."""
    found = or_404(_person_or_nobody, request)
    _note_reading(request, found, "json")
    data = {
        "office": request.quarter.name,
        "made_at": timezone.now().isoformat(),
        "rows": sorted(found.rows),
        "sections": _as_data(erasure.sections_of(request.viewer, found)),
        "not_handed_out": _not_handed_out(),
    }
    return _attachment(JsonResponse(data, json_dumps_params={"ensure_ascii": False}), "json")


def _person_or_nobody(request: StaffRequest) -> Person:
    try:
        return _person(request, request.GET)
    except Invalid as refusal:
        raise queries.Nobody from refusal


def _not_handed_out() -> str:
    return _(
        "Not handed out: internal notes of the office, names of colleagues and of contact persons at"
        " bodies, words of bodies. They can hold data of other people. If you need them, please ask"
        " the office: it looks through them and gives you what is yours."
    )


@never_cache
@require_safe
@office
def person_pdf(request: StaffRequest) -> HttpResponse:
    """The same as a document to read, to print or to have read aloud."""
    found = or_404(_person_or_nobody, request)
    _note_reading(request, found, "pdf")
    now, quarter = timezone.now(), request.quarter
    title = _("What we hold about you")
    made = make_pdf(
        PDF,
        title=title,
        language="de",
        data={
            "title": title,
            "office": quarter.address_lines,
            "day": date_format(quarter.local_day(now), "DATE_FORMAT"),
            "sections": _as_data(erasure.sections_of(request.viewer, found)),
            "not_handed_out": _not_handed_out(),
            "rights": _(
                "You may have wrong data corrected and your data deleted, and take back a consent at"
                " any time. If you are not content, you may complain to the data protection"
                " authority."
            ),
            "page": _("Page"),
        },
        now=now,
        author=quarter.name,
    )
    return _attachment(HttpResponse(made, content_type="application/pdf"), "pdf")


@never_cache
@require_http_methods(METHODS)
@office
def erase(request: StaffRequest) -> HttpResponse:
    """What would go and what stays; then, with a tick, it goes.

    The list shows words out of texts: each look at it leaves a line in the trail.
    """
    data = request.POST if request.method == "POST" else request.GET
    form = ErasureForm(request.POST if request.method == "POST" else None)
    more: list[str] = []
    if request.method == "POST" and form["more"].data:
        more = [line.strip() for line in form["more"].data.splitlines() if line.strip()]
    try:
        preview = erasure.preview_erasure(request.viewer, request.quarter, data.getlist(WHO), more)
    except Invalid as refusal:
        messages.error(request, str(refusal))
        return redirect("privacy:search")
    offered = [place for place in preview.places if not place.goes_anyway]
    form.offer(offered)
    status = HTTPStatus.OK
    if request.method == "POST" and request.POST.get("schritt") == "loeschen":
        status = _erase(request, form)
        if status == HTTPStatus.OK:
            messages.success(request, _("Deleted. The trail says so, without the name."))
            return redirect("privacy:search")
    _note_reading(request, preview.person, "erasure")
    chosen = form["places"].value() or [] if "places" in form.fields else []
    context = {
        "form": form,
        "preview": preview,
        "offered": [(place, place.key in chosen) for place in offered],
        "anyway": [place for place in preview.places if place.goes_anyway],
        "rows": sorted(preview.person.rows),
        "who": WHO,
        "query": _query(preview.person),
        "nav_section": "privacy",
    }
    return render(request, "privacy/office/erase.html", context, status=status)


def _erase(request: StaffRequest, form: ErasureForm) -> HTTPStatus:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        erasure.erase_person(
            viewer=request.viewer,
            quarter=request.quarter,
            rows=request.POST.getlist(WHO),
            order=form.order(),
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error(None, str(refusal))
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


@require_safe
@settings_only
def rules_page(request: StaffRequest) -> HttpResponse:
    """The rules, which of them wait to be started, and the proof of what they did."""
    context = {
        "rules": retention.rules_of(request.quarter),
        "proofs": queries.proofs_of(request.quarter.pk, limit=PROOFS_SHOWN),
        "nav_section": "settings",
    }
    return render(request, "privacy/office/rules.html", context)


@require_http_methods(METHODS)
@settings_only
def rule(request: StaffRequest, kind: str) -> HttpResponse:
    """One rule: its days, and the list of what it would let go of now."""
    in_use = or_404(retention.rule_of, request.quarter, kind)
    now = timezone.now()
    form = RuleForm(
        request.POST if request.method == "POST" else None, initial={"days": in_use.days}
    )
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _set_days(request, form, in_use)
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("privacy:rules")
    context = {
        "form": form,
        "in_use": in_use,
        "due": retention.due_now(request.quarter, in_use, now, viewer=request.viewer),
        "may_start": rules.may_start_rules(request.viewer, request.quarter)
        and not in_use.is_started,
        "nav_section": "settings",
    }
    return render(request, "privacy/office/rule.html", context, status=status)


def _set_days(request: StaffRequest, form: RuleForm, in_use: retention.RuleInUse) -> HTTPStatus:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        retention.set_days(
            viewer=request.viewer,
            quarter=request.quarter,
            kind=in_use.rule.kind,
            days=form.cleaned_data["days"],
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except Invalid as refusal:
        form.add_error("days", str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as refusal:
        form.add_error(None, str(refusal))
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


@require_POST
@settings_only
def rule_start(request: StaffRequest, kind: str) -> HttpResponse:
    """The lead has seen the list; from the next night on the rule deletes."""
    in_use = or_404(retention.rule_of, request.quarter, kind)
    retention.start_rule(
        viewer=request.viewer,
        quarter=request.quarter,
        kind=RetentionKind(in_use.rule.kind),
        now=timezone.now(),
    )
    messages.success(request, _("Started. It deletes from the next night on."))
    return redirect(reverse("privacy:rules"))
