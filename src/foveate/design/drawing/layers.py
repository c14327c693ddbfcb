"""Which blocks are seen, in which order, and how they meet what is below them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.engine import skia
from foveate.design.drawing.shapes import outline
from foveate.design.scene.model import Blend, Block, Group, Painted, Path, Picture, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.design.drawing.text import Measured

REACH: Final = 1.5
"""A shadow is seen no farther than so many times its blur: three sigmas."""
_LEANING: Final = 0.5
"""Of its size, by which a letter may stand out of its line."""
_MITER: Final = 2.0
"""Widths that a stroke may stand out: skia cuts the tips of its corners there."""


def in_paint_order(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks that are seen, by `z` and then as they stand."""
    return sorted((each for each in blocks if shown(each)), key=lambda each: each.z)


def shown(block: Block) -> bool:
    """Return whether anything of a block may be seen."""
    return not block.hidden and block.opacity > 0 and not _flat(block)


def _flat(block: Block) -> bool:
    """Return whether a block is a shape without an inside: letters and groups go beyond theirs."""
    return (
        isinstance(block, Painted)
        and not isinstance(block, Text)
        and not (block.width > 0 and block.height > 0)
    )


def layered(block: Block) -> bool:
    """Return whether a block is painted on a layer of its own first."""
    return (block.opacity < 1 or block.blend is not Blend.NORMAL) and not of_one_paint(block)


def of_one_paint(block: Block) -> bool:
    """Return whether a block is painted at once, so that it needs no layer to meet what is below.

    >>> from foveate.design.scene.model import Ellipse
    >>> of_one_paint(Ellipse(id="e", width=1, height=1, opacity=0.5))
    True
    """
    if isinstance(block, Group | Text) or getattr(block, "shadow", None) is not None:
        return False
    fill, stroke = getattr(block, "fill", None), getattr(block, "stroke", None)
    return sum(map(bool, (isinstance(block, Picture), fill, stroke))) <= 1


def blend_mode(blend: Blend) -> Any:  # noqa: ANN401 - skia's
    """Return skia's word for CSS's."""
    if blend is Blend.NORMAL:
        return skia().BlendMode.kSrcOver
    return getattr(skia().BlendMode, "k" + "".join(map(str.capitalize, blend.split("-"))))


@contextmanager
def placed(canvas: Any, block: Block) -> Iterator[None]:  # noqa: ANN401 - skia's
    """Let a block be painted in the coordinates of its box."""
    canvas.save()
    canvas.translate(block.x, block.y)
    if block.rotation:
        canvas.rotate(block.rotation, block.width / 2, block.height / 2)
    yield
    canvas.restore()


@contextmanager
def layer(canvas: Any, block: Block, extent: Any) -> Iterator[None]:  # noqa: ANN401 - skia's
    """Let what is painted meet what is below as one, where it does so in any way of its own."""
    if not layered(block):
        yield
        return
    paint = skia().Paint(Alphaf=block.opacity)
    paint.setBlendMode(blend_mode(block.blend))
    canvas.saveLayer(extent, paint)
    yield
    canvas.restore()


def extent(block: Block, measured: Measured | None) -> Any:  # noqa: ANN401 - skia's
    """Return the part of a block's plane that it paints; None where nobody knows."""
    if isinstance(block, Group):
        return None
    stroke, shadow = getattr(block, "stroke", None), getattr(block, "shadow", None)
    beyond = 1.0 + (stroke.width * _MITER if stroke else 0.0)
    if shadow is not None:
        beyond += max(abs(shadow.x), abs(shadow.y)) + REACH * shadow.blur
    if isinstance(block, Text) and measured is not None:
        # Letters may lean over their line, and stand out of it with their marks.
        largest = max([block.size, *(run.size or 0.0 for run in block.runs)])
        beyond += max(measured.over) + _LEANING * min(largest, measured.height)
    box = skia().Rect.MakeWH(block.width, block.height)
    if isinstance(block, Path):
        # Its points may lie outside of what is stretched over the box.
        box.join(outline(block).getBounds())
    return box.makeOutset(beyond, beyond)
