"""Pictures in linear light, where blurring is what a lens does, and back. Source: IEC 61966-2-1."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips

from foveate.geometry.disc import disc_of
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.options.srgb import channels_of, to_light

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Size

_LEVELS, _FINE_LEVELS = 256, 65_536
_FINEST: Final = _FINE_LEVELS - 1
_TINY: Final = 1e-6


@guard()
def in_light(image: Image) -> Image:
    """Return 8-bit numbers of sRGB or Display P3 as floats of linear light, 0..1."""
    return image.maplut(_light())


@guard()
def of_light(image: Image) -> Image:
    """Return floats of linear light as 8-bit numbers of the space that they came from."""
    fine = image.linear([_FINEST], [0.5]).cast("ushort")
    return fine.maplut(_numbers()).copy(interpretation="srgb")


@guard()
def greys(image: Image) -> Image:
    """Return one band of 8-bit greys, as bright as the colours of an RGB picture."""
    return image.colourspace("b-w").cast("uchar")


@guard()
def through(image: Image, table: NDArray[np.uint8]) -> Image:
    """Return 8-bit numbers looked up in (256,) or (256, bands) uint8, one for each of them."""
    bands = 1 if table.ndim == 1 else table.shape[1]
    data = np.ascontiguousarray(table).tobytes()
    return image.maplut(Image.new_from_memory(data, len(table), 1, bands, "uchar"))


@guard()
def mixed(share: Image, over: Image, under: Image) -> Image:
    """Return two 8-bit pictures mixed: 255 of a band is all of `over`, 0 all of `under`."""
    return share.ifthenelse(over, under, blend=True)


@guard()
def under_disc(image: Image, radius: float) -> Image:
    """Return floats spread over discs of that many pixels, as a lens out of focus spreads them."""
    disc = disc_of(radius)
    kernel = Image.new_from_array((disc / disc.sum()).tolist())
    return image.conv(kernel, precision="float")


@guard()
def under_gaussian(image: Image, radius: float) -> Image:
    """Return floats under a gaussian of which `radius` pixels are two standard deviations."""
    return image.gaussblur(radius / 2, precision="float")


@guard()
def weighed(light: Image, weight: Image) -> Image:
    """Return bands of light times a weight, and the weight itself as the last band."""
    return (light * weight).bandjoin(weight)


@guard()
def brighter(light: Image, from_: float, bloom: float) -> Image:
    """Return one band: 1 up to a mean light of `from_`, rising to `bloom` more at 1."""
    beyond = light.bandmean().linear([bloom / (1 - from_)], [-from_ * bloom / (1 - from_)])
    return (beyond > 0).ifthenelse(beyond, 0) + 1


@guard()
def shrunk(image: Image, size: Size) -> Image:
    """Return floats at a smaller size, and nothing below zero where there was nothing below it."""
    across, down = size.width / image.width, size.height / image.height
    return image.resize(across, vscale=down, kernel="linear")


@guard()
def enlarged(image: Image, size: Size) -> Image:
    """Return a soft picture at a larger size, between the middles of its pixels."""
    across, down = size.width / image.width, size.height / image.height
    if across == down == 1:
        return image
    return image.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bilinear"),
        odx=(across - 1) / 2,
        ody=(down - 1) / 2,
        oarea=[0, 0, size.width, size.height],
        extend="copy",
    )


@guard()
def unweighed(image: Image) -> Image:
    """Return what `weighed` joined, by its weight again."""
    weight = image.extract_band(image.bands - 1)
    return image.extract_band(0, n=image.bands - 1) / (weight + _TINY)


@cache
def _light() -> Image:
    table = np.array([to_light(level / (_LEVELS - 1)) for level in range(_LEVELS)], np.float32)
    return Image.new_from_memory(table.tobytes(), _LEVELS, 1, 1, "float")


@cache
def _numbers() -> Image:
    light = np.arange(_FINE_LEVELS) / _FINEST
    table = (channels_of(light) * (_LEVELS - 1)).round().astype(np.uint8)
    return Image.new_from_memory(table.tobytes(), _FINE_LEVELS, 1, 1, "uchar")
