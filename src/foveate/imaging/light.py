"""From signalled numbers to light, and from light to what an ordinary screen shows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.engine import Image
from foveate.imaging.signal import BT709, P3, Curve
from foveate.imaging.tone import HLG_PEAK, PQ_PEAK, gains, pq_to_nits
from foveate.options.srgb import lights_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.imaging.signal import Primaries, Signal

    Array = NDArray[np.float64]

_RGB: Final = 3
_LEVELS: Final = {"uchar": 256, "ushort": 65_536}
_BLACK, _WHITE = 16 / 255, 235 / 255
"""Of the narrow range."""
_BRADFORD: Final = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""From XYZ to the cones, in which whites are adapted. Source: ICC.1:2022, annex E."""
_HLG: Final = (0.17883277, 0.28466892, 0.55991073)
"""a, b and c. Source: ITU-R BT.2100."""
_SYSTEM_GAMMA: Final = 1.2
"""By which a screen of 1000 cd/m2 raises the light of HLG."""
_PEAKS: Final = {Curve.PQ: PQ_PEAK, Curve.HLG: HLG_PEAK}
"""cd/m2 at a number of 1, where light is absolute."""
_KEPT_ROWS: Final = 32


def to_xyz(primaries: Primaries) -> Array:
    """Return the matrix from linear RGB to XYZ, with Y = 1 for white. Source: SMPTE RP 177."""
    x, y = np.array(primaries, np.float64).reshape(4, 2).T
    columns = np.stack([x, y, 1 - x - y])
    matrix: Array = columns[:, :_RGB] * np.linalg.solve(columns[:, :_RGB], columns[:, _RGB] / y[3])
    return matrix


def between(source: Primaries, target: Primaries) -> Array:
    """Return the matrix from one linear RGB to another; white stays white."""
    here, there = to_xyz(source), to_xyz(target)
    cones = (_BRADFORD @ there.sum(1)) / (_BRADFORD @ here.sum(1))
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD
    matrix: Array = np.linalg.inv(there) @ adapted @ here
    return matrix


def _hlg(number: Array, _: float) -> Array:
    a, b, c = _HLG
    return np.where(number <= 0.5, number**2 / 3, (np.exp((number - c) / a) + b) / 12)  # noqa: PLR2004


_LIGHT: Final[dict[Curve, Callable[[Array, float], Array]]] = {
    Curve.SRGB: lambda number, _: lights_of(number),
    Curve.POWER: lambda number, exponent: number**exponent,
    Curve.GAMMA: lambda number, exponent: lights_of(number**exponent),
    Curve.LOG: lambda number, decades: np.where(number > 0, 10 ** (decades * (number - 1)), 0.0),
    Curve.PQ: lambda number, _: pq_to_nits(number) / PQ_PEAK,
    Curve.HLG: _hlg,
}


@lru_cache(maxsize=8)
def _table(signal: Signal, levels: int) -> Image:
    """Return the light of each number that a picture may hold."""
    number = np.linspace(0, 1, levels)
    if not signal.full_range:
        number = ((number - _BLACK) / (_WHITE - _BLACK)).clip(0, 1)
    return _row(_LIGHT[signal.curve](number, signal.exponent))


@lru_cache(maxsize=2)
def _gains(peak: float) -> Image:
    return _row(gains(peak, _LEVELS["ushort"]))


def _row(values: Array) -> Image:
    return Image.new_from_memory(values.astype(np.float32).tobytes(), len(values), 1, 1, "float")


def _matrix(values: Array) -> Image:
    return Image.new_from_array(values.tolist())


def shown(image: Image, signal: Signal, *, wide: bool) -> Image:
    """Return RGB or RGBA of 8 or 16 bits as 8 bits of sRGB, or of Display P3 where `wide`.

    What is brighter than white is brought down to it, hue kept; what no such screen can show is
    clipped. Alpha stays. Lazy.
    """
    if image.bands == _RGB:
        return _seen(image, signal, wide=wide)
    image = _kept(image)
    alpha = image.extract_band(_RGB)
    alpha = alpha >> 8 if image.format == "ushort" else alpha
    return _seen(image.extract_band(0, n=_RGB), signal, wide=wide).bandjoin(alpha.cast("uchar"))


def _seen(image: Image, signal: Signal, *, wide: bool) -> Image:
    light = image.maplut(_table(signal, _LEVELS[str(image.format)]))
    if signal.curve is Curve.HLG:
        light = _kept(light)
        luminance = light.recomb(_matrix(to_xyz(signal.primaries)[1:2]))
        light = light * luminance ** (_SYSTEM_GAMMA - 1)
    light = light.recomb(_matrix(between(signal.primaries, P3 if wide else BT709)))
    if peak := _PEAKS.get(signal.curve):
        light = _kept(light)
        light = light * _brightest(light).maplut(_gains(peak))
    return light.copy(interpretation="scrgb").colourspace("srgb")


def _brightest(light: Image) -> Image:
    """Return the largest of three bands in 0..1, as 16 bits."""
    red, *others = light.bandsplit()
    return (red.bandrank(others, index=_RGB - 1) * (_LEVELS["ushort"] - 1)).cast("ushort")


def _kept(image: Image) -> Image:
    """Return the picture with its last rows kept, since what follows reads each several times."""
    return image.linecache(tile_height=_KEPT_ROWS, access="sequential")
