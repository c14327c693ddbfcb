"""Numbers that are no levels of brightness yet: floats, and integers of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST: Final = 65_535

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
        return values.astype(np.uint16)
    scale = next((most for most in _SCALES if greatest <= most), None)
    if least < 0 or scale is None:
        values, scale = values.astype(np.float64) - least, (greatest - least) or 1.0
    clean = np.nan_to_num(values / scale, nan=0.0, posinf=1.0, neginf=0.0)
    levels: NDArray[np.uint16] = np.rint(np.clip(clean, 0, 1) * MOST).astype(np.uint16)
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
    levels: NDArray[Any] = (values.astype(np.uint32) * full + most // 2) // most
    fitting: NDArray[Any] = np.minimum(levels, full).astype(values.dtype)
    return fitting


def _range(values: NDArray[Any]) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
