"""How much memory work on a picture takes, from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.transform.layout import Layout
    from foveate.values import Facts

DECODED_BYTES: Final = {ImageFormat.JPEG: 3, ImageFormat.PNG: 8, ImageFormat.TIFF: 8}
"""Bytes a pixel while decoding, where it is not four."""


def decoded_bytes(facts: Facts, frames: int = 1) -> int:
    """Return the bytes of a file and of its decoded frames.

    Formats that decode as a whole are counted in full, PNG with 16 bits and interlaced.
    """
    return facts.bytes + facts.size.area * DECODED_BYTES.get(facts.format, 4) * frames


def rendering_bytes(layout: Layout, facts: Facts, others: Sequence[Facts] = ()) -> int:
    """Return an upper estimate of the bytes that rendering takes, without what parts take.

    Answers count twice. Of `others`, laid over or behind it, one is decoded at a time.
    """
    frames = facts.frames if layout.options.anim else 1
    files = sum(other.bytes for other in others)
    beside = files + max((decoded_bytes(other) - other.bytes for other in others), default=0)
    return decoded_bytes(facts, frames) + layout.fitted.canvas.area * 8 * frames + beside
