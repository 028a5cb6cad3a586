"""Files: stored once, cleaned, never served under the name they came with.

Nouns: StoredFile (bytes in the storage, facts in the database).

Rules nobody may break: a photo is recognised by decoding it, turned upright and written anew, so
that no place, time or device of the photographer stays in it; who may open a file is decided by the
module that owns it, never here; image work happens outside a transaction.
"""
