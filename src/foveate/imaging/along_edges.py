"""Coarse values over a picture, made as fine as the picture along its own edges.

He et al., "Guided image filtering" (2013) and "Fast guided filter" (2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.geometry.box import Size
from foveate.imaging.edges import tiles
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.guided import guide_of, planes
from foveate.imaging.stop import watched
from foveate.imaging.transparent import small_colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Map = NDArray[np.float32]

PIXEL_BYTES: Final = 12
"""What it takes at most for each pixel of the answer: 6 were measured at 16 megapixels."""
GAMMA: Final = 2.2
"""Light to numbers, near enough for a change of a few stops."""
_WHITE: Final = np.float32(255)
_HALF: Final = np.float32(0.5)


def _tiles(image: Image, values: Map) -> Iterator[tuple[slice, slice, Map, Map]]:
    """Yield rows and columns of squares of a picture, their values, and their colours in 0..1.

    `values` is a small (rows, columns) grid over the picture. Raises TimedOut, ClientDisconnected.
    """
    pixels = image.numpy()
    small = small_colours(image, Size(values.shape[1], values.shape[0]))
    slope, base = guide_of(small).lines(np.ascontiguousarray(values, np.float32))
    lines, low, high = np.concatenate([slope, base]), values.min(), values.max()
    columns = list(tiles(pixels.shape[1], values.shape[1]))
    for here, there, down in tiles(pixels.shape[0], values.shape[0]):
        current().check()
        for along, beside, across in columns:
            near = down @ lines[:, there, beside] @ across.T
            seen = planes(pixels[here, along])
            yield here, along, ((near[:3] * seen).sum(0) + near[3]).clip(low, high), seen


@guard()
def drawn(image: Image, values: Map) -> Image:
    """Return values of 0..1, black to white, as one band of 8 bits of the size of a picture.

    Raises TimedOut and ClientDisconnected.
    """
    out = np.empty((image.height, image.width), np.uint8)
    for rows, columns, fine, _ in _tiles(image, values):
        out[rows, columns] = (fine.clip(0, 1) * _WHITE + _HALF).astype(np.uint8)
    made = Image.new_from_memory(out.data, image.width, image.height, 1, "uchar")
    return watched(made.copy(interpretation="b-w"))


@guard()
def relit(image: Image, stops: Map) -> Image:
    """Return an RGB or RGBA picture with its light changed by so many stops at each place.

    What is lifted keeps its white. Raises TimedOut and ClientDisconnected.
    """
    out = image.numpy().copy()
    for rows, columns, change, seen in _tiles(image, stops):
        out[rows, columns, :3] = _changed(seen, change)
    made = Image.new_from_memory(out.data, image.width, image.height, image.bands, "uchar")
    return watched(made.copy(interpretation="srgb"))


def _changed(seen: Map, stops: Map) -> NDArray[np.uint8]:
    """Return colours of 0..1 with their light changed: darkened evenly, lifted below white."""
    times = np.exp2(stops / np.float32(GAMMA))
    dark = seen * np.minimum(times, 1)
    made = dark + dark * (1 - dark) * np.maximum(times - 1, 0)
    numbers: NDArray[np.uint8] = (made.clip(0, 1) * _WHITE + _HALF).astype(np.uint8)
    return numbers.transpose(1, 2, 0)
