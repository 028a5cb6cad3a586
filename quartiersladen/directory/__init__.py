"""Directory (Adressen): who is responsible for what, and whom to talk to there.

Nouns: ResponsibleBody (zuständige Stelle: office, utility, housing company), ContactPerson (a
person's function there, apart from the person's name, with first and last day).

Rules nobody may break: a contact person's name and number are for the office, never for the public;
who has left stays, with a last day, so that old letters remain true.
"""
