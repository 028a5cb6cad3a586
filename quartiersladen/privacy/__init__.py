"""Privacy: what people agreed to, and who changed what where no dossier keeps a journal.

Nouns: Consent (one line of the append-only ledger: given or withdrawn, in which words, taken by
whom), Trail (append-only line about a write below the dossiers: settings, members, texts).

Rules nobody may break: neither table is ever updated or deleted from, except by the erasure's own
transaction, which holds a row in the permit table; a withdrawal is a new line.
"""
