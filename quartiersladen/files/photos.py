"""Turns whatever a phone uploads into a clean JPEG. No database, no storage."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from math import ceil, floor
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from quartiersladen.kernel.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

# Pillow is imported by the functions that need it: most processes never see a photo.
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONG_EDGE = 1920  # pixels
THUMBNAIL_EDGE = 480  # pixels
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
HEIC_READER = Path(__file__).with_name("heic_reader.py")
HEIC_SECONDS = 30


class WrongType(Invalid):
    """Not one of the four picture formats."""

    sentence = _("This is not a picture that we can read. Please use JPEG, PNG, WebP or HEIC.")


class TooBig(Invalid):
    """More than 10 MB."""

    sentence = _("This picture is larger than 10 MB. Please choose a smaller one.")


class TooManyPixels(Invalid):
    """More than 50 megapixels: few phones make that, and a bomb does."""

    sentence = _("This picture has too many pixels. Please choose a smaller one.")


class Damaged(Invalid):
    """The header says picture, the rest does not."""

    sentence = _("This picture is damaged. Please choose another one.")


#: Exit codes of heic_reader.py; a signal or anything else means damaged.
HEIC_REFUSALS: dict[int, type[Invalid]] = {3: WrongType, 4: TooManyPixels}


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


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a picture, in parts of 1 from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def blackened(content: IO[bytes], areas: Sequence[Area]) -> CleanPhoto:
    """Return one of our own photos with these areas as black pixels; nothing of them is kept.

    A pixel that an area only touches becomes black, too. The small one is made from the new one.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 -- see above

    with Image.open(content, formats=("JPEG",)) as picture:
        large = _upright_on_white(picture)
    draw = ImageDraw.Draw(large)
    for area in areas:
        # The last pixel belongs to what is drawn, hence one less.
        right, bottom = ceil(area.right * large.width), ceil(area.bottom * large.height)
        left, top = floor(area.left * large.width), floor(area.top * large.height)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill="black")
    return _large_and_small(large)


def clean(upload: IO[bytes], *, size_bytes: int) -> CleanPhoto:
    """Decode the first picture, turn it upright, shrink it to 1,920 pixels and write it anew.

    Raises TooBig, WrongType, TooManyPixels, Damaged.
    """
    if size_bytes > MOST_BYTES:
        raise TooBig(field="photos")
    upload.seek(0)
    is_heic = upload.read(12)[4:8] == b"ftyp"
    upload.seek(0)
    large = _from_heic(upload.read()) if is_heic else _from_others(upload)
    return _large_and_small(large)


def _large_and_small(large: "Image.Image") -> CleanPhoto:
    small = large.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return CleanPhoto(_jpeg(large), _jpeg(small), large.width, large.height)


def _from_heic(content: bytes) -> "Image.Image":
    """Let a process of its own decode it: broken bytes can end that process."""
    from PIL import Image  # noqa: PLC0415 -- see above

    command = [sys.executable, "-I", str(HEIC_READER), str(MOST_PIXELS), str(LONG_EDGE)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program; what was uploaded is only its input
            command, input=content, capture_output=True, timeout=HEIC_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired as exc:
        raise Damaged(field="photos") from exc
    if done.returncode:
        raise HEIC_REFUSALS.get(done.returncode, Damaged)(field="photos")
    return Image.open(BytesIO(done.stdout), formats=("PPM",))


def _from_others(upload: IO[bytes]) -> "Image.Image":
    picture = _opened(upload)
    # The header is enough to know the size; nothing has been unpacked yet.
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels(field="photos")
    try:
        return _upright_on_white(picture)
    except Exception as exc:
        # The decoders raise whatever they like about broken bytes.
        raise Damaged(field="photos") from exc


def _opened(upload: IO[bytes]) -> "Image.Image":
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- see above

    try:
        return Image.open(upload, formats=FORMATS)
    except UnidentifiedImageError as exc:
        raise WrongType(field="photos") from exc
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise TooManyPixels(field="photos") from exc
    except Exception as exc:
        raise Damaged(field="photos") from exc


def _upright_on_white(picture: "Image.Image") -> "Image.Image":
    """Return an RGB picture of its own: it takes the pixels and nothing that travelled with them.

    It is made small first, so that a large photo costs little memory.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 -- see above

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode != mode:
        # A JPEG is unpacked at a half or a quarter of its size where that is enough.
        picture.draft(None, (LONG_EDGE, LONG_EDGE))
        picture = picture.convert(mode)
    picture.thumbnail((LONG_EDGE, LONG_EDGE))
    upright = ImageOps.exif_transpose(picture)
    white = Image.new("RGB", upright.size, "white")
    white.paste(upright, mask=upright if mode == "RGBA" else None)
    return white


def _jpeg(picture: "Image.Image") -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
