"""Right addresses of the demo: who helps with what an office does not do."""

from quartiersladen.concerns.models import RightAddress
from quartiersladen.quarters.models import Quarter

ADDRESSES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "wohnung": (
        {
            "de": "Sie suchen eine Wohnung oder einen Laden",
            "en": "You are looking for a flat or a shop",
            "ar": "تبحثون عن شقة أو محل",
        },
        {
            "de": "Beratungsstelle Wohnen (Beispiel)\nMusterweg 12\nTelefon 030 23125 301\n"
            "Montag und Donnerstag 10 bis 16 Uhr, ohne Termin",
            "en": "Housing advice (example)\nMusterweg 12\nPhone 030 23125 301\n"
            "Monday and Thursday 10 am to 4 pm, no appointment needed",
            "ar": "مركز استشارات السكن (مثال)\nMusterweg 12\nالهاتف 030 23125 301\n"
            "الاثنين والخميس من 10 إلى 16، دون موعد",
        },
    ),
    "bau": (
        {
            "de": "Es geht um eine Baustelle oder um die Sanierung eines Hauses",
            "en": "It is about building works or the renovation of a house",
            "ar": "الأمر يتعلق بموقع بناء أو ترميم بيت",
        },
        {
            "de": "Bauauskunft (Beispiel)\nMusterweg 30\nTelefon 030 23125 302\n"
            "Dienstag 9 bis 18 Uhr",
            "en": "Building information (example)\nMusterweg 30\nPhone 030 23125 302\n"
            "Tuesday 9 am to 6 pm",
            "ar": "معلومات البناء (مثال)\nMusterweg 30\nالهاتف 030 23125 302\n"
            "الثلاثاء من 9 إلى 18",
        },
    ),
    "polizei": (
        {
            "de": "Sie sind in Gefahr oder möchten etwas anzeigen",
            "en": "You are in danger or want to report a crime",
            "ar": "أنتم في خطر أو تريدون تقديم بلاغ",
        },
        {
            "de": "In Gefahr: Notruf 110 (Polizei) oder 112 (Feuerwehr und Rettung), kostenlos\n"
            "Anzeige: bei jeder Polizeiwache, auch mit Dolmetscher",
            "en": "In danger: emergency call 110 (police) or 112 (fire and ambulance), free\n"
            "Report a crime: at any police station, also with an interpreter",
            "ar": "عند الخطر: اتصلوا بالرقم 110 (الشرطة) أو 112 (الإطفاء والإسعاف) مجانًا\n"
            "تقديم بلاغ: في أي مركز شرطة، ومع مترجم أيضًا",
        },
    ),
}


def store_right_addresses(quarter: Quarter) -> dict[str, RightAddress]:
    """Store them for one quarter; return them by the key that texts.toml uses."""
    return {
        key: RightAddress.objects.create(quarter=quarter, name=name, text=text, position=position)
        for position, (key, (name, text)) in enumerate(ADDRESSES.items())
    }
