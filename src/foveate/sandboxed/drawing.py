"""SVG as a document: how large it wants to be, and the same without what could do harm.

Pure functions of the bytes, for either side of the sandbox.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Final
from xml.parsers import expat

from foveate.errors import BrokenImage
from foveate.sandboxed.answer import say

MAX_DEPTH: Final = 200
MAX_ELEMENTS: Final = 100_000
"""The filter indents what it writes: its output and time grow with depth times elements."""
MAX_FILTERED_BYTES: Final = 32 * 1024 * 1024

_EMBEDDED: Final = {"image": ["gif", "jpeg", "png", "webp"]}
"""`data:` URLs that stay."""

_UNITS_PX: Final = {
    "": 1.0,
    "px": 1.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "pt": 96 / 72,
    "pc": 16.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
_LENGTH: Final = re.compile(r"\s*\+?(\d*\.?\d+(?:[eE][+-]?\d{1,3})?)\s*([a-z]*)\s*")
_DEFAULT_PX: Final = (300.0, 150.0)
"""What browsers give a drawing that says nothing about its size."""
_LARGEST_PX: Final = 1e9

_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?svg\b")
_ROOT_STYLE: Final = re.compile(rb'(<(?:[\w.-]+:)?svg\b(?:[^>"]|"[^"]*")*?\sstyle="[^"]*)"')


def prepare(*_: str) -> None:
    """Load what is loaded on first use elsewhere."""
    import_module("py_svg_hush")


def tell_size(data: bytes) -> None:
    """Answer with the natural width and height."""
    say({"size": natural_size(data)})


def tell_filtered(data: bytes) -> None:
    """Answer with the document without what could do harm."""
    say({}, filtered(data))


def filtered(data: bytes) -> bytes:
    """Return the SVG without scripts, event handlers, and references to other hosts.

    Raises BrokenImage.
    """
    _root_attributes(data)
    from py_svg_hush import filter_svg  # noqa: PLC0415 - only SVG needs it

    try:
        clean = filter_svg(data, _EMBEDDED)
    except ValueError as why:
        raise BrokenImage(f"Expected an SVG document: {why}") from why
    if len(clean) > MAX_FILTERED_BYTES:
        raise BrokenImage(f"Expected a drawing of {MAX_FILTERED_BYTES} bytes, got {len(clean)}.")
    return clean


def natural_size(data: bytes) -> tuple[float, float]:
    """Return the width and height in pixels that the drawing asks for, as browsers read it.

    Raises BrokenImage.
    """
    root = _root_attributes(data)
    width, height = _length(root.get("width")), _length(root.get("height"))
    view = _view_box(root.get("viewBox", ""))
    if width is None and height is None:
        width, height = view or _DEFAULT_PX
    elif width is None:
        width = height * view[0] / view[1] if view and height else _DEFAULT_PX[0]
    elif height is None:
        height = width * view[1] / view[0] if view else _DEFAULT_PX[1]
    return min(width, _LARGEST_PX), min(height or 0.0, _LARGEST_PX)


def with_size(svg: bytes, size: tuple[float, float]) -> bytes:
    """Return the drawing with that size said in CSS, which wins over the attributes."""
    width, height = (f"{side:.6f}".encode() for side in size)
    css = b"width:%bpx!important;height:%bpx!important" % (width, height)
    styled, found = _ROOT_STYLE.subn(rb"\1;" + css + b'"', svg, count=1)
    return styled if found else _ROOT.sub(rb'\g<0> style="' + css + b'"', svg, count=1)


class _Reader:
    """Counts elements as they open and close, and keeps what the first one says."""

    def __init__(self) -> None:
        self.root: dict[str, str] = {}
        self.depth = self.elements = 0

    def opened(self, _: str, attributes: dict[str, str]) -> None:
        if not self.elements:
            self.root = attributes
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise BrokenImage(
                f"Expected an SVG of at most {MAX_ELEMENTS} elements, {MAX_DEPTH} deep, got more."
            )

    def closed(self, _: str) -> None:
        self.depth -= 1


def _root_attributes(data: bytes) -> dict[str, str]:
    """Return the attributes of the root, of a document whose shape is within the bounds."""
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.opened, reader.closed
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except (expat.ExpatError, LookupError, ValueError) as why:
        raise BrokenImage(f"Expected an SVG document: {why}") from why
    return reader.root


def _length(text: str | None) -> float | None:
    """Return pixels, or None for nothing and for shares of a page that is not there."""
    match = _LENGTH.fullmatch(text or "")
    if match is None or match[2] not in _UNITS_PX:
        return None
    return float(match[1]) * _UNITS_PX[match[2]]


def _view_box(text: str) -> tuple[float, float] | None:
    lengths = [_length(part) for part in re.split(r"[\s,]+", text.strip())[2:]]
    if len(lengths) != 2 or not lengths[0] or not lengths[1]:  # noqa: PLR2004 - width, height
        return None
    return lengths[0], lengths[1]
