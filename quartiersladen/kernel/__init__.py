"""Kernel: what every module needs and what needs no table.

Clock (working days), money (integer cents), state machines as data, refusals, folded and localized
text, signed links, jobs, QR codes, Markdown. Knows no module of the house.
"""
