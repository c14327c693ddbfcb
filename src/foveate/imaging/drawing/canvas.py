"""What drawings are put together from: solid backgrounds, and SVG marks over pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.colour import to_srgb
from foveate.imaging.engine import Image
from foveate.imaging.rounding import over

if TYPE_CHECKING:
    from foveate.geometry.box import Box, Size

BACKGROUND: Final = "#191b20"
"""Of a sheet; near black, so that no colour of its pictures is tinted."""
CELL_BACKGROUND: Final = "#2a2d34"
INK, FAINT_INK = "#f2f4f7", "#a3aab6"
_CHANNELS: Final = 3


def rgb_of(colour: str) -> list[float]:
    """Return red, green and blue, 0..255, of `#rrggbb`."""
    return [float(byte) for byte in bytes.fromhex(colour.removeprefix("#"))]


def solid(size: Size, colour: str) -> Image:
    """Return a picture of one colour."""
    image = Image.black(size.width, size.height, bands=_CHANNELS) + rgb_of(colour)
    return image.cast("uchar").copy(interpretation="srgb")


def opaque(image: Image) -> Image:
    """Return the picture in 8-bit RGB, transparency on white."""
    image = to_srgb(image)
    return image.flatten(background=[255.0, 255.0, 255.0]) if image.hasalpha() else image


def with_marks(image: Image, marks: str) -> Image:
    """Return the 8-bit sRGB picture with SVG marks, given in its pixels, drawn over it."""
    if not marks:
        return image
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}"'
        f' viewBox="0 0 {image.width} {image.height}">{marks}</svg>'
    )
    drawn = Image.svgload_buffer(drawing.encode(), unlimited=True)
    return over(image, drawn).extract_band(0, n=image.bands)


def rectangle(box: Box, **attributes: object) -> str:
    """Return SVG of a rectangle, not filled unless asked; `_` in names means `-`."""
    said = {"fill": "none", **attributes}
    rest = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in said.items())
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}"'
        f' height="{box.height:.1f}"{rest}/>'
    )
