"""Concerns (Anliegen): what residents tell the office, and what became of it.

Nouns: Concern (a dossier with state, scope, place, public words), Teller (the person's contact
data, kept apart), BlockedSender (whose reports wait in the quarantine), Referral (passed on to one
responsible body, with its own state), Draft (photos of a form that was not sent yet, for 24 hours),
RightAddress (who helps when we cannot), ScopeRule (what we do not do, shown before sending),
RoutingRule (to whom we usually pass on, only ever suggested), Voice ("me too"), Joining (a concern
belongs to one that leads it: a joint case), Question (back to the person), Meeting (several bodies at
one table, each with its Invitation), Following (who gets mails about what is new), SavedFilter (a kept
view of the list), Talk (a conversation that is no concern, tallied without persons).

Rules nobody may break
- The state of a concern follows from its referrals and from the office's decisions; one service
  stores it (services/life.py), by the table in states.py.
- An open concern has a next date; the database refuses one without.
- Contact data reaches a body only with the teller's recorded consent.
- A report with signs of spam is kept whole and waits in the quarantine: it is never lost, and no
  mail goes out before the office let it in (services/quarantine.py).
- Nothing is public before the office released it: text, each photo and the place separately.
- A hint at a likely duplicate compares, for residents, only what is released.
- "Answered" never pretends "fixed": the result is a field of its own, with who saw it.
"""
