"""Which pictures a page needs, and how large, before any of it is drawn: they come from afar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foveate.design.drawing.bounds import BOUNDS, Bounds, check
from foveate.design.drawing.layers import in_paint_order
from foveate.design.drawing.pictures import PAGES_OF_PICTURE, wanted
from foveate.design.scene.model import Group, Painted, Picture
from foveate.design.scene.paint import PictureFill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.design.scene.model import Block, Page


class Asked(NamedTuple):
    """A picture as a drawing asks for it."""

    src: str
    options: str
    width: int
    height: int


def pictures_of(
    page: Page, scale: float, *, drawn: float = 1.0, bounds: Bounds = BOUNDS
) -> tuple[Asked, ...]:
    """Return what the drawing of a page asks of its pictures, each once.

    `scale` is pixels of a picture to one of the scene, `drawn` those of the drawing, which pixels
    as they are have the same. Raises DrawingTooLarge.
    """
    width, height = check(page, drawn, bounds)
    most = PAGES_OF_PICTURE * width * height
    boxes = _boxes(page)
    return tuple(dict.fromkeys(Asked(*what, *wanted(*size, scale, most)) for what, size in boxes))


def _boxes(page: Page) -> Iterator[tuple[tuple[str, str], tuple[float, float]]]:
    if isinstance(page.fill, PictureFill):
        yield (page.fill.src, page.fill.options), (page.width, page.height)
    yield from _inside(page.blocks)


def _inside(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, str], tuple[float, float]]]:
    for block in in_paint_order(blocks):
        if isinstance(block, Group):
            yield from _inside(block.blocks)
        elif isinstance(block, Painted):
            size = block.width, block.height
            if isinstance(block.fill, PictureFill):
                yield (block.fill.src, block.fill.options), size
            if isinstance(block, Picture):
                yield (block.src, block.options), size
