"""The answer itself, and what it quotes from earlier mails: kept, but folded away."""

import re

#: A line with which mail programmes begin what they quote.
BEGINS = re.compile(
    r"""^(?:
        [ ]*-{2,}[ ]*(?:Original(?:nachricht|[ ]Message)|Urspr(?:ü|ue)ngliche[ ](?:E-?Mail-?)?Nachricht
            |Weitergeleitete[ ]Nachricht|Forwarded[ ]message)[ ]*-{2,}[ ]*
        | Am[ ].{1,200}[ ]schrieb(?:en)?\b.{0,200}:[ ]*
        | On[ ].{1,200}[ ]wrote:[ ]*
        | Le[ ].{1,200}[ ]a[ ]écrit[ ]?:[ ]*
        | _{20,}[ ]*
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
#: Headers of the mail before, as Outlook writes them without a line before.
FROM_LINE = re.compile(r"^\*?(?:Von|From|Gesendet von)\*?:\*? \S", re.IGNORECASE)
NEXT_LINE = re.compile(
    r"^\*?(?:Gesendet|Datum|Sent|Date|An|To|Betreff|Subject)\*?:", re.IGNORECASE
)
QUOTED = re.compile(r"^\s*>")
LOOKED_AHEAD = 2  # lines: "Am 3. März 2026 um 12:00 schrieb Nour\n<nour@example.org>:"


def split(text: str) -> tuple[str, str]:
    """Return what was written now, and what was quoted after it.

    Words between the lines of a quotation belong to the answer: then all of it is the answer.
    """
    lines = text.split("\n")
    begin = _begin(lines)
    answer, quoted = "\n".join(lines[:begin]).strip(), "\n".join(lines[begin:]).strip()
    if not answer or _has_words_between(lines[begin:]):
        return text.strip(), ""
    return answer, quoted


def _begin(lines: list[str]) -> int:
    """Return the number of the first line of what is quoted, len(lines) if nothing is."""
    for number, line in enumerate(lines):
        if len(line) > 500:
            continue
        joined = " ".join(lines[number : number + LOOKED_AHEAD])
        starts = line.startswith(("Am ", "On ", "Le ")) and len(joined) < 500
        if BEGINS.match(line) or (starts and BEGINS.match(joined)):
            return number
        following = lines[number + 1 : number + 3]
        if FROM_LINE.match(line) and any(NEXT_LINE.match(next_) for next_ in following):
            return number
        if QUOTED.match(line) and all(
            QUOTED.match(rest) or not rest.strip() for rest in lines[number:]
        ):
            return number
    return len(lines)


def _has_words_between(quoted: list[str]) -> bool:
    """Say whether somebody answered between the quoted lines.

    Only a quotation with marks can tell: without them nobody knows who wrote which line.
    """
    marks = [number for number, line in enumerate(quoted) if QUOTED.match(line)]
    if not marks:
        return False
    within = quoted[marks[0] : marks[-1]]
    own = [line for line in within if line.strip() and not QUOTED.match(line)]
    after = [line for line in quoted[marks[-1] + 1 :] if line.strip()]
    return bool(own) or bool(after and not after[0].startswith("-- "))
