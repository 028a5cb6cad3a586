"""Predicate and row filter of mails that came in agree, also where a mail belongs to no dossier."""

from uuid import uuid4

import pytest

from quartiersladen.accounts.rules import link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.correspondence.incoming.states import InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.rules import may_read_mail, readable_mails
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.rules import may_look_inside, rows_inside
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.states import Audience, Kind
from quartiersladen.quarters.testing import NOON, make_quarter


def came_in(quarter, dossier=None) -> InboundMail:
    return InboundMail.objects.create(
        quarter=quarter,
        mail_key=str(uuid4()),
        fingerprint="",
        received_at=NOON,
        stored_at=NOON,
        mail_class=MailClass.REPLY if dossier else MailClass.NEW,
        state=InboundState.WAITING,
        dossier=dossier,
    )


@pytest.fixture
def viewers(quarter):
    """Everybody who may look; in both quarters mails of each audience, and one of no dossier."""
    there = make_quarter("dort")
    people = {role: make_member(quarter, role, f"{role.value}h") for role in Role}
    stranger = make_member(there, Role.LEAD, "Lea")
    for where in (quarter, there):
        came_in(where)
        for audience in Audience:
            for helper in (None, people[Role.HELPER]):
                dossier = open_dossier(
                    quarter=where,
                    kind=Kind.CONCERN,
                    title="Laterne",
                    audience=audience,
                    language="de",
                    assigned_to_id=helper.pk if helper else None,
                    search_words="",
                    now=NOON,
                )
                came_in(where, dossier)
                for role in set(Role) - {Role.LEAD}:
                    Named.objects.create(dossier=dossier, user=people[role])
    told = Dossier.objects.filter(quarter=quarter, audience=Audience.TELLER)[0]
    link = link_viewer(quarter.pk, LinkPurpose.TELLER_STATUS, told.pk)
    return [
        *(viewer_of(user, quarter) for user in people.values()),
        viewer_of(stranger, quarter),
        viewer_of(stranger, there),
        link,
        public_viewer(quarter.pk),
    ]


def test_who_may_read_a_mail_finds_it(viewers):
    mails = list(InboundMail.objects.select_related("dossier"))
    for viewer in viewers:
        allowed = {mail for mail in mails if may_read_mail(viewer, mail)}
        assert set(InboundMail.objects.filter(readable_mails(viewer))) == allowed, viewer
        others = set(InboundMail.objects.exclude(readable_mails(viewer)))
        assert others == set(mails) - allowed, viewer


def test_without_a_dossier_a_row_is_inside_for_nobody(viewers):
    mails = list(InboundMail.objects.select_related("dossier"))
    for viewer in viewers:
        inside = {m for m in mails if m.dossier and may_look_inside(viewer, m.dossier)}
        assert set(InboundMail.objects.filter(rows_inside(viewer, "dossier__"))) == inside, viewer
        others = set(InboundMail.objects.exclude(rows_inside(viewer, "dossier__")))
        assert others == set(mails) - inside, viewer
