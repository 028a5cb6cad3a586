"""Interfaces (Schnittstellen): how other programs read what is released, and tell us concerns.

Nouns: Open311 (the switch of a quarter for the GeoReport v2 server), OpenTheme (a theme that is
offered there, with words for partners), Attribute (what a partner has to ask for a theme), ApiKey
(who may tell us concerns by program), Creation (which concern came in with which key).

Rules nobody may break
- Off until the lead or the administrator switches it on; switched off it answers 404.
- Reads see what everybody sees: `concerns.queries.public.released`, never more. Who told us something, by
  its own key, sees the state of it until it is released, and not a word of it.
- A key is shown once; only its SHA-256 is kept. No session and no cookie opens anything here.
- What a partner sends is text. An address in it is shown to the office and never fetched.
"""
