"""Deeds on mediations, by noun.

life (begin, end) · parties (who takes part) · steps (talks, planned and done) · agreement (its
words, who said yes, whether it holds) · forgetting (what goes by rule or by wish) · lines (the
journal and the next date, part of every deed).
"""
