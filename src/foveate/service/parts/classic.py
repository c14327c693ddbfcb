"""What libvips guesses without a network: where attention goes, and what is most varied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Point
from foveate.service.part import Part, json_codec

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.service.analysis import Analysis


def _attention(analysis: Analysis, within: Box) -> Point:
    return analysis.pixels.attention(within)


def _entropy(analysis: Analysis, within: Box, window: Size) -> Box:
    return analysis.pixels.entropy(within, window)


ATTENTION: Final[Part[Point]] = Part(
    name="attention",
    compute=_attention,
    codec=json_codec(lambda point: [point.x, point.y], lambda row: Point(*row)),
    params=("within",),
)
"""The place of the whole source where libvips' `attention` goes in that part of it."""
ENTROPY: Final[Part[Box]] = Part(
    name="entropy",
    compute=_entropy,
    codec=json_codec(lambda box: [box.left, box.top, box.width, box.height], lambda row: Box(*row)),
    params=("within", "window"),
)
"""The window of that size in that part of the source that libvips' `entropy` keeps."""
