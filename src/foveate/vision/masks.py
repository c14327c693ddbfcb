"""The matte of the thing in a box: a small head of our own on what `gaze` knows of a crop.

benchmarks/fit_masks.py fitted it; docs/guides/cutouts.md says on which pictures, and how well.
"""

from __future__ import annotations

import math
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.models.runtime.onnx_engine import open_graph
from foveate.vision.saliency import PATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.ports import MapNetwork, Session
    from foveate.vision.saliency import Gaze

    Floats = NDArray[np.float32]

GRID: Final = 24
"""Patches on each side of a crop."""
FINER: Final = 4
"""Cells of the mask on each side of a patch."""
SIDE: Final = Size(GRID * PATCH, GRID * PATCH)
ROOM: Final = 1.5
"""Side of a crop, relative to the longer side of its box."""
MIDDLE, DEVIATION = 0.45, 0.28
"""Of the colours of photos, 0..1."""
HALF: Final = np.float32(0.5)
AGREED: Final = 0.5
"""IoU from which on two mattes mean the same person."""
LEAST_DOUBT: Final = 30.0
"""Log odds beyond which single precision has nothing to add."""
GRAPH: Final = Path(__file__).with_name("masks.onnx")


def around(box: Box, size: Size, room: float = ROOM) -> Box:
    """Return the crop in which the thing in a box is looked at: a square, as far as there is one.

    >>> around(Box(100, 100, 100, 200), Size(1000, 800))
    Box(left=0, top=50.0, width=300.0, height=300.0)
    """
    side = room * max(box.width, box.height)
    x, y = box.middle
    left, width = _span(x, side, size.width)
    top, height = _span(y, side, size.height)
    return Box(left, top, width, height)


def _span(middle: float, side: float, whole: int) -> tuple[float, float]:
    side = min(side, whole)
    return min(max(0, middle - side / 2), whole - side), side


def places(box: Box, crop: Box) -> Floats:
    """Return where a box lies in its crop: (5, GRID, GRID).

    The share of each patch that lies in the box, and how far each patch is inside of the left,
    top, right and bottom side, relative to the box, -1..1.
    """
    across = _along(box.left, box.right, crop.left, crop.width)
    down = _along(box.top, box.bottom, crop.top, crop.height)
    inside = down[0][:, None] * across[0]
    sides = [
        np.broadcast_to(line, inside.shape)
        for line in (across[1], down[1][:, None], across[2], down[2][:, None])
    ]
    return np.stack([inside, *sides]).astype(np.float32)


def mirrored(where: Floats) -> Floats:
    """Return `places` as they are in the mirror: left and right change sides."""
    inside, left, top, right, bottom = where[..., ::-1]
    return np.ascontiguousarray(np.stack([inside, right, top, left, bottom]))


def _along(first: float, last: float, start: float, length: float) -> tuple[Floats, Floats, Floats]:
    """Return along one side: the share of each patch in the box, and how far its middle is in."""
    edges = start + np.arange(GRID + 1) * length / GRID
    shared = np.minimum(edges[1:], last) - np.maximum(edges[:-1], first)
    middles = (edges[1:] + edges[:-1]) / 2
    extent = max(last - first, 1e-6)
    after, before = (middles - first) / extent, (last - middles) / extent
    share = (shared * GRID / length).clip(0, 1)
    return share, after.clip(-1, 1), before.clip(-1, 1)


def colours(rgb: NDArray[np.uint8]) -> Floats:
    """Return what the head sees of the colours of a SIDE crop: (3, GRID * FINER, GRID * FINER)."""
    # Means of the pixels under each cell; sides are no multiple of the cells.
    count = GRID * FINER
    starts = np.arange(count) * rgb.shape[0] // count
    widths = np.diff(np.append(starts, rgb.shape[0])).astype(np.float32)
    summed = np.add.reduceat(rgb.astype(np.float32), starts, axis=0)
    summed = np.add.reduceat(summed, starts, axis=1)
    means = summed / (widths[:, None, None] * widths[None, :, None] * 255)
    return np.ascontiguousarray(((means - MIDDLE) / DEVIATION).transpose(2, 0, 1))


class BoxMattes:
    """Mattes of the things in boxes. Networks are loaded when the first box comes.

    A network for people has its say of a person, where it sees the same one: one that stands alone
    it knows better, of one in a crowd it sees all or nobody.
    """

    def __init__(
        self, gaze: Gaze, people: MapNetwork, head: Callable[[], Session] | None = None
    ) -> None:
        self._gaze = gaze
        self._people = people
        self._head = head or shipped

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return f"masks-{_digest()}-{ROOM}-{AGREED}-{self._people.name}"

    def __call__(self, rgb: NDArray[np.uint8], box: Box, *, person: bool) -> tuple[Box, Floats]:
        """Return the crop around a box of an RGB picture, and the matte in it: 96 x 96 in 0..1."""
        crop = around(box, Size(rgb.shape[1], rgb.shape[0]))
        seen, where = part_at(rgb, crop, SIDE), places(box, crop)
        matte = self._outlined(seen, where)
        if person:
            turned = self._outlined(np.ascontiguousarray(seen[:, ::-1]), mirrored(where))
            matte = (matte + turned[:, ::-1]) * HALF  # fewer limbs are lost
            people = self._people(part_at(rgb, crop, self._people.input_size(SIDE)))
            matte = agreed(matte, at(people, Size(matte.shape[1], matte.shape[0])))
        return crop, matte

    def _outlined(self, seen: NDArray[np.uint8], where: Floats) -> Floats:
        inputs = {
            "tokens": self._gaze.tokens(seen)[None],
            "places": where[None],
            "colours": colours(seen)[None],
        }
        log_odds = self._head().run(inputs)[0][0]
        matte: Floats = np.reciprocal(1 + np.exp(-log_odds.clip(-LEAST_DOUBT, LEAST_DOUBT)))
        return matte


def agreed(one: Floats, other: Floats) -> Floats:
    """Return the mean of two mattes that mean the same thing, else the first.

    >>> agreed(np.array([1.0, 0.8]), np.array([0.0, 1.0])), agreed(np.ones(2), np.zeros(2))
    (array([0.5, 0.9]), array([1., 1.]))
    """
    here, there = one > 1 / 2, other > 1 / 2
    shared, either = (here & there).sum(), (here | there).sum()
    mixed: Floats = (one + other) * HALF
    return mixed if either and shared >= AGREED * either else one


@cache
def shipped() -> Session:
    """Return the head, opened: 1.2 MB that come with Foveate."""
    return open_graph(GRAPH.read_bytes())


@cache
def _digest() -> str:
    return sha256(GRAPH.read_bytes()).hexdigest()[:8]


def at(matte: Floats, size: Size) -> Floats:
    """Return a matte over the whole of something with as many cells as `size` says."""
    whole = Size(matte.shape[1], matte.shape[0])
    return laid([(Box.of(whole), matte)], whole, size)


def laid(mattes: Sequence[tuple[Box, Floats]], size: Size, onto: Size) -> Floats:
    """Return one matte of all of them over a picture of `size`: (height, width) of `onto`."""
    across, down = onto.width / size.width, onto.height / size.height
    whole = np.zeros((onto.height, onto.width), np.float32)
    for crop, matte in mattes:
        place = crop.scaled(across, down)
        rows, down_at = _cells(place.top, place.height, onto.height, matte.shape[0])
        columns, across_at = _cells(place.left, place.width, onto.width, matte.shape[1])
        part = _between(_between(matte, down_at).T, across_at).T
        into = whole[rows, columns]
        np.maximum(into, part, out=into)
    return whole


def _cells(start: float, length: float, whole: int, count: int) -> tuple[slice, Floats]:
    """Return which cells of a side lie in a span, and where they are among its `count` values."""
    first, last = max(0, math.ceil(start - 0.5)), min(whole, math.floor(start + length + 0.5))
    among = (np.arange(first, last) + 0.5 - start) * count / length - 0.5
    return slice(first, last), among.clip(0, count - 1)


def _between(values: Floats, among: Floats) -> Floats:
    """Return rows at places between rows."""
    low = np.minimum(among.astype(np.intp), values.shape[0] - 2)
    part = (among - low).astype(np.float32)[:, None]
    mixed: Floats = values[low] * (1 - part) + values[low + 1] * part
    return mixed
