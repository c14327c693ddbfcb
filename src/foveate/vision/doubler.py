"""Photographs at twice their sides, by a small network of our own.

benchmarks/fit_upscale.py fitted it; docs/guides/upscale.md says on which pictures, and how well.
It is a chain of eight convolutions without padding: each pixel depends on those up to 8 away and
on no other.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.packaged import digest, opened
from foveate.vision.tiles import TWICE, around, in_turn, of_one_colour, worked

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.ports import Session
    from foveate.vision.tiles import Each, Pixels, Planes, Tile

CONTEXT: Final = 8
"""Pixels around a tile that the network looks at."""
BEST: Final = 100
"""Quality of what was never compressed."""
GRAPH: Final = Path(__file__).with_name("doubler.onnx")


class Doubler:
    """Enlarges photographs. Its network is opened when the first picture comes."""

    def __init__(self, session: Callable[[], Session] | None = None) -> None:
        self._session = session or partial(opened, GRAPH)

    @property
    def name(self) -> str:
        """Return what names the network and every number in it."""
        return f"doubler-{digest(GRAPH)}"

    def doubled(self, rgb: Pixels, quality: int = BEST, each: Each = in_turn) -> Pixels:
        """Return a (height, width, 3) RGB picture at twice its sides.

        What a JPEG of that quality leaves is taken out. `each` is given the work and the tiles,
        any of which may be worked on at the same time.
        """
        session, noise = self._session(), np.float32(1 - quality / BEST)

        def made_of(tile: Tile) -> Planes:
            return _doubled(session, rgb, tile, noise)

        return worked(rgb, TWICE, made_of, each)


def _doubled(session: Session, rgb: Pixels, tile: Tile, noise: np.float32) -> Planes:
    """Return three planes, about 0..1, of a tile at twice its sides."""
    sides = tile.height + 2 * CONTEXT, tile.width + 2 * CONTEXT
    seen = around(rgb, tile, CONTEXT, sides)
    if of_one_colour(seen):
        return np.broadcast_to(seen[:, :1, :1], (3, TWICE * tile.height, TWICE * tile.width))
    compressed = np.full((1, *sides), noise, np.float32)
    made: Planes = session.run({"seen": np.concatenate([seen, compressed])[None]})[0][0]
    return made
