"""Things of COCO's 80 classes: what two detectors find, as one answer.

They err in different places, so that together they find more than either does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.classes import CLASSES
from foveate.geometry.box import Box, Size
from foveate.values import Thing
from foveate.vision.centernet import CenterNet
from foveate.vision.labelled import joined
from foveate.vision.nanodet import NanoDet

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.vision.labelled import Labelled

    Thumbnail = Callable[[Size], NDArray[np.uint8]]

TRUST: Final = 0.8
"""What a score of NanoDet's is worth beside CenterNet's, whose scores are lower."""
FRAME: Final = 1000
"""Side of the square in which boxes of both are compared: stretching changes no IoU."""
SAME: Final = 0.55
"""Boxes of one class that share more of their union mean one thing."""


class Objects:
    """A ThingDetector. Its sessions are loaded when the first picture comes."""

    def __init__(
        self,
        centernet: Callable[[], Session],
        nanodet: Callable[[], Session],
        *,
        score: float = 0.25,
    ) -> None:
        """Find things from `score` on."""
        self._centernet = CenterNet(centernet)
        self._nanodet = NanoDet(nanodet)
        self._score = score

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that their answer depends on."""
        return f"centernet-nanodet-{TRUST}-{SAME}-{self._score}"

    def input_size(self, size: Size) -> Size:
        """Return the size from which a picture of `size` can be brought to what networks take."""
        return self._centernet.input_size(size)

    def __call__(self, thumbnail: Thumbnail, size: Size) -> tuple[Thing, ...]:
        """Return the things in a picture of `size`, in its pixels, best score first.

        `thumbnail` gives the whole picture as (height, width, 3) RGB of the size it is asked for.
        """
        one = self._found(self._centernet, thumbnail, size, self._score)
        other = self._found(self._nanodet, thumbnail, size, self._score / TRUST)
        return things_of(merged(one, other), size)

    def _found(
        self, detect: CenterNet | NanoDet, thumbnail: Thumbnail, size: Size, score: float
    ) -> Labelled:
        """Return what a detector finds, as if every picture were a square of `FRAME`."""
        seen = detect.input_size(size)
        found = detect(thumbnail(seen), score)
        return found.scaled(FRAME / seen.width, FRAME / seen.height)


def merged(one: Labelled, other: Labelled) -> Labelled:
    """Return what CenterNet and NanoDet find together, best score first."""
    trusted = other._replace(scores=other.scores * np.float32(TRUST))
    return joined([one, trusted]).best(len(one.scores) + len(other.scores)).one_for_each(SAME)


def things_of(found: Labelled, size: Size) -> tuple[Thing, ...]:
    """Return boxes in a square of `FRAME` as things of a picture of `size`, cut at its edges."""
    whole, things = Box.of(size), []
    placed = found.scaled(size.width / FRAME, size.height / FRAME).edges.tolist()
    for edges, score, number in zip(placed, found.scores, found.classes, strict=True):
        left, top, right, bottom = edges
        if box := whole.overlap(Box(left, top, right - left, bottom - top)):
            things.append(Thing(CLASSES[number], box, float(score)))
    return tuple(things)
