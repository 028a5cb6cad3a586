"""Outbox: every mail that leaves the house stands here once, before it is sent.

Nouns: Mail (to whom, what, Message-ID fixed before sending, state, tries, next try), LinkSpec (what
a placeholder in the text becomes while sending), Outage (a server that takes no mails now).

Rules nobody may break: a mail is written in the transaction of the deed that causes it; no secret
is stored, links are filled in while sending; a worker claims a mail by a conditional update, so two
never send one; a mail in flight when a worker died goes out once more with the same Message-ID;
account mails are never shown at the desk; while a server takes no mails only one of them asks it.
"""
