"""A page brought to another size by what its blocks are pinned to: nothing is arranged anew.

That is what an overlay needs, whose frame and badge belong to the edges of a picture. A block that
is pinned nowhere keeps to the edges that it is near, or to the middle.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.scaling import details, filling
from foveate.design.scene.model import Fit, Group, Pin, Text
from foveate.design.tree import STILL, on_page, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Page

NEAR: Final = 1 / 3
"""Of a page's side: a middle that lies within keeps to that edge."""
WHOLE: Final = 0.9
"""Of it: what is as long runs along all of it."""
ACROSS: Final = (Pin.LEFT, Pin.CENTER, Pin.RIGHT)
DOWN: Final = (Pin.TOP, Pin.MIDDLE, Pin.BOTTOM)


class Side(NamedTuple):
    """A side of a page, before and after, and how many times as long lengths become."""

    old: float
    new: float
    by: float


def pinned(page: Page, width: float, height: float) -> Page:
    """Return a page in a size in pixels.

    Lengths grow as what has to fit does: by the shorter of both ratios.

    >>> from foveate.design.scene.model import Page, Rectangle
    >>> badge = Rectangle(id="b", x=80, y=10, width=10, height=10)
    >>> made = pinned(Page(id="p", width=100, height=100, blocks=(badge,)), 400, 200)
    >>> made.blocks[0].x, made.blocks[0].y, made.blocks[0].width
    (360.0, 20.0, 20.0)
    """
    by = min(width / page.width, height / page.height)
    sides = Side(page.width, width, by), Side(page.height, height, by)
    blocks = tuple(_placed(block, *sides) for block in page.blocks)
    return replace(page, width=width, height=height, blocks=blocks)


def _placed(block: Block, across: Side, down: Side) -> Block:
    # Edges of a page are those of what is seen: a block that is turned lies elsewhere than its box.
    seen = on_page(Box(0, 0, block.width, block.height), within(STILL, block))
    left, wide = _along(block, across, seen.left, seen.width, 0)
    top, high = _along(block, down, seen.top, seen.height, 1)
    box = filling(block, seen, Box(left, top, wide, high), across.by)
    width, height = box.width, box.height
    said = details(block, across.by)
    said |= {"x": box.left, "y": box.top, "width": width, "height": height}
    if isinstance(block, Group):
        inside = Side(block.width, width, across.by), Side(block.height, height, down.by)
        said["blocks"] = tuple(_placed(each, *inside) for each in block.blocks)
    if isinstance(block, Text) and block.fit is Fit.NONE:
        said["fit"] = Fit.SHRINK
    return replace(block, **said)


def _along(block: Block, side: Side, at: float, length: float, axis: int) -> tuple[float, float]:
    """Return where a block begins on a side, and how long it is there."""
    before, middle, after = (ACROSS, DOWN)[axis]
    pins = {pin for pin in block.pin if pin in {before, middle, after}}
    stretched = (block.stretch.across, block.stretch.down)[axis]
    both = {before, after} <= pins or stretched
    if both or (not pins and not block.keep_aspect and length >= WHOLE * side.old):
        left, right = at * side.by, (side.old - at - length) * side.by
        return left, max(side.new - left - right, 1.0)
    own, centre = length * side.by, (at + length / 2) / side.old
    if before in pins or (not pins and centre <= NEAR):
        return at * side.by, own
    if after in pins or (not pins and centre >= 1 - NEAR):
        return side.new - (side.old - at) * side.by, own
    return centre * side.new - own / 2, own
