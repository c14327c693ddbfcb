"""SVG: programs that draw, so they are bounded, made harmless, and run where they can be ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.errors import SourceTooLarge
from foveate.geometry.box import Size
from foveate.imaging.sandbox import ask, picture
from foveate.imaging.svg_entities import refuse_bombs
from foveate.sandboxed import drawing

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

MAX_BYTES: Final = 16 * 1024 * 1024
HANDY_BYTES: Final = 16 * 1024
"""Up to here a document is read in this process: no other thread runs while it is."""
READ_TIMEOUT_S: Final = 4.0
RENDER_TIMEOUT_S: Final = 4.0

_UNPREDICTABLE: Final = re.compile(
    rb"<!DOCTYPE|<!ENTITY|\0|encoding\s*=(?!\s*.utf-8)", re.IGNORECASE
)
"""What may declare entities, each of which can become any number of bytes, or hide that it does."""


def sanitise_svg(data: bytes) -> bytes:
    """Return the SVG without scripts, event handlers, and references to other hosts.

    Raises SourceTooLarge, BrokenImage and Unavailable.
    """
    if _is_handy(data):
        return drawing.filtered(data)
    answer = ask("svg-filter", data, timeout_s=READ_TIMEOUT_S)
    return bytes(answer["body"])


def exact_size(data: bytes) -> tuple[float, float]:
    """Return the width and height in pixels that the drawing asks for, as browsers read it.

    Raises SourceTooLarge, BrokenImage and Unavailable.
    """
    if _is_handy(data):
        return drawing.natural_size(data)
    width, height = ask("svg-size", data, timeout_s=READ_TIMEOUT_S)["size"]
    return float(width), float(height)


def whole(exact: tuple[float, float]) -> Size:
    """Return that size in whole pixels; 0 where nothing is to be seen."""
    return Size(*(max(1, round(side)) if side > 0 else 0 for side in exact))


def rasterise(data: bytes, scale: float = 1.0, *, timeout_s: float = RENDER_TIMEOUT_S) -> Image:
    """Return the drawing as RGBA in memory, `scale` times its natural size.

    librsvg can be made to compute for hours and cannot be interrupted, so it runs in a process
    of its own with bounded time and memory. Raises SourceTooLarge, BrokenImage and Unavailable.
    """
    _check(data)
    return picture(ask("svg", data, repr(scale), timeout_s=timeout_s))


def _is_handy(data: bytes) -> bool:
    """Return whether reading takes a moment, whatever the document says."""
    _check(data)
    return len(data) <= HANDY_BYTES and not _UNPREDICTABLE.search(data)


def _check(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise SourceTooLarge(f"Expected an SVG of at most {MAX_BYTES} bytes, got {len(data)}.")
    refuse_bombs(data)
