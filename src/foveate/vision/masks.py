"""The matte of the thing in a box: small heads of our own on what `gaze` knows of a crop.

benchmarks/fit_masks.py fitted the one that is here; docs/guides/cutouts.md says on which pictures,
and how well.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.clicks import FINER, Click, covered
from foveate.vision.likely import probability
from foveate.vision.packaged import digest, opened
from foveate.vision.saliency import PATCH
from foveate.vision.select_head import OBJECT, shades
from foveate.vision.windows import CLOSE, ROOM, around, box_seen_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.vision.saliency import Gaze
    from foveate.vision.select_head import SelectHead

    Floats = NDArray[np.float32]

GRID: Final = CLOSE
"""Patches on each side of a crop."""
SIDE: Final = Size(GRID * PATCH, GRID * PATCH)
NEARER: Final = 1.25
"""Room around a person in the mirror, where the first look has `ROOM`: each look errs in places of
its own, the more so at another size, and a nearer one has finer edges."""
HALF: Final = np.float32(0.5)
GRAPH: Final = Path(__file__).with_name("masks.onnx")


def places(box: Box) -> Floats:
    """Return where a box lies in its crop, whose sides are 1: (5, GRID, GRID).

    The share of each patch that lies in the box, and how far each patch is inside of the left,
    top, right and bottom side, relative to the box, -1..1.
    """
    across, down = _within(box.left, box.right), _within(box.top, box.bottom)
    lines = across[0], down[0][:, None], across[1], down[1][:, None]
    grid = GRID, GRID
    sides = [np.broadcast_to(line, grid) for line in lines]
    return np.stack([covered(box, grid), *sides]).astype(np.float32)


def _within(first: float, last: float) -> tuple[Floats, Floats]:
    """Return along one side how far the middle of each patch is in from either end."""
    middles = (np.arange(GRID) + 0.5) / GRID
    extent = max(last - first, 1e-6)
    after, before = (middles - first) / extent, (last - middles) / extent
    return after.clip(-1, 1), before.clip(-1, 1)


class BoxMattes:
    """Mattes of the things in boxes. Networks are loaded when the first box comes.

    Two heads have a say: one that was fitted on boxes, and the one of clicks, to which the box and
    a click in its middle are told. They err in different places.
    """

    def __init__(
        self, gaze: Gaze, clicked: SelectHead, head: Callable[[], Session] | None = None
    ) -> None:
        self._gaze = gaze
        self._clicked = clicked
        self._head = head or partial(opened, GRAPH)

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return f"masks-{digest(GRAPH)}-{ROOM}-{NEARER}-{self._clicked.name}"

    def __call__(self, rgb: NDArray[np.uint8], box: Box, *, person: bool) -> tuple[Box, Floats]:
        """Return the crop around a box of an RGB picture, and the matte in it: 96 x 96 in 0..1."""
        size = Size(rgb.shape[1], rgb.shape[0])
        crop = around(box, size)
        logs = self._logs(part_at(rgb, crop, SIDE), box_seen_from(box, crop))
        if not person:
            return crop, probability(logs)
        near = around(box, size, NEARER)
        mirrored = self._mirrored(part_at(rgb, near, SIDE), box_seen_from(box, near))
        return near, probability((_part_of(logs, box_seen_from(near, crop)) + mirrored) * HALF)

    def _mirrored(self, seen: NDArray[np.uint8], place: Box) -> Floats:
        """Return what both heads say of the mirror image of a crop, mirrored back."""
        there = replace(place, left=1 - place.right)
        return self._logs(np.ascontiguousarray(seen[:, ::-1]), there)[:, ::-1]

    def _logs(self, seen: NDArray[np.uint8], place: Box) -> Floats:
        """Return the mean of what both heads say of a crop, as log odds: 96 x 96."""
        tokens = self._gaze.tokens(seen)
        inputs = {
            "tokens": tokens[None],
            "places": places(place)[None],
            "colours": shades(seen, (GRID * FINER, GRID * FINER))[None],
        }
        boxed: Floats = self._head().run(inputs)[0][0]
        read = self._clicked.read(tokens, seen)
        clicked = self._clicked.answer(read, [Click(*place.middle)], place)[OBJECT]
        mean: Floats = (boxed + clicked) * HALF
        return mean


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


def _part_of(values: Floats, part: Box) -> Floats:
    """Return a part of a crop, a box in 0..1 of it, with as many cells as the crop has."""
    rows, columns = values.shape
    down = (np.arange(rows) + 0.5) * part.height + part.top * rows - 0.5
    across = (np.arange(columns) + 0.5) * part.width + part.left * columns - 0.5
    down, across = down.clip(0, rows - 1), across.clip(0, columns - 1)
    return _between(_between(values, down).T, across).T


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
