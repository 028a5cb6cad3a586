"""What becomes of an uploaded photo."""

import sys
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from pathlib import Path
from zlib import crc32

import pytest
from PIL import Image

from quartiersladen.files import heic_reader, photos
from quartiersladen.files.photos import (
    Area,
    Damaged,
    TooBig,
    TooManyPixels,
    WrongType,
    blackened,
)

HERE = Path(__file__).parent
# 64 x 48, blue on the left, red on the right, to be turned by 90 degrees; with maker and place.
HEIC = (HERE / "upright.heic").read_bytes()
# The same with some bytes changed: it ends the process that decodes it.
BROKEN_HEIC = (HERE / "broken.heic").read_bytes()
RED, BLUE, WHITE = (200, 40, 40), (30, 60, 200), (255, 255, 255)
TURN_RIGHT = 6
MAKER, ORIENTATION, PLACE = 0x010F, 0x0112, 0x8825


def encoded(picture, kind, **options):
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def flat(kind, mode="RGB", colour=RED, size=(40, 20), **options):
    return encoded(Image.new(mode, size, colour), kind, **options)


def blue_left(size=(64, 48)):
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (0, 0, size[0] // 2, size[1]))
    return picture


def phone_exif():
    exif = Image.Exif()
    exif[MAKER] = "Phone maker"
    exif[ORIENTATION] = TURN_RIGHT
    place = exif.get_ifd(PLACE)
    place[1], place[2] = "N", (51.0, 20.0, 0.0)
    return exif.tobytes()


def clean(content):
    return photos.clean(BytesIO(content), size_bytes=len(content))


def opened(content):
    return Image.open(BytesIO(content))


def is_near(pixel, colour):
    return all(abs(a - b) <= 6 for a, b in zip(pixel, colour, strict=True))


def with_header_size(png, width, height):
    """Return a PNG whose header claims another size, with a fitting checksum."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[:12] + head + crc32(head).to_bytes(4, "big") + png[33:]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(flat("JPEG"), id="jpeg"),
        pytest.param(flat("PNG"), id="png"),
        pytest.param(flat("WEBP", lossless=True), id="webp"),
        pytest.param(flat("JPEG", "CMYK", (0, 204, 204, 55)), id="print-jpeg"),
        pytest.param(flat("PNG", "P", 0), id="palette"),
        pytest.param(flat("PNG", "L", 100), id="grey"),
        pytest.param(
            encoded(blue_left(), "MPO", save_all=True, append_images=[blue_left()]),
            id="two-in-one",
        ),
    ],
)
def test_every_format_becomes_a_jpeg_of_the_same_size(content):
    photo = clean(content)

    assert opened(photo.content).format == "JPEG"
    assert opened(photo.content).mode == "RGB"
    assert (photo.width, photo.height) == opened(content).size


def test_a_heic_picture_is_read():
    photo = clean(HEIC)

    picture = opened(photo.content)
    assert (picture.format, picture.size, (photo.width, photo.height)) == (
        "JPEG",
        (48, 64),
        (48, 64),
    )
    assert is_near(picture.getpixel((24, 4)), BLUE)
    assert is_near(picture.getpixel((24, 60)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_upright(kind):
    photo = clean(encoded(blue_left(), kind, exif=phone_exif()))

    picture = opened(photo.content)
    assert picture.size == (48, 64)
    assert is_near(picture.getpixel((24, 4)), BLUE)
    assert is_near(picture.getpixel((24, 60)), RED)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            encoded(blue_left(), "JPEG", exif=phone_exif(), comment=b"secret"), id="jpeg"
        ),
        pytest.param(encoded(blue_left(), "PNG", exif=phone_exif()), id="png"),
        pytest.param(HEIC, id="heic"),
    ],
)
def test_nothing_of_the_photographer_stays_in_it(content):
    assert b"Phone maker" in content

    photo = clean(content)

    for part in (photo.content, photo.thumbnail):
        picture = opened(part)
        assert dict(picture.getexif()) == {}
        assert set(picture.info) == {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert b"Phone maker" not in part
        assert b"secret" not in part


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (1920, 1440), (480, 360)),
        ((3000, 4000), (1440, 1920), (360, 480)),
        ((1920, 1080), (1920, 1080), (480, 270)),
        ((300, 200), (300, 200), (300, 200)),
        ((5000, 1), (1920, 1), (480, 1)),
    ],
)
def test_it_is_made_small_and_never_larger(size, large, small):
    photo = clean(flat("JPEG", size=size))

    assert opened(photo.content).size == large == (photo.width, photo.height)
    assert opened(photo.thumbnail).size == small


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(flat("PNG", "RGBA", (0, 0, 0, 0)), id="png"),
        pytest.param(flat("PNG", "LA", (0, 0)), id="grey"),
        pytest.param(flat("PNG", "RGB", (9, 9, 9), transparency=(9, 9, 9)), id="one-colour"),
        pytest.param(flat("PNG", "P", 0, transparency=0), id="palette"),
        pytest.param(flat("WEBP", "RGBA", (0, 0, 0, 0), lossless=True), id="webp"),
    ],
)
def test_see_through_parts_become_white(content):
    assert opened(clean(content).content).getpixel((5, 5)) == WHITE


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_one_stays(kind):
    frames = [Image.new("RGB", (40, 20), colour) for colour in (RED, BLUE)]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    picture = opened(clean(content).content)

    assert (getattr(picture, "n_frames", 1), is_near(picture.getpixel((5, 5)), RED)) == (1, True)


def test_the_checksum_is_that_of_the_large_one():
    photo = clean(flat("JPEG"))

    assert photo.sha256 == sha256(photo.content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Hello, this is a text.", id="text"),
        pytest.param(flat("GIF", "P", 0), id="gif"),
        pytest.param(flat("BMP"), id="bmp"),
        pytest.param(flat("TIFF"), id="tiff"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', id="svg"),
        pytest.param(b"\x00\x00\x00\x18ftypmp42" + bytes(40), id="film"),
    ],
)
def test_other_things_are_refused_whatever_they_are_called(content):
    with pytest.raises(WrongType) as refusal:
        clean(content)

    assert refusal.value.field == "photos"


def test_more_than_ten_megabytes_are_refused_unread():
    with pytest.raises(TooBig):
        photos.clean(BytesIO(flat("JPEG")), size_bytes=photos.MOST_BYTES + 1)


def test_ten_megabytes_are_taken():
    content = flat("JPEG")

    assert photos.clean(BytesIO(content), size_bytes=photos.MOST_BYTES).width == 40


@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(10_000, 5_001, id="just-too-many"),
        pytest.param(12_000, 9_000, id="a-warning-of-the-library"),
        pytest.param(60_000, 60_000, id="a-bomb"),
    ],
)
def test_too_many_pixels_are_refused_by_the_header(width, height):
    with pytest.raises(TooManyPixels):
        clean(with_header_size(flat("PNG"), width, height))


def test_fifty_megapixels_by_the_header_are_read():
    # The rest of the file does not hold what the header promises.
    with pytest.raises(Damaged):
        clean(with_header_size(flat("PNG"), 10_000, 5_000))


def test_too_many_pixels_in_a_heic_picture(monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 64 * 48 - 1)

    with pytest.raises(TooManyPixels):
        clean(HEIC)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded(blue_left(), "JPEG")[:-60], id="jpeg"),
        pytest.param(encoded(blue_left(), "PNG")[:-40], id="png"),
        pytest.param(encoded(blue_left(), "WEBP")[:-20], id="webp"),
        pytest.param(flat("JPEG")[:8], id="only-the-beginning"),
        pytest.param(HEIC[: HEIC.index(b"mdat") + 4] + bytes(238), id="heic"),
        pytest.param(BROKEN_HEIC, id="heic-that-ends-the-process"),
    ],
)
def test_damaged_pictures_are_refused(content):
    with pytest.raises(Damaged):
        clean(content)


def test_a_heic_picture_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(photos, "HEIC_SECONDS", 0.001)

    with pytest.raises(Damaged):
        clean(HEIC)


def read_heic(content, *, most_pixels=10_000):
    out = BytesIO()
    code = heic_reader.read(BytesIO(content), out, most_pixels=most_pixels, long_edge=32)
    return code, out.getvalue()


def test_the_reader_writes_a_small_upright_picture():
    code, content = read_heic(HEIC)

    assert (code, opened(content).format, opened(content).size) == (0, "PPM", (24, 32))


def with_heic_size(width, height):
    # Without its crop box a picture is as large as the box "ispe" says.
    head, rest = HEIC.replace(b"clap", b"free").split(b"ispe")
    size = bytes(4) + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return head + b"ispe" + size + rest[12:]


def test_the_reader_takes_no_bomb():
    assert read_heic(with_heic_size(30_000, 30_000))[0] == heic_reader.TOO_MANY_PIXELS


def test_the_reader_says_why_not():
    assert read_heic(b"no picture") == (heic_reader.WRONG_TYPE, b"")
    assert read_heic(HEIC, most_pixels=3_071) == (heic_reader.TOO_MANY_PIXELS, b"")
    refusals = {heic_reader.WRONG_TYPE: WrongType, heic_reader.TOO_MANY_PIXELS: TooManyPixels}
    assert refusals == photos.HEIC_REFUSALS


def test_the_reader_is_a_program(monkeypatch):
    out = BytesIO()
    monkeypatch.setattr(sys, "argv", ["heic_reader.py", "10000", "32"])
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(HEIC)))
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(out))

    code = heic_reader.main()

    assert (code, opened(out.getvalue()).size) == (0, (24, 32))


def ours(picture):
    """One of our own photos, as an upload of this picture becomes."""
    return clean(encoded(picture, "PNG")).content


def pixels(content):
    with Image.open(BytesIO(content)) as picture:
        return picture.convert("RGB")


def brightest(picture, box):
    return max(high for _low, high in picture.crop(box).getextrema())


@pytest.mark.parametrize("size", [(1600, 1200), (300, 400), (41, 23)])
def test_areas_become_black_in_the_large_and_in_the_small_one(size):
    photo = blackened(
        BytesIO(ours(Image.new("RGB", size, WHITE))),
        [Area(0.25, 0.25, 0.5, 0.5), Area(0.75, 0, 1, 1)],
    )

    large, small = pixels(photo.content), pixels(photo.thumbnail)
    assert (photo.width, photo.height) == large.size == size
    for picture in (large, small):
        width, height = picture.size
        for left, top, right, bottom in ((0.25, 0.25, 0.5, 0.5), (0.75, 0, 1, 1)):
            # One pixel from the edge: JPEG lets neighbours shine into each other.
            inside = (left * width + 2, top * height + 2, right * width - 2, bottom * height - 2)
            assert brightest(picture, tuple(map(int, inside))) <= 16
        assert min(picture.getpixel((int(width * 0.1), int(height * 0.8)))) > 200


def test_a_pixel_that_is_only_touched_becomes_black_and_the_next_one_does_not():
    photo = blackened(
        BytesIO(ours(Image.new("RGB", (160, 160), WHITE))), [Area(0.101, 0.101, 0.11, 0.11)]
    )

    picture = pixels(photo.content)
    assert max(picture.getpixel((16, 16)) + picture.getpixel((17, 17))) < 100
    assert min(picture.getpixel((24, 24))) > 200


def test_a_blackened_photo_carries_nothing_of_the_earlier_one():
    earlier = encoded(
        blue_left((320, 240)), "JPEG", exif=phone_exif(), comment=b"Name at the door"
    )

    photo = blackened(BytesIO(earlier), [Area(0, 0, 1, 1)])

    for content in (photo.content, photo.thumbnail):
        with Image.open(BytesIO(content)) as picture:
            assert dict(picture.getexif()) == {}
            assert "comment" not in picture.info
            assert picture.convert("RGB").getextrema() == ((0, 0), (0, 0), (0, 0))
