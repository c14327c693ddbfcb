"""How much memory work on a picture takes, from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.pixel_source import SVG_PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.transform.layout import Layout
    from foveate.values import Facts

FOREIGN_BYTES: Final = 8
"""Bytes of a pixel that is decoded elsewhere: up to RGBA in 16 bits."""


def decoded_bytes(facts: Facts, frames: int = 1) -> int:
    """Return the bytes of a file, of its decoded frames, and of what its decoder holds beside.

    All are counted in full: some options read a picture in another order than it is stored in.
    """
    # A drawing has as many pixels as are asked of it, up to a bound.
    area = min(facts.size.area, SVG_PIXELS) if facts.exact else facts.size.area
    pixel = FOREIGN_BYTES if facts.decoder else facts.pixel_bytes
    return facts.bytes + area * pixel * frames + facts.held_bytes


def rendering_bytes(
    layout: Layout, facts: Facts, others: Sequence[Facts] = (), *, frames: int = 1
) -> int:
    """Return an upper estimate of the bytes that rendering takes, without what parts take.

    Answers count twice. Of `others`, laid over or behind it, one is decoded at a time.
    """
    files = sum(other.bytes for other in others)
    beside = files + max((decoded_bytes(other) - other.bytes for other in others), default=0)
    return decoded_bytes(facts, frames) + layout.fitted.canvas.area * 8 * frames + beside
