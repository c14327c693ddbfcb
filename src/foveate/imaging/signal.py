"""What the numbers of a picture stand for, where code points or chunks say so and no profile does.

Source: ITU-T H.273, the code points that AVIF, HEIC and PNG share.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from foveate.imaging.fields import blob, with_blobs

if TYPE_CHECKING:
    from foveate.imaging.engine import Image

FIELD: Final = "foveate-signal"
"""Under this name a signal travels with its picture, as a profile does."""

Chromaticity: TypeAlias = "tuple[float, float]"
Primaries: TypeAlias = "tuple[float, ...]"
"""x and y of red, green, blue and white. Source: CIE 1931."""

_D65: Final = (0.3127, 0.3290)
BT709: Final = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *_D65)
P3: Final = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65)
_BT601: Final = (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65)

_PRIMARIES: Final[dict[int, Primaries]] = {
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: _BT601,
    7: _BT601,
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.310, 0.316),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    10: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: P3,
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
"""ColourPrimaries that are not BT.709's; what is not listed here is taken for those."""
_LEAST_AREA: Final = 0.001
"""BT.709's triangle has 0.22."""
SAME: Final = 0.002
"""Primaries nearer to each other than this are the same: files round them."""


class Curve(StrEnum):
    """How a number of 0..1 becomes light."""

    SRGB = "srgb"
    POWER = "power"
    """Light is the number to the power of `exponent`."""
    GAMMA = "gamma"
    """The number to the power of `exponent` is the one that sRGB would have."""
    LOG = "log"
    """The number counts `exponent` decades of light."""
    PQ = "pq"
    HLG = "hlg"


_CURVES: Final[dict[int, tuple[Curve, float]]] = {
    4: (Curve.POWER, 2.2),
    5: (Curve.POWER, 2.8),
    8: (Curve.POWER, 1.0),
    9: (Curve.LOG, 2.0),
    10: (Curve.LOG, 2.5),
    16: (Curve.PQ, 1.0),
    17: (Curve.POWER, 2.6),
    18: (Curve.HLG, 1.0),
}
"""TransferCharacteristics that are not sRGB's. The cameras' curves, such as BT.709's, are shown as
sRGB everywhere, as browsers do: they say how light was taken, not how it is shown."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Primaries and curve of RGB, or of grey, of 0..1."""

    primaries: Primaries = BT709
    curve: Curve = Curve.SRGB
    exponent: float = 1.0
    full_range: bool = True
    """Otherwise black is 16 and white 235 of 255."""

    @property
    def is_srgb(self) -> bool:
        """Return whether nothing needs to be done."""
        return self.curve is Curve.SRGB and self.full_range and same(self.primaries, BT709)


def coded(primaries: int, transfer: int, *, full_range: bool = True) -> Signal:
    """Return the signal of two code points; unknown and unspecified ones count as sRGB's."""
    curve, exponent = _CURVES.get(transfer, (Curve.SRGB, 1.0))
    return Signal(_PRIMARIES.get(primaries, BT709), curve, exponent, full_range)


def same(some: Primaries, others: Primaries) -> bool:
    """Return whether primaries differ by rounding at most."""
    return all(abs(a - b) < SAME for a, b in zip(some, others, strict=True))


def spanned(primaries: Primaries) -> bool:
    """Return whether white lies between the primaries, in a triangle that is more than a line."""
    red, green, blue, white = zip(primaries[::2], primaries[1::2], strict=True)
    whole = _area(red, green, blue)
    if abs(whole) < _LEAST_AREA or white[1] <= 0 or not 0 <= min(primaries) <= max(primaries) <= 1:
        return False
    parts = _area(white, green, blue), _area(red, white, blue), _area(red, green, white)
    return all(part / whole > 0 for part in parts)


def _area(one: Chromaticity, two: Chromaticity, three: Chromaticity) -> float:
    """Return twice the area of a triangle, below zero where it turns clockwise."""
    return (two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])


def with_signal(image: Image, signal: Signal) -> Image:
    """Return the picture with a signal, of which `signal_of` tells."""
    return with_blobs(image, {FIELD: json.dumps(asdict(signal)).encode()})


def signal_of(image: Image) -> Signal | None:
    """Return the signal that travels with a picture."""
    said = blob(image, FIELD)
    if not said:
        return None
    values = json.loads(said)
    return Signal(
        tuple(values["primaries"]), Curve(values["curve"]), values["exponent"], values["full_range"]
    )
