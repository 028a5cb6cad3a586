"""Nobody sees what is not theirs: canaries in every field, and who may hear them sing.

`world` builds two quarters with everything that can happen and plants an own word into every text
field of every row. `circles` says for each field who may see it. `crawler` walks all addresses as
everybody there is. A new model or field fails here until `circles.FIELDS` knows it.
"""
