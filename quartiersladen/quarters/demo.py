"""Demo data: two quarters with offices, themes and programme lines.

Names of places and programmes are facts; outlines are drawn by hand and roughly; phone numbers are
those that are reserved for fiction.
"""

from datetime import date, datetime
from typing import Any

from quartiersladen.quarters.models import District, Premises, ProgrammeFooter, Quarter
from quartiersladen.quarters.services import add_starting_themes

EAST = "leipziger-osten"
GATE = "am-leipziger-tor"

QUARTERS: dict[str, dict[str, Any]] = {
    EAST: {
        "name": "Quartiersmanagement Leipziger Osten",
        "short_name": "Leipziger Osten",
        "is_default": True,
        "land": "SN",
        "accent": "#7a3b1d",
        "accent_dark": "#f2b48c",
        "backup_days": 7,
        "operator": "Werkstatt für Nachbarschaft (Beispiel) gGmbH",
        "client": "Stadt Leipzig",
        "email": "quartier@leipziger-osten.example.org",
        "phone": "030 23125 010",
        "street": "Eisenbahnstraße 66",
        "postcode": "04315",
        "city": "Leipzig",
        "mail_from": "quartier@leipziger-osten.example.org",
        "mail_domain": "leipziger-osten.example.org",
        "outline": [
            [12.3915, 51.3462],
            [12.3942, 51.3502],
            [12.4035, 51.3518],
            [12.4152, 51.3519],
            [12.4268, 51.3516],
            [12.4371, 51.3474],
            [12.4388, 51.3431],
            [12.4316, 51.3398],
            [12.4201, 51.3379],
            [12.4098, 51.3357],
            [12.3984, 51.3352],
            [12.3938, 51.3371],
            [12.3921, 51.3418],
        ],
        "welcome": {
            "de": "Wir hören zu, geben weiter und bleiben dran: Ihr Quartiersbüro im Leipziger"
            " Osten.",
            "de-simple": "Wir hören Ihnen zu. Wir sagen es den richtigen Leuten. Und wir fragen"
            " wieder nach.",
            "en": "We listen, pass it on and keep at it: your neighbourhood office in Leipzig's"
            " East.",
            "ar": "نستمع إليكم، وننقل ما تقولون، ونتابع: مكتب الحي في شرق لايبزيغ.",
            "ru": "Мы слушаем, передаём и не отступаем: ваше бюро района на востоке Лейпцига.",
            "uk": "Ми слухаємо, передаємо й не відступаємо: ваше бюро району на сході Лейпцига.",
            "tr": "Dinliyoruz, iletiyoruz ve takip ediyoruz: Leipzig'in doğusundaki mahalle"
            " büronuz.",
            "vi": "Chúng tôi lắng nghe, chuyển tiếp và theo dõi: văn phòng khu phố của bạn ở phía"
            " đông Leipzig.",
        },
    },
    GATE: {
        "name": "Quartiersmanagement Am Leipziger Tor",
        "short_name": "Am Leipziger Tor",
        "is_default": False,
        "land": "ST",
        "accent": "#1f5c4d",
        "accent_dark": "#8fd6c1",
        "operator": "Bildungswerk Elbe (Beispiel) gGmbH",
        "client": "Stadt Dessau-Roßlau",
        "email": "quartier@leipziger-tor.example.org",
        "phone": "030 23125 060",
        "street": "Heidestraße 20",
        "postcode": "06842",
        "city": "Dessau-Roßlau",
        "mail_from": "quartier@leipziger-tor.example.org",
        "mail_domain": "leipziger-tor.example.org",
        "languages": ["de", "de-simple", "en", "ar"],
        "outline": [
            [12.2318, 51.8291],
            [12.2397, 51.8312],
            [12.2478, 51.8296],
            [12.2521, 51.8252],
            [12.2493, 51.8203],
            [12.2416, 51.8184],
            [12.2341, 51.8201],
            [12.2309, 51.8247],
        ],
        "welcome": {
            "de": "Ihr Quartiersbüro am Leipziger Tor: für Fragen, Hinweise und eigene Ideen.",
            "en": "Your neighbourhood office at the Leipziger Tor: for questions, hints and ideas.",
            "ar": "مكتب حيكم عند بوابة لايبزيغ: للأسئلة والملاحظات والأفكار.",
        },
    },
}

#: Name -> the ring of its outline, drawn roughly and somewhat beyond the quarter.
DISTRICTS: dict[str, dict[str, list[list[float]]]] = {
    EAST: {
        "Neustadt-Neuschönefeld": [
            [12.3900, 51.3425],
            [12.4075, 51.3425],
            [12.4088, 51.3470],
            [12.4080, 51.3530],
            [12.3900, 51.3530],
        ],
        "Volkmarsdorf": [
            [12.4075, 51.3425],
            [12.4190, 51.3418],
            [12.4205, 51.3465],
            [12.4215, 51.3530],
            [12.4080, 51.3530],
            [12.4088, 51.3470],
        ],
        "Anger-Crottendorf": [
            [12.4085, 51.3340],
            [12.4400, 51.3340],
            [12.4400, 51.3400],
            [12.4190, 51.3418],
            [12.4075, 51.3425],
        ],
        "Reudnitz-Thonberg": [
            [12.3900, 51.3340],
            [12.4085, 51.3340],
            [12.4075, 51.3425],
            [12.3900, 51.3425],
        ],
        "Sellerhausen-Stünz": [
            [12.4190, 51.3418],
            [12.4400, 51.3400],
            [12.4400, 51.3530],
            [12.4215, 51.3530],
            [12.4205, 51.3465],
        ],
    },
    GATE: {
        "Innenstadt Süd": [
            [12.2300, 51.8255],
            [12.2530, 51.8262],
            [12.2530, 51.8320],
            [12.2300, 51.8320],
        ],
        "Süd": [
            [12.2300, 51.8175],
            [12.2530, 51.8175],
            [12.2530, 51.8262],
            [12.2300, 51.8255],
        ],
    },
}

MORNING = [["10:00", "13:00"]]
AFTERNOON = [["14:00", "18:00"]]
PREMISES: dict[str, list[dict[str, Any]]] = {
    EAST: [
        {
            "name": "Stadtteilladen",
            "street": "Eisenbahnstraße 66",
            "postcode": "04315",
            "city": "Leipzig",
            "phone": "030 23125 010",
            "latitude": 51.34565,
            "longitude": 12.40845,
            "is_step_free": True,
            "opening": {"0": MORNING, "1": AFTERNOON, "3": [*MORNING, *AFTERNOON]},
            "note": {
                "de": "Die Klingel ist links neben der Tür.",
                "en": "The bell is to the left of the door.",
                "ar": "الجرس على يسار الباب.",
                "de-simple": "Die Klingel ist links neben der Tür.",
                "ru": "Звонок слева от двери.",
                "uk": "Дзвінок ліворуч від дверей.",
                "tr": "Zil kapının solunda.",
                "vi": "Chuông ở bên trái cửa.",
            },
        },
        {
            "name": "Sprechstunde am Torgauer Platz",
            "street": "Torgauer Platz 2",
            "postcode": "04315",
            "city": "Leipzig",
            "latitude": 51.34535,
            "longitude": 12.41405,
            "is_step_free": False,
            "opening": {"2": [["15:00", "17:00"]]},
            "note": {
                "de": "Zwei Stufen am Eingang; wir kommen gern nach draußen.",
                "en": "Two steps at the door; we are glad to come outside.",
                "ar": "درجتان عند المدخل؛ يسعدنا أن نخرج إليكم.",
                "de-simple": "Am Eingang sind 2 Stufen. Wir kommen gern nach draußen.",
                "ru": "У входа две ступени; мы с радостью выйдем к вам.",
                "uk": "Біля входу дві сходинки; ми радо вийдемо до вас.",
                "tr": "Girişte iki basamak var; seve seve dışarı geliriz.",
                "vi": "Lối vào có hai bậc; chúng tôi sẵn lòng ra ngoài.",
            },
        },
    ],
    GATE: [
        {
            "name": "Quartiersbüro",
            "street": "Heidestraße 20",
            "postcode": "06842",
            "city": "Dessau-Roßlau",
            "phone": "030 23125 060",
            "latitude": 51.8239,
            "longitude": 12.2431,
            "is_step_free": True,
            "opening": {"1": MORNING, "3": AFTERNOON},
            "note": {},
        }
    ],
}

FOOTERS = {
    EAST: "Gefördert aus dem Bund-Länder-Programm „Sozialer Zusammenhalt – Zusammenleben im"
    " Quartier gemeinsam gestalten“; beauftragt von der Stadt Leipzig.",
    GATE: "Beauftragt von der Stadt Dessau-Roßlau.",
}


def _area(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def load(now: datetime) -> None:
    """Store both quarters, their districts, premises, themes and programme lines."""
    for slug, values in QUARTERS.items():
        outline = _area(values["outline"])
        quarter = Quarter.objects.create(
            **(values | {"slug": slug, "outline": outline, "created_at": now})
        )
        for name, ring in DISTRICTS[slug].items():
            District.objects.create(quarter=quarter, name=name, outline=_area(ring))
        for position, premises in enumerate(PREMISES[slug]):
            Premises.objects.create(quarter=quarter, position=position, **premises)
        add_starting_themes(quarter=quarter)
        start = date(quarter.local_day(now).year - 2, 1, 1)
        ProgrammeFooter.objects.create(quarter=quarter, text=FOOTERS[slug], from_on=start)
