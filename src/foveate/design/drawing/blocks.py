"""A page painted on a canvas, block by block. Raster and PDF have the same painter."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.deadline import current
from foveate.design.drawing.colours import argb
from foveate.design.drawing.engine import skia
from foveate.design.drawing.layers import (
    blend_mode,
    extent,
    in_paint_order,
    layer,
    of_one_paint,
    placed,
)
from foveate.design.drawing.paints import filled, opaque, smooth, stroked
from foveate.design.drawing.pictures import Gallery, covering
from foveate.design.drawing.shapes import outline, rounded
from foveate.design.drawing.snapping import on_pixels
from foveate.design.drawing.text import Laid, laid_out
from foveate.design.scene.model import Blend, Block, Group, Line, Page, Painted, Picture, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.design.drawing.text import Measured
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.paint import Shadow

_LEAST: Final = 1e-3
"""Pixels of blur below which skia knows none."""
_SOFT: Final = 2.25
"""A sigma, in pixels, from which what is made of so many pixels less looks the same."""
SOFTNESS: Final = 0.5
"""Sigma of a shadow, of its blur: as CSS has it."""


@dataclass(frozen=True, slots=True)
class Mix:
    """How what is painted meets what is below."""

    opacity: float = 1.0
    blend: Blend = Blend.NORMAL

    def paint(self, paint: Any) -> Any:  # noqa: ANN401 - skia's
        """Return the paint, so mixed."""
        paint.setAlphaf(paint.getAlphaf() * self.opacity)
        paint.setBlendMode(blend_mode(self.blend))
        return paint


PLAIN: Final = Mix()


@dataclass(frozen=True, slots=True)
class Painter:
    """What paints blocks, and what it learns of texts."""

    typefaces: Typefaces
    gallery: Gallery
    language: str = ""
    snaps: bool = False
    """Whether boxes end on whole pixels: where there are any."""
    _laid: dict[str, Laid] = field(default_factory=dict)

    @property
    def measured(self) -> Mapping[str, Measured]:
        """Each text that was painted, by its id."""
        return {id_: laid.measured for id_, laid in self._laid.items()}

    def page(self, canvas: Any, page: Page) -> None:  # noqa: ANN401 - skia's
        """Paint a page in pixels of the scene."""
        canvas.clipRect(skia().Rect.MakeWH(page.width, page.height))
        if page.fill is not None:
            canvas.drawPaint(filled(page.fill, page.width, page.height, self.gallery))
        self._all(canvas, page.blocks)

    def _all(self, canvas: Any, blocks: Iterable[Block]) -> None:  # noqa: ANN401 - skia's
        for block in in_paint_order(blocks):
            current().check()
            with placed(canvas, block), layer(canvas, block, self._extent(block)):
                self._block(canvas, block)

    def _extent(self, block: Block) -> Any:  # noqa: ANN401 - skia's
        measured = self._text(block).measured if isinstance(block, Text) else None
        return extent(block, measured)

    def _block(self, canvas: Any, block: Block) -> None:  # noqa: ANN401 - skia's
        if isinstance(block, Group):
            self._all(canvas, block.blocks)
            return
        shadow: Shadow | None = getattr(block, "shadow", None)
        if shadow is not None:
            self._shadow(canvas, block, shadow)
        alone = of_one_paint(block)
        self._body(canvas, block, Mix(block.opacity, block.blend) if alone else PLAIN)

    def _shadow(self, canvas: Any, block: Block, shadow: Shadow) -> None:  # noqa: ANN401 - skia's
        if isinstance(block, Painted) and self._is_solid(block):
            _cast(canvas, block, shadow)
            return
        less = _coarseness(shadow.blur * SOFTNESS * self.gallery.scale)
        small = skia().Matrix.Scale(1 / less, 1 / less)
        canvas.saveLayer(
            small.mapRect(self._extent(block)), skia().Paint(ImageFilter=_casting(shadow, less))
        )
        canvas.concat(small)
        self._body(canvas, block, PLAIN)
        canvas.restore()

    def _is_solid(self, block: Painted) -> bool:
        """Return whether a block casts the shadow of its outline, and hides what falls behind."""
        stroke = block.stroke
        if stroke is not None and (stroke.colour.alpha < 1 or stroke.dash):
            return False
        return opaque(block.fill) or (isinstance(block, Picture) and self._image(block).isOpaque())

    def _body(self, canvas: Any, block: Block, mix: Mix) -> None:  # noqa: ANN401 - skia's
        shape = outline(block)
        with on_pixels(canvas, block) if self.snaps else nullcontext():
            self._inside(canvas, block, shape, mix)
        if isinstance(block, Painted | Line) and block.stroke is not None and block.stroke.width:
            canvas.drawPath(shape, mix.paint(stroked(block.stroke)))
        if isinstance(block, Text):
            self._text(block).paint(canvas)

    def _inside(self, canvas: Any, block: Block, shape: Any, mix: Mix) -> None:  # noqa: ANN401 - skia's
        if isinstance(block, Painted) and block.fill is not None:
            fill = filled(block.fill, block.width, block.height, self.gallery)
            canvas.drawPath(shape, mix.paint(fill))
        if isinstance(block, Picture):
            self._picture(canvas, block, mix.paint(skia().Paint(AntiAlias=True)))

    def _picture(self, canvas: Any, block: Picture, paint: Any) -> None:  # noqa: ANN401 - skia's
        image = self._image(block)
        part = covering((image.width(), image.height()), block.width, block.height)
        canvas.save()
        if any(block.radius):
            clip = rounded(block.width, block.height, block.radius)
            canvas.clipRRect(clip, doAntiAlias=True)
        box = skia().Rect.MakeWH(block.width, block.height)
        sampling = smooth(resized=self.gallery.resized(image, block.width, block.height))
        canvas.drawImageRect(image, skia().Rect.MakeXYWH(*part), box, sampling, paint)
        canvas.restore()

    def _image(self, block: Picture) -> Any:  # noqa: ANN401 - skia's
        return self.gallery.image(block.src, block.options, block.width, block.height)

    def _text(self, block: Text) -> Laid:
        if block.id not in self._laid:
            self._laid[block.id] = laid_out(block, self.typefaces, self.language)
        return self._laid[block.id]


def _coarseness(sigma: float) -> int:
    """Return how many times smaller a shadow is made than it is seen: it is soft all the same.

    >>> [_coarseness(sigma) for sigma in (1, 6, 100)]
    [1, 2, 4]
    """
    return next((less for less in (4, 2) if sigma >= _SOFT * less), 1)


def _casting(shadow: Shadow, less: int) -> Any:  # noqa: ANN401 - skia's
    """Return what makes the shadow of something that is drawn so many times smaller."""
    filters, sigma = skia().ImageFilters, shadow.blur * SOFTNESS / less
    moved = shadow.x / less, shadow.y / less
    cast = filters.DropShadowOnly(*moved, sigma, sigma, argb(shadow.colour))
    if less == 1:
        return cast
    linear = skia().SamplingOptions(skia().FilterMode.kLinear)
    return filters.MatrixTransform(skia().Matrix.Scale(less, less), linear, cast)


def _cast(canvas: Any, block: Painted, shadow: Shadow) -> None:  # noqa: ANN401 - skia's
    paint = skia().Paint(AntiAlias=True)
    if block.stroke is not None and block.stroke.width:
        paint = stroked(block.stroke)
        paint.setStyle(skia().Paint.kStrokeAndFill_Style)
    paint.setColor(argb(shadow.colour))
    if shadow.blur > _LEAST:
        sigma = shadow.blur * SOFTNESS
        paint.setMaskFilter(skia().MaskFilter.MakeBlur(skia().kNormal_BlurStyle, sigma))
    canvas.save()
    canvas.translate(shadow.x, shadow.y)
    canvas.drawPath(outline(block), paint)
    canvas.restore()
