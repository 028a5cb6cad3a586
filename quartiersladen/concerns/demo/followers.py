"""The demo's followers: two people who confirmed, and one who has yet to press the button."""

from datetime import datetime, timedelta

from django.utils import translation

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Following
from quartiersladen.concerns.services.following import (
    AGREEMENT,
    Wish,
    ask_to_follow,
    confirm_following,
)
from quartiersladen.concerns.states import OPEN, Rhythm
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import districts_of, themes_of

AGO = timedelta(days=9)  # so that the weekly mail is due
CONFIRMED_AFTER = timedelta(minutes=20)


def follow_what_is_new(quarter: Quarter, now: datetime) -> None:
    """Let a neighbour follow light in one district, another one a concern; a third only asks."""
    theme, district = themes_of(quarter).first(), districts_of(quarter).first()
    shown = Concern.objects.filter(quarter=quarter, is_released=True, state__in=sorted(OPEN))
    _confirmed(quarter, Wish(theme=theme, district=district), "nour", "de", now)
    concern = shown.order_by("-created_at").first()
    if concern:
        _confirmed(quarter, Wish(concern=concern, rhythm=Rhythm.AT_ONCE), "ilse", "en", now)
    _ask(quarter, Wish(), "bao", "de", now - timedelta(hours=3))


def _ask(quarter: Quarter, wish: Wish, name: str, language: str, now: datetime) -> Following:
    email = f"{name}.folgt@{quarter.slug}.example.org"
    with translation.override(language):
        wording = str(AGREEMENT)
    ask_to_follow(
        quarter=quarter, wish=wish, email=email, language=language, wording=wording, now=now
    )
    return Following.objects.select_related("quarter").get(quarter=quarter, email=email)


def _confirmed(quarter: Quarter, wish: Wish, name: str, language: str, now: datetime) -> None:
    following = _ask(quarter, wish, name, language, now - AGO)
    confirm_following(
        viewer=link_viewer(quarter.pk, LinkPurpose.FOLLOW_CONFIRM, following.pk),
        following=following,
        now=now - AGO + CONFIRMED_AFTER,
    )
