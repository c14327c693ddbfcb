"""Photographs at twice their sides, and without what JPEG left in them: waifu2x.

The network (nagadomi, "waifu2x", `upconv_7` for photos) is a chain of six convolutions without
padding and one that doubles: each of its pixels depends on those up to 7 away and on no other, so
tiles that are given these 7 pixels as well join without a seam, whatever their size.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.models.runtime.buckets import bucket_for
from foveate.vision.tiles import TWICE, around, in_turn, of_one_colour, worked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.ports import Session
    from foveate.vision.tiles import Each, Pixels, Planes, Tile

CONTEXT: Final = 7
"""Pixels around a tile that the network looks at."""


class Noise(StrEnum):
    """What JPEG left in a picture, and the network is to take out."""

    NONE = "none"
    LIGHT = "light"
    STRONG = "strong"


class Waifu2x:
    """Enlarges photographs. Its sessions are loaded when the first picture comes."""

    def __init__(self, sessions: Mapping[Noise, Callable[[], Session]]) -> None:
        """Take what loads the network for each kind of noise."""
        self._sessions = sessions

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return "waifu2x"

    def doubled(self, rgb: Pixels, noise: Noise = Noise.NONE, each: Each = in_turn) -> Pixels:
        """Return a (height, width, 3) RGB picture at twice its sides, without that noise.

        `each` is given the work and the tiles, any of which may be worked on at the same time.
        """
        session = self._sessions[noise]()
        return worked(rgb, TWICE, lambda tile: _enlarged(session, rgb, tile), each)

    def cleaned(self, rgb: Pixels, noise: Noise, each: Each = in_turn) -> Pixels:
        """Return a (height, width, 3) RGB picture of the same size without that noise."""
        session = self._sessions[noise]()
        return worked(rgb, 1, lambda tile: halved(_enlarged(session, rgb, tile)), each)


def _enlarged(session: Session, rgb: Pixels, tile: Tile) -> Planes:
    """Return three planes, about 0..1, of a tile at twice its sides."""
    high, wide = tile.height + 2 * CONTEXT, tile.width + 2 * CONTEXT
    seen = around(rgb, tile, CONTEXT, bucket_for(session.shapes, high, wide) or (high, wide))
    if of_one_colour(seen):
        return np.broadcast_to(seen[:, :1, :1], (3, TWICE * tile.height, TWICE * tile.width))
    made: Planes = session.run({"Input1": seen[None]})[0][0]
    return made[:, : TWICE * tile.height, : TWICE * tile.width]


def halved(made: Planes) -> Planes:
    """Return planes at half their sides, each pixel the mean of four."""
    channels, height, width = made.shape
    mean: Planes = made.reshape(channels, height // 2, 2, width // 2, 2).mean((2, 4))
    return mean
