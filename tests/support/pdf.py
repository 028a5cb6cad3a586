"""Looks into a PDF: what a checker for PDF/UA says, what stands where, what is said instead."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import outloud
import pdfplumber
import pikepdf

from quartiersladen.kernel.text import LEFT_TO_RIGHT_MARK


def complaints(pdf: bytes, folder: Path) -> list[str]:
    """Return every fault and every warning that the checker finds, each as one line."""
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    result = outloud.check(str(path))
    if result.error:
        return [result.error]
    return [f"{found.rule} {found.message} {found.evidence}" for found in result.findings]


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    if isinstance(node, pikepdf.Array):
        for inner in node:
            yield from _elements(inner)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _elements(node["/K"])


def spoken_frame(pdf: bytes) -> dict[str, object]:
    """Return what a screen reader needs first: language, title, whether tags can be trusted."""
    with pikepdf.open(BytesIO(pdf)) as document:
        root = document.Root
        with document.open_metadata() as meta:
            return {
                "language": str(root.Lang),
                "title": str(meta["dc:title"]),
                "shows_title": bool(root.ViewerPreferences.DisplayDocTitle),
                "is_marked": bool(root.MarkInfo.Marked),
                "standards": (str(meta["pdfaid:part"]), str(meta["pdfuaid:part"])),
            }


def tags(pdf: bytes) -> list[str]:
    """Return the structure in reading order, for example Document, H1, P."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [str(node.S)[1:] for node in _elements(document.Root.StructTreeRoot.K)]


def alternatives(pdf: bytes) -> list[str]:
    """Return the texts of all pictures; "" for a picture without one."""
    with pikepdf.open(BytesIO(pdf)) as document:
        nodes = _elements(document.Root.StructTreeRoot.K)
        return [str(node.get("/Alt", "")) for node in nodes if node.S == "/Figure"]


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page as it is seen there, without invisible marks."""
    with pdfplumber.open(BytesIO(pdf)) as document:
        return [page.extract_text().replace(LEFT_TO_RIGHT_MARK, "") for page in document.pages]
