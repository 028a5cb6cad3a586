"""Who may do what with correspondence. Who may read it is the dossier's rule."""

from quartiersladen.accounts.rules import Viewer


def may_keep_snippets(viewer: Viewer, quarter_id: int) -> bool:
    """Lead, moderator and administrator of the quarter write its text snippets."""
    return viewer.may_release_texts and viewer.quarter_id == quarter_id


def may_use_snippets(viewer: Viewer, quarter_id: int) -> bool:
    """Everybody at the desk may put one into what they write."""
    return viewer.may_enter and viewer.quarter_id == quarter_id
