"""The form with which a concern comes in, for residents and for the desk."""

from math import isfinite
from typing import Any, cast
from uuid import UUID, uuid4

import phonenumbers
from django import forms
from django.core import signing
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.services.intake import DRAFT_HOURS, Reactions, Report
from quartiersladen.concerns.services.own_data import NEEDED
from quartiersladen.concerns.similar import Matter, spot_of
from quartiersladen.concerns.states import AnswerWay, ConcernKind, PlaceKind
from quartiersladen.kernel.spam import Sign, is_hasty
from quartiersladen.kernel.text import is_key
from quartiersladen.outbox.addresses import BadAddress, reachable_address
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import themes_of
from quartiersladen.ui.trap import TrapForm

SALT = "concerns.report"
PLACE_LENGTH = 200  # characters
LONGEST_DEGREES = 24  # characters
KEPT_DAYS = 30  # so long a browser keeps a draft; the same number stands in draft.js
WAY_MISSING = {
    AnswerWay.MAIL: gettext_lazy("Please write your e-mail address, or choose another way."),
    AnswerWay.PHONE: gettext_lazy("Please write your phone number, or choose another way."),
    AnswerWay.POST: gettext_lazy("Please write your address, or choose another way."),
}


def check_way(form: forms.Form, data: dict[str, Any]) -> None:
    """Explain at its field what the chosen way of answering needs and lacks."""
    field = NEEDED.get(data.get("way", ""))
    if field and not data.get(field) and field not in form.errors:
        form.add_error(field, str(WAY_MISSING[data["way"]]))


def international(typed: str) -> str:
    """Return a phone number as people write it internationally, "" for none.

    Raises ValidationError for what is no number.
    """
    raw = typed.strip()
    if not raw:
        return ""
    try:
        number = phonenumbers.parse(raw, "DE")
    except phonenumbers.NumberParseException as exc:
        raise forms.ValidationError(_("This is not a phone number.")) from exc
    if not phonenumbers.is_possible_number(number):
        raise forms.ValidationError(_("This phone number is too short or too long."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def signed(key: UUID) -> str:
    """Return the key of a form as the form carries it, good for 24 hours."""
    return signing.dumps(str(key), salt=SALT)


def new_key() -> str:
    """Return a signed key for a new form; it names the form and its photos."""
    return signed(uuid4())


def read_key(signed: str, *, hours: int = DRAFT_HOURS) -> UUID | None:
    """Return the key of a form, None if it is forged or older than so many hours."""
    try:
        return UUID(signing.loads(signed, salt=SALT, max_age=hours * 60 * 60))
    except (signing.BadSignature, ValueError):
        return None


def read_old_key(signed: str) -> UUID | None:
    """Return the key of a form that a browser kept as a draft; good to find what it has sent."""
    return read_key(signed, hours=KEPT_DAYS * 24)


def signs_of(form: "PublicReportForm", signed: str) -> frozenset[Sign]:
    """Return what the way in which a form was filled says of spam.  signed: its key."""
    seen = {Sign.TRAP: form.is_trapped, Sign.HASTY: is_hasty(signed, salt=SALT)}
    return frozenset(sign for sign, is_seen in seen.items() if is_seen)


class PhotosInput(forms.FileInput):
    """A file field that takes several pictures at once."""

    allow_multiple_selected = True

    def value_from_datadict(  # noqa: D102 -- Django's method
        self,
        data: Any,  # noqa: ANN401, ARG002 -- Django's signature
        files: Any,  # noqa: ANN401 -- Django's signature
        name: str,
    ) -> list[Any]:
        return list(files.getlist(name)) if isinstance(files, MultiValueDict) else []


class PhotosField(forms.Field):
    """Any number of files; whether they are photos is found out by decoding them."""

    widget = PhotosInput(
        attrs={
            "accept": "image/jpeg,image/png,image/webp,image/heic,image/heif",
            "class": "q-input",
        }
    )


class ThemeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Themes by their name in the language of the page."""

    def label_from_instance(self, obj: Theme) -> str:
        """Return the theme's name."""
        return obj.name_in(get_language() or "de")


class ReportForm(forms.Form):
    """What, where, photos, answer. Checks the shape; photos are checked when they are stored."""

    submission_key = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=ConcernKind.choices,
        initial=ConcernKind.PROBLEM,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What do you want to tell us?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
        help_text=gettext_lazy("In your own words and in any language. At most 4,000 letters."),
    )
    theme = ThemeField(
        label=gettext_lazy("Theme"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label=gettext_lazy("I am not sure"),
    )
    place_kind = forms.ChoiceField(
        label=gettext_lazy("Which place is it about?"),
        choices=PlaceKind.choices,
        initial=PlaceKind.ADDRESS,
        widget=forms.RadioSelect,
    )
    place_text = forms.CharField(
        label=gettext_lazy("Address, crossing or description"),
        max_length=PLACE_LENGTH,
        required=False,
        help_text=gettext_lazy("For example: corner of Rosenweg and Marktplatz"),
    )
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    photos = PhotosField(
        label=gettext_lazy("Photos"),
        required=False,
        help_text=gettext_lazy(
            "Up to 5 photos, each at most 10 MB. We remove the place and time stored in them. Please"
            " show no faces and no number plates."
        ),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How do you want to get the answer?"),
        choices=AnswerWay.choices,
        initial=AnswerWay.LINK,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        required=False,
        help_text=gettext_lazy("We send one mail first, in which you confirm the address."),
    )
    phone = forms.CharField(label=gettext_lazy("Your phone number"), max_length=40, required=False)
    address = forms.CharField(
        label=gettext_lazy("Your postal address"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    may_pass_on = forms.BooleanField(
        label=gettext_lazy(
            "My name and contact data may be passed on to the office that is responsible, so that it"
            " can ask me questions. I can take this back at any time."
        ),
        required=False,
    )

    def __init__(self, *args: Any, quarter: Quarter, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        cast("ThemeField", self.fields["theme"]).queryset = themes_of(quarter)

    def clean_submission_key(self) -> UUID:
        """Return the form's key; a form older than a day is to be sent once more."""
        key = read_key(self.cleaned_data["submission_key"])
        if key is None:
            raise forms.ValidationError(
                _("This form was open for more than a day. Please press the button once more.")
            )
        return key

    def clean_phone(self) -> str:
        """Return the number as people write it internationally; refuse what is no number."""
        return international(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Check what depends on other answers: the place, and how to reach the person."""
        data = super().clean() or self.cleaned_data
        self._check_place(data)
        forget_unused(self, data)
        check_way(self, data)
        self._check_email(data)
        return data

    def _check_email(self, data: dict[str, Any]) -> None:
        """Refuse here already what the outbox would refuse: nothing is counted as a report yet."""
        if data.get("way") == AnswerWay.MAIL and data.get("email"):
            try:
                reachable_address(data["email"])
            except BadAddress as refusal:
                self.add_error("email", str(refusal))

    def _check_place(self, data: dict[str, Any]) -> None:
        kind, theme = data.get("place_kind"), data.get("theme")
        if kind == PlaceKind.POINT and not _is_on_earth(data):
            self.add_error(
                "place_kind", _("Please set the pin on the map, or describe the place.")
            )
        if kind == PlaceKind.ADDRESS and not data.get("place_text", "").strip():
            if theme and theme.needs_place:
                self.add_error("place_text", _("For this theme we need the place."))
            else:
                # Nobody fails at a field that may be empty: no address given is no place given.
                data["place_kind"] = PlaceKind.NONE
        if theme and theme.needs_place and kind in {PlaceKind.NONE, PlaceKind.QUARTER}:
            self.add_error("place_kind", _("For this theme we need the place."))

    def report(self) -> Report:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        at_point = data["place_kind"] == PlaceKind.POINT
        label = str(self.fields["may_pass_on"].label)
        return Report(
            text=data["text"],
            kind=ConcernKind(data["kind"]),
            theme=data["theme"],
            language=data.get("language") or get_language() or "de",
            place_kind=PlaceKind(data["place_kind"]),
            place_text=data["place_text"].strip(),
            latitude=data["latitude"] if at_point else None,
            longitude=data["longitude"] if at_point else None,
            is_emergency=bool(data.get("is_emergency")),
            way=AnswerWay(data["way"]),
            name=data["name"].strip(),
            email=data["email"],
            phone=data["phone"],
            address=data["address"].strip(),
            consent_wording=label if data["may_pass_on"] else "",
        )


def forget_unused(form: forms.Form, data: dict[str, Any]) -> None:
    """Nobody fails at a field of a way they did not choose: what is wrong there is left out."""
    for way, name in NEEDED.items():
        if name in form.errors and data.get("way") != way:
            del form.errors[name]
            data[name] = ""


class PublicReportForm(TrapForm, ReportForm):
    """The form of residents, with a field that only programs fill in, and with what they have seen.

    The hints of the page carry the last three fields and `seen_rules`; without hints they are not
    there.
    """

    is_emergency = forms.BooleanField(
        label=gettext_lazy("Somebody is in danger right now"), required=False
    )
    overrides = forms.BooleanField(
        label=gettext_lazy("Send it all the same, as a hint of public interest"), required=False
    )
    is_new = forms.BooleanField(required=False, widget=forms.HiddenInput)
    has_seen_danger = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def reactions(self) -> Reactions:
        """Return what the person has seen and decided, after is_valid()."""
        data = self.cleaned_data
        return Reactions(
            seen_rules=_keys(self.data),
            overrides=data["overrides"],
            is_new=data["is_new"],
            has_seen_danger=data["has_seen_danger"],
        )

    def matter(self) -> Matter:
        """Return what can be compared already while somebody types; also of a form with mistakes."""
        self.is_valid()
        data = self.cleaned_data
        theme = data.get("theme")
        point = point_of(data.get("latitude"), data.get("longitude"))
        at_point = data.get("place_kind") == PlaceKind.POINT and point is not None
        return Matter(
            text=data.get("text", ""),
            theme_id=theme.pk if theme else None,
            spot=spot_of(*point) if at_point and point else None,
            place=data.get("place_text", ""),
        )


def _keys(data: Any) -> frozenset[int]:  # noqa: ANN401 -- a QueryDict, or a plain one
    """Return the keys of rules that the hints of the page carried; anything else is left out."""
    typed = (
        data.getlist("seen_rules") if hasattr(data, "getlist") else [data.get("seen_rules", "")]
    )
    return frozenset(int(key) for key in typed if is_key(key))


def point_of(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """Return the point if it lies on earth."""
    if latitude is None or longitude is None or not isfinite(latitude) or not isfinite(longitude):
        return None
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if on_earth else None


def _is_on_earth(data: dict[str, Any]) -> bool:
    return point_of(data.get("latitude"), data.get("longitude")) is not None


def _degrees(text: str) -> float | None:
    try:
        return float(text) if len(text) <= LONGEST_DEGREES else None
    except ValueError:
        return None


def preset_place(point: str, words: str) -> dict[str, Any]:
    """Return what a poster's address fills in about the place; nothing for what is no place.

    point: "lat,lon".  words: the place as it stands on the poster.
    """
    preset: dict[str, Any] = {}
    latitude, _comma, longitude = point.partition(",")
    found = point_of(_degrees(latitude), _degrees(longitude))
    visible = (sign for sign in words if sign.isprintable() or sign.isspace())
    shown = " ".join("".join(visible).split())
    if shown:
        preset |= {"place_text": shown[:PLACE_LENGTH], "place_kind": PlaceKind.ADDRESS}
    if found:
        preset |= {"latitude": found[0], "longitude": found[1], "place_kind": PlaceKind.POINT}
    return preset
