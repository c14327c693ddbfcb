"""What is painted over a face or a thing: where it lies, and the few colours that are kept of it.

The colours are taken once, from the picture that the detector saw, on a grid that hangs on what is
hidden. Whatever size, crop, turn, method or strength is asked for afterwards is made of these
colours alone, so asking again never tells more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.transform.cores import Block, Core, Ellipse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from foveate.values import Face, TextLine

GRID: Final = 8
"""Colours kept across the patch, and down: the face itself spans about five of them."""
MARGIN: Final = 1.25
"""Radius of the core over that of the detector's box: cheeks, ears and the hairline lie in it."""
LONG: Final = 1.3
"""Height over width of an upright face, where a leaning one's box does not tell."""
TRUST: Final = 0.1
"""How much `LONG` counts against a box that lies straight."""
SLIM, STRETCH = 0.6, 2.0
"""Most that a box may say about a face's shape, and that landmarks may add to its size."""
UNSURE_PX: Final = 1.0
"""The detector errs by about a pixel of what it saw, which matters to the smallest faces."""
SLACK: Final = 0.08
"""By how much of its smaller side the box of a thing is widened on each side: it may be tight."""
TAILS: Final = 0.15
"""By how much of its half height what covers a line is larger than the line."""
BEYOND: Final = 1.0
"""How far beyond both ends of a line it is covered, in its heights: detectors lose a last digit."""
SQUARE: Final = 2.0
"""What is less than so many times as high as it is wide may be a glyph of a line across."""
RIM: Final = 4
"""Places that are looked at for each colour beside a line, along it and away from it."""
GREY: Final = 128.0
LEAST: Final = 0.05
"""Landmarks nearer together than this share of the box say nothing about the lean."""


@dataclass(frozen=True, slots=True)
class RedactionPatch:
    """What hides one thing: its core in pixels of the upright source, and the colours on it."""

    core: Core
    """Nothing of the picture remains in here."""
    colours: bytes
    """GRID x GRID RGB, row by row, over `bounds`."""
    doubtful: bool = False
    """Whether it is large, and over what may be no face at all."""

    @property
    def bounds(self) -> Box:
        """Return the box around the core and its soft edge."""
        return self.core.with_edge.bounds

    @property
    def grid(self) -> NDArray[np.uint8]:
        """Return the colours as (GRID, GRID, 3)."""
        return np.frombuffer(self.colours, np.uint8).reshape(GRID, GRID, 3)

    def to_json(self) -> dict[str, object]:
        """Return it as numbers and text, to be kept with the analysis of its source."""
        core = self.core
        place = [core.x, core.y, core.across, core.along, core.lean]
        shape = {"shape": "block"} if isinstance(core, Block) else {}
        doubt = {"doubtful": True} if self.doubtful else {}
        return {"core": place, "colours": self.colours.hex(), **shape, **doubt}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> RedactionPatch:
        """Return the patch that `to_json` wrote."""
        shape = Block if row.get("shape") == "block" else Ellipse
        colours = bytes.fromhex(row["colours"])
        return cls(shape(*row["core"]), colours, row.get("doubtful", False))


def lean_of(face: Face) -> float:
    """Return by how much a face leans clockwise, in radians; 0 where its landmarks do not tell.

    Eyes and mouth vote by their distance: of a face in profile the eyes nearly coincide, and
    of one that looks down the mouth nearly meets them.
    """
    left_eye, right_eye, _, left_mouth, right_mouth = (complex(*mark) for mark in face.landmarks)
    down = (left_mouth + right_mouth - left_eye - right_eye) / 2 + (right_eye - left_eye) * 1j
    if abs(down) < LEAST * face.box.height:
        return 0.0
    return math.atan2(-down.real, down.imag)


def ellipse_of(face: Face, within: Size) -> Ellipse:
    """Return what covers the head's front: hairline, brows, eyes, cheeks, mouth and chin.

    Where the edge of the picture cuts the box, all of what is left of it is covered.
    """
    box, lean = face.box, lean_of(face)
    half_wide, half_high = box.width / 2, box.height / 2
    # Around an ellipse of half axes a, b that leans by t lies a box with half sides w, h where
    # w2 + h2 = a2 + b2 and h2 - w2 = (b2 - a2) cos 2t. At 45 degrees the second says nothing,
    # so a usual face has a small say in it.
    total, excess = half_wide**2 + half_high**2, half_high**2 - half_wide**2
    usual, seen = total * (LONG**2 - 1) / (LONG**2 + 1), math.cos(2 * lean)
    slim = (excess * seen + TRUST * usual) / (seen**2 + TRUST)
    slim = max(-SLIM * total, min(slim, SLIM * total))
    x, y = box.middle
    plain = Ellipse(x, y, math.sqrt((total - slim) / 2), math.sqrt((total + slim) / 2), lean)
    core = plain.grown(MARGIN)
    reach = max((core.reach(*place) for place in _features(face)), default=1.0)
    reach = min(max(reach, 1.0), STRETCH)
    if _cut(box, within):
        reach = max(reach, *(core.reach(*corner) for corner in _corners(box)))
    return core.grown(reach, UNSURE_PX)


def _features(face: Face) -> Iterable[tuple[float, float]]:
    """Return the landmarks, and where brows and chin are by them."""
    left_eye, right_eye, nose, left_mouth, right_mouth = (complex(*m) for m in face.landmarks)
    down = (left_mouth + right_mouth - left_eye - right_eye) / 2
    across = (right_eye - left_eye) / 4
    places = (left_eye - across - down / 2, right_eye + across - down / 2, nose)
    chin = (left_mouth + down / 2, right_mouth + down / 2)
    return [(at.real, at.imag) for at in (*places, left_mouth, right_mouth, *chin)]


def _cut(box: Box, within: Size) -> bool:
    """Return whether the edge of the picture, to a pixel, cuts the box."""
    low, high = min(box.left, box.top), (within.width - box.right, within.height - box.bottom)
    return min(low, *high) < UNSURE_PX


def _corners(box: Box) -> list[tuple[float, float]]:
    return [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]


def patches_over(
    rgb: NDArray[np.uint8], faces: Sequence[Face], source: Size
) -> tuple[RedactionPatch, ...]:
    """Return what hides those faces of an upright source, the least certain first.

    `rgb` is (height, width, 3), the whole source as the detector saw it, and faces are in its
    pixels. It must be the same for every rendition of a source: its size decides the colours.
    """
    height, width, _ = rgb.shape
    seen, times = Size(width, height), source.width / width
    cores = (ellipse_of(face, seen) for face in reversed(faces))
    return tuple(RedactionPatch(core.scaled(times), _sampled(rgb, core)) for core in cores)


def patch_over(rgb: NDArray[np.uint8], core: Core, source: Size) -> RedactionPatch:
    """Return what hides a core in pixels of an upright source, which `rgb` shows all of.

    It must be the same `rgb`, (height, width, 3), for every rendition of a source.
    """
    times = rgb.shape[1] / source.width
    return RedactionPatch(core, _sampled(rgb, core.scaled(times)))


def patch_over_box(rgb: NDArray[np.uint8], box: Box, source: Size) -> RedactionPatch:
    """Return what hides a thing, given the box that a detector put around it, likewise."""
    unsure = UNSURE_PX * source.width / rgb.shape[1]
    spread = SLACK * min(box.width, box.height) + unsure
    return patch_over(rgb, Block.over(box).grown(1, spread), source)


def block_of(line: TextLine) -> Block:
    """Return what covers a line of text: its accents, its tails, and a glyph beyond its ends.

    Of a few glyphs that are higher than wide nobody knows which way they run, so each way counts.
    """
    begin, end, _, below = (complex(*corner) for corner in line.quad)
    middle, along = (end + below) / 2, end - begin
    across, high = max(abs(along), UNSURE_PX) / 2, max(abs(below - begin), UNSURE_PX) / 2
    lean = math.atan2(along.imag, along.real)
    thick, further = min(across, high), 2 * BEYOND * min(across, high)
    ends = further if high < SQUARE * across else 0.0, further if high > across else 0.0
    plain = Block(middle.real, middle.imag, across + ends[0], high + ends[1], lean)
    return plain.grown(1, TAILS * thick + UNSURE_PX)


def patches_over_lines(
    rgb: NDArray[np.uint8], lines: Sequence[TextLine], source: Size
) -> tuple[RedactionPatch, ...]:
    """Return what hides those lines of an upright source, the largest first.

    `rgb` is (height, width, 3), the whole source, and lines are in its pixels. Their colours are
    those of what lies above and below: letters can be told from few colours of their own.
    """
    times = source.width / rgb.shape[1]
    cores = [block_of(line) for line in lines]
    return tuple(RedactionPatch(core.scaled(times), _beside(rgb, core)) for core in cores)


def _beside(rgb: NDArray[np.uint8], core: Block) -> bytes:
    """Return colours that go from those above a line to those below it, cell by cell."""
    bounds = core.with_edge.bounds
    steps = (np.arange(GRID) + 0.5) / GRID
    x, y = bounds.left + steps * bounds.width, bounds.top + steps * bounds.height
    places = (x + 1j * y[:, None] - complex(core.x, core.y)) * np.exp(-1j * core.lean)
    column = ((places.real / core.across + 1) / 2 * GRID).astype(int).clip(0, GRID - 1)
    share = ((places.imag / core.along + 1) / 2).clip(0, 1)[..., None]
    above, below = _rims(rgb, core)
    mixed = (1 - share) * above[column] + share * below[column]
    return bytes(mixed.round().clip(0, 255).astype(np.uint8).data)


def _rims(rgb: NDArray[np.uint8], core: Block) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return the mean colours, (GRID, 3), of what lies above a line and below it, along it.

    Where one of them is beyond the picture it is as the other, and grey where both are.
    """
    height, width, _ = rgb.shape
    along = (np.arange(GRID * RIM) + 0.5) / (GRID * RIM) * 2 - 1
    far = core.along + 1 + np.arange(RIM)[:, None] * core.along / (2 * RIM)
    rims: list[NDArray[np.floating]] = []
    for side in (-1, 1):
        turned = (along * core.across + 1j * side * far) * np.exp(1j * core.lean)
        x, y = np.floor(turned.real + core.x), np.floor(turned.imag + core.y)
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        seen = rgb[y.clip(0, height - 1).astype(int), x.clip(0, width - 1).astype(int)]
        cells = (np.where(inside[..., None], seen, np.nan)).reshape(RIM, GRID, RIM, 3)
        rims.append(_mean(cells.transpose(1, 0, 2, 3).reshape(GRID, -1, 3)))
    whole = _mean(np.concatenate(rims)[None])
    above, below = (np.where(np.isnan(rim), other, rim) for rim, other in (rims, rims[::-1]))
    usual = np.where(np.isnan(whole), GREY, whole)
    return np.where(np.isnan(above), usual, above), np.where(np.isnan(below), usual, below)


def _mean(colours: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the means over (cells, places, 3); not a number where no place is in the picture."""
    count = (~np.isnan(colours)).sum(axis=1)
    total: NDArray[np.floating] = np.nansum(colours, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _sampled(rgb: NDArray[np.uint8], core: Core) -> bytes:
    """Return the mean colour of each cell of the grid; beyond the picture, of its edge."""
    bounds = core.with_edge.bounds
    height, width, _ = rgb.shape
    top, rows = _weights(bounds.top, bounds.height, height)
    left, columns = _weights(bounds.left, bounds.width, width)
    part = rgb[top : top + rows.shape[1], left : left + columns.shape[1]]
    means = columns @ np.tensordot(rows, part, 1)
    return bytes(means.round().clip(0, 255).astype(np.uint8).data)


def _weights(start: float, length: float, whole: int) -> tuple[int, NDArray[np.float32]]:
    """Return the first pixel of a side that cells see, and how much each cell sees of each."""
    edges = (start + length * np.arange(GRID + 1) / GRID).clip(0, whole)
    # A cell beyond the picture has no width left: it takes the nearest pixel.
    edges[:-1] = np.minimum(edges[:-1], whole - 0.5)
    first, last = int(edges[0]), max(math.ceil(edges[-1]), int(edges[-2]) + 1)
    low, high = edges[:-1], np.maximum(edges[1:], edges[:-1] + LEAST)
    return first, overlaps(low - first, high - first, last - first)


def overlaps(
    low: NDArray[np.floating], high: NDArray[np.floating], count: int
) -> NDArray[np.float32]:
    """Return (cells, count): the share of each cell low..high that lies in each unit 0..count."""
    units = np.arange(count)
    shared = np.minimum(high[:, None], units + 1) - np.maximum(low[:, None], units)
    shares: NDArray[np.float32] = shared.clip(0).astype(np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
