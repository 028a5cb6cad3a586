"""Deeds on concerns, by noun.

intake (a report comes in, its photos and its teller) · quarantine (what looks like spam, blocked
senders) · mails (what came by mail: drafts, answers) · returned (mails that did not arrive) · triage
(whose business is it) · referrals (pass on, ask again, the body replies) · meetings (several bodies at
one table) · life (take on, close, reopen, withdraw, next date) · joining, joint_answer (what belongs
together, and one answer for it) · release (what is public) · voices ("me too") · tellers (confirmed
address, told orally) · paper (letters to the person) · own_data (the person's own hand on their data) ·
confidential (only named persons see it) · forgetting (what goes by rule or by wish) · blackening (what
nobody may see of photos) · languages (in which one was written) · filing (released ones by district) ·
talks (tally) · questions (back to the person) · topics (asked about over years) · actions (many
concerns at once: cards, office hours, walks) · bulk, export, filters (the desk's list) · following (who
gets mails about what is new) · scope_rules, routing_rules (what the office said once for all).
"""
