"""Dossiers (Vorgänge): what everything that an office works on has in common.

Nouns: Dossier (reference, title, audience, who looks after it), Entry (journal), FollowUp
(Wiedervorlage), Document (a stored file with its release switch), Tag (a word of the office, put on by
a Tagging), Named (who may see a confidential dossier), Digest (the morning mail, once per person and day).

Rules nobody may break: rules.visible_rows decides who may see a dossier, everywhere; the journal is
append-only; every deed writes one entry in the deed's own transaction; an open matter has a next
date. Modules above add only what is special to them and announce their kind in kinds.py.
"""
