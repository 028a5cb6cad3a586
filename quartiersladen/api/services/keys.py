"""Partners' keys: made, used and revoked."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.api.models import ApiKey
from quartiersladen.api.queries.keys import digest_of
from quartiersladen.api.rules import may_keep_interfaces
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

PREFIX = "ql_"  # so that a key that lies about somewhere is recognised as one
BYTES = 32
SHOWN = 10  # letters
USED_AGAIN = timedelta(hours=1)


class PartnerMissing(Invalid):
    """A key belongs to somebody whom the office can ask."""

    sentence = _("Please write whose key it is and whom to ask.")


def new_key() -> str:
    """Return a key that nobody can guess."""
    return PREFIX + token_urlsafe(BYTES)


@transaction.atomic
def make_key(
    *, viewer: Viewer, quarter: Quarter, partner: str, contact: str, key: str, now: datetime
) -> ApiKey:
    """Keep the digest of a new key. Raises NotAllowed; PartnerMissing."""
    demand(may_keep_interfaces(viewer, quarter))
    if not (partner.strip() and contact.strip()):
        raise PartnerMissing(field="partner")
    made = ApiKey.objects.create(
        quarter=quarter,
        partner=partner.strip(),
        contact=contact.strip(),
        digest=digest_of(key),
        beginning=key[:SHOWN],
        created_at=now,
        created_by_id=viewer.user_id or 0,
    )
    _trail(viewer, made, "api key made", now)
    return made


@transaction.atomic
def revoke_key(*, viewer: Viewer, key: ApiKey, now: datetime) -> None:
    """Let a key open nothing from now on; pressing it again changes nothing. Raises NotAllowed."""
    demand(may_keep_interfaces(viewer, key.quarter))
    revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(
        revoked_at=now, revoked_by_id=viewer.user_id
    )
    if revoked:
        _trail(viewer, key, "api key revoked", now)


def note_use(*, key: ApiKey, now: datetime) -> None:
    """Write down that a key reads, once an hour at most."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_AGAIN)
    if key.last_used_at is None or key.last_used_at < now - USED_AGAIN:
        ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=now)


def _trail(viewer: Viewer, key: ApiKey, deed: str, now: datetime) -> None:
    leave_trail(
        quarter=key.quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=f"api.apikey:{key.pk}",
        data={"beginning": key.beginning},
        now=now,
    )
