"""Deals out the texts, each with a place, a person and sometimes photos."""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from quartiersladen.concerns.demo.people import invented_mobile, invented_name
from quartiersladen.concerns.demo.pictures import picture
from quartiersladen.concerns.demo.places import Ground, Point, along
from quartiersladen.concerns.models import RightAddress
from quartiersladen.concerns.services.intake import Report, keep_photos
from quartiersladen.concerns.states import AnswerWay, ConcernKind, PlaceKind
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter, Theme

TEXTS = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
CONSENT = {
    "ar": "نعم، يجوز تمرير بيانات الاتصال إلى الجهة المسؤولة.",
    "en": "Yes, my contact data may be passed on to the responsible body.",
}
CONSENT_DE = "Ja, meine Kontaktdaten dürfen an die zuständige Stelle weitergegeben werden."
WAYS = {
    AnswerWay.LINK: 4,
    AnswerWay.MAIL: 5,
    AnswerWay.PHONE: 2,
    AnswerWay.POST: 1,
    AnswerWay.NONE: 2,
}
PHOTO_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Story:
    """One report with what the office says about it later.

    title, public_text: the public copy.  address: set if it is none of the office's business.
    """

    report: Report
    title: str
    public_text: str
    words: dict[str, str]
    address: RightAddress | None


class Stories:
    """The texts of one quarter; every text is used before one comes again elsewhere."""

    def __init__(
        self,
        quarter: Quarter,
        ground: Ground,
        addresses: dict[str, RightAddress],
        random: Random,
    ) -> None:
        self.quarter, self.ground, self.addresses = quarter, ground, addresses
        self.random = random
        self.themes = {theme.slug: theme for theme in Theme.objects.filter(quarter=quarter)}
        known = [t for t in TEXTS["text"] if t.get("place", "rabet") in ground.spots]
        self._work = [text for text in known if "address" not in text]
        self._elsewhere = [text for text in known if "address" in text]
        self._piles: dict[bool, list[dict[str, Any]]] = {True: [], False: []}

    def draw(self, *, is_ours: bool = True) -> Story:
        """Return the next story; is_ours: not one that another address helps with."""
        pile = self._piles[is_ours]
        if not pile:
            pile.extend(self._work if is_ours else self._elsewhere)
            self.random.shuffle(pile)
        return self._told(pile.pop())

    def _told(self, text: dict[str, Any]) -> Story:
        street = self.random.choice(list(self.ground.streets))
        number = self.random.randrange(1, 90)
        words = text["text"].format(street=street, house=f"{street} {number}")
        place = self._place(text, street, number)
        theme = self.themes[text["theme"]]
        title: str = text["title"]
        report = Report(
            text=words,
            kind=ConcernKind(text.get("kind", "problem")),
            theme=theme,
            # Some tell it in their language on the German page.
            language=text.get("answered_in", text.get("language", "de")),
            is_emergency=text.get("emergency", False),
            **place,
            **self._person(text.get("language", "de")),
        )
        return Story(
            report=report,
            title=title,
            public_text=self._public_text(text, words, title, place["place_text"]),
            words=TEXTS["words"][theme.slug],
            address=self.addresses.get(text.get("address", "")),
        )

    @staticmethod
    def _public_text(text: dict[str, Any], words: str, title: str, place: str) -> str:
        if "language" in text:
            return f"{title}. Gemeldet wurde es aus der Nachbarschaft: {place}."
        return words

    def _place(self, text: dict[str, Any], street: str, number: int) -> dict[str, Any]:
        if "place" in text:
            name, point = self.ground.spots[text["place"]]
            return _at(name, self._near(point), PlaceKind.POINT)
        if "{" not in text["text"]:
            return {"place_kind": PlaceKind.QUARTER, "place_text": ""}
        point = self._near(along(self.ground.streets[street], number / 90))
        if "{house}" in text["text"]:
            return _at(f"{street} {number}", point, PlaceKind.POINT)
        return _at(street, point, self.random.choice((PlaceKind.POINT, PlaceKind.ADDRESS)))

    def _near(self, point: Point) -> Point:
        shift = self.random.uniform(-0.0003, 0.0003), self.random.uniform(-0.0003, 0.0003)
        return round(point[0] + shift[0], 6), round(point[1] + shift[1], 6)

    def _person(self, language: str) -> dict[str, Any]:
        way = self.random.choices(list(WAYS), weights=list(WAYS.values()))[0]
        if way in {AnswerWay.NONE, AnswerWay.LINK}:
            return {"way": way}
        return self._by(way, language)

    def _by(self, way: AnswerWay, language: str) -> dict[str, Any]:
        name = invented_name(self.random)
        mail = fold(name).replace(" ", ".")
        agrees = self.random.random() < 0.5
        return {
            "way": way,
            "name": name,
            "email": f"{mail}@example.org" if way == AnswerWay.MAIL else "",
            "phone": invented_mobile(self.random) if way == AnswerWay.PHONE else "",
            "address": f"{name}\nMusterweg 7\n{self.quarter.postcode} {self.quarter.city}"
            if way == AnswerWay.POST
            else "",
            "consent_wording": CONSENT.get(language, CONSENT_DE) if agrees else "",
        }

    def with_a_letter(self, story: Story) -> Story:
        """Return the story told by somebody who wants a letter."""
        person = self._by(AnswerWay.POST, story.report.language)
        return replace(story, report=replace(story.report, **person))

    def keep_pictures(self, story: Story, key: UUID, now: datetime) -> None:
        """Upload drawn photos into the draft `key`, for some stories."""
        if self.random.random() > PHOTO_SHARE:
            return
        theme: Theme | None = story.report.theme
        pictures = [
            picture(theme.slug if theme else "", self.random)
            for _number in range(self.random.choice((1, 1, 2)))
        ]
        stored = [
            (store_photo(quarter=self.quarter, upload=upload, now=now), upload.name or "")
            for upload in pictures
            if upload is not None
        ]
        if stored:
            keep_photos(quarter=self.quarter, key=key, photos=stored, now=now)


def _at(name: str, point: Point, kind: PlaceKind) -> dict[str, Any]:
    values: dict[str, Any] = {"place_kind": kind, "place_text": name}
    if kind == PlaceKind.POINT:
        values["latitude"], values["longitude"] = point
    return values
