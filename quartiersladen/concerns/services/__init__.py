"""Deeds on concerns, by noun.

intake (a report comes in, its photos and its teller) · quarantine (what looks like spam, blocked
senders) · mails (what came by mail: drafts, answers, deliveries) · triage (whose business is it) · referrals (pass on, ask again, the body replies) · life
(take on, close, reopen, withdraw, next date) · release (what is public) · tellers (confirmed
address, told orally) · paper (letters to the person) · own_data (the person's own hand on their
data) · confidential (only named persons see it) · forgetting (what goes by rule or by wish) · talks (tally) · questions (back to the person) ·
topics (asked about over years) · actions (many concerns at once: cards, office hours, walks).
"""
