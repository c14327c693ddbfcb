"""Boxes with a class and a score, as detectors find them: arrays, before they become things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from foveate.vision.nms import MAX_CANDIDATES, suppress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST: Final = MAX_CANDIDATES
"""Raw boxes of one detector that count, the best ones: some for each of a thousand things."""
APART: Final = np.float32(4096)
"""Boxes of different classes are moved apart by so much, so that they never meet: no
network takes that many pixels."""


class Labelled(NamedTuple):
    """Boxes of many classes."""

    edges: NDArray[np.float32]
    """(n, 4): left, top, right, bottom."""
    scores: NDArray[np.float32]
    """(n,), 0..1."""
    classes: NDArray[np.intp]
    """(n,), their numbers."""

    def chosen(self, which: Sequence[int] | NDArray[np.intp]) -> Labelled:
        """Return those with these numbers, in that order."""
        at = np.asarray(which, np.intp)
        return Labelled(self.edges[at], self.scores[at], self.classes[at])

    def best(self, most: int = MOST) -> Labelled:
        """Return the best ones, best score first."""
        return self.chosen(np.argsort(-self.scores, kind="stable")[:most])

    def scaled(self, across: float, down: float) -> Labelled:
        """Return them in a picture so many times as wide and as high."""
        times = np.array([across, down, across, down], np.float32)
        return self._replace(edges=self.edges * times)

    def one_for_each(self, limit: float) -> Labelled:
        """Return one box for each thing, best score first.

        Of boxes of one class whose IoU is above `limit` the best one stays.
        """
        apart = self.edges + (self.classes * APART)[:, None].astype(np.float32)
        return self.chosen(list(suppress(apart, self.scores, limit)))


def joined(parts: Sequence[Labelled]) -> Labelled:
    """Return all boxes of several detectors."""
    edges, scores, classes = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Labelled(edges, scores, classes)
