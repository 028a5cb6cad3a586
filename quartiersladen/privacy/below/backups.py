"""What the list of backups holds of people: nothing; the backups themselves hold all of it."""

from quartiersladen.privacy.registry import Claims, Holder


class Backups(Holder):
    """When the house was saved, and why not."""

    claims = Claims(
        other={"backups.backup.error": "our own sentence about a disk or a database"},
    )


HOLDER = Backups()
