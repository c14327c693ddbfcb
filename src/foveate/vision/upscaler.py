"""Photographs at twice their sides, and without what JPEG left in them: waifu2x.

The network (nagadomi, "waifu2x", `upconv_7` for photos) is a chain of six convolutions without
padding and one that doubles: each of its pixels depends on those up to 7 away and on no other, so
tiles that are given these 7 pixels as well join without a seam, whatever their size.
"""

from __future__ import annotations

from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foveate.models.runtime.buckets import bucket_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from foveate.ports import Session

    Pixels = NDArray[np.uint8]
    Planes = NDArray[np.float32]

CONTEXT: Final = 7
"""Pixels around a tile that the network looks at."""
TILE: Final = 64
"""Side of a tile: one four times as large gains 5 % of the time, and takes six times the memory."""
TWICE: Final = 2
REACHES: Final = (np.minimum, np.maximum)


class Noise(StrEnum):
    """What JPEG left in a picture, and the network is to take out."""

    NONE = "none"
    LIGHT = "light"
    STRONG = "strong"


class Tile(NamedTuple):
    """A part of a picture, in its pixels."""

    top: int
    left: int
    height: int
    width: int


def tiles_of(height: int, width: int) -> Iterator[Tile]:
    """Yield the tiles of a picture, row by row; the last ones of each are what is left.

    >>> [(tile.left, tile.width) for tile in tiles_of(10, 150)]
    [(0, 64), (64, 64), (128, 22)]
    """
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield Tile(top, left, min(TILE, height - top), min(TILE, width - left))


def in_turn(work: Callable[[Tile], None], tiles: Iterable[Tile]) -> None:
    """Work on one tile after the other."""
    for tile in tiles:
        work(tile)


class Waifu2x:
    """Enlarges photographs. Its sessions are loaded when the first picture comes."""

    def __init__(self, sessions: Mapping[Noise, Callable[[], Session]]) -> None:
        """Take what loads the network for each kind of noise."""
        self._sessions = sessions

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return "waifu2x"

    def doubled(
        self,
        rgb: Pixels,
        noise: Noise = Noise.NONE,
        each: Callable[[Callable[[Tile], None], Iterable[Tile]], Any] = in_turn,
    ) -> Pixels:
        """Return a (height, width, 3) RGB picture at twice its sides.

        `each` is given the work and the tiles, any of which may be worked on at the same time.
        """
        return self._worked(rgb, noise, each, TWICE)

    def doubled_alpha(
        self,
        alpha: Pixels,
        each: Callable[[Callable[[Tile], None], Iterable[Tile]], Any] = in_turn,
    ) -> Pixels:
        """Return (height, width) alpha at twice its sides.

        What is all opaque or all transparent stays so to the last number.
        """
        grey = np.broadcast_to(alpha[..., None], (*alpha.shape, 3))
        made = self.doubled(grey, Noise.NONE, each)[..., 1]
        low, high = (_around(reach, alpha).repeat(2, 0).repeat(2, 1) for reach in REACHES)
        return np.minimum(np.maximum(made, low), high)

    def cleaned(
        self,
        rgb: Pixels,
        noise: Noise,
        each: Callable[[Callable[[Tile], None], Iterable[Tile]], Any] = in_turn,
    ) -> Pixels:
        """Return a (height, width, 3) RGB picture of the same size without that noise."""
        return self._worked(rgb, noise, each, 1)

    def _worked(
        self,
        rgb: Pixels,
        noise: Noise,
        each: Callable[[Callable[[Tile], None], Iterable[Tile]], Any],
        times: int,
    ) -> Pixels:
        height, width, _ = rgb.shape
        out = np.empty((times * height, times * width, 3), np.uint8)
        session = self._sessions[noise]()

        def work(tile: Tile) -> None:
            top, left, high, wide = (times * side for side in tile)
            made = _enlarged(session, rgb, tile)
            out[top : top + high, left : left + wide] = _whole(made if times > 1 else halved(made))

        each(work, tiles_of(height, width))
        return out


def _enlarged(session: Session, rgb: Pixels, tile: Tile) -> Planes:
    """Return three planes, about 0..1, of a tile at twice its sides."""
    around = 2 * CONTEXT
    high, wide = tile.height + around, tile.width + around
    fixed = bucket_for(session.shapes, high, wide) or (high, wide)
    rows, columns = (
        np.arange(start - CONTEXT, start - CONTEXT + length).clip(0, side - 1)
        for start, length, side in zip((tile.top, tile.left), fixed, rgb.shape[:2], strict=True)
    )
    seen = rgb[rows][:, columns].transpose(2, 0, 1)
    if (seen == seen[:, :1, :1]).all():  # white around goods, and most of an alpha channel
        shape = (3, TWICE * tile.height, TWICE * tile.width)
        return np.broadcast_to(seen[:, :1, :1] / np.float32(255), shape)
    given = seen[None].astype(np.float32)
    given /= 255
    made: Planes = session.run({"Input1": given})[0][0]
    return made[:, : TWICE * tile.height, : TWICE * tile.width]


def _around(reach: np.ufunc, plane: Pixels) -> Pixels:
    """Return the least, or the most, of each pixel and the eight around it."""
    for axis in (0, 1):
        padded = np.concatenate([plane.take([0], axis), plane, plane.take([-1], axis)], axis)
        shifts = (padded.take(range(at, at + plane.shape[axis]), axis) for at in range(3))
        plane = reduce(reach, shifts)
    return plane


def halved(made: Planes) -> Planes:
    """Return planes at half their sides, each pixel the mean of four."""
    channels, height, width = made.shape
    mean: Planes = made.reshape(channels, height // 2, 2, width // 2, 2).mean((2, 4))
    return mean


def _whole(planes: Planes) -> Pixels:
    """Return planes in 0..1 as (height, width, 3) whole numbers."""
    return (planes * 255 + np.float32(0.5)).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
