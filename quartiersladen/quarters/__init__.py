"""Quarters (Quartiere): the tenants of one installation, and the ground they stand on.

Nouns: Quarter (a programme area with its office, colours, languages and mail settings), District
(Ortsteil), Premises (an office or shop, several per quarter), Theme (what a concern is about),
ProgrammeFooter (the funding line, which changes with the programme period).

Rules nobody may break: the quarter of a request comes from the host name or the path prefix
/q/<slug>/ and from nowhere else; every row of the house belongs to a quarter, directly or through
its dossier.
"""
