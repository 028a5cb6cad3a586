"""Photos of the demo, drawn: a street by day or night with the thing in question."""

from collections.abc import Callable
from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE = (960, 720)
GROUND = 520  # pixels from the top
Draw = ImageDraw.ImageDraw


def _houses(draw: Draw, random: Random, lit: str) -> None:
    left = -40
    while left < SIZE[0]:
        width, top = random.randrange(150, 240), random.randrange(90, 230)
        colour = random.choice(("#c9a27e", "#b98b73", "#a7a29a", "#d8c9a3", "#8f9a9c"))
        draw.rectangle((left, top, left + width, GROUND), fill=colour)
        for row in range(top + 30, GROUND - 60, 80):
            for column in range(left + 20, left + width - 40, 60):
                fill = lit if random.random() < 0.3 else "#5b6570"
                draw.rectangle((column, row, column + 30, row + 44), fill=fill)
        left += width


def _lamp(draw: Draw, random: Random) -> None:
    x = random.randrange(300, 650)
    draw.rectangle((x, 170, x + 14, GROUND + 40), fill="#33383c")
    draw.polygon([(x - 40, 170), (x + 54, 170), (x + 34, 130), (x - 20, 130)], fill="#2a2d30")


def _heap(draw: Draw, random: Random) -> None:
    for _piece in range(14):
        x, y = random.randrange(300, 620), random.randrange(GROUND - 60, GROUND + 60)
        w, h = random.randrange(40, 130), random.randrange(30, 90)
        colour = random.choice(("#6b7c5a", "#8a5a44", "#b7b0a0", "#3f4a55", "#c2a24f"))
        draw.rounded_rectangle((x, y, x + w, y + h), radius=10, fill=colour, outline="#333333")


def _tree(draw: Draw, random: Random) -> None:
    x = random.randrange(350, 600)
    draw.rectangle((x, 300, x + 34, GROUND + 50), fill="#5d4330")
    for _leaf in range(40):
        cx, cy = x + random.randrange(-110, 130), random.randrange(140, 330)
        draw.ellipse((cx, cy, cx + 70, cy + 60), fill=random.choice(("#4f7a3a", "#6d9444")))


def _swing(draw: Draw, random: Random) -> None:
    x = random.randrange(280, 520)
    draw.line((x, GROUND + 60, x + 60, 260, x + 300, 260, x + 360, GROUND + 60), "#a2392b", 14)
    draw.line((x + 140, 262, x + 140, 470), "#444444", 5)
    draw.rectangle((x + 120, 470, x + 220, 486), fill="#3a2a1c")


def _hole(draw: Draw, random: Random) -> None:
    x = random.randrange(300, 520)
    for column in range(0, SIZE[0], 90):
        draw.line((column, GROUND, column - 60, SIZE[1]), "#8d8d88", 3)
    draw.ellipse((x, 580, x + 240, 670), fill="#4a4038", outline="#2d2721", width=5)


SUBJECTS: dict[str, Callable[[Draw, Random], None]] = {
    "licht": _lamp,
    "muell": _heap,
    "gruen": _tree,
    "spielplatz": _swing,
    "wege": _hole,
}


def picture(theme: str, random: Random) -> SimpleUploadedFile | None:
    """Return a drawn photo for a theme, None for themes that nobody takes photos of."""
    subject = SUBJECTS.get(theme)
    if subject is None:
        return None
    by_night = theme == "licht"
    image = Image.new("RGB", SIZE, "#1d2740" if by_night else "#bcd7e8")
    draw = ImageDraw.Draw(image)
    _houses(draw, random, "#f0d27a" if by_night else "#dfeaf0")
    draw.rectangle((0, GROUND, *SIZE), fill="#3c3f46" if by_night else "#a9a8a2")
    subject(draw, random)
    content = BytesIO()
    image.save(content, "JPEG", quality=80)
    return SimpleUploadedFile("foto.jpg", content.getvalue(), "image/jpeg")
