"""Hostile input at every address of the house: never a broken page, never half a record.

`addresses` walks the URL resolver, so that a new page is attacked by itself; `inputs` says what is
sent; `house` builds two quarters to attack; `attack` sends it. `make fuzz` sends 100,000.
"""
