"""Pictures of people: squares of colour, and a network that sees a face in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from service_networks import Detector

from foveate.geometry.box import Box
from foveate.imaging.pixels import from_array
from foveate.values import Face

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED, GREEN, BLUE, BLACK = (220, 0, 0), (0, 220, 0), (0, 0, 220), (0, 0, 0)
ROSE = (220, 60, 0)
"""Near to red, as another photo of the same person is."""
MARKS = ((0.35, 0.4), (0.65, 0.4), (0.5, 0.6), (0.4, 0.8), (0.6, 0.8))
Colour = tuple[int, int, int]


class Heads(Detector):
    """Sees a face in each square of 40 pixels that is not black."""

    name = "squares"

    def input_size(self, size: Any) -> Any:
        return size

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        starts = [left for left in range(0, rgb.shape[1], 40) if rgb[20, left + 20].max() > 100]
        return tuple(_square(left) for left in starts)


def _square(left: int) -> Face:
    box = Box(left + 4.0, 4.0, 32.0, 32.0)
    return Face(box, 0.9, tuple((box.left + 32 * x, box.top + 32 * y) for x, y in MARKS))


def drawn(*colours: Colour) -> bytes:
    """A picture of squares side by side; black is nobody."""
    pixels = np.repeat(np.array([colours], np.uint8), 40, axis=0).repeat(40, axis=1)
    data: bytes = from_array(pixels).pngsave_buffer()
    return data
