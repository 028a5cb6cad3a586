"""Benchmarks: T1 to T5, S1, T10, T11, O1 and M1 at 1,000 and 100,000 concerns; some on PostgreSQL too.

Every page is asked of the real web server over the loopback address, and so are the plain pages
that are its limit. Milliseconds differ from machine to machine; what counts is the ratio to that
limit of the same run, the number of SQL statements, and how little a hundred times more rows change.
"""
