"""Website: the public face of the office, and the texts it must show by law.

Nouns: SitePage (imprint, privacy, accessibility statement, what we do and what not).

Rules nobody may break: a page that the law demands is published with a warning while something is
missing; every change of a text leaves a trail row.
"""
