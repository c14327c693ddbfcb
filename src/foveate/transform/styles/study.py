"""What a style paints from: the picture and its subject, small, and the size to paint at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from foveate.transform.steps.adjust import LUMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

    Plane = NDArray[np.float32]
    """(height, width) of numbers."""
    Rgb = NDArray[np.float32]
    """(height, width, 3) in 0..1, or three numbers."""
    Paint = NDArray[np.float32]
    """(3, rows, width) in 0..1: planes of red, green and blue."""

SIDE: Final = 1024
"""Long side of a study in pixels, in which all lengths of styles are measured."""
SMALL: Final = 200
"""Long side up to which an answer is studied in `SMALL_SIDE` pixels: as letters are cut coarser for
small print, so that lines can be seen. It takes a seventh of the time."""
SMALL_SIDE: Final = 400


class Spot(NamedTuple):
    """Where a face is."""

    place: tuple[slice, slice]
    """Rows and columns of the study."""
    share: Plane
    """How much of each place there is the face's, 0..1, softly."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """One picture to be painted."""

    rgb: Rgb
    """(h, w, 3): the picture at the study's size."""
    matte: Plane
    """(h, w): alpha of the subject in 0..1; 1 everywhere where none was found."""
    found: bool
    """Whether there is a subject."""
    size: Size
    """What is painted: as large as the study, or larger."""
    seed: int = 0
    colour: Rgb | None = None
    """The leading ink that was asked for."""
    background: Rgb | None = None
    """The colour behind that was asked for."""
    faces: Sequence[Spot] = ()
    """Of those who are shown."""
    second: Rgb | None = None
    """Another picture, at the study's size."""
    cut_out: bool = False
    """Whether the subject alone is left of it: then nothing runs around the picture."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return the height and width of the study."""
        return self.matte.shape[0], self.matte.shape[1]

    def chance(self, salt: int) -> np.random.Generator:
        """Return random numbers that are the same for the same seed and salt."""
        return np.random.default_rng([self.seed, salt])

    @cached_property
    def luma(self) -> Plane:
        """Return how light the picture is, (h, w) in 0..1, as it is stored and seen."""
        return luma_of(self.rgb)

    def places(self) -> tuple[Plane, Plane]:
        """Return x as (1, w) and y as (h, 1), in pixels of the study, of its pixels."""
        height, width = self.shape
        return (
            np.arange(width, dtype=np.float32)[None] + np.float32(0.5),
            np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5),
        )


def luma_of(rgb: Rgb) -> Plane:
    """Return how light colours are, in 0..1, as they are stored and seen."""
    grey: Plane = rgb @ np.array(LUMA, np.float32)
    return grey


def side_of(long_side: int) -> int:
    """Return the long side of the study of an answer.

    >>> side_of(160), side_of(800)
    (400, 1024)
    """
    return SMALL_SIDE if long_side <= SMALL else SIDE
