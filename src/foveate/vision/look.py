"""What was seen of a picture, and closer of parts of it, and masks drawn over all of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.imaging.guided import guide_of
from foveate.imaging.matte import grid
from foveate.imaging.pixels import part_at
from foveate.vision.likely import probability
from foveate.vision.masks import laid
from foveate.vision.windows import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.imaging.guided import Guide
    from foveate.vision.select_head import Field

    Floats = NDArray[np.float32]
    Matte = NDArray[np.float32]

LONG_SIDE: Final = 800
"""Of the pictures that are looked at, in pixels at most."""
WINDOWS: Final = 6
"""That are kept of a picture; of more the oldest goes."""
STEEP: Final = 3.0
"""What log odds are multiplied by: the head is as unsure as its cells are large, and no edge is."""
SETTLED: Final = 0.15
"""Alpha this near to 0 or 1 is."""
NOTHING: Final = 1 / 500
"""Alpha below which is none: what is not meant need not be worked out."""


class Look:
    """What was seen of a picture, and closer of parts of it. Safe to use from many threads."""

    def __init__(self, rgb: NDArray[np.uint8], read: Callable[[Box], Field]) -> None:
        self.rgb = rgb
        self.size = Size(rgb.shape[1], rgb.shape[0])
        self._read = read
        self._lock = threading.Lock()
        self._fields: dict[Box, Field] = {}
        self._guide: Guide | None = None

    @property
    def nbytes(self) -> int:
        """Return what it takes in memory by now; each window that is looked at adds some."""
        with self._lock:
            fields = sum(field.nbytes for field in self._fields.values())
            return self.rgb.nbytes + fields + (self._guide.nbytes if self._guide else 0)

    def field(self, window: Box) -> Field:
        """Return what is known of a window, 0..1 of the picture: looked at now, or kept."""
        with self._lock:  # the second of two threads that want the same waits for the first
            if window not in self._fields:
                if len(self._fields) > WINDOWS:
                    del self._fields[next(key for key in self._fields if key != WHOLE)]
                self._fields[window] = self._read(window)
            return self._fields[window]

    @property
    def guide(self) -> Guide:
        """Return what the picture's colours say about edges."""
        with self._lock:
            if self._guide is None:
                finest = grid(self.size, (self.size.width, self.size.height))
                self._guide = guide_of(part_at(self.rgb, Box.of(self.size), finest))
            return self._guide


def sharp(logs: Floats) -> Matte:
    """Return log odds as alpha in 0..1, surer than they are."""
    alpha = probability(logs * np.float32(STEEP))
    alpha[alpha < NOTHING] = 0
    return alpha


def laid_on_grid(look: Look, window: Box, logs: Floats) -> Matte:
    """Return log odds of the cells of a window as alpha on the grid that edges are studied on."""
    return on_grid(look, window, sharp(logs))


def on_grid(look: Look, window: Box, alpha: Matte) -> Matte:
    """Return alpha of the cells of a window, 0..1 of the picture, on that grid."""
    height, width = look.guide.colours.shape[1:]
    place = window.scaled(look.size.width, look.size.height)
    return laid([(place, alpha)], look.size, Size(width, height))


def refined(look: Look, coarse: Matte) -> Matte:
    """Return a matte on that grid as one of the whole look, with the edges of the picture."""
    fine = look.guide.filtered(coarse, look.rgb)
    matte: Matte = ((fine - SETTLED) / np.float32(1 - 2 * SETTLED)).clip(0, 1)
    return matte


def overlap(one: Matte, other: Matte) -> float:
    """Return the IoU of two mattes of a size; 1 where both are empty."""
    here, there = one > 1 / 2, other > 1 / 2
    either = int((here | there).sum())
    return int((here & there).sum()) / either if either else 1.0
