"""A page as pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from foveate.design.drawing.blocks import Painter
from foveate.design.drawing.bounds import BOUNDS, Bounds, check
from foveate.design.drawing.engine import skia
from foveate.design.drawing.pictures import PAGES_OF_PICTURE, Gallery
from foveate.imaging.pixels import from_array, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.remarks import Remark
    from foveate.design.drawing.text import Measured
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Page
    from foveate.geometry.box import Box
    from foveate.imaging import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What came of drawing a page."""

    pixels: NDArray[np.uint8]
    """(height, width, 4): RGBA of sRGB, premultiplied."""
    texts: Mapping[str, Measured] = field(default_factory=dict)
    """How each text came out, by its id."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was noticed at its texts."""
        return tuple(remark for each in self.texts.values() for remark in each.remarks)

    @property
    def opaque(self) -> bool:
        """Return whether nothing is seen through it."""
        return bool(self.pixels[..., 3].min() == 255)  # noqa: PLR2004 - of a byte

    def image(self) -> Image:
        """Return it as an encoder takes it: without alpha where nothing is seen through it."""
        if self.opaque:
            return from_array(_without_alpha(self.pixels))
        return from_array(self.pixels).unpremultiply().cast("uchar")

    def straight(self) -> NDArray[np.uint8]:
        """Return (height, width, 3), or 4 where anything is seen through it, not premultiplied."""
        values: NDArray[np.uint8] = values_of(self.image())
        return values


def _without_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (height, width, 3), band by band: 3 ms of two megapixels, where libvips takes 10."""
    colours = np.empty((*pixels.shape[:2], 3), np.uint8)
    for band in range(3):
        colours[..., band] = pixels[..., band]
    return colours


def painted_on(
    page: Page, typefaces: Typefaces, gallery: Gallery, language: str, *, box: Box, scale: float
) -> NDArray[np.uint8]:
    """Return a part of a page as pixels like those of `Drawn`. Raises as `draw`."""
    check(page, gallery.scale)
    width, height = (max(math.ceil(side * scale), 1) for side in (box.width, box.height))
    pixels = np.zeros((height, width, 4), np.uint8)
    surface = _surface(pixels)
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    canvas.translate(-box.left, -box.top)
    Painter(typefaces, gallery, language).page(canvas, page)
    surface.flushAndSubmit()
    return pixels


def _surface(pixels: NDArray[np.uint8]) -> Any:  # noqa: ANN401 - skia's
    return skia().Surface(pixels, skia().kRGBA_8888_ColorType, skia().kPremul_AlphaType, None, None)


def draw(
    page: Page,
    typefaces: Typefaces,
    pictures: Pictures,
    *,
    scale: float = 1.0,
    language: str = "",
    bounds: Bounds = BOUNDS,
) -> Drawn:
    """Return a page as pixels. Raises DrawingTooLarge, UnknownFont, FontsMissing.

    What `pictures` raises is raised as well.
    """
    width, height = check(page, scale, bounds)
    pixels = np.zeros((height, width, 4), np.uint8)
    surface = _surface(pixels)
    gallery = Gallery(pictures, scale, PAGES_OF_PICTURE * width * height)
    painter = Painter(typefaces, gallery, language, snaps=True)
    canvas = surface.getCanvas()
    # Rounded sizes are filled to their edge.
    canvas.scale(width / page.width, height / page.height)
    painter.page(canvas, page)
    surface.flushAndSubmit()
    return Drawn(pixels=pixels, texts=painter.measured)
