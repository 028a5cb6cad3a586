"""Deeds on dossiers, by noun; most are part of a deed of the module whose dossier it is.

dossier (open, claim, who may see it, close) · journal (lines, and what the search finds) · dates (the
next date) · looking_after (who looks after it) · documents (attached files) · tags (words of the office) ·
confidential (only named persons see it) · forgetting (what goes by rule or by wish) · digests (what is due,
by mail in the morning).
"""
