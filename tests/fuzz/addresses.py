"""Every address that the house answers at, found by walking its resolver."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize

HOUSE = "quartiersladen.config.urls"


@dataclass(frozen=True)
class Address:
    """One address. template: path without the first slash, with %(name)s for each of names."""

    name: str
    template: str
    names: tuple[str, ...]

    def path(self, values: dict[str, str]) -> str:
        """Return the path with these values, whether the address takes them or not."""
        return "/" + self.template % {name: values[name] for name in self.names}


def _walk(
    resolver: URLResolver, before: str, names: tuple[str, ...], space: str
) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        [(template, own), *_others] = normalize(entry.pattern.regex.pattern)
        path, all_names = before + template, (*names, *own)
        if isinstance(entry, URLResolver):
            inside = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, path, all_names, inside)
        else:
            yield Address(f"{space}{entry.name or path}", path, all_names)


@cache
def all_addresses() -> tuple[Address, ...]:
    """Return every address, in the order of the resolver."""
    return tuple(_walk(get_resolver(HOUSE), "", (), ""))
