"""How much memory a rendition takes, from the header of its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.imaging.formats import ImageFormat
from foveate.options.model import MatteLevel
from foveate.settings import MIB
from foveate.transform.plan import check_output, fitted, pose_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.probe import Facts
    from foveate.options.model import TransformOptions
    from foveate.settings import Limits

DECODED_BYTES: Final = {ImageFormat.JPEG: 3, ImageFormat.PNG: 8, ImageFormat.TIFF: 8}
"""Bytes a pixel while decoding, where it is not four."""
MATTE_BYTES: Final = {
    None: 500 * MIB,
    MatteLevel.FAST: 50 * MIB,
    MatteLevel.BALANCED: 500 * MIB,
    MatteLevel.ACCURATE: 850 * MIB,
}
"""What a cut-out's network works with, measured; a level left open may be up to balanced."""


def memory_needed(
    facts: Facts, options: TransformOptions, limits: Limits, others: Sequence[Facts] = ()
) -> int:
    """Return an upper estimate of the bytes that rendering takes, from the header alone.

    Raises OutputTooLarge for what could never be rendered.

    Formats that decode as a whole are counted in full, PNG with 16 bits and interlaced.
    Answers count twice. Of `others`, laid over or behind it, one is decoded at a time.
    """
    kept = fitted(Box.of(facts.size), options, pose_of(options))
    check_output(kept.canvas, limits)
    frames = facts.frames if options.anim else 1
    matte = MATTE_BYTES[options.segment.quality] if options.segment else 0
    beside = sum(other.bytes for other in others) + max(map(_decoded, others), default=0)
    return facts.bytes + _decoded(facts) * frames + kept.canvas.area * 8 * frames + matte + beside


def _decoded(facts: Facts) -> int:
    """Return the bytes of one frame."""
    return facts.size.area * DECODED_BYTES.get(facts.format, 4)
