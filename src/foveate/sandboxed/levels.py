"""Numbers that are no levels of brightness yet: floats, and integers of any width."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import DTypeLike, NDArray

MOST: Final = 65_535
AT_A_TIME: Final = 1 << 18
"""Numbers that are worked on together."""

_SCALES: Final = (1.0, 255.0, 65_535.0)
"""What floats that are brightness go up to."""


def sixteen_bit(values: NDArray[Any]) -> NDArray[np.uint16]:
    """Return numbers of any kind as levels in 0..65535, of the same shape.

    Integers in that range stay. Floats are shares where all lie in 0..1, and levels of 8 or 16
    bits where they lie in their range; what measures something else, as heights do, is stretched
    from its least to its greatest. NaN is black.
    """
    if values.dtype == np.uint8:
        return values.astype(np.uint16) * 257
    least, greatest = _range(values)
    if values.dtype.kind in "iu" and least >= 0 and greatest <= MOST:
        return values.astype(np.uint16, copy=False)
    scale = next((most for most in _SCALES if greatest <= most), None)
    if least >= 0 and scale is not None:
        return by_rows(partial(_shares, black=0.0, scale=scale), values, np.uint16)
    scale = (greatest - least) or 1.0
    return by_rows(partial(_shares, black=least, scale=scale), values, np.uint16)


def _shares(rows: NDArray[Any], *, black: float, scale: float) -> NDArray[Any]:
    shares = (rows.astype(np.float64) - black) / scale
    clean = np.nan_to_num(shares, nan=0.0, posinf=1.0, neginf=0.0)
    levels: NDArray[Any] = np.rint(np.clip(clean, 0, 1) * MOST)
    return levels


def of_bits(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Return whole numbers of so many bits as levels that use all of 8 or 16; others as they are.

    Decoders give 12 bits in 16 with the highest four unused.
    """
    if values.dtype.kind != "u" or bits in {0, values.itemsize * 8} or values.itemsize > 2:  # noqa: PLR2004
        return values
    return of_most(values, (1 << bits) - 1)


def of_most(values: NDArray[Any], most: int) -> NDArray[Any]:
    """Return unsigned numbers up to `most` as levels that use all of their 8 or 16 bits."""
    full = (1 << values.itemsize * 8) - 1

    def levels(rows: NDArray[Any]) -> NDArray[Any]:
        return np.minimum((rows.astype(np.uint32) * full + most // 2) // most, full)

    return by_rows(levels, values, values.dtype.newbyteorder("="))


def by_rows(
    change: Callable[[NDArray[Any]], NDArray[Any]], values: NDArray[Any], number: DTypeLike
) -> NDArray[Any]:
    """Return numbers of that kind, few rows at a time: those on the way take much more memory."""
    changed = np.empty(values.shape, number)
    for rows in _few_rows(values):
        changed[rows] = change(values[rows])
    return changed


def _few_rows(values: NDArray[Any]) -> Iterator[slice]:
    step = max(1, AT_A_TIME * len(values) // max(1, values.size))
    return (slice(top, top + step) for top in range(0, len(values), step))


def _range(values: NDArray[Any]) -> tuple[float, float]:
    ranges = [_range_of(values[rows]) for rows in _few_rows(values)]
    found = [each for each in ranges if each is not None]
    if not found:
        return 0.0, 0.0
    return min(least for least, _ in found), max(greatest for _, greatest in found)


def _range_of(values: NDArray[Any]) -> tuple[float, float] | None:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else None
