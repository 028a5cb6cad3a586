"""The public face of the office."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quartiersladen.accounts.access import HouseRequest, public
from quartiersladen.accounts.queries import shown_people
from quartiersladen.concerns.queries import achieved, right_addresses
from quartiersladen.kernel.markdown import render as markdown
from quartiersladen.kernel.text import Localized
from quartiersladen.quarters.queries import premises_of, programme_footer
from quartiersladen.website import queries
from quartiersladen.website.states import PageKey

NEWEST = 3


@require_safe
@public
def home(request: HouseRequest) -> HttpResponse:
    """The open shop door."""
    today = request.quarter.local_day(timezone.now())
    context = {
        "welcome": request.quarter.welcome_in(get_language() or "de"),
        "achieved": achieved(request.viewer, limit=NEWEST),
        "open_today": queries.open_today(request.quarter, today),
        "programme_footer": programme_footer(request.quarter, today),
    }
    return render(request, "website/public/home.html", context)


@require_safe
@public
def contact(request: HouseRequest) -> HttpResponse:
    """People, offices and hours."""
    today = request.quarter.local_day(timezone.now())
    language = get_language() or "de"
    context = {
        "people": shown_people(request.quarter.pk, today),
        "premises": [
            (place, queries.week_of(place), place.note_in(language))
            for place in premises_of(request.quarter)
        ],
        "nav_section": "contact",
    }
    return render(request, "website/public/contact.html", context)


@require_safe
@public
def what_we_do(request: HouseRequest) -> HttpResponse:
    """What people can expect of us and what not, with the right address instead."""
    language = get_language() or "de"
    page = queries.published_page(request.quarter, PageKey.WHAT_WE_DO)
    body = page.body_in(language) if page else Localized("", language)
    context = {
        "body": markdown(body),
        "body_language": body.language,
        "addresses": [
            (address.name_in(language), address.text_in(language))
            for address in right_addresses(request.quarter.pk)
        ],
        "nav_section": "what_we_do",
    }
    return render(request, "website/public/what_we_do.html", context)


def _text(request: HouseRequest, key: PageKey) -> HttpResponse:
    page, language = queries.published_page(request.quarter, key), get_language() or "de"
    body = page.body_in(language) if page else Localized("", language)
    context = {
        "key": key,
        "facts": queries.facts_of(page) if page else [],
        "body": markdown(body),
        "body_language": body.language,
        "page": page,
    }
    return render(request, "website/public/text.html", context)


@require_safe
@public
def imprint(request: HouseRequest) -> HttpResponse:
    """Who is responsible for these pages."""
    return _text(request, PageKey.IMPRINT)


@require_safe
@public
def privacy(request: HouseRequest) -> HttpResponse:
    """What happens with data."""
    return _text(request, PageKey.PRIVACY)


@require_safe
@public
def accessibility(request: HouseRequest) -> HttpResponse:
    """How accessible these pages are, and whom to tell about barriers."""
    return _text(request, PageKey.ACCESSIBILITY)
