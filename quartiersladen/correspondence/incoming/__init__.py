"""Reads a mail that somebody else has written: what it says, from whom, and what kind it is.

Everything here takes hostile bytes and gives plain values: no database, no storage, no exception.
What cannot be read becomes a value that says so, so that the office sees it.

reading (bytes to Received) · html (tags to lines) · quoting (the answer and what it quotes) ·
bounces (did our mail arrive) · sorting (which class) · mailbox (the IMAP server).
"""
