"""One concern as one request at the desk sees it, and the forms of its deeds.

What several forms need is loaded once, and only when a form asks for it.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from quartiersladen.accounts.access import StaffRequest, or_404
from quartiersladen.accounts.context import finished_languages
from quartiersladen.accounts.queries import workers
from quartiersladen.concerns.forms import office as forms
from quartiersladen.concerns.gathered import open_question
from quartiersladen.concerns.meetings import meetings_of
from quartiersladen.concerns.models import Concern, Meeting, Question, Referral
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.concerns.queries.referrals import referrals_of
from quartiersladen.concerns.queries.scope import right_addresses
from quartiersladen.concerns.services.life import default_next_date
from quartiersladen.concerns.states import ConcernState, Scope
from quartiersladen.concerns.views_office.snippets import (
    Desk,
    day_typed,
    offers_for,
    typed_with_snippet,
)
from quartiersladen.directory.models import ContactPerson
from quartiersladen.directory.queries import people_at
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.queries import (
    documents_of,
    named_in,
    tags_here,
    tags_of,
    who_may_care,
)
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.kernel.language import language_name
from quartiersladen.quarters.queries import themes_of


class Case:
    """A concern that the viewer may open."""

    def __init__(self, request: StaffRequest, concern: Concern) -> None:
        self.request = request
        self.concern = concern
        self.now: datetime = timezone.now()

    @property
    def version(self) -> int:
        """The version that the forms carry."""
        return self.concern.dossier.version

    @cached_property
    def today(self) -> date:
        """Today in the quarter."""
        return self.request.quarter.local_day(self.now)

    @cached_property
    def due_on(self) -> date:
        """The next date that is proposed."""
        return default_next_date(concern=self.concern, now=self.now)

    @cached_property
    def photos(self) -> list[Document]:
        """The photos in their order."""
        return documents_of(self.request.viewer, self.concern.dossier)

    @cached_property
    def tags(self) -> list[str]:
        """The names of its tags."""
        return tags_of([self.concern.pk]).get(self.concern.pk, [])

    @cached_property
    def asked_in(self) -> str:
        """The language in which the person wrote, if the answer would go out in another one.

        "" when it cannot be told or cannot be offered. Leichte Sprache is German, too.
        """
        told, answer = self.concern.text_language, self.concern.dossier.language
        is_same = told == answer.partition("-")[0]
        return "" if is_same or told not in offered_languages(self) else told

    @cached_property
    def question(self) -> Question | None:
        """The question that waits for the person's answer; asked for only where there is one."""
        if self.concern.state != ConcernState.QUESTION:
            return None
        return open_question(self.request.viewer, self.concern)

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The meetings about it, the latest first; asked for only where there is one."""
        has_some = getattr(self.concern, "meeting_count", 0)
        return meetings_of(self.request.viewer, self.concern) if has_some else []

    @cached_property
    def meeting_ahead(self) -> Meeting | None:
        """The meeting that is planned and not over."""
        return next((meeting for meeting in self.meetings if meeting.is_ahead), None)

    @property
    def is_meeting_over(self) -> bool:
        """Whether nobody has written down what came of a meeting that has begun."""
        meeting = self.meeting_ahead
        local = self.now.astimezone(self.request.quarter.zone)
        moment = (local.date(), local.time())
        return meeting is not None and (meeting.on, meeting.begins) <= moment

    @cached_property
    def referrals(self) -> list[Referral]:
        """To whom it was passed on, oldest first."""
        found = list(referrals_of(self.concern))
        for referral in found:
            referral.concern = self.concern
        return found

    def writing_desk(self, kind: type[forms.DeedForm]) -> Desk:
        """Return where the words of a deed are written; who has the concern only if it matters."""
        bodies = [r.body.name for r in self.referrals] if kind.SNIPPETS else []
        return Desk(self.request.viewer, self.concern, bodies, self.concern.next_on)

    @cached_property
    def people(self) -> dict[int, list[ContactPerson]]:
        """Who works today at the bodies that have it."""
        return people_at((r.body_id for r in self.referrals), self.today)


def open_case(request: StaffRequest, reference: str, *, what: ReadWhat = ReadWhat.PAGE) -> Case:
    """Return the case, or answer 404 for one that is missing or hidden.

    what: is opened, for the readings of a confidential one.
    """
    case = Case(request, or_404(get_inside, request.viewer, reference))
    log_reading(viewer=request.viewer, dossier=case.concern.dossier, what=what, now=case.now)
    return case


def fresh(case: Case) -> Case:
    """Return the case as it is stored now; it was opened before."""
    reference = case.concern.dossier.reference
    return Case(case.request, or_404(get_inside, case.request.viewer, reference))


FormSettings = Callable[[Case], dict[str, Any]]


def _nothing(_case: Case) -> dict[str, Any]:
    return {}


def _of_assign(case: Case) -> dict[str, Any]:
    return {
        "colleagues": who_may_care(case.concern.dossier, case.today),
        "initial": {"colleague": case.concern.dossier.assigned_to_id},
    }


def _of_circle(case: Case) -> dict[str, Any]:
    named = named_in(case.concern.dossier) or {case.request.user.pk}
    return {
        "workers": workers(case.request.quarter.pk, case.today),
        "initial": {"people": sorted(named)},
    }


def _of_sort(case: Case) -> dict[str, Any]:
    concern = case.concern
    return {
        "themes": themes_of(case.request.quarter),
        "initial": {"theme": concern.theme_id, "kind": concern.kind},
    }


def _of_tags(case: Case) -> dict[str, Any]:
    return {"there": case.tags, "offered": [tag.name for tag in tags_here(case.request.viewer)]}


def _of_scope(case: Case) -> dict[str, Any]:
    return {
        "addresses": right_addresses(case.request.quarter.pk),
        "language": case.concern.dossier.language,
        "initial": {"due_on": case.due_on} | _wished_scope(case.concern),
    }


def _wished_scope(concern: Concern) -> dict[str, Any]:
    """Who went past a rule that stops has said already what they want."""
    rule = concern.scope_rule
    return {"scope": Scope.PUBLIC_INTEREST} if rule and rule.is_stop else {}


def _of_plan(case: Case) -> dict[str, Any]:
    return {"initial": {"due_on": max(case.due_on, case.today)}}


def _of_told(case: Case) -> dict[str, Any]:
    return {"initial": {"told_on": case.today}}


def _of_release(case: Case) -> dict[str, Any]:
    concern = case.concern
    reference = concern.dossier.reference
    return {
        "photos": case.photos,
        "links": [
            (
                reverse("dossiers:file", args=[photo.file_id, "klein.jpg"]),
                reverse("concerns:blacken", args=[reference, photo.pk]),
            )
            for photo in case.photos
        ],
        "initial": {
            "title": concern.public_title or concern.dossier.title,
            "text": concern.public_text or concern.text,
            "precision": concern.place_precision,
            "photos": [photo.pk for photo in case.photos if photo.is_released],
        },
    }


def _of_topic(case: Case) -> dict[str, Any]:
    months, day = case.concern.topic_months, case.concern.topic_next_on
    return {"initial": {"months": months, "next_on": day} if months else {}}


def _of_language(case: Case) -> dict[str, Any]:
    return {
        "languages": [(code, language_name(code)) for code in offered_languages(case)],
        "initial": {"language": case.asked_in or case.concern.dossier.language},
    }


def offered_languages(case: Case) -> list[str]:
    """Return the languages in which the house can answer in this quarter."""
    offered = case.request.quarter.languages
    return [
        code for code, _n in settings.LANGUAGES if code in offered and code in finished_languages()
    ]


DEED_FORMS: dict[str, tuple[type[forms.DeedForm], FormSettings]] = {
    "note": (forms.NoteForm, _nothing),
    "scope": (forms.ScopeForm, _of_scope),
    "plan": (forms.PlanForm, _of_plan),
    "assign": (forms.AssignForm, _of_assign),
    "sort": (forms.SortForm, _of_sort),
    "tags": (forms.TagsForm, _of_tags),
    "release": (forms.ReleaseForm, _of_release),
    "conceal": (forms.VersionedForm, _nothing),
    "language": (forms.LanguageForm, _of_language),
    "told": (forms.ToldForm, _of_told),
    "question": (forms.AskPersonForm, _nothing),
    "heard": (forms.HeardForm, _nothing),
    "topic": (forms.TopicForm, _of_topic),
    "topic_end": (forms.VersionedForm, _nothing),
    "confidential": (forms.CircleForm, _of_circle),
    "named": (forms.CircleForm, _of_circle),
    "confidential_end": (forms.VersionedForm, _nothing),
    "close": (forms.CloseForm, _nothing),
    "withdraw": (forms.VersionedForm, _nothing),
    "consent": (forms.ConsentForm, _nothing),
    "reopen": (forms.ReopenForm, _nothing),
}


def deed_form(case: Case, name: str, data: QueryDict | None = None) -> Form:
    """Return the form of a deed, with what is sensible to begin with.

    It is not bound when a text snippet was asked for: it then shows what was typed and the snippet.
    """
    kind, more = DEED_FORMS[name]
    options = more(case)
    desk = case.writing_desk(kind)
    typed = typed_with_snippet(desk, data, kind.SNIPPETS)
    if typed is not None:
        data, options["initial"] = None, options.get("initial", {}) | typed
    form = kind(data, auto_id=f"{name}_%s", **options)
    form.offers = offers_for(desk, kind.SNIPPETS)
    return form


def ask_form(
    case: Case, referral: Referral, data: QueryDict | None = None, *, name: str = "ask"
) -> Form:
    """Return the form to ask a body again. name: first part of the ids of its fields."""
    occasions = forms.AskForm.SNIPPETS if name == "ask" else {}
    desk = Desk(
        case.request.viewer,
        case.concern,
        bodies=[referral.body.name],
        next_on=day_typed(data, case.due_on),
    )
    initial = {"way": referral.way, "ask_on": case.due_on}
    typed = typed_with_snippet(desk, data, occasions)
    form = forms.AskForm(
        data if typed is None else None,
        people=case.people.get(referral.body_id, []),
        initial=initial | (typed or {}),
        auto_id=f"{name}-{referral.pk}_%s",
    )
    form.offers = offers_for(desk, occasions)
    return form


def said_form(referral: Referral, data: QueryDict | None = None) -> Form:
    """Return the form to write down what a body said."""
    return forms.SaidForm(data, auto_id=f"said-{referral.pk}_%s")
