"""Benchmarks: T1 to T5, T10, T11 and M1 at 1,000 and 100,000 concerns; T2, T3, T5 on PostgreSQL too.

Every page is asked of the real web server over the loopback address, and so are the plain pages
that are its limit. Milliseconds differ from machine to machine; what counts is the ratio to that
limit of the same run, the number of SQL statements, and how little a hundred times more rows change.
"""
