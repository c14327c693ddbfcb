"""NanoDet-g (RangiLyu, github.com/RangiLyu/nanodet): distances as distributions over bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.inputs import in_corner, softmax
from foveate.vision.labelled import Labelled, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import Session

SIDE: Final = 416
"""Of the square that the network takes; a picture lies in its top left corner."""
STRIDES: Final = (8, 16, 32)
"""Pixels to a cell of its three grids."""
BINS: Final = np.arange(11, dtype=np.float32)
"""What a distance may be, in cells; the network says how probable each is."""
SAME: Final = 0.6
"""Boxes of one class that share more of their union mean one thing."""
BGR_MEAN: Final = np.array([103.53, 116.28, 123.675], np.float32)
BGR_DEVIATION: Final = np.array([57.375, 57.12, 58.395], np.float32)


def tensor(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a (height, width, 3) RGB picture as (1, 3, 416, 416); what is free is mean."""
    planes, place = in_corner(rgb, (SIDE, SIDE))
    np.subtract(rgb.transpose(2, 0, 1)[::-1], BGR_MEAN[:, None, None], out=place)
    place /= BGR_DEVIATION[:, None, None]
    return planes


class NanoDet:
    """Finds things of 80 classes. Loaded for the first picture."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking: 416 on its long side."""
        return size.brought_to(SIDE)

    def __call__(self, rgb: NDArray[np.uint8], score: float) -> Labelled:
        """Return what scores above `score` in a (height, width, 3) RGB picture, in its pixels."""
        outputs = [output[0] for output in self._session().run({"input_1": tensor(rgb)})]
        return boxes_at(outputs[:3], outputs[3:], score).one_for_each(SAME)


def boxes_at(
    scores: Sequence[NDArray[np.float32]],
    distances: Sequence[NDArray[np.float32]],
    least: float,
) -> Labelled:
    """Return the best boxes above `least`, in pixels of the network's input.

    For each of three grids there are scores, (cells, 80) in 0..1, and how far the left, the top,
    the right and the bottom may be, (cells, 4 x 11) before the softmax.
    """
    found = [
        _boxes_of(stride, scored, far, least)
        for stride, scored, far in zip(STRIDES, scores, distances, strict=True)
    ]
    return joined(found).best()


def _boxes_of(
    stride: int, scores: NDArray[np.float32], distances: NDArray[np.float32], least: float
) -> Labelled:
    # The flat search takes an eighth of the time of one that gives cells and classes.
    cells, classes = np.divmod(np.flatnonzero(scores > least), scores.shape[1])
    columns = round(len(scores) ** 0.5)
    down, across = np.divmod(cells, columns)
    left, top, right, bottom = (expected(distances[cells]) * stride).T
    x, y = (across + 0.5) * stride, (down + 0.5) * stride
    edges = np.stack([x - left, y - top, x + right, y + bottom], axis=1).astype(np.float32)
    return Labelled(edges, scores[cells, classes], classes)


def expected(distances: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean distance of each side, (n, 4) in cells, of (n, 4 x 11) before the softmax."""
    means: NDArray[np.float32] = softmax(distances.reshape(-1, 4, len(BINS))) @ BINS
    return means
