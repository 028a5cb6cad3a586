"""Backups: one archive that holds the whole house, and the way back from it.

Nouns: Backup (one line of the books: when, whether it succeeded), archive (a tar with a manifest),
snapshot (the database as it was at one moment).

Rules nobody may break: an archive gets its final name only after it was read back and found whole;
an archive is checked to the last byte before a restore touches anything; a restore goes into an
empty place only; an old archive is removed only after a newer one was found whole.

What lies in an archive, in this order:

    quartiersladen-backup.json   what made it: program, version, engine, time
    files/...                    uploaded files, as the storage names them
    database.sqlite3 or .dump    a snapshot (SQLite file, or pg_dump's custom format)
    settings.json                the settings of the environment and the keys
    manifest.json                every member with size and SHA-256, and the migrations applied
    SHA256                       the checksum of every byte before it

With a passphrase the archive is encrypted in the age format: the outer tar holds `key.age` (an age
identity, locked with the passphrase) and `backup.tar.age` (the archive, for that identity). The
ordinary `age` and `tar` open both without this program.
"""
