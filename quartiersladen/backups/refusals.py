"""Why a backup is not made or not taken back: each a sentence for the administrator.

BackupRefused
├── BackupFailed     making one did not work; nothing is left under its name
├── Foreign          no archive of this program
├── Damaged          an archive, but not whole
├── WrongPassphrase  encrypted, and this does not open it
├── DoesNotFit       made by a newer program or on the other engine
└── NotEmpty         something lies where it would be restored
"""


class BackupRefused(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """Something stands against it; nothing was changed."""


class BackupFailed(BackupRefused):
    """The archive could not be made."""


class Foreign(BackupRefused):
    """The file is something else."""

    def __init__(self) -> None:
        super().__init__("This file is no backup made by Quartiersladen.")


class Damaged(BackupRefused):
    """The archive is not as it was made."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This backup is damaged: {what}. Nothing was changed.")


class WrongPassphrase(BackupRefused):
    """It cannot be decrypted."""


class DoesNotFit(BackupRefused):
    """It is whole, but not for this installation."""


class NotEmpty(BackupRefused):
    """A restore never overwrites anything."""
