"""Blocks that lie on a page as a group of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from foveate.design.scene.model import Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.scene.model import Block


def grouped(blocks: Sequence[Block], id_: str, **said: Any) -> Group:  # noqa: ANN401 - of any field
    """Return a group that is as large as what is in it."""
    boxes = [covered(each) for each in blocks]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    inside = tuple(replace(each, x=each.x - left, y=each.y - top) for each in blocks)
    return Group(
        id=id_, x=left, y=top, width=right - left, height=bottom - top, blocks=inside, **said
    )


def covered(block: Block) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what a block covers where it is turned."""
    turn = math.radians(block.rotation)
    sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
    wide = block.width * cosine + block.height * sine
    high = block.width * sine + block.height * cosine
    x, y = block.x + block.width / 2, block.y + block.height / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
