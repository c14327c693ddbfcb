"""How bright pictures are brought to a screen that is not.

Source: ITU-R BT.2390-11, 5.4.1 (the curve), BT.2408 (the light of white), SMPTE ST 2084 (PQ).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PQ_PEAK: Final = 10_000.0
HLG_PEAK: Final = 1_000.0
"""cd/m2 of the brightest number."""
_MASTERED: Final = 4_000.0
"""cd/m2 of the brightest screens that pictures are made on: what is brighter is clipped."""
_WHITE: Final = 203.0
"""cd/m2 of a sheet of paper in an HDR picture, which is what 255 shows."""
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def pq_to_nits(number: Array) -> Array:
    """Return the cd/m2 of numbers in 0..1."""
    root = number ** (1 / _M2)
    nits: Array = PQ_PEAK * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)
    return nits


def nits_to_pq(nits: Array) -> Array:
    """Return the numbers 0..1 of cd/m2."""
    power = (nits / PQ_PEAK) ** _M1
    number: Array = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return number


def gains(peak: float, levels: int) -> Array:
    """Return by how much light of 0..1, 1 being `peak` cd/m2, is multiplied to become 0..1 of SDR.

    `levels` steps of it, evenly. Below a knee nothing changes but the measure.
    """
    light = np.linspace(0, 1, levels)
    light[0] = light[1]
    number = nits_to_pq(light * peak)
    brightest, white = nits_to_pq(np.array([min(peak, _MASTERED), _WHITE]))
    return pq_to_nits(_rolled_off(number / brightest, white / brightest) * brightest) / (
        _WHITE * light
    )


def _rolled_off(number: Array, most: float) -> Array:
    """Return 0..1 brought to 0..`most`: a line, then from its knee on a spline of Hermite."""
    knee = 1.5 * most - 0.5
    t = ((number - knee) / (1 - knee)).clip(0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * most
    )
    return np.where(number < knee, number, spline)
