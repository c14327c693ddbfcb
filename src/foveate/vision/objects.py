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
from foveate.vision.labelled import MOST, Labelled, joined
from foveate.vision.nanodet import NanoDet
from foveate.vision.nms import ious

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session, Thumbnailer


NEARLY_SAME: Final = 0.8
"""Boxes of different classes that share more of their union are rarely two things."""
DOUBT: Final = 0.5
"""What the score of the less sure one of the two is worth then."""
TRUST: Final = 0.8
"""What a score of NanoDet's is worth beside CenterNet's, whose scores are lower."""
FRAME: Final = 1000
"""Side of the square in which boxes of both are compared: stretching changes no IoU."""
SAME: Final = 0.55
"""Boxes of one class that share more of their union mean one thing."""


_FITTED: Final = (TRUST, SAME, NEARLY_SAME, DOUBT, MOST)


class MergedDetector:
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
        return "-".join(map(str, ("centernet-nanodet", *_FITTED, self._score)))

    def input_size(self, size: Size) -> Size:
        """Return the size from which a picture of `size` can be brought to what networks take."""
        return self._centernet.input_size(size)

    def __call__(self, thumbnail: Thumbnailer, size: Size) -> tuple[Thing, ...]:
        """Return the things in a picture of `size`, in its pixels, best score first.

        `thumbnail` gives the whole picture as (height, width, 3) RGB of the size it is asked for.
        """
        one = self._found(self._centernet, thumbnail, size, self._score)
        other = self._found(self._nanodet, thumbnail, size, self._score / TRUST)
        return things_of(merged(one, other), size)

    def _found(
        self, detect: CenterNet | NanoDet, thumbnail: Thumbnailer, size: Size, score: float
    ) -> Labelled:
        """Return what a detector finds, as if every picture were a square of `FRAME`."""
        seen = detect.input_size(size)
        found = detect(thumbnail(seen), score)
        return found.scaled(FRAME / seen.width, FRAME / seen.height)


def merged(one: Labelled, other: Labelled) -> Labelled:
    """Return what CenterNet and NanoDet find together, best score first.

    What both see is surer than what one sees, as if they erred independently of each other, and
    lies between where they see it.
    """
    other = other._replace(scores=other.scores * np.float32(TRUST))
    here, there = agreeing(one, other)
    alone, aside = (
        np.setdiff1d(np.arange(len(each.scores)), those)
        for each, those in ((one, here), (other, there))
    )
    both = _both(one.chosen(here), other.chosen(there))
    found = joined([both, one.chosen(alone), other.chosen(aside)])
    return doubted(found.best(len(found.scores)).one_for_each(SAME))


def agreeing(one: Labelled, other: Labelled) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of boxes in either that mean one thing: each is the other's nearest."""
    if not len(one.scores) or not len(other.scores):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    shared = ious(one.edges, other.edges) * (one.classes[:, None] == other.classes)
    nearest = shared.argmax(1)
    here = np.arange(len(nearest))
    mutual = (shared.argmax(0)[nearest] == here) & (shared[here, nearest] > SAME)
    return here[mutual], nearest[mutual]


def _both(one: Labelled, other: Labelled) -> Labelled:
    sure = 1 - (1 - one.scores) * (1 - other.scores)
    share = (one.scores / (one.scores + other.scores))[:, None]
    return Labelled(one.edges * share + other.edges * (1 - share), sure, one.classes)


def doubted(found: Labelled) -> Labelled:
    """Return them with the scores of those lowered where a better one has another name for it."""
    overlap = np.tril(ious(found.edges, found.edges), -1)
    named = overlap.max(axis=1, initial=0.0) > NEARLY_SAME
    scores = np.where(named, found.scores * np.float32(DOUBT), found.scores)
    return found._replace(scores=scores).best(len(scores))


def things_of(found: Labelled, size: Size) -> tuple[Thing, ...]:
    """Return boxes in a square of `FRAME` as things of a picture of `size`, cut at its edges."""
    whole, things = Box.of(size), []
    placed = found.scaled(size.width / FRAME, size.height / FRAME).edges.tolist()
    for edges, score, number in zip(placed, found.scores, found.classes, strict=True):
        left, top, right, bottom = edges
        if box := whole.overlap(Box(left, top, right - left, bottom - top)):
            things.append(Thing(CLASSES[number], box, float(score)))
    return tuple(things)
