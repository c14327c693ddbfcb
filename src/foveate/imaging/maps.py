"""Maps over a picture, such as saliency and mattes, as grey pictures of 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.engine import Image
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHITE: Final = 255
_QUICK: Final = 1
"""Of 0..9: what deflate may spend. Maps are smooth, so more gains next to nothing."""


def levels(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return a map of 0..1 in the 256 levels that it has as a picture."""
    grey: NDArray[np.uint8] = (np.clip(values, 0, 1) * _WHITE).round().astype(np.uint8)
    return grey


def shares(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return levels as a map of 0..1, to 1/255."""
    values: NDArray[np.float32] = np.divide(grey, _WHITE, dtype=np.float32)
    return values


@guard()
def map_image(values: NDArray[np.floating]) -> Image:
    """Return a (height, width) map of 0..1 as a grey picture."""
    height, width = values.shape
    grey = levels(values)
    image = Image.new_from_memory(grey.tobytes(), width, height, 1, "uchar")
    return image.copy(interpretation="b-w")


@guard()
def map_png(values: NDArray[np.floating]) -> bytes:
    """Return a (height, width) map of 0..1 as a grey PNG."""
    data: bytes = map_image(values).pngsave_buffer(compression=_QUICK)
    return data


@guard()
def map_from_png(png: bytes) -> NDArray[np.float32]:
    """Return the map that `map_png` wrote, to 1/255."""
    image = Image.new_from_buffer(png, "")
    return shares(image.numpy().reshape(image.height, image.width))
