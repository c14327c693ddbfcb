"""Maps over a picture: saliency as heat, a matte as the line around what it keeps."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.drawing.canvas import rgb_of, solid
from foveate.imaging.engine import Image
from foveate.imaging.maps import map_image
from foveate.imaging.pixels import brought_to
from foveate.imaging.rounding import over, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

HEAT: Final = ("#1a2455", "#4c3692", "#9f379e", "#ec3680", "#ff6f54", "#ffae42", "#fcea6e")
"""Cold to hot; CIE lightness climbs from 16 to 92 in even steps, so that grey prints read too."""
DISTANCE: Final = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
"""Far to near: viridis (Smith and van der Walt, 2015), which the colour-blind read too."""
EDGE, EDGE_SHADE = "#ffffff", "#10131a"

_COLD_ALPHA, _HOT_ALPHA = 0.42, 0.5
_COLOUR_KEPT: Final = 0.25
"""Of the photo's own under heat: a red dress must not look hot."""
_SHADE_ALPHA: Final = 0.6
_LEVELS: Final = 256
_HALF: Final = 127


def with_heatmap(
    photo: Image, saliency: NDArray[np.floating], stops: Sequence[str] = HEAT
) -> Image:
    """Return the RGB picture, paler, under translucent colours from the map's least to its most.

    A map that says the same of every place adds nothing.
    """
    low, high = float(saliency.min()), float(saliency.max())
    if high <= low:
        return photo
    level = _over_all((saliency - low) / (high - low), photo)
    colours = rounded(_table(_colours(stops))).copy(interpretation="srgb")
    grey = photo.colourspace("b-w")
    photo = rounded(grey + (photo - grey) * _COLOUR_KEPT).copy(interpretation="srgb")
    return _over(photo, level.maplut(colours).copy(interpretation="srgb"))


def with_outline(photo: Image, matte: NDArray[np.floating], stroke: float) -> Image:
    """Return the RGB picture with a line `stroke` pixels wide where the matte passes one half."""
    inside = (_over_all(matte, photo) > _HALF).ifthenelse(255, 0).cast("uchar")
    blurred = inside.gaussblur(stroke, min_ampl=0.02)
    for colour, width, alpha in ((EDGE_SHADE, 2.2 * stroke, _SHADE_ALPHA), (EDGE, stroke, 1.0)):
        line = rounded(blurred.maplut(_table(_line(width, stroke, alpha))))
        ink = solid(Size(photo.width, photo.height), colour)
        photo = _over(photo, ink.bandjoin(line))
    return photo


def _over_all(values: NDArray[np.floating], photo: Image) -> Image:
    """Return a (height, width) map in 0..1 as grey pixels over the whole picture."""
    return brought_to(map_image(values), Size(photo.width, photo.height))


def _over(photo: Image, layer: Image) -> Image:
    return over(photo, layer).extract_band(0, n=photo.bands)


def _table(rows: list[list[float]]) -> Image:
    """Return 256 rows of numbers as the picture that libvips looks values up in."""
    first, *others = (Image.new_from_array([list(band)]) for band in zip(*rows, strict=True))
    return first.bandjoin([*others]) if others else first  # type: ignore[arg-type]


def _colours(named: Sequence[str]) -> list[list[float]]:
    stops = [rgb_of(stop) for stop in named]
    colours = []
    for level in range(_LEVELS):
        share = level / (_LEVELS - 1)
        at = share * (len(stops) - 1)
        stop = min(int(at), len(stops) - 2)
        pairs = zip(stops[stop], stops[stop + 1], strict=True)
        mixed = [low + (high - low) * (at - stop) for low, high in pairs]
        alpha = _COLD_ALPHA + (_HOT_ALPHA - _COLD_ALPHA) * share
        colours.append([*mixed, 255 * alpha])
    return colours


def _line(width: float, sigma: float, alpha: float) -> list[list[float]]:
    """Return how opaque a line is at each level of an edge that was blurred by `sigma` pixels.

    The level of a blurred step is the normal distribution of the distance to it, so the distance
    is read back from the level, and the line is smooth without tracing any path.
    """
    normal = NormalDist()
    levels = ((level + 1 / 2) / _LEVELS for level in range(_LEVELS))
    distances = (abs(normal.inv_cdf(level)) * sigma for level in levels)
    return [[255 * alpha * max(0.0, min(1.0, (width + 1) / 2 - far))] for far in distances]
