"""Correspondence: every word that goes out of a dossier or comes in, by mail, phone or letter.

Nouns: Message (direction, way, counterpart, text; on a dossier, and with its mail in the outbox if
it went by mail), InboundMail (what came in, whole and sorted, until somebody settles it), Mailbox (how
far it has been read), TextSnippet (words of the office that are used again).

Rules nobody may break: what stands in a message is exactly what was sent; a message is never
changed; whether a mail arrived is asked of the outbox and not stored twice.
"""
