"""Demo data: invented firms and departments, so that no real one is shown silent or refusing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.kernel.text import fold
from quartiersladen.quarters.models import Quarter, Theme


@dataclass(frozen=True, slots=True)
class Body:
    """A body; people: name, function, part of the address before the @."""

    name: str
    mail: str
    phone: str
    themes: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...] = ()
    note: str = ""


BODIES = {
    "leipziger-osten": (
        Body(
            "Lichtwerk Ost GmbH",
            "lichtwerk.example.org",
            "030 23125 101",
            ("licht",),
            (("Gesine Lampert", "Störungsdienst", "stoerung"),),
            "Nimmt Störungen mit der Nummer am Mast entgegen.",
        ),
        Body(
            "Kehrfix Straßenreinigung GmbH",
            "kehrfix.example.org",
            "030 23125 102",
            ("muell",),
            (("Detlef Kehrmann", "Einsatzleitung", "einsatz"),),
        ),
        Body(
            "Grünwerk Parkpflege GmbH",
            "gruenwerk.example.org",
            "030 23125 103",
            ("gruen", "spielplatz"),
            (("Amira Waldow", "Baumkontrolle", "baum"), ("Piet Rasenack", "Pflege", "pflege")),
        ),
        Body("Musteramt für Spielplätze", "spielen.example.org", "030 23125 104", ("spielplatz",)),
        Body(
            "Musteramt für Straßen und Wege",
            "wege.example.org",
            "030 23125 105",
            ("wege", "verkehr"),
            (("Lothar Pflasterer", "Unterhaltung", "unterhaltung"),),
        ),
        Body("Musteramt für Verkehr", "verkehr.example.org", "030 23125 106", ("verkehr",)),
        Body(
            "Musteramt für Ordnung",
            "ordnung.example.org",
            "030 23125 107",
            ("sicherheit", "verkehr"),
        ),
        Body(
            "Streetwork Morgenstern (Beispiel) e. V.",
            "morgenstern.example.org",
            "030 23125 108",
            ("sicherheit", "soziales"),
            (("Noa Straßburg", "Spritzensammlung", "spritzen"),),
            "Sammelt Spritzen meist noch am selben Tag ein.",
        ),
        Body(
            "Hausverwaltung Abendrot GmbH",
            "abendrot.example.org",
            "030 23125 109",
            ("wohnen",),
            (("Sonja Klinkert", "Objektbetreuung", "objekt"),),
        ),
        Body(
            "Wohnbau Sonnenhof eG (Beispiel)",
            "sonnenhof.example.org",
            "030 23125 110",
            ("wohnen",),
        ),
        Body(
            "Linie Null Verkehrsbetrieb GmbH",
            "linienull.example.org",
            "030 23125 111",
            ("verkehr",),
        ),
        Body("Kulturkontor Ost (Beispiel) e. V.", "kulturkontor.example.org", "", ("treffen",)),
        Body(
            "Kita Kunterblick (Beispiel)",
            "kunterblick.example.org",
            "030 23125 113",
            ("soziales",),
        ),
    ),
    "am-leipziger-tor": (
        Body("Stadtlicht Elbe GmbH", "stadtlicht.example.org", "030 23125 161", ("licht",)),
        Body("Saubere Gasse GmbH", "sauberegasse.example.org", "030 23125 162", ("muell",)),
        Body(
            "Musteramt für Grün und Spielplätze",
            "gruenspiel.example.org",
            "030 23125 163",
            ("gruen", "spielplatz"),
            (("Wanda Eichler", "Spielplatzkontrolle", "kontrolle"),),
        ),
        Body("Musteramt für Tiefbau", "tiefbau.example.org", "030 23125 164", ("wege", "verkehr")),
        Body("Musteramt für Sicherheit", "sicher.example.org", "030 23125 165", ("sicherheit",)),
        Body(
            "Wohnungsverein Muldeblick eG", "muldeblick.example.org", "030 23125 166", ("wohnen",)
        ),
    ),
}


def load(now: datetime) -> None:
    """Store the bodies with their people and themes."""
    for quarter in Quarter.objects.filter(slug__in=BODIES):
        themes = {theme.slug: theme for theme in Theme.objects.filter(quarter=quarter)}
        since = quarter.local_day(now - timedelta(days=500))
        for item in BODIES[quarter.slug]:
            body = ResponsibleBody.objects.create(
                quarter=quarter,
                name=item.name,
                sort_name=fold(item.name),
                email=f"anliegen@{item.mail}",
                phone=item.phone,
                street="Musterweg 1",
                postcode=quarter.postcode,
                city=quarter.city,
                note=item.note,
            )
            body.themes.set([themes[slug] for slug in item.themes])
            for name, function, local in item.people:
                ContactPerson.objects.create(
                    body=body,
                    name=name,
                    function=function,
                    email=f"{local}@{item.mail}",
                    phone=item.phone,
                    from_on=since,
                )
