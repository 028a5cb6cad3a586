"""Reads one HEIC picture, as a program of its own: bytes in, an upright small PPM out.

Broken HEIC bytes can make the decoder end its whole process, and anybody may upload bytes. So the
process that ends is this one. It gets no settings and no secrets, and imports nothing of the house.

    python heic_reader.py MOST_PIXELS LONG_EDGE < picture.heic > picture.ppm
"""

import resource
import sys
from typing import BinaryIO

import pi_heif
from PIL import Image, UnidentifiedImageError

WRONG_TYPE = 3  # exit codes; any other than 0 means that the picture is damaged
TOO_MANY_PIXELS = 4


def read(source: BinaryIO, target: BinaryIO, *, most_pixels: int, long_edge: int) -> int:
    """Write the first picture of `source` to `target` and return the exit code.

    The decoder has turned it upright already; see-through parts become white.
    """
    pi_heif.register_heif_opener()
    try:
        picture = Image.open(source, formats=["HEIF"])
    except UnidentifiedImageError:
        return WRONG_TYPE
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    if picture.width * picture.height > most_pixels:
        return TOO_MANY_PIXELS
    picture.thumbnail((long_edge, long_edge))
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    white.save(target, "PPM")
    return 0


def main() -> int:
    """Run as a program; a crash leaves no copy of the picture behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most_pixels, long_edge = map(int, sys.argv[1:])
    return read(sys.stdin.buffer, sys.stdout.buffer, most_pixels=most_pixels, long_edge=long_edge)


if __name__ == "__main__":
    sys.exit(main())
