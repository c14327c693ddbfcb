"""How alike a picture looks to another one: SSIMULACRA2, the one score of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import BadOption
from foveate.models.runtime.scoring import reference_session, score_session
from foveate.models.supply.score_planes import (
    BLOCK,
    COLUMNS,
    LIGHT,
    MAPS,
    REACH,
    WEIGHTS,
    Planes,
)
from foveate.options.srgb import lights_of
from foveate.vision.score_weights import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

METRIC: Final = "ssimulacra2"
IDENTICAL: Final = 100.0
WORDS: Final = (
    (90, "nobody tells apart"),
    (80, "very good"),
    (70, "good"),
    (50, "medium"),
    (30, "poor"),
)
"""What a picture of such a score and above is, beside the one that it was made from."""
LEAST_SIDE: Final = 8
"""Of a picture to score, in pixels."""
STRIP_PIXELS: Final = 64 * 1024
"""Seen at once: fewer are slower, more take memory."""
LEAST_ROWS: Final = 32
KEPT_PIXELS: Final = 500_000
"""Maps of a reference are kept up to here, 28 bytes a pixel; of larger ones they are made anew."""
_PIXEL_BYTES: Final = 8
"""All but the finest scale of both pictures."""
_STRIP_BYTES: Final = 48 * 1024 * 1024

SCALES: Final[Sequence[Planes]] = (Planes.Y, Planes.XY, Planes.XYB, Planes.XYB, Planes.XYB)
"""Each half as large as the one before. What is left out weighs next to nothing: the sixth scale,
colour at the first, and blue at the second."""
_COLUMNS: Final = (1, 5)
"""Of the six sums those that count at the first scale."""
_FOURTH: Final = np.array([False, True] * 3)
"""Which of the six are of fourth powers."""


def memory_bytes(size: Size) -> int:
    """Return an upper estimate of what scoring pictures of that size takes beside their pixels."""
    return _STRIP_BYTES + size.area * _PIXEL_BYTES


def word(number: float) -> str:
    """Return what a score stands for.

    >>> word(100), word(99.9), word(64), word(-3)
    ('identical', 'nobody tells apart', 'medium', 'very poor')
    """
    if number >= IDENTICAL:
        return "identical"
    return next((said for least, said in WORDS if number >= least), "very poor")


class Score:
    """The score of pictures against a reference: 100 is identical, and `word` names what is less.

    It is SSIMULACRA2, version 2.1, on pixels of sRGB. A picture whose short side is below 113 has
    less than all scales, and so scores that compare with those of its own size alone.
    """

    def __init__(
        self,
        reference: NDArray[np.uint8],
        *,
        most_looked_at: NDArray[np.float32] | None = None,
        strip_pixels: int = STRIP_PIXELS,
        kept_pixels: int = KEPT_PIXELS,
    ) -> None:
        """Take the reference, (height, width, 3). Raises BadOption where it is too small.

        `most_looked_at`, (height, width) of 0..1, is where a picture has to look as good as all of
        it: then its score is the lower one of both.
        """
        height, width = reference.shape[:2]
        if min(height, width) < LEAST_SIDE:
            least = f"{LEAST_SIDE}x{LEAST_SIDE}"
            raise BadOption(f"Expected at least {least} pixels to score, got {width}x{height}.")
        self._reference = reference
        self._strip_pixels = strip_pixels
        self._counts = _shares(most_looked_at)
        self._kept = list(self._seen()) if height * width <= kept_pixels else None

    def __call__(self, distorted: NDArray[np.uint8]) -> float:
        """Return the score of a picture of the same size. Raises BadOption for another size.

        Ends soon after the current deadline, with TimedOut or ClientDisconnected.
        """
        return min(self.each(distorted))

    def each(self, distorted: NDArray[np.uint8]) -> tuple[float, ...]:
        """Return the score of all of a picture, then that of what is most looked at, if told."""
        wanted, got = self._reference.shape, distorted.shape
        if wanted != got:
            expected = f"{wanted[1]}x{wanted[0]}, as the other one has"
            raise BadOption(f"Expected {expected}, got {got[1]}x{got[0]}.")
        if np.array_equal(self._reference, distorted):
            return (IDENTICAL,) * (2 if self._counts else 1)  # what rounding would leave .003 below
        sums = [np.zeros((1, 1, 1)) for _ in SCALES]
        maps = self._kept if self._kept is not None else self._seen()
        for known, strip in zip(maps, _strips(distorted, self._strip_pixels), strict=True):
            sums[strip.scale] = sums[strip.scale] + self._sums(strip, known)
        penalties = sum(_penalties(scale, each) for scale, each in enumerate(sums))
        return tuple(_score(float(each)) for each in np.ravel(penalties))

    def _sums(self, strip: _Strip, maps: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """Return the sums over a strip, (planes, columns, ways of counting)."""
        weights = strip.weights(self._counts[strip.scale] if self._counts else None)
        inputs = {**strip.inputs, **maps, WEIGHTS: weights}
        (sums,) = score_session(strip.planes).run(inputs)
        return sums.astype(np.float64).reshape(len(sums), -1, weights.shape[1])

    def _seen(self) -> Iterator[dict[str, NDArray[np.float32]]]:
        """Yield the maps of each strip of the reference."""
        for strip in _strips(self._reference, self._strip_pixels):
            maps = reference_session(strip.planes).run(strip.inputs)
            yield dict(zip(MAPS, maps, strict=True))


@dataclass(frozen=True, slots=True)
class _Strip:
    """Some rows of a picture at one scale, and those around them that the blur sees."""

    scale: int
    light: NDArray[np.float32]
    first: int
    """The row of the picture that it begins with."""
    width: int
    """Of the picture; blocks may need more columns."""
    above: int
    below: int
    """Rows that are seen only, and do not count."""
    pixels: int
    """Of the whole picture at that scale."""

    @property
    def planes(self) -> Planes:
        return SCALES[self.scale]

    @property
    def inputs(self) -> dict[str, NDArray[np.float32]]:
        columns = np.zeros((1, 1, 1, self.light.shape[2]), np.float32)
        columns[..., : self.width] = 1
        return {LIGHT: self.light, COLUMNS: columns}

    def weights(self, counts: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Return what its pixels count in the picture, and in what is most looked at."""
        _, height, width = self.light.shape
        own = np.s_[self.above : height - self.below, : self.width]
        weights = np.zeros((1 if counts is None else 2, height, width), np.float32)
        weights[(0, *own)] = 1 / self.pixels
        if counts is not None:
            weights[(1, *own)] = counts[self.first : self.first + height][own[0]]
        blocks = weights.reshape(len(weights), height, -1, BLOCK)
        return blocks.transpose(3, 1, 2, 0).reshape(-1, len(weights))


def _shares(looked_at: NDArray[np.float32] | None) -> list[NDArray[np.float32]]:
    """Return what each pixel counts of what is most looked at, by scale; nothing of none."""
    if looked_at is None or not looked_at.any():
        return []
    shares, at = [], looked_at[None]
    for _ in SCALES:
        shares.append(at[0] / at.sum())
        at = _halved(at)
    return shares


def _strips(rgb: NDArray[np.uint8], pixels: int) -> Iterator[_Strip]:
    """Yield the strips of a picture, of about so many pixels, at all its scales, finest first."""
    height, width = rgb.shape[:2]
    coarser = np.empty((3, (height + 1) // 2, (width + 1) // 2), np.float32)
    for top, bottom in _rows(height, width, pixels):
        first, last = max(0, top - REACH), min(height, bottom + REACH)
        light = _linear(rgb[first:last])
        own = light[:, top - first : bottom - first, :width]
        coarser[:, top // 2 : (bottom + 1) // 2] = _halved(own)
        yield _Strip(0, light, first, width, top - first, last - bottom, height * width)
    for scale in range(1, len(SCALES)):
        yield from _strips_in(scale, coarser, pixels)
        if min(coarser.shape[1:]) < LEAST_SIDE:
            return
        coarser = _halved(coarser)


def _strips_in(scale: int, light: NDArray[np.float32], pixels: int) -> Iterator[_Strip]:
    _, height, width = light.shape
    for top, bottom in _rows(height, width, pixels):
        first, last = max(0, top - REACH), min(height, bottom + REACH)
        rows = np.zeros((3, last - first, _blocks(width)), np.float32)
        rows[..., :width] = light[:, first:last]
        yield _Strip(scale, rows, first, width, top - first, last - bottom, height * width)


def _rows(height: int, width: int, pixels: int) -> Iterator[tuple[int, int]]:
    """Yield where strips begin and end; all begin at even rows, which are halved together."""
    rows = max(LEAST_ROWS, pixels // width // 2 * 2)
    for top in range(0, height, rows):
        yield top, min(height, top + rows)


def _linear(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return rows in linear light, (3, height, width), filled up to whole blocks."""
    height, width = rgb.shape[:2]
    light = np.zeros((3, height, _blocks(width)), np.float32)
    for plane in range(3):
        np.take(_LINEAR, rgb[..., plane], out=light[plane, :, :width], mode="clip")
    return light


def _blocks(width: int) -> int:
    """Return the width of so many columns in whole blocks."""
    return -(-width // BLOCK) * BLOCK


def _halved(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each four pixels; at an odd end the last one counts twice."""
    for axis in (1, 2):
        if light.shape[axis] % 2:
            last = light.take([-1], axis)
            light = np.concatenate((light, last), axis)
        even, odd = (slice(start, None, 2) for start in (0, 1))
        at = (slice(None),) * axis
        light = light[(*at, even)] + light[(*at, odd)]
    light *= 0.25
    return light


_LINEAR: Final = lights_of(np.arange(256) / 255).astype(np.float32)


def _penalties(scale: int, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much a scale takes off, of means over it, in each way of counting."""
    planes = SCALES[scale]
    columns = list(_COLUMNS if planes is Planes.Y else range(6))
    norms = np.where(_FOURTH[columns][:, None], sums**0.25, sums)
    weights = COUNTS[planes.rows, scale].transpose(0, 2, 1).reshape(len(planes.rows), -1)
    return np.asarray((weights[:, columns, None] * norms).sum(axis=(0, 1)))


def _score(penalty: float) -> float:
    """Return what people would say: libjxl's curve through their answers."""
    told = penalty * 0.9562382616834844
    told = (
        6.248496625763138e-5 * told**3 - 0.020884521182843837 * told**2 + 2.326765642916932 * told
    )
    return IDENTICAL - 10 * told**0.6276336467831387 if told > 0 else IDENTICAL
