"""Depth that a camera put into the file of a picture, as nearness over the upright picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import ImageError, SourceTooLarge
from foveate.geometry.box import Size
from foveate.imaging import heic_depth, jpeg_depth
from foveate.imaging.decode import is_sandboxed, open_image
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to, from_array, oriented, values_of
from foveate.imaging.probe import probe
from foveate.settings import Limits
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging.engine import Image
    from foveate.imaging.jpeg_depth import DepthPicture
    from foveate.values import Facts

    Map = NDArray[np.float32]

LIMITS: Final = Limits(max_pixels=4_000_000, max_side=4_096, max_bytes=16 * 1024 * 1024)
"""Of the picture that depth is in; cameras write half a megapixel."""
SAME_SHAPE: Final = 0.04
"""Ratios of sides that differ by less are of one picture: a map of what was cut since is none."""
ENDS: Final = (1.0, 99.0)
"""Percentiles of what lies nearest and farthest: single pixels are often wrong."""
_MOST_TIMES: Final = 1e6
"""How many times as far as the nearest the farthest may be: a file may say anything."""
_LEAST_DISTANCE: Final = 0.02
"""Relative to the farthest, where distances have no unit."""


@guard()
def depth_inside(data: bytes, facts: Facts, long_side: int) -> Map | None:
    """Return nearness in 0..1, (height, width) over the upright picture, from a picture's own file.

    1 is the nearest, and levels go with 1 / distance; the map has `long_side` pixels at most. None
    where there is no map, or one that cannot be of this picture: whoever asked looks for himself.
    """
    try:
        found = _levels(data, facts)
    except (ImageError, SourceTooLarge, ValueError):
        return None  # what is broken here must not break a picture that is not
    upright = None if found is None else _upright(found, facts)
    return None if upright is None else _scaled(upright, long_side)


def _levels(data: bytes, facts: Facts) -> Map | None:
    """Return inverse distance, however scaled, over the picture as it is stored."""
    if facts.format is ImageFormat.HEIC:
        size = heic_depth.depth_size(data)
        if size is None:
            return None
        levels, distance = heic_depth.decode(data, size)
        return _inverted(levels.astype(np.float32)) if distance else levels.astype(np.float32)
    if facts.format is not ImageFormat.JPEG or facts.decoder:
        return None
    picture = jpeg_depth.depth_of(data)
    return None if picture is None else _meant(picture)


def _meant(picture: DepthPicture) -> Map:
    """Return inverse distance, however scaled, of a coded picture of depth. Raises BrokenImage."""
    levels = _decoded(picture.data)
    if not picture.inverse and picture.far > picture.near > 0:
        beyond = min(picture.far / picture.near, _MOST_TIMES) - 1
        nearness: Map = (1 / (1 + levels / 255 * beyond)).astype(np.float32)
        return nearness
    if not picture.inverse:
        return _inverted(levels)
    return 255 - levels if picture.far_is_white else levels


def _inverted(distance: Map) -> Map:
    """Return 1 / distance for distances without a unit."""
    inverse: Map = (1 / np.maximum(distance / 255, _LEAST_DISTANCE)).astype(np.float32)
    return inverse


def _decoded(data: bytes) -> Map:
    facts = probe(data, LIMITS)
    if is_sandboxed(facts):
        raise ValueError("expected depth as JPEG or PNG of the usual kinds")
    band: Image = open_image(data, facts).extract_band(0)
    most = 65_535 if band.format == "ushort" else 255
    levels: Map = values_of(band).astype(np.float32) * np.float32(255 / most)
    return levels


def _upright(levels: Map, facts: Facts) -> Image | None:
    """Return the map as the upright picture lies; None for another shape, or a single level."""
    low, high = np.percentile(levels, ENDS)
    alike = abs(levels.shape[1] / levels.shape[0] / facts.stored.aspect - 1) < SAME_SHAPE
    if not alike or not low < high:
        return None
    scaled = ((levels - low) * (255 / (high - low))).clip(0, 255).round()
    return oriented(from_array(scaled.astype(np.uint8)), facts.orientation)


def _scaled(grey: Image, long_side: int) -> Map:
    small = brought_to(grey, Size(grey.width, grey.height).within(long_side))
    levels: Map = values_of(small).astype(np.float32)
    return levels / np.float32(255)
