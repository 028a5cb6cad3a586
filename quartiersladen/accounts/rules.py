"""Who is looking, and what a role may do. Everything else in the house asks these."""

from dataclasses import dataclass

from quartiersladen.accounts.states import LinkPurpose, Role, ViewerKind

WORKING = frozenset({Role.LEAD, Role.MODERATOR})
DESK = WORKING | {Role.HELPER}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The public, the holder of one signed link, or a member with a role in one quarter.

    quarter_id: the quarter whose pages are being looked at.
    role: None unless kind is MEMBER.
    link_purpose, link_subject_id: what the link opens; None unless kind is LINK.
    """

    kind: ViewerKind
    quarter_id: int
    user_id: int | None = None
    name: str = ""
    role: Role | None = None
    link_purpose: LinkPurpose | None = None
    link_subject_id: int | None = None

    @property
    def is_member(self) -> bool:
        """Signed in with a role in this quarter that is valid today."""
        return self.role is not None

    @property
    def may_work(self) -> bool:
        """Lead and moderator: all of the office's work."""
        return self.role in WORKING

    @property
    def may_enter(self) -> bool:
        """Also helpers and interns: quick entry and what is assigned to them."""
        return self.role in DESK

    @property
    def may_read_figures(self) -> bool:
        """Who works at the desk, and the city that pays for it."""
        return self.may_enter or self.role == Role.CLIENT

    @property
    def may_settings(self) -> bool:
        """Settings and members of the quarter."""
        return self.role in {Role.LEAD, Role.ADMINISTRATOR}

    @property
    def may_release_texts(self) -> bool:
        """Edit the public pages of the office."""
        return self.may_work or self.may_settings


def public_viewer(quarter_id: int) -> Viewer:
    """Return somebody of whom nothing is known."""
    return Viewer(kind=ViewerKind.PUBLIC, quarter_id=quarter_id)


def link_viewer(quarter_id: int, purpose: LinkPurpose, subject_id: int) -> Viewer:
    """Return the holder of a valid signed link for one thing."""
    return Viewer(
        kind=ViewerKind.LINK,
        quarter_id=quarter_id,
        link_purpose=purpose,
        link_subject_id=subject_id,
    )
