"""Turns whatever a phone uploads into a clean JPEG. No database, no storage."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

import pi_heif
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from quartiersladen.kernel.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONG_EDGE = 1920  # pixels
THUMBNAIL_EDGE = 480  # pixels
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

pi_heif.register_heif_opener()


class WrongType(Invalid):
    """Not one of the four picture formats."""

    sentence = _("This is not a picture that we can read. Please use JPEG, PNG, WebP or HEIC.")


class TooBig(Invalid):
    """More than 10 MB."""

    sentence = _("This picture is larger than 10 MB. Please choose a smaller one.")


class TooManyPixels(Invalid):
    """More than 50 megapixels: no camera of a phone makes that, a bomb does."""

    sentence = _("This picture has too many pixels. Please choose a smaller one.")


class Damaged(Invalid):
    """The header says picture, the rest does not."""

    sentence = _("This picture is damaged. Please choose another one.")


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """JPEG bytes without any metadata, large and small, with the facts about the large one."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Checksum of the large one."""
        return sha256(self.content).hexdigest()


def clean(upload: BinaryIO, *, size_bytes: int) -> CleanPhoto:
    """Decode, turn upright, shrink to 1,920 pixels and write anew without metadata.

    Raises TooBig, WrongType, TooManyPixels, Damaged.
    """
    if size_bytes > MOST_BYTES:
        raise TooBig(field="photos")
    try:
        picture = Image.open(upload, formats=FORMATS)
    except UnidentifiedImageError as exc:
        raise WrongType(field="photos") from exc
    except Image.DecompressionBombError as exc:
        raise TooManyPixels(field="photos") from exc
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as exc:
        raise Damaged(field="photos") from exc
    # The header is enough to know the size; nothing has been unpacked yet.
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels(field="photos")
    try:
        upright = _upright(picture)
    except Exception as exc:
        raise Damaged(field="photos") from exc
    upright.thumbnail((LONG_EDGE, LONG_EDGE))
    small = upright.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return CleanPhoto(_jpeg(upright), _jpeg(small), upright.width, upright.height)


def _upright(picture: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGB", turned.size, "white")
    white.paste(turned, mask=turned.getchannel("A"))
    return white


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
