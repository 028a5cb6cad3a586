"""Whether a colour can be read, by WCAG 2: contrast of text against paper."""

from colorsys import hls_to_rgb, rgb_to_hls

LIGHT_PAPER = "#fbf8f4"
DARK_PAPER = "#14110e"
NEEDED = 4.5
STEPS = 100


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 to 1. Source: WCAG 2.2."""
    red, green, blue = (_linear(c) for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, paper: str) -> str:
    """Return `colour` if it reaches 4.5:1 on `paper`, else the nearest shade that does.

    The hue stays; it becomes darker on light paper and lighter on dark paper.
    """
    if contrast(colour, paper) >= NEEDED:
        return colour
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    goal = 0.0 if luminance(paper) > 0.5 else 1.0
    for step in range(1, STEPS + 1):
        share = step / STEPS
        rgb = hls_to_rgb(hue, lightness + (goal - lightness) * share, saturation)
        shade = "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)
        if contrast(shade, paper) >= NEEDED:
            return shade
    return "#000000" if goal == 0.0 else "#ffffff"
