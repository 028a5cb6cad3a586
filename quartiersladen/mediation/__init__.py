"""Conflict mediation (Konfliktvermittlung): people who quarrel are brought to one table.

Nouns: Mediation (one open one per concern), Party (who takes part in the quarrel: a name or a
function), Step (a talk, planned or done, with the minutes it took and who was there). The agreement
belongs to the mediation, with what each party said to it; so does the look, some weeks later,
whether it holds.

Rules nobody may break:
- A mediation lives on a confidential concern: only who is named there sees that it exists. Its
  pages are 404 for everybody else, and every look at it is written down.
- No line of the journal, no mail and no search holds a party's name: the journal says "party 2".
- A mediation sends no mails. Parties are called, visited or written to by hand.
- While a mediation runs its concern has a next date: the next step, or the day on which we ask
  whether the agreement holds.
- The end of a mediation closes no concern. It only proposes words for the answer.
"""
