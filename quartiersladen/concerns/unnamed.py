"""What was told, without who told it: for bodies that may not know the person.

Mails end with a name and a number. What somebody says of themselves in another way cannot be found
by a rule; whoever passes it on reads it in the preview.
"""

import re

from django.utils.translation import gettext as _

from quartiersladen.concerns.models import Teller

LEAST_PART = 3  # letters; of a shorter part of a name it cannot be said that it is one
#: What stands before a name when somebody says who they are.
BEFORE_NAME = (
    r"(?:herrn?|frau|familie|fam\.|mr\.?|mrs\.?|ms\.?|gez\.|ich heiße|ich bin|mein name ist"
    r"|my name is|i am)"
)
PHONE = re.compile(
    r"(?P<before>\b(?:tel(?:efon)?|phone|handy|mobil(?:e|funk)?|fon|whatsapp|ruf)\b[ .:nr-]{0,8})"
    r"\+?[\d(][\d ()/–.-]{4,24}\d",
    re.IGNORECASE,
)
LINE_OF_NUMBER = re.compile(
    r"^(?P<before>[ \t]*)(?:\+|\(?0)[\d ()/–-]{6,24}\d(?=[ \t]*$)", re.MULTILINE
)
MAIL_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def without_person(text: str, teller: Teller) -> str:
    """Return the text with the name, the number and the address of its teller left out."""
    text = MAIL_ADDRESS.sub(_("[e-mail address]"), text)
    number = _("[phone number]")
    if teller.phone:
        text = text.replace(teller.phone, number)
    for numbers in (PHONE, LINE_OF_NUMBER):
        text = numbers.sub(lambda match: match["before"] + number, text)
    return _without_name(text, teller.name.split())


def _without_name(text: str, parts: list[str]) -> str:
    """Leave out the whole name anywhere; a part of it where it stands as one.

    Somebody may be called like a tree or a street: "an der Linde" stays.
    """
    instead = _("[name]")
    if parts:
        whole = r"\s+".join(map(re.escape, parts))
        text = re.sub(rf"(?<!\w){whole}(?!\w)", lambda _match: instead, text, flags=re.IGNORECASE)
    for part in (re.escape(part) for part in parts if len(part) >= LEAST_PART):
        text = re.sub(
            rf"^(?P<before>[ \t]*){part}(?=[ \t]*[.!,]?[ \t]*$)"
            rf"|(?P<title>\b{BEFORE_NAME}[ \t]+){part}(?!\w)",
            lambda match: (match["before"] or match["title"] or "") + instead,
            text,
            flags=re.IGNORECASE | re.MULTILINE,
        )
    return text
