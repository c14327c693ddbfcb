"""Crops of faces: turned upright by their landmarks, or squares around their boxes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import log2
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from foveate.geometry.box import Box

SIDE: Final = 112
"""Side in pixels of the crop that face networks are trained on, and that `TEMPLATE` is of."""
TEMPLATE: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
     [70.7299, 92.2041]]
)  # fmt: skip
"""Where ArcFace (Deng et al., 2019) puts eyes, nose and corners of the mouth, as `LANDMARKS`."""


class EdgeMode(Enum):
    """What a crop shows beyond the picture."""

    BLACK = 1
    """What the embedding was trained with; 1 is how far outside there is black to mix in."""
    NEAREST = 0
    """The nearest pixel: no edge that a network might take for something."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """A turn, a scale and a shift of the plane: x + iy goes to turn * (x + iy) + shift."""

    turn: complex
    shift: complex

    @classmethod
    def fitted(cls, points: ArrayLike, onto: ArrayLike) -> Similarity:
        """Return what brings (n, 2) points nearest to (n, 2) others, by least squares.

        Umeyama, "Least-squares estimation of transformation parameters between two point
        patterns" (1991); in the plane and without mirroring it is one complex division.
        """
        here, there = (_as_complex(places) for places in (points, onto))
        centre, goal = here.mean(), there.mean()
        spread = np.vdot(here - centre, here - centre).real
        turn = np.vdot(here - centre, there - goal) / max(spread, np.finfo(np.float64).eps)
        return cls(complex(turn), complex(goal - turn * centre))

    @property
    def scale(self) -> float:
        """Return how many times larger things become."""
        return abs(self.turn)

    def inverse(self) -> Similarity:
        """Return what undoes it."""
        return Similarity(1 / self.turn, -self.shift / self.turn)


def _as_complex(places: ArrayLike) -> NDArray[np.complex128]:
    pairs = np.ascontiguousarray(places, np.float64)
    return pairs.view(np.complex128)[..., 0]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A picture at half the size, as often halved as `halvings` says; odd ends go."""

    rgb: NDArray[np.uint8]
    halvings: int

    @property
    def times(self) -> int:
        """Return how many times smaller it is."""
        return 1 << self.halvings

    @property
    def height(self) -> int:
        """Return how many rows it has."""
        return int(self.rgb.shape[0]) >> self.halvings

    @property
    def width(self) -> int:
        """Return how many columns it has."""
        return int(self.rgb.shape[1]) >> self.halvings

    def part(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
        """Return its pixels between these edges, as far as it goes: nothing else is halved."""
        (left, right), (top, bottom) = (
            (max(start, 0) << self.halvings, min(end, most) << self.halvings)
            for start, end, most in ((left, right, self.width), (top, bottom, self.height))
        )
        part = self.rgb[top:bottom, left:right]
        if not part.size:
            return self.rgb[:0, :0]
        for _ in range(self.halvings):
            part = halved(part)
        return part


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A picture, at half the size, and so on."""

    rgb: NDArray[np.uint8]

    def finest_below(self, scale: float) -> Level:
        """Return the level to take every `scale`th pixel of.

        Bilinear sampling of it skips no pixel, so that nothing flickers or turns to moire.
        """
        wanted, most = int(log2(max(scale, 1.0))), min(self.rgb.shape[:2]).bit_length() - 1
        return Level(self.rgb, min(wanted, most))


def halved(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a (height, width, 3) picture at half its size, the mean of each 2x2; odd ends go."""
    height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
    flat = rgb[: 2 * height, : 2 * width].reshape(2 * height, -1)
    rows = np.add(flat[0::2], flat[1::2], dtype=np.uint16)
    half = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        total = rows[:, channel::6] + rows[:, channel + 3 :: 6]
        half[..., channel] = (total + 2) >> 2
    return half


def warp(
    picture: Pyramid, place: Similarity, side: int, edge: EdgeMode = EdgeMode.NEAREST
) -> NDArray[np.uint8]:
    """Return the (side, side, 3) crop whose pixel x, y shows the place `place` of x + iy."""
    level = picture.finest_below(place.scale)
    # The middle of a pixel is at a whole number, so its upper left corner at half a pixel less.
    shift = (place.shift + (0.5 + 0.5j)) / level.times - (0.5 + 0.5j)
    turn = place.turn / level.times
    steps = np.arange(side, dtype=np.float32)
    across, down = steps[None, :], steps[:, None]
    x = np.float32(turn.real) * across - np.float32(turn.imag) * down + np.float32(shift.real)
    y = np.float32(turn.imag) * across + np.float32(turn.real) * down + np.float32(shift.imag)
    return _sampled(level, x, y, edge)


def sampled(
    picture: Pyramid,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    step: float,
    edge: EdgeMode = EdgeMode.NEAREST,
) -> NDArray[np.uint8]:
    """Return (rows, columns, 3): the colours at (rows, columns) places `step` pixels apart.

    The middle of a pixel is at half of one.
    """
    level = picture.finest_below(step)
    across, down = (np.float32(1 / level.times) * at.astype(np.float32) for at in (x, y))
    return _sampled(level, across - np.float32(0.5), down - np.float32(0.5), edge)


def unturned_warp(picture: Pyramid, place: Similarity, side: int) -> NDArray[np.uint8]:
    """Return what `warp` does with the nearest pixel, of a place that must not be turned.

    That takes a fraction of the time.
    """
    level = picture.finest_below(place.scale)
    shift = (place.shift + (0.5 + 0.5j)) / level.times - (0.5 + 0.5j)
    steps = np.arange(side, dtype=np.float32) * np.float32(place.turn.real / level.times)
    across = (steps + np.float32(shift.real)).clip(0, level.width - 1)
    down = (steps + np.float32(shift.imag)).clip(0, level.height - 1)
    left, top = int(across[0]), int(down[0])
    part = level.part(left, top, int(across[-1]) + 2, int(down[-1]) + 2)
    rows = _along(part, down - top)
    mixed = _along(rows.swapaxes(0, 1), across - left).swapaxes(0, 1)
    mixed += np.float32(0.5)
    return mixed.astype(np.uint8)


def _along(values: NDArray[np.generic], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows at these places, each mixed of the two around it; beyond the ends, those."""
    places = places.clip(0, len(values) - 1)
    low = places.astype(np.intp)
    share = (places - low)[:, None, None]
    upper = values[low].astype(np.float32)
    return _mixed(upper, values[np.minimum(low + 1, len(values) - 1)].astype(np.float32), share)


def _sampled(
    level: Level, x: NDArray[np.float32], y: NDArray[np.float32], edge: EdgeMode
) -> NDArray[np.uint8]:
    """Return the colours at places of a level, mixed of the four pixels around each."""
    part, x, y = _around(level, x, y, edge.value)
    width = part.shape[1]
    column, row = x.astype(np.int32), y.astype(np.int32)
    right, below = (x - column)[..., None], (y - row)[..., None]
    corner = row * width + column
    # Four bytes as one number are gathered four times as fast as three bytes of a colour.
    pixels = part.view(np.uint32).ravel()

    def at(places: NDArray[np.int32]) -> NDArray[np.float32]:
        return pixels.take(places)[..., None].view(np.uint8).astype(np.float32)

    upper = _mixed(at(corner), at(corner + 1), right)
    lower = _mixed(at(corner + width), at(corner + width + 1), right)
    mixed = _mixed(upper, lower, below)
    mixed += np.float32(0.5)
    return mixed.astype(np.uint8)[..., :3]


def _mixed(
    this: NDArray[np.float32], that: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `share` of that and the rest of this; both are used up."""
    that -= this
    that *= share
    this += that
    return this


def _around(
    level: Level, x: NDArray[np.float32], y: NDArray[np.float32], margin: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Return the part of the level that those places touch, in four bytes a pixel, and them.

    `margin` black pixels lie around the level, and places end there.
    """
    x = x.clip(-margin, level.width - 1 + margin)
    y = y.clip(-margin, level.height - 1 + margin)
    left, top = int(np.floor(x.min())), int(np.floor(y.min()))
    right, bottom = int(x.max()) + 2, int(y.max()) + 2
    part = np.zeros((bottom - top, right - left, 4), np.uint8)
    seen = level.part(left, top, right, bottom)
    rows, columns = max(-top, 0), max(-left, 0)
    part[rows : rows + seen.shape[0], columns : columns + seen.shape[1], :3] = seen
    return part, x - np.float32(left), y - np.float32(top)


def upright(
    landmarks: Sequence[tuple[float, float]],
    side: int = SIDE,
    context: float = 1.0,
    *,
    lift: float = 0.0,
) -> Similarity:
    """Return where the pixels of a face's upright crop lie in its picture.

    The face stands as in ArcFace's template; a `context` above 1 shows more around it, and it
    stands higher by `lift` of the side.
    """
    onto = ((TEMPLATE / SIDE - 0.5) / context + (0.5, 0.5 - lift)) * side
    return Similarity.fitted(landmarks, onto).inverse()


def lean(landmarks: Sequence[tuple[float, float]]) -> complex:
    """Return what turns an upright face as this one is turned: a number of length 1."""
    turn = upright(landmarks).turn
    return turn / abs(turn)


def square(box: Box, side: int, context: float = 1.0, turn: complex = 1) -> Similarity:
    """Return where the pixels of a square around a box lie, `context` times its longer side.

    It is turned about its middle by `turn`, a number of length 1.
    """
    across, down = box.middle
    step = max(box.width, box.height) * context / side * turn
    start = step * (0.5 + 0.5j) * (1 - side) - (0.5 + 0.5j)
    return Similarity(step, complex(across, down) + start)


def amid_black(crop: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return a (side, side, 3) crop of the square around a box, black beside the box."""
    side, longer = len(crop), max(box.width, box.height)
    away = np.abs(np.arange(side) - (side - 1) / 2) * 2 / side
    crop[away > box.height / longer] = 0
    crop[:, away > box.width / longer] = 0
    return crop
