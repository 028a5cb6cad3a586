"""What stored files hold of people: the pictures. They go with the dossier or draft they are in."""

from quartiersladen.privacy.registry import Claims, Holder


class Files(Holder):
    """Photos; access and erasure are the dossier's, because a file alone belongs to nobody."""

    claims = Claims(
        personal={
            "files.storedfile.sha256": "fingerprint of a photo; goes with it",
            "files.storedfile.storage_name": "where a photo lies; goes with it",
            "files.storedfile.thumbnail_name": "where its small copy lies; goes with it",
        },
        other={"files.storedfile.media_type": "kind of file"},
    )


HOLDER = Files()
