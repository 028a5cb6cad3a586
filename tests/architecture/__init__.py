"""House rules that no linter knows, each a few lines of reading the code.

`rules.py` holds the rules, `test_rules.py` shows each of them a good and a bad example, and the
other files hold the house against them.
"""
