"""Many concerns at once: cards and sheets line by line, and a walk note by note."""

from collections.abc import Iterable
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, desk, or_404
from quartiersladen.concerns import gathered
from quartiersladen.concerns.forms.batch import (
    ActionForm,
    LineForm,
    StartWalkForm,
    Themes,
    WalkNoteForm,
)
from quartiersladen.concerns.forms.photos import take_photos
from quartiersladen.concerns.forms.report import new_key, read_old_key, signed
from quartiersladen.concerns.models import Action
from quartiersladen.concerns.queries.drafts import draft_photos
from quartiersladen.concerns.services.actions import enter_line, start_action
from quartiersladen.concerns.services.intake import drop_photo
from quartiersladen.concerns.states import ActionKind
from quartiersladen.kernel.errors import Invalid
from quartiersladen.quarters.queries import themes_of
from quartiersladen.ui.middleware import PERMISSIONS

METHODS = ["GET", "HEAD", "POST"]
LINES = 10  # empty ones on a fresh page
MOST_LINES = 40  # a form takes at most 300 fields
MORE = "mehr"
#: Lines are empty when nothing of this was typed; theme and kind are chosen beforehand.
TYPED = ("text", "place_text", "name", "contact")


def _language() -> str:
    return get_language() or "de"


def _themes(request: StaffRequest) -> Themes:
    return {str(theme.pk): theme for theme in themes_of(request.quarter)}


# --- Beginning ------------------------------------------------------------------------------------
def _begin(request: StaffRequest, form: ActionForm) -> Action | None:
    """Store the action; None when something is wrong, which the form then says."""
    if not form.is_valid():
        return None
    # A page may have been open for days; a forged key is as good as none.
    key = read_old_key(form.cleaned_data["submission_key"]) or uuid4()
    try:
        return start_action(
            viewer=request.viewer,
            quarter=request.quarter,
            facts=form.facts(),
            submission_key=key,
            now=timezone.now(),
        )
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _start(request: StaffRequest, kind: type[ActionForm], data: QueryDict | None) -> ActionForm:
    today = request.quarter.local_day(timezone.now())
    return kind(
        data,
        themes=_themes(request),
        language=_language(),
        initial={"submission_key": new_key(), "on": today},
    )


@require_http_methods(METHODS)
@desk
def batches(request: StaffRequest) -> HttpResponse:
    """All actions with how much came together; begin a new one."""
    form = _start(request, ActionForm, request.POST if request.method == "POST" else None)
    if form.is_bound and (action := _begin(request, form)):
        return redirect("concerns:batch", action.pk)
    context = {
        "form": form,
        "rows": gathered.actions_of(request.viewer),
        "nav_section": "concerns",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "concerns/office/batches.html", context, status=status)


@require_http_methods(METHODS)
@desk
def walks(request: StaffRequest) -> HttpResponse:
    """Begin a walk, or go on with one."""
    form = _start(request, StartWalkForm, request.POST if request.method == "POST" else None)
    if form.is_bound and (action := _begin(request, form)):
        return redirect("concerns:walk", action.pk)
    context = {
        "form": form,
        "rows": gathered.actions_of(request.viewer, kind=ActionKind.WALK),
        "nav_section": "concerns",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "concerns/office/walks.html", context, status=status)


def _about(request: StaffRequest, action: Action) -> dict[str, Any]:
    return {
        "action": action,
        "totals": gathered.totals_of(request.viewer, action, _language()),
        "told": gathered.told_on_action(request.viewer, action),
        "nav_section": "concerns",
    }


# --- Cards and sheets -----------------------------------------------------------------------------
class Page:
    """The lines of one page; each has the form key that it got when it was first shown."""

    def __init__(self, request: StaffRequest, action: Action) -> None:
        self.request, self.action = request, action
        self.themes, self.language = _themes(request), _language()

    def line(self, number: int, **options: Any) -> LineForm:  # noqa: ANN401 -- of a form
        """Return one line, empty unless the options say what stands in it."""
        return LineForm(
            prefix=f"zeile-{number}",
            themes=self.themes,
            language=self.language,
            default=self.action.theme,
            **options,
        )

    def empty(self, numbers: Iterable[int]) -> list[LineForm]:
        """Return so many fresh lines."""
        return [self.line(number, initial={"key": new_key()}) for number in numbers]

    def posted(self) -> list[int]:
        """Return the numbers of the lines that came."""
        data = self.request.POST
        return [number for number in range(MOST_LINES) if f"zeile-{number}-key" in data]

    @cached_property
    def with_keys(self) -> QueryDict:
        """What came, with a new key where one is forged or older than a month."""
        data = self.request.POST.copy()
        for number in self.posted():
            name = f"zeile-{number}-key"
            data[name] = signed(read_old_key(str(data[name])) or uuid4())
        return data

    def has_words(self, number: int) -> bool:
        """Whether somebody typed something into this line."""
        data = self.request.POST
        return any(data.get(f"zeile-{number}-{name}", "").strip() for name in TYPED)

    def as_typed(self, number: int) -> LineForm:
        """Return a line with what was typed, not looked at yet."""
        start = f"zeile-{number}-"
        typed = {
            name.removeprefix(start): value
            for name, value in self.request.POST.items()
            if name.startswith(start)
        }
        return self.line(number, initial=typed)


@require_http_methods(METHODS)
@desk
def batch(request: StaffRequest, action_id: str) -> HttpResponse:
    """Enter the lines of an action: right ones are stored, wrong ones come back as typed."""
    action = or_404(gathered.get_action, request.viewer, action_id)
    page = Page(request, action)
    if request.method != "POST":
        return _lines(request, page, page.empty(range(LINES)), HTTPStatus.OK)
    numbers = page.posted()
    if request.POST.get("schritt") == MORE:
        first = max(numbers, default=-1) + 1
        more = page.empty(range(first, min(first + LINES, MOST_LINES)))
        lines = [*(page.as_typed(number) for number in numbers), *more]
        return _lines(request, page, lines, HTTPStatus.OK)
    wrong, new = [], 0
    for number in (n for n in numbers if page.has_words(n)):
        form = page.line(number, data=page.with_keys)
        stored = _stored(request, action, form)
        wrong += [] if stored is not None else [form]
        new += bool(stored)
    if new:
        words = ngettext("%(n)s concern stored.", "%(n)s concerns stored.", new) % {"n": new}
        messages.success(request, words)
    if wrong:
        return _lines(request, page, wrong, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not new:
        messages.info(request, _("Nothing new: what was typed is stored already."))
    return redirect("concerns:batch", action.pk)


def _stored(request: StaffRequest, action: Action, form: LineForm) -> bool | None:
    """Store a line; return whether it is new, None when something is wrong with it."""
    if not form.is_valid():
        return None
    try:
        line = enter_line(
            viewer=request.viewer,
            action=action,
            report=form.report(),
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None
    return line.is_new


def _lines(
    request: StaffRequest, page: Page, lines: list[LineForm], status: HTTPStatus
) -> HttpResponse:
    context = {
        "lines": lines,
        "wrong": sum(1 for line in lines if line.is_bound),
        "may_have_more": len(lines) < MOST_LINES,
        **_about(request, page.action),
    }
    return render(request, "concerns/office/batch.html", context, status=status)


# --- On a walk ------------------------------------------------------------------------------------
def _note(request: StaffRequest, data: QueryDict | None, **initial: Any) -> WalkNoteForm:  # noqa: ANN401 -- of a form
    return WalkNoteForm(
        data,
        themes=_themes(request),
        language=_language(),
        initial={"submission_key": new_key(), **initial},
    )


@require_http_methods(METHODS)
@desk
def walk(request: StaffRequest, action_id: str) -> HttpResponse:
    """One note on one screen; saved, the next empty one is there."""
    action = or_404(gathered.get_action, request.viewer, action_id)
    if action.kind != ActionKind.WALK:
        return redirect("concerns:batch", action.pk)
    if request.method != "POST":
        return _screen(request, action, _note(request, None), None, HTTPStatus.OK)
    data = request.POST.copy()
    key = read_old_key(data.get("submission_key", "")) or uuid4()
    data["submission_key"] = signed(key)
    if file_id := data.get("drop"):
        return _without_photo(request, action, data, key, file_id)
    form = _note(request, data)
    form.is_valid()
    take_photos(form, quarter=request.quarter, key=key, uploads=request.FILES.getlist("photos"))
    if form.errors or not _noted(request, action, form, key):
        return _screen(request, action, form, key, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("concerns:walk", action.pk)


def _noted(request: StaffRequest, action: Action, form: WalkNoteForm, key: UUID) -> bool:
    try:
        line = enter_line(
            viewer=request.viewer,
            action=action,
            report=form.report(),
            key=key,
            now=timezone.now(),
        )
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return False
    words = _("Saved: %(number)s") % {"number": line.concern.dossier.reference}
    messages.success(request, words)
    return True


def _without_photo(
    request: StaffRequest, action: Action, data: QueryDict, key: UUID, file_id: str
) -> HttpResponse:
    status = HTTPStatus.OK
    try:
        drop_photo(quarter=request.quarter, key=key, file_id=UUID(file_id))
    except ValueError:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    typed = {str(name): value for name, value in data.items()}
    return _screen(request, action, _note(request, None, **typed), key, status)


def _screen(
    request: StaffRequest, action: Action, form: Form, key: UUID | None, status: HTTPStatus
) -> HttpResponse:
    context = {
        "form": form,
        "photos": list(draft_photos(request.quarter, key)) if key else [],
        "draft_key": key,
        **_about(request, action),
    }
    response = render(request, "concerns/office/walk.html", context, status=status)
    # The one page that asks where one stands, when the button is pressed.
    response["Permissions-Policy"] = PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
    return response
