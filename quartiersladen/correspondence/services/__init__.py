"""Deeds on what is written and what comes in, by noun.

messages (what goes out and what was said, kept with its dossier) · snippets (texts of the office that are
used again) · arriving (a mail is stored and sorted) · inbox (it is brought, settled, forgotten) · mailboxes
(who reads them, and how far) · forgetting (words that go by rule or by wish).
"""
