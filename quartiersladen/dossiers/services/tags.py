"""Tags on dossiers: words of the office, made when they are first used and gone with their last use."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import TAG_LENGTH, Dossier, Entry, Tag, Tagging
from quartiersladen.dossiers.queries import tags_naming
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.kernel.text import fold

MOST_TAGS = 20  # on one dossier


class TagMissing(Invalid):
    """Nothing was named."""

    sentence = _("Please write a tag or tick one to be taken off.")


class TagTooLong(Invalid):
    """A tag is a word, not a sentence."""

    sentence = _("A tag has at most 40 characters.")


class TooManyTags(Invalid):
    """More would be a text of its own."""

    sentence = _("One concern has at most 20 tags.")


@transaction.atomic
def change_tags(
    *,
    viewer: Viewer,
    dossier: Dossier,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    version: int,
    now: datetime,
) -> Entry:
    """Put tags on a dossier and take others off.

    Raises NotAllowed; TagMissing when nothing would change; TagTooLong; TooManyTags;
    ChangedMeanwhile.
    """
    demand(rules.may_change(viewer, dossier))
    there = {tag.folded: tag for tag in Tag.objects.filter(taggings__dossier=dossier)}
    added = [name for name in add if fold(name) not in there]
    gone = [there[fold(name)] for name in remove if fold(name) in there]
    if not added and not gone:
        raise TagMissing(field="add")
    check_names(names=added)
    if added and len(there) + len(added) - len(gone) > MOST_TAGS:
        raise TooManyTags(field="add")
    claim(dossier=dossier, version=version)
    for name in added:
        Tagging.objects.create(dossier=dossier, tag=_tag(dossier, name))
    _take_off(dossier, gone)
    signs = [f"+ {name}" for name in added] + [f"− {tag.name}" for tag in gone]
    return record(
        dossier=dossier,
        deed="tags",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=", ".join(signs),
        now=now,
    )


def check_names(*, names: list[str]) -> None:
    """Raise TagTooLong if one of them is a sentence."""
    if any(len(name) > TAG_LENGTH for name in names):
        raise TagTooLong(field="add")


def _tag(dossier: Dossier, name: str) -> Tag:
    tag, _is_new = Tag.objects.get_or_create(
        quarter_id=dossier.quarter_id, folded=fold(name)[: 2 * TAG_LENGTH], defaults={"name": name}
    )
    return tag


def _take_off(dossier: Dossier, tags: list[Tag]) -> None:
    keys = [tag.pk for tag in tags]
    Tagging.objects.filter(dossier=dossier, tag__in=keys).delete()
    Tag.objects.filter(pk__in=keys, taggings=None).delete()


def forget_tags_naming(*, quarter_id: int, names: Iterable[str]) -> int:
    """Delete these tags, everywhere; part of an erasure. Returns how many it were."""
    named = tags_naming(quarter_id=quarter_id, names=names)
    Tag.objects.filter(pk__in=named).delete()
    return len(named)
