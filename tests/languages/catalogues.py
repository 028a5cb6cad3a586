"""The finished catalogues as the build reads them."""

from functools import lru_cache

from babel.messages.catalog import Catalog

from tools import messages


@lru_cache
def catalogue(locale: str) -> Catalog:
    """Return the catalogue of `locale`, a folder in locale/."""
    return messages._read(messages._catalogues()[locale])


def strings(locale: str) -> set[str]:
    """Return everything that the catalogue says, each plural form by itself."""
    found = (text for message in catalogue(locale) for text in messages._strings(message))
    return {text for text in found if text}


def resident_keys() -> set[tuple[str | None, str]]:
    """Return the texts that residents may read."""
    office_only = messages._complete()["office_only"]
    return {
        key
        for key, text in messages.collect().items()
        if messages._is_promised(text, "residents", office_only)
    }
