"""PP-OCR's detector: where lines of text lie, whichever way they are turned."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.models.runtime.buckets import bucket_for
from foveate.values import TextLine
from foveate.vision.faces import fit_long_side
from foveate.vision.inputs import in_corner
from foveate.vision.regions import means, rectangles, runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import Session

STRIDE: Final = 32
"""The network halves its picture five times."""
INK: Final = 0.3
"""From this probability on a place is inside of a line. Liao et al., "Real-time scene text
detection with differentiable binarization" (2020), as PaddleOCR sets it."""
UNCLIP: Final = 1.6
"""The network draws lines thinner than they are: area times this over perimeter is missing around
each."""
LEAST_SIDE: Final = 2.0
"""Cells; what is thinner is no line."""
MOST: Final = 1000
"""Lines of one picture that are found to be read or spared, the largest."""


def tensor(rgb: NDArray[np.uint8], shapes: Sequence[tuple[int, ...]] = ()) -> NDArray[np.float32]:
    """Return a (height, width, 3) RGB picture as the network's (1, 3, height, width) input.

    It lies in the top left corner of the smallest of `shapes` that holds it, or of the next
    multiple of 32; the rest is grey.
    """
    height, width, _ = rgb.shape
    whole = ceil(height / STRIDE) * STRIDE, ceil(width / STRIDE) * STRIDE
    planes, place = in_corner(rgb, bucket_for(shapes, height, width) or whole)
    place[:] = normalised(rgb)
    return planes


def normalised(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (height, width, 3) RGB as (3, height, width) BGR in -1..1, as PP-OCR takes it."""
    planes = rgb.transpose(2, 0, 1)[::-1] * np.float32(2 / 255)
    planes -= np.float32(1)
    return planes


class TextDetector:
    """Finds lines of text. Its session is loaded when the first picture comes."""

    def __init__(
        self,
        session: Callable[[], Session],
        *,
        long_side: int = 640,
        max_enlarge: float = 2.0,
        score: float = 0.5,
        ink: float = INK,
        most: int | None = MOST,
    ) -> None:
        """Find lines with at least that score, in places that are text with at least `ink`.

        The largest `most` of them; None is all that there are.
        """
        self._session = session
        self._long_side = long_side
        self._max_enlarge = max_enlarge
        self._score = score
        self._ink = ink
        self._most = most

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        settings = self._long_side, self._max_enlarge, self._score, self._ink, UNCLIP, self._most
        return "-".join(map(str, ("text", *settings)))

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its text."""
        return fit_long_side(size, self._long_side, self._max_enlarge)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        """Return the lines of a (height, width, 3) RGB picture in its pixels, largest first."""
        session = self._session()
        seen = session.run({"x": tensor(rgb, session.shapes)})[0][0, 0]
        height, width, _ = rgb.shape
        found = lines_in(seen[:height, :width], score=self._score, ink=self._ink)
        return found[: self._most]


def lines_in(
    seen: NDArray[np.float32], *, score: float = 0.5, ink: float = INK
) -> tuple[TextLine, ...]:
    """Return the lines in a (height, width) map of how probably each place is text, largest first.

    Each is the smallest rectangle around a place that hangs together, grown by what the network
    leaves out; its score is the mean of the map there.
    """
    runs = runs_of(thickened(seen > ink))
    found, scores = rectangles(runs), means(runs, seen)
    least = found.sides.min(axis=1, initial=np.inf)
    area, around = found.sides.prod(axis=1), 2 * found.sides.sum(axis=1)
    grown = found.sides + 2 * UNCLIP * (area / np.maximum(around, 1))[:, None]
    # The middle of a cell is at a whole number here, and at half of one in a picture.
    corners = found.corners(grown) + 0.5
    kept = np.flatnonzero((scores >= score) & (least >= LEAST_SIDE))
    kept = kept[np.argsort(-area[kept], kind="stable")]
    return tuple(_line(corners[number], scores[number]) for number in kept)


def thickened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with each cell spread to the right and below, which closes thin gaps."""
    thick = mask.copy()
    thick[1:] |= mask[:-1]
    thick[:, 1:] |= thick[:, :-1].copy()
    return thick


def _line(corners: NDArray[np.float64], score: float) -> TextLine:
    upper_left, upper_right, lower_right, lower_left = map(tuple, corners.tolist())
    return TextLine((upper_left, upper_right, lower_right, lower_left), float(score))
