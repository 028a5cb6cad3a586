"""Takes the photos of a form one by one, so that a bad one does not cost the good ones."""

from contextlib import suppress
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import Error
from django.utils import timezone

from quartiersladen.concerns.services import intake
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import remove_file, store_photo
from quartiersladen.kernel.errors import Invalid
from quartiersladen.quarters.models import Quarter


def take_photos(
    form: forms.Form, *, quarter: Quarter, key: UUID, uploads: "list[UploadedFile[bytes]]"
) -> None:
    """Keep the good photos with the form, whatever else is wrong; explain each bad one."""
    now = timezone.now()
    stored: list[tuple[StoredFile, str]] = []
    try:
        for upload in uploads:
            try:
                stored.append(
                    (store_photo(quarter=quarter, upload=upload, now=now), upload.name or "")
                )
            except Invalid as refusal:
                form.add_error("photos", f"{upload.name}: {refusal}")
        if stored:
            intake.keep_photos(quarter=quarter, key=key, photos=stored, now=now)
    except (intake.TooManyPhotos, intake.FormFromElsewhere) as refusal:
        _remove(stored)
        form.add_error("photos", str(refusal))
    except Exception:
        # A full disk or a lost database must not leave photos that no form knows.
        _remove(stored)
        raise


def _remove(stored: list[tuple[StoredFile, str]]) -> None:
    for file, _label in stored:
        # What cannot be removed now, the nightly look for files that nobody knows finds.
        with suppress(Error, OSError):
            remove_file(file=file)
