"""A page as SVG: shapes as shapes, letters as outlines that say their words, pictures inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.bounds import BOUNDS, Bounds, check
from foveate.design.drawing.document import PICTURES, Document
from foveate.design.drawing.engine import skia
from foveate.design.drawing.layers import extent, in_paint_order
from foveate.design.drawing.pictures import PAGES_OF_PICTURE, Gallery
from foveate.design.drawing.shapes import outline
from foveate.design.drawing.svg_defs import Definitions, attributes, figure, stroked
from foveate.design.drawing.svg_path import written
from foveate.design.drawing.text import laid_out
from foveate.design.scene.model import Blend, Group, Line, Painted, Picture, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.text import Laid, Measured
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Block, Page
    from foveate.design.scene.paint import Shadow

_INSIDE: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FAR: Final = 1e5
_SPACE: Final = "http://www.w3.org/2000/svg"


def svg(
    page: Page,
    typefaces: Typefaces,
    pictures: Pictures,
    *,
    language: str = "",
    bounds: Bounds = BOUNDS,
) -> Document:
    """Return a page as SVG that asks for no font and no other file.

    Raises DrawingTooLarge, UnknownFont, FontsMissing, and what `pictures` raises.
    """
    width, height = check(page, 1.0, bounds)
    gallery = Gallery(pictures, PICTURES, PAGES_OF_PICTURE * width * height)
    writer = _Writer(typefaces, Definitions(gallery), language)
    ground = ""
    if page.fill is not None:
        sides = {"width": page.width, "height": page.height}
        paint = writer.definitions.filled(page.fill, page.width, page.height)
        ground = f"<rect{attributes(**sides, **paint)}/>"
    body = ground + writer.all(page.blocks)
    defined = "".join(writer.definitions.lines)
    box = f"0 0 {figure(page.width)} {figure(page.height)}"
    named = {"role": "img", "aria_label": page.name} if page.name else {}
    lang = {"lang": language} if language else {}
    root = attributes(
        xmlns=_SPACE, width=page.width, height=page.height, viewBox=box, **lang, **named
    )
    defs = f"<defs>{defined}</defs>" if defined else ""
    data = f"<svg{root}>{defs}{body}</svg>\n".encode()
    return Document(data=data, texts=writer.texts)


@dataclass(frozen=True, slots=True)
class _Writer:
    """What writes blocks, and what it learns of texts."""

    typefaces: Typefaces
    definitions: Definitions
    language: str
    texts: dict[str, Measured] = field(default_factory=dict)

    def all(self, blocks: Iterable[Block]) -> str:
        return "".join(map(self._block, in_paint_order(blocks)))

    def _block(self, block: Block) -> str:
        laid = laid_out(block, self.typefaces, self.language) if isinstance(block, Text) else None
        inside = self.all(block.blocks) if isinstance(block, Group) else self._body(block, laid)
        shadow: Shadow | None = getattr(block, "shadow", None)
        if shadow is not None:
            part = extent(block, laid.measured if laid else None)
            inside = f'<g filter="url(#{self.definitions.shadow(shadow, part)})">{inside}</g>'
        return f"<g{attributes(id=block.id, **_mixed(block), **_placed(block))}>{inside}</g>"

    def _body(self, block: Block, laid: Laid | None) -> str:
        path = written(outline(block))
        said = ""
        if isinstance(block, Painted) and block.fill is not None:
            fill = self.definitions.filled(block.fill, block.width, block.height)
            said += f"<path{attributes(d=path, **fill)}/>"
        if isinstance(block, Picture):
            said += self._picture(block, path)
        if isinstance(block, Painted | Line) and block.stroke is not None and block.stroke.width:
            said += f"<path{attributes(d=path, fill='none', **stroked(block.stroke))}/>"
        if laid is not None and isinstance(block, Text):
            self.texts[block.id] = laid.measured
            named = attributes(role="img", aria_label=block.words)
            said += f"<g{named}>{_outlines(laid)}</g>"
        return said

    def _picture(self, block: Picture, path: str) -> str:
        image = self.definitions.image(block.src, block.options, block.width, block.height)
        named = attributes(role="img", aria_label=block.alt) if block.alt else ""
        cut = self.definitions.cut(path)
        return f'<g clip-path="url(#{cut})"{named}>{image}</g>'


def _placed(block: Block) -> dict[str, str]:
    moves = f"translate({figure(block.x)} {figure(block.y)})" if block.x or block.y else ""
    if block.rotation:
        about = f"{figure(block.width / 2)} {figure(block.height / 2)}"
        moves = f"{moves} rotate({figure(block.rotation)} {about})".strip()
    return {"transform": moves} if moves else {}


def _mixed(block: Block) -> dict[str, str | float]:
    said: dict[str, str | float] = {}
    if block.opacity < 1:
        said["opacity"] = block.opacity
    if block.blend is not Blend.NORMAL:
        said["style"] = f"mix-blend-mode:{block.blend}"
    return said


def _outlines(laid: Laid) -> str:
    """Return the letters of a text as shapes: whoever opens it needs no font."""
    stream = skia().DynamicMemoryWStream()
    of = skia().SVGCanvas
    flags = of.kConvertTextToPaths_Flag | of.kNoPrettyXML_Flag
    # What lies beyond its bounds is left out.
    everywhere = skia().Rect.MakeLTRB(-_FAR, -_FAR, _FAR, _FAR)
    canvas: Any = of.Make(everywhere, stream, flags)
    laid.paint(canvas)
    del canvas  # what is not let go of is not written
    stream.flush()
    found = _INSIDE.search(bytes(stream.detachAsData()).decode())
    return found[1] if found else ""
