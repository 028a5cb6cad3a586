"""Benchmarks: the workloads T1 to T5 at 1,000 and 100,000 concerns on SQLite.

Milliseconds differ from machine to machine; what counts is the ratio to a limit that is measured
in the same run, the number of SQL statements, and how little a hundred times more rows change.
"""
