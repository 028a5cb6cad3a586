"""What the desk types in to do something with a concern. Shape only; the deeds check the rest."""

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.concerns.forms.report import ReportForm, ThemeField
from quartiersladen.concerns.models import RightAddress
from quartiersladen.concerns.models.concern import MOST_MONTHS, REASON_LENGTH
from quartiersladen.concerns.states import (
    BY_PROGRAM,
    AnswerWay,
    Channel,
    ConcernKind,
    PlacePrecision,
    Result,
    Scope,
    Witness,
)
from quartiersladen.correspondence.states import Occasion, Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.services.confidential import NotToBeNamed
from quartiersladen.quarters.models import Theme

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

T = TypeVar("T")
#: How the answer gets to the person, in the words of the desk.
ANSWER_WAYS = {
    AnswerWay.NONE: _("No answer wanted"),
    AnswerWay.LINK: _("Looks it up on the status page"),
    AnswerWay.MAIL: _("Wants a mail"),
    AnswerWay.PHONE: _("Wants a call"),
    AnswerWay.POST: _("Wants a letter"),
}
WAYS_OUT = [(way.value, way.label) for way in (Way.MAIL, Way.PHONE, Way.POST, Way.TALK)]


class DayInput(forms.DateInput):
    """The browser's own date field; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TagInput(forms.TextInput):
    """A line for tags that offers those that the office has."""

    template_name = "concerns/office/tag_input.html"

    def __init__(self, names: list[str]) -> None:
        super().__init__(attrs={"autocomplete": "off", "class": "q-input"})
        self.names = names

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401 -- Django's
        """Return what the line needs, with the names."""
        context = super().get_context(name, value, attrs) | {"names": self.names}
        if self.names:
            context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}-names"
        return context


def words_field(
    label: "str | _StrPromise",
    *,
    required: bool = False,
    rows: int = 4,
    help_text: "str | _StrPromise" = "",
) -> forms.CharField:
    """Return a field for several lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        help_text=help_text,
    )


class DeedForm(forms.Form):
    """What a deed needs. WHEN: field -> the answer with which it is needed, for comfort only.

    SNIPPETS: fields beside which text snippets are offered; the view puts the offers in.
    """

    WHEN: ClassVar[dict[str, str]] = {}
    SNIPPETS: ClassVar[dict[str, Occasion]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self.offers: dict[str, Any] = {}

    def rows(self) -> list[tuple[forms.BoundField, str, Any]]:
        """Return the visible fields, each with the answer that shows it and its snippets."""
        return [
            (field, self.WHEN.get(field.name, ""), self.offers.get(field.name))
            for field in self.visible_fields()
        ]


class VersionedForm(DeedForm):
    """A deed on a dossier that was read in one version."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(DeedForm):
    """An internal note. It has no version: notes only add."""

    text = words_field(_("Note"), required=True)


class AssignForm(VersionedForm):
    """Who looks after it."""

    colleague = forms.ModelChoiceField(
        label=_("Looked after by"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["colleague"])
        field.queryset = colleagues
        field.empty_label = str(_("nobody in particular"))


class CircleForm(VersionedForm):
    """Who may see a confidential matter."""

    people = forms.ModelMultipleChoiceField(
        label=_("Who may see it"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only lead and moderators can be named."),
        error_messages={"invalid_choice": NotToBeNamed.sentence},
    )

    def __init__(self, *args: Any, workers: QuerySet[User], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[User]", self.fields["people"]).queryset = workers


class SortForm(VersionedForm):
    """Theme and kind."""

    theme = ThemeField(label=_("Theme"), queryset=Theme.objects.none(), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ConcernKind.choices)

    def __init__(self, *args: Any, themes: QuerySet[Theme], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        cast("ThemeField", self.fields["theme"]).queryset = themes


class TagsForm(VersionedForm):
    """Tags to put on, and those that come off again."""

    add = forms.CharField(
        label=_("Put on"),
        required=False,
        max_length=400,
        help_text=_("Several are separated by commas. Only the office sees them."),
    )
    remove = forms.MultipleChoiceField(
        label=_("Take off"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        there: list[str],
        offered: list[str],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name in offered if name not in there]
        self.fields["add"].widget = TagInput(names)
        if not there:
            del self.fields["remove"]
            return
        cast("forms.MultipleChoiceField", self.fields["remove"]).choices = [
            (name, name) for name in there
        ]


class RightAddressField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Right addresses by what they are about, and the address as the person will read it."""

    person_language = "de"

    def label_from_instance(self, obj: RightAddress) -> str:
        """Return what the address is about, then its lines in the person's language."""
        lines = obj.text_in(self.person_language).splitlines()
        return f"{obj.name_in(get_language() or 'de')} – {' · '.join(lines)}"


class ScopeForm(VersionedForm):
    """Whose business it is: one of three."""

    WHEN: ClassVar[dict[str, str]] = {
        "due_on": "scope=ours|public_interest",
        "right_address": "scope=not_ours",
        "words": "scope=not_ours",
    }
    SNIPPETS: ClassVar[dict[str, Occasion]] = {"words": Occasion.NOT_OURS}
    scope = forms.ChoiceField(
        label=_("Whose business is it?"),
        choices=[(s.value, s.label) for s in (Scope.OURS, Scope.PUBLIC_INTEREST, Scope.NOT_OURS)],
        widget=forms.RadioSelect,
    )
    due_on = forms.DateField(label=_("Next date"), required=False, widget=DayInput())
    right_address = RightAddressField(
        label=_("The right address"), queryset=RightAddress.objects.none(), required=False
    )
    words = words_field(
        _("Own words to the person"), help_text=_("In the person's language. They come first.")
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        addresses: QuerySet[RightAddress],
        language: str,
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast("RightAddressField", self.fields["right_address"])
        field.person_language = language
        field.queryset = addresses


class PlanForm(VersionedForm):
    """Another next date."""

    due_on = forms.DateField(label=_("Next date"), required=False, widget=DayInput())
    note = forms.CharField(label=_("What to do then"), required=False, max_length=200)


class AskForm(VersionedForm):
    """Asked again: how, whom, what, and when next."""

    WHEN: ClassVar[dict[str, str]] = {"whom": "way=phone|post|talk"}
    SNIPPETS: ClassVar[dict[str, Occasion]] = {"words": Occasion.ASKED_AGAIN}
    way = forms.ChoiceField(label=_("How"), choices=WAYS_OUT)
    person = forms.TypedChoiceField(label=_("Contact person"), required=False, empty_value=None)
    whom = forms.CharField(label=_("Who was reached"), required=False, max_length=120)
    words = words_field(_("What was said, or what the mail shall say"), rows=3)
    ask_on = forms.DateField(label=_("Next date"), required=False, widget=DayInput())

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        people: list[ContactPerson],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        if not people:
            del self.fields["person"]
            return
        by_key = {str(person.pk): person for person in people}
        field = cast("forms.TypedChoiceField", self.fields["person"])
        field.choices = [("", _("as before")), *((key, str(p)) for key, p in by_key.items())]
        field.coerce = by_key.__getitem__


class SaidForm(VersionedForm):
    """What a body said on the phone or by letter."""

    WHEN: ClassVar[dict[str, str]] = {
        "expected_on": "deed=accept",
        "words": "deed=answer|decline",
    }
    deed = forms.ChoiceField(
        label=_("What did the body say?"),
        choices=[
            ("accept", _("takes it on")),
            ("answer", _("has answered")),
            ("decline", _("is not responsible")),
        ],
    )
    expected_on = forms.DateField(label=_("Done by"), required=False, widget=DayInput())
    words = words_field(_("In its words"), rows=3)


class CloseForm(VersionedForm):
    """How it ends. Answered and fixed are two things."""

    WHEN: ClassVar[dict[str, str]] = {
        "reason": "result=not_possible|not_our_task|no_answer",
        "witness": "result=fixed|partly",
    }
    SNIPPETS: ClassVar[dict[str, Occasion]] = {
        "answer": Occasion.ANSWERED,
        "reason": Occasion.REASON,
    }
    result = forms.ChoiceField(label=_("How did it end?"), choices=Result.choices)
    answer = words_field(_("The answer to the person"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed if it is not possible, not our task, or nobody answered."),
    )
    witness = forms.ChoiceField(
        label=_("Who has seen that it is fixed?"),
        required=False,
        choices=[("", _("nobody")), *Witness.choices],
    )


class ReopenForm(VersionedForm):
    """Why it is taken up again."""

    why = words_field(_("Why is it taken up again?"), rows=2)


class ConsentForm(VersionedForm):
    """How the person took the consent back."""

    channel = forms.ChoiceField(
        label=_("How did the person say so?"),
        choices=[
            (way.value, way.label)
            for way in (Channel.PHONE, Channel.WALK_IN, Channel.MAIL, Channel.LETTER)
        ],
    )
    wording = words_field(_("In which words"), rows=2)


class ToldForm(VersionedForm):
    """Told by phone or in person."""

    told_on = forms.DateField(label=_("Told on"), widget=DayInput())
    text = words_field(_("What was said"), rows=2)


class AskPersonForm(VersionedForm):
    """A question back to the person."""

    SNIPPETS: ClassVar[dict[str, Occasion]] = {"text": Occasion.QUESTION}
    text = words_field(
        _("The question to the person"), rows=3, help_text=_("In the person's language.")
    )


class HeardForm(VersionedForm):
    """The answer to a question, as the person gave it to the office."""

    way = forms.ChoiceField(
        label=_("How did the person answer?"),
        choices=[(w.value, w.label) for w in (Way.PHONE, Way.TALK, Way.POST, Way.MAIL)],
    )
    text = words_field(_("The answer"), rows=3)


class TopicForm(VersionedForm):
    """How often an important topic is asked about."""

    months = forms.IntegerField(
        label=_("Ask again every so many months"),
        min_value=1,
        max_value=MOST_MONTHS,
        initial=6,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    next_on = forms.DateField(
        label=_("Next time on"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty: so many months from today."),
    )


class LetterSentForm(VersionedForm):
    """A letter is out: how, and when."""

    way = forms.ChoiceField(
        label=_("How did it get to the person?"),
        choices=[(Way.POST, _("By post")), (Way.TALK, _("Handed out"))],
        widget=forms.RadioSelect,
    )
    sent_on = forms.DateField(label=_("Day"), widget=DayInput())


class ReleaseForm(VersionedForm):
    """The public copy: text, each photo and the place are separate."""

    title = forms.CharField(label=_("Public title"), required=False, max_length=120)
    text = words_field(_("Public text"))
    precision = forms.ChoiceField(
        label=_("The place"), choices=PlacePrecision.choices, widget=forms.RadioSelect
    )
    photos = forms.TypedMultipleChoiceField(
        label=_("I have looked at these photos, they may be shown"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_checked = forms.BooleanField(
        label=_("No names, number plates or faces can be read or seen"), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        photos: list[Document],
        links: list[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        """Offer the photos. links: per photo the addresses of its small copy and of blackening."""
        super().__init__(*args, **kwargs)
        if not photos:
            del self.fields["photos"]
            return
        shown = list(zip(photos, links, strict=True))
        field = cast("forms.TypedMultipleChoiceField", self.fields["photos"])
        field.choices = [
            (photo.pk, format_html('<img src="{}" alt="" width="96" height="72"> {}', small, name))
            for name, (photo, (small, _black)) in _numbered(shown)
        ]
        ways = format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            ((black, name) for name, (_p, (_s, black)) in _numbered(shown)),
        )
        field.help_text = format_html("{} {}", _("Somebody can be recognised? Blacken:"), ways)


def _numbered(shown: list[T]) -> list[tuple[str, T]]:
    return [(_("Photo %(n)s") % {"n": number}, one) for number, one in enumerate(shown, 1)]


class LanguageForm(VersionedForm):
    """In which language the person is answered."""

    language = forms.ChoiceField(label=_("Language of the answer"))

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        languages: list[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["language"]).choices = languages


class BlockForm(forms.Form):
    """An address or domain whose reports shall wait in the quarantine."""

    name = forms.CharField(
        label=_("E-mail address or domain"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        help_text=_(
            "somebody@spam.example.org for one address, spam.example.org for all addresses of the"
            " domain and for links to it."
        ),
    )


class PassOnForm(DeedForm):
    """How a concern goes to one body; the page shows one of these per body."""

    SNIPPETS: ClassVar[dict[str, Occasion]] = {"cover_note": Occasion.FORWARDED}
    way = forms.ChoiceField(label=_("How"), choices=WAYS_OUT)
    person = forms.ModelChoiceField(
        label=_("To whom"), queryset=ContactPerson.objects.none(), required=False
    )
    cover_note = words_field(_("Our words to the body"), rows=3)
    with_contact = forms.BooleanField(
        label=_("Give the person's contact data, so that the body can ask back"), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        body: ResponsibleBody,
        people: list[ContactPerson],
        has_consent: bool,
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        field = cast("forms.ModelChoiceField[ContactPerson]", self.fields["person"])
        field.queryset = ContactPerson.objects.filter(pk__in=[p.pk for p in people])
        field.empty_label = body.name
        if not has_consent:
            self.fields["with_contact"].disabled = True
            self.fields["with_contact"].help_text = _(
                "The person did not agree that contact data may be passed on."
            )


class AskOnForm(VersionedForm):
    """When we ask the bodies again."""

    ask_on = forms.DateField(label=_("We ask again on"), required=False, widget=DayInput())


#: The public form speaks to the person, this one to the colleague who types. The last one is the
#: wording that goes into the ledger.
ENTRY_LABELS = {
    "text": _("What was told"),
    "way": _("How does the person want the answer?"),
    "name": _("Name of the person"),
    "phone": _("Phone of the person"),
    "email": _("E-mail of the person"),
    "address": _("Postal address of the person"),
    "may_pass_on": _(
        "The person agreed: name and contact data may be passed on to who is responsible."
    ),
}


class EntryForm(ReportForm):
    """What is told at the counter or by phone; the public form with a few answers more."""

    channel = forms.ChoiceField(
        label=_("How did it reach us?"),
        choices=[(c.value, c.label) for c in Channel if c not in {Channel.WEB, *BY_PROGRAM}],
        initial=Channel.PHONE,
    )
    told_on = forms.DateField(label=_("Told on"), widget=DayInput())
    language = forms.ChoiceField(label=_("Language of the person"))
    is_emergency = forms.BooleanField(
        label=_("Danger: the person was told to call 110 or 112"), required=False
    )
    assigned_to = forms.ModelChoiceField(
        label=_("Looked after by"), queryset=User.objects.none(), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        colleagues: QuerySet[User],
        languages: list[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, label in ENTRY_LABELS.items():
            self.fields[name].label = label
        self.fields["text"].help_text = ""
        cast("forms.ChoiceField", self.fields["way"]).choices = [
            (way.value, label) for way, label in ANSWER_WAYS.items()
        ]
        cast("forms.ChoiceField", self.fields["language"]).choices = languages
        cast("forms.ModelChoiceField[User]", self.fields["assigned_to"]).queryset = colleagues
