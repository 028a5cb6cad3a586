"""Reads of the concerns, viewer first, by room.

seen (which concerns a viewer may see at all) · lists (the desk's list: filter, pages, file) · filters
(views of the list that somebody kept) · one (one concern of the desk) · public (what everybody sees) ·
links (who comes with a signed link) · referrals (to whom it was passed on) · joint (what belongs
together) · voices ("me too") · tellers (who told it, and their own data) · drafts (photos before
sending) · quarantine (what looks like spam) · blocked (whose reports wait there) · mails (what a mail
became) · scope (rules of scope, right addresses) · talks (the tally). Importers name the room.
"""
