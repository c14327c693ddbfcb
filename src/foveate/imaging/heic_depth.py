"""Depth that a HEIC carries as an auxiliary picture (ISO/IEC 23008-12, Annex B.2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import BrokenImage
from foveate.imaging.heic_header import aux_kind
from foveate.imaging.heif_items import read_items
from foveate.imaging.isobmff import Fields
from foveate.imaging.sandbox import ask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging.heif_items import Items

TIMEOUT_S: Final = 5.0
MAX_PIXELS: Final = 4_000_000
"""Cameras write half a megapixel."""
_DEPTH: Final = frozenset(
    {b"urn:mpeg:hevc:2015:auxid:2", b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth"}
)
_UNIFORM_Z: Final = 2
"""Of the kinds of ITU-T H.265, G.14.3.3, the one that goes with distance."""


def depth_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of the map that goes with the primary picture; None for none.

    Nothing is decoded, and no process started. A map that is too large counts as none. Raises
    BrokenImage.
    """
    items = read_items(data)
    for reference in items.references:
        if reference.kind == b"auxl" and items.primary in reference.to:
            size = _size(items, reference.item)
            if size and 0 < size[0] * size[1] <= MAX_PIXELS:
                return size
    return None


def _size(items: Items, item: int) -> tuple[int, int] | None:
    properties = items.properties_of(item)
    kinds = {aux_kind(box.body) for box in properties if box.kind == b"auxC"}
    coded = [box.body for box in properties if box.kind == b"ispe"]
    if not kinds & _DEPTH or not coded:
        return None
    fields = Fields(coded[0])
    fields.version(0)
    width, height = fields.numbers(4, 2)
    return width, height


def decode(data: bytes, size: tuple[int, int]) -> tuple[NDArray[np.uint8], bool]:
    """Return the map as (height, width), and whether its levels go with distance.

    Else they go with 1 / distance, and large is near. It may be turned as the picture is, and have
    its sides swapped. Raises BrokenImage and Unavailable.
    """
    pixels = size[0] * size[1]
    answer = ask("heic-depth", data, str(pixels), timeout_s=TIMEOUT_S, answer_bytes=pixels)
    width, height = answer["width"], answer["height"]
    if width * height > pixels or len(answer["body"]) != width * height:
        raise BrokenImage(f"Expected a map of {size}, got {width}x{height}.")
    levels = np.frombuffer(answer["body"], np.uint8).reshape(height, width)
    return levels, answer["represents"] == _UNIFORM_Z
