"""What is near and what is far in a source, for the steps that go by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.options.model import Refocus
    from foveate.vision.focus import Plane

    Map = NDArray[np.float32]

WIDEST: Final = 0.05
"""Radius of the disc that the farthest point becomes at f/1, relative to the source's long side,
where the nearest one is in focus."""
SLACK: Final = 0.03
"""Difference in nearness that stays sharp: maps of depth waver by as much."""
SURE, DOUBTED = 0.7, 0.3
"""Confidence from which on an effect is as strong as it was asked for, and below which it is
weakest."""
WEAKEST: Final = 0.35


@dataclass(frozen=True, slots=True)
class Scenery:
    """What is known of a whole upright source."""

    nearness: Map
    """(rows, columns) in 0..1: 1 is nearest."""
    strength: float
    """0..1: how strong effects are, by how sure that is."""
    plane: Plane | None = None
    """What is in focus, where it is to be refocused."""


def strength_of(confidence: float) -> float:
    """Return how strong an effect is at a confidence.

    >>> [round(strength_of(x), 3) for x in (0.2, 0.5, 0.9)]
    [0.35, 0.675, 1.0]
    """
    share = min(1.0, max(0.0, (confidence - DOUBTED) / (SURE - DOUBTED)))
    return WEAKEST + (1 - WEAKEST) * share


def radii(plane: Plane, asked: Refocus, strength: float, source: Size, scale: float) -> Map:
    """Return the radius of the disc that each place becomes, in pixels of the answer.

    (rows, columns) over the source: below 0 behind the focal plane, above 0 before it. `scale` is
    answer pixels per source pixel.
    """
    apart = plane.scene - np.float32(plane.nearness)
    beyond = np.sign(apart) * (np.abs(apart) - SLACK).clip(0)
    largest = WIDEST / asked.aperture * strength * source.long_side * scale
    radius: Map = (beyond * np.float32(largest)).astype(np.float32)
    return radius
