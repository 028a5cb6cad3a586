"""Collects the texts of the house into catalogues, compiles them and checks that none is missing.

    python tools/messages.py extract   list all texts with the files they occur in
    python tools/messages.py update    bring the catalogues of locale/ up to date
    python tools/messages.py compile   write the .mo files; quick when they are up to date
    python tools/messages.py check     fail on a missing, fuzzy or broken entry

locale/complete.toml says which catalogues are finished. Only those are compiled, and so only
those languages are offered. A catalogue has neither line numbers nor dates, so that a change of
one text is a change of a few lines.
"""

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "quartiersladen"
LOCALE = PACKAGE / "locale"
COMPLETE = LOCALE / "complete.toml"
NOT_TEXT = {"tests", "migrations", "static", "locale", "assets"}
WIDTH = 95
# Babel puts the last two Arabic forms the other way round than everybody else, Django included.
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5);"
}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)[^{}]*\}(?!\})")

Key = tuple[str | None, str]  # context and (singular) msgid


@dataclass(slots=True)
class Text:
    """One text of the house as the code has it."""

    context: str | None
    msgid: str
    plural: str | None = None
    files: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    @property
    def ids(self) -> str | tuple[str, str]:
        """The text as catalogues name it."""
        return (self.msgid, self.plural) if self.plural else self.msgid


# --- Reading the code ----------------------------------------------------------------------------
def _sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        is_source = path.suffix in {".py", ".html", ".txt", ".svg"}
        if is_source and not NOT_TEXT & set(path.relative_to(PACKAGE).parts):
            yield path


def _as_python(path: Path) -> bytes:
    """Return Python that has the texts of `path`; a template is turned into such Python."""
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # The rest of a template is blanked out; its indentation would mean something to Python.
        lines = templatize(code, origin=str(path)).splitlines()
        code = "\n".join(line.lstrip() for line in lines)
    return code.encode()


def collect() -> dict[Key, Text]:
    """Return all texts, in the order of their first file and then of the text itself."""
    found: dict[Key, Text] = {}
    for path in _sources():
        options = {"encoding": "utf-8"}
        source = io.BytesIO(_as_python(path))
        entries = extract("python", source, KEYWORDS, ("Translators:",), options)
        for _line, ids, comments, context in entries:
            msgid, plural = ids if isinstance(ids, tuple) else (ids, None)
            text = found.setdefault((context, msgid), Text(context, msgid))
            text.plural = text.plural or plural
            text.files.add(path.relative_to(ROOT).as_posix())
            text.comments += [comment for comment in comments if comment not in text.comments]
    in_order = sorted(found.values(), key=lambda text: (min(text.files), text.msgid))
    return {(text.context, text.msgid): text for text in in_order}


# --- Catalogues ----------------------------------------------------------------------------------
def _catalogues() -> dict[str, Path]:
    return {path.parts[-3]: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


def empty_catalogue(locale: str) -> Catalog:
    """Return a catalogue with nothing but the plural forms of its language."""
    catalogue = Catalog(locale=locale)
    if locale in PLURAL_FORMS:
        catalogue.mime_headers = [("Plural-Forms", PLURAL_FORMS[locale])]
    return catalogue


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.parts[-3], ignore_obsolete=True)


def _known(catalogue: Catalog) -> dict[Key, Message]:
    return {(message.context, _first(message.id)): message for message in catalogue if message.id}


def _first(ids: str | list[str] | tuple[str, ...]) -> str:
    return ids if isinstance(ids, str) else ids[0]


def merged(texts: dict[Key, Text], old: Catalog) -> Catalog:
    """Return a catalogue of `texts` with the translations that `old` has for exactly them."""
    new, known = empty_catalogue(str(old.locale_identifier)), _known(old)
    for key, text in texts.items():
        before = known.get(key)
        keep = before is not None and before.pluralizable == bool(text.plural)
        new.add(
            text.ids,
            before.string if keep and before else None,
            locations=[(file, 0) for file in sorted(text.files)],
            flags=(before.flags & {"fuzzy"}) if keep and before else (),
            auto_comments=text.comments,
            user_comments=before.user_comments if before else (),
            context=text.context,
        )
    return new


def written(catalogue: Catalog) -> bytes:
    """Return the catalogue as a .po file."""
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    return header.encode() + body.getvalue().rstrip() + b"\n"


def _complete() -> dict[str, Any]:
    return tomllib.loads(COMPLETE.read_text(encoding="utf-8"))


def _is_promised(text: Text, promise: str, office_only: list[str]) -> bool:
    if promise == "all":
        return True
    return any(not any(fnmatch(file, path) for path in office_only) for file in text.files)


# --- Checking ------------------------------------------------------------------------------------
def _placeholders(text: str) -> set[str]:
    return {named or f"{{{braced}}}" for named, braced in PLACEHOLDER.findall(text)}


def _wrong_placeholders(text: Text, strings: tuple[str, ...]) -> bool:
    """Return whether a placeholder is missing or invented.

    A plural form may leave the number out ("one concern"), the last, general one may not.
    """
    singular = _placeholders(text.msgid)
    if text.plural is None:
        return _placeholders(strings[0]) != singular
    general = _placeholders(text.plural)
    invented = any(_placeholders(form) - general - singular for form in strings)
    return invented or _placeholders(strings[-1]) != general


def _strings(message: Message | None) -> tuple[str, ...]:
    """Return the translation in all its forms; empty strings for what is missing."""
    string = message.string if message else None
    forms = string if isinstance(string, list | tuple) else (string,)
    return tuple(form or "" for form in forms)


def faults(texts: dict[Key, Text], catalogue: Catalog, promised: set[Key]) -> Iterator[str]:
    """Yield one line per text that is missing, fuzzy or has other placeholders."""
    known = _known(catalogue)
    for key, text in texts.items():
        message = known.get(key)
        strings = _strings(message)
        if not message or not all(strings) or message.pluralizable != bool(text.plural):
            if key in promised:
                yield f"missing: {text.msgid!r} ({min(text.files)})"
        elif message.fuzzy:
            yield f"fuzzy: {text.msgid!r}"
        elif _wrong_placeholders(text, strings):
            yield f"other placeholders than the English: {text.msgid!r}"
    for _context, msgid in known.keys() - texts.keys():
        yield f"no longer used (`make messages` removes it): {msgid!r}"


# --- The commands --------------------------------------------------------------------------------
def list_texts() -> int:
    """Print all texts."""
    for text in collect().values():
        print(f"{text.msgid!r}\t{', '.join(sorted(text.files))}")
    return 0


def update() -> int:
    """Bring the catalogues up to date; a promised one that is not there yet is begun."""
    texts = collect()
    for locale in _complete()["catalogues"].keys() | _catalogues().keys():
        path = LOCALE / locale / "LC_MESSAGES" / "django.po"
        old = _read(path) if path.exists() else empty_catalogue(locale)
        new = merged(texts, old)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(new))
        done = sum(1 for message in new if message.id and all(_strings(message)))
        print(f"{locale}: {done} of {len(texts)} texts translated")
    return 0


def compile_all() -> int:
    """Write the .mo file of every finished catalogue that changed; remove all others."""
    finished = _complete()["catalogues"]
    for locale, path in _catalogues().items():
        target = path.with_suffix(".mo")
        if locale not in finished:
            target.unlink(missing_ok=True)
        elif not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            with target.open("wb") as output:
                write_mo(output, _read(path))
    return 0


def check() -> int:
    """Print the faults of all catalogues; 1 if there are any."""
    texts, settings, catalogues = collect(), _complete(), _catalogues()
    office_only = settings["office_only"]
    missing = sorted(settings["catalogues"].keys() - catalogues.keys())
    lines = [f"{locale}: there is no catalogue" for locale in missing]
    for locale, path in catalogues.items():
        promise = settings["catalogues"].get(locale)
        promised = {
            key
            for key, text in texts.items()
            if promise and _is_promised(text, promise, office_only)
        }
        lines += [f"{locale}: {fault}" for fault in faults(texts, _read(path), promised)]
    print("\n".join(lines) or f"{len(texts)} texts: {', '.join(catalogues)} as promised")
    return 1 if lines else 0


COMMANDS = {"extract": list_texts, "update": update, "compile": compile_all, "check": check}


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
