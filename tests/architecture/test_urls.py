"""Every address says who may call it."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.generic import RedirectView

from quartiersladen.accounts.access import public

# Their own pages guard themselves: sign-in, second factor, sign-in through the operator.
GUARD_THEMSELVES = ("allauth.",)


def patterns(resolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def unguarded(entries) -> list[str]:
    return sorted(
        f"{entry.pattern} -> {entry.callback.__module__}.{entry.callback.__name__}"
        for entry in entries
        if not hasattr(entry.callback, "access")
        and not entry.callback.__module__.startswith(GUARD_THEMSELVES)
        # An old address of allauth that only leads to the new one shows nothing.
        and getattr(entry.callback, "view_class", None) is not RedirectView
    )


def test_every_address_has_an_access_decorator():
    entries = list(patterns(get_resolver()))

    assert unguarded(entries) == []
    assert len(entries) > 10


def test_an_address_without_one_is_noticed():
    def page(request):
        return HttpResponse("")

    assert unguarded([path("open/", public(page))]) == []
    assert unguarded([path("bare/", lambda _request: HttpResponse(""))]) == [
        f"bare/ -> {__name__}.<lambda>"
    ]
