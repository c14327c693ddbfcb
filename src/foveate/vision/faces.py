"""RetinaFace (MobileNet-0.25): faces with five landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.models.runtime.buckets import bucket_for
from foveate.values import Face
from foveate.vision.inputs import in_corner
from foveate.vision.nms import suppress, votes
from foveate.vision.priors import boxes_of, landmarks_of, priors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session

BGR_MEAN: Final = np.array([104, 117, 127], np.float32)
WIDE, PANORAMA = 16 / 9, 4
"""From this ratio on a picture is a panorama; how much longer its long side may be then."""
DOUBTFUL: Final = 0.004
"""From this score on something may be a face: nearly all are above, and a dozen other places."""
VOTING_SCORE: Final = 0.2
"""From this score on, a prior has a say in where a face is that a better prior found."""


def fit_long_side(size: Size, long_side: int, max_enlarge: float) -> Size:
    """Return the size whose long side is `long_side`, enlarged at most `max_enlarge` times.

    A panorama gets as many pixels as a picture of 16:9 and a longer side, up to four times.

    >>> fit_long_side(Size(4000, 3000), 640, 2.0), fit_long_side(Size(200, 100), 640, 2.0)
    (Size(width=640, height=480), Size(width=400, height=200))
    >>> fit_long_side(Size(12000, 1024), 640, 2.0)
    Size(width=1643, height=140)
    """
    as_wide = long_side / WIDE**0.5 / size.area**0.5
    longest = PANORAMA * long_side / size.long_side
    scale = min(max(long_side / size.long_side, min(as_wide, longest)), max_enlarge)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def looks_at(size: Size, long_side: int) -> bool:
    """Return whether `fit_long_side` could have made a picture of `size` for that long side.

    >>> looks_at(Size(640, 640), 640), looks_at(Size(1643, 140), 640), looks_at(Size(4096, 1), 640)
    (True, True, False)
    """
    return size.area <= long_side**2 and size.long_side <= PANORAMA * long_side


def tensor(rgb: NDArray[np.uint8], shapes: Sequence[tuple[int, ...]] = ()) -> NDArray[np.float32]:
    """Return a (height, width, 3) RGB picture as the network's (1, 3, height, width) input.

    It lies in the top left corner of the smallest of `shapes` that holds it; the rest is mean.
    """
    height, width, _ = rgb.shape
    planes, place = in_corner(rgb, bucket_for(shapes, height, width) or (height, width))
    np.subtract(rgb.transpose(2, 0, 1)[::-1], BGR_MEAN[:, None, None], out=place)
    return planes


class RetinaFace:
    """A FaceDetector. Its session is loaded when the first picture comes."""

    def __init__(
        self,
        session: Callable[[], Session],
        *,
        long_side: int = 640,
        max_enlarge: float = 2.0,
        score: float = 0.5,
        nms_iou: float = 0.4,
        doubts: int = 0,
    ) -> None:
        """Find faces with more than `score`, and up to so many of which there are doubts."""
        self._session = session
        self._long_side = long_side
        self._max_enlarge = max_enlarge
        self._score = score
        self._nms_iou = nms_iou
        self._doubts = doubts

    @property
    def score(self) -> float:
        """Return the score above which a face is one."""
        return self._score

    @property
    def doubts(self) -> int:
        """Return how many are told of which there are doubts."""
        return self._doubts

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        settings = [self._long_side, self._max_enlarge, self._score, self._nms_iou, PANORAMA]
        settings += [self._doubts] if self._doubts else []
        return "-".join(map(str, ("retinaface", *settings)))

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its faces."""
        return fit_long_side(size, self._long_side, self._max_enlarge)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces of a (height, width, 3) RGB picture in its pixels, best score first.

        The picture is taken as it is: `input_size` says which size finds most.
        """
        size = Size(rgb.shape[1], rgb.shape[0])
        session = self._session()
        planes = tensor(rgb, session.shapes)
        loc, conf, points = (out[0] for out in session.run({"input": planes}))
        least = min(self._score, DOUBTFUL) if self._doubts else self._score
        heard = np.flatnonzero(conf[:, 1] > min(VOTING_SCORE, least))
        seen = Size(planes.shape[3], planes.shape[2])
        near, scores = priors(seen, heard), conf[heard, 1]
        boxes, marks = boxes_of(near, loc[heard]), landmarks_of(near, points[heard])
        faces, doubts = [], 0
        for best in suppress(boxes, scores, self._nms_iou):
            doubts += scores[best] <= self._score
            if doubts > self._doubts:
                break
            # The mean of all that saw this face is steadier than the best one alone.
            share = votes(best, boxes, scores, self._nms_iou)
            place = np.tensordot(share, marks, 1)
            faces.append(_face(share @ boxes, scores[best], place, size))
        return tuple(face for face in faces if face is not None)


def _face(
    edges: NDArray[np.float32], score: np.float32, marks: NDArray[np.float32], size: Size
) -> Face | None:
    """Return the face with its box cut at the edges of the picture; None if nothing is left."""
    left, top, right, bottom = map(float, edges)
    box = Box(left, top, right - left, bottom - top).overlap(Box.of(size))
    if box is None:
        return None
    return Face(box, float(score), tuple((float(x), float(y)) for x, y in marks))
