"""CenterNet (Zhou et al. 2019, "Objects as Points") on MobileNetV3: a peak of heat is a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.vision.labelled import Labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session

SIDE: Final = 512
"""Of the square that the network takes."""
STRIDE: Final = 4
"""Pixels to a cell of its maps."""
SAME: Final = 0.6
"""Boxes of one class that share more of their union mean one thing."""
_AROUND: Final = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]


class CenterNet:
    """Finds things of 80 classes. Loaded for the first picture."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def input_size(self, size: Size) -> Size:  # noqa: ARG002 - every picture is stretched
        """Return the size to bring a picture of `size` to before asking."""
        return Size(SIDE, SIDE)

    def __call__(self, rgb: NDArray[np.uint8], score: float) -> Labelled:
        """Return what scores above `score` in a (512, 512, 3) RGB picture, in its pixels."""
        reach, heat = self._session().run({"tower_0/images": rgb.astype(np.float32)[None]})
        return boxes_at(heat[0], reach[0], score).one_for_each(SAME)


def peaks(heat: NDArray[np.float32], least: float) -> tuple[NDArray[np.intp], ...]:
    """Return rows, columns and classes of what is above `least` and nowhere near exceeded.

    `heat` is (rows, columns, classes) in 0..1; near are the eight cells around one.
    """
    # The flat search takes a quarter of the time of one that gives rows and columns.
    rows, columns, classes = np.unravel_index(np.flatnonzero(heat > least), heat.shape)
    here = heat[rows, columns, classes]
    highest = here
    last_row, last_column = heat.shape[0] - 1, heat.shape[1] - 1
    # Few cells are warm, so that only theirs are compared; outside there is the nearest inside.
    for down, across in _AROUND:
        near = (rows + down).clip(0, last_row), (columns + across).clip(0, last_column)
        highest = np.maximum(highest, heat[(*near, classes)])
    top = here >= highest
    return rows[top], columns[top], classes[top]


def boxes_at(heat: NDArray[np.float32], reach: NDArray[np.float32], least: float) -> Labelled:
    """Return a box for each peak of heat, the best ones, in pixels of the network's input.

    `reach` is (rows, columns, 4): pixels from a cell to the left, the top, the right, the bottom.
    """
    rows, columns, classes = peaks(heat, least)
    left, top, right, bottom = reach[rows, columns].T
    across, down = columns * STRIDE, rows * STRIDE
    edges = np.stack([across - left, down - top, across + right, down + bottom], axis=1)
    return Labelled(edges.astype(np.float32), heat[rows, columns, classes], classes).best()
