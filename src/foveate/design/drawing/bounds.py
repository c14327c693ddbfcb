"""What a drawing may cost, looked at before any of it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.drawing.layers import layered, shown
from foveate.design.scene.model import Group, Path, Text
from foveate.design.scene.path_kinds import path_steps
from foveate.errors import DrawingTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.design.scene.model import Block, Page
    from foveate.design.scene.paint import Stroke


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much there may be of what costs time and memory."""

    pixels: int = 100_000_000
    """Of one page as it is drawn."""
    side: int = 16_384
    """Pixels of its longer side."""
    blur: float = 500.0
    """Pixels of a shadow's blur as it is drawn."""
    layers: int = 64
    """Blocks with a shadow, an opacity or a blend of their own, each of which needs a layer."""
    layer_pixels: int = 600_000_000
    """Of all layers, were each as large as the page."""
    letters: int = 20_000
    dashes: int = 10_000
    """Of all strokes, and the gaps between them, as long as their boxes are around."""
    rows: int = 4_000_000
    """Of pixels that the edges of paths cross, all together: a painter holds all else up for each
    path, for 10 s with 20 million of them.
    """
    painted: int = 2_000_000_000
    """Pixels of all blocks, each as far as it lies on the page."""
    depth: int = 32
    """Groups in groups."""


_COMMAND: Final = 32
"""Letters of about a quarter of a path around its box."""
_FINE: Final = 1e-6
BOUNDS: Final = Bounds()


def size_of(page: Page, scale: float) -> tuple[int, int]:
    """Return width and height of a page in pixels of a drawing.

    >>> from foveate.design.scene.model import Page
    >>> size_of(Page(id="p", width=100.4, height=50), 2)
    (201, 100)
    """
    return max(round(page.width * scale), 1), max(round(page.height * scale), 1)


def check(page: Page, scale: float, bounds: Bounds = BOUNDS) -> tuple[int, int]:
    """Return the size of a page's drawing in pixels. Raises DrawingTooLarge."""
    width, height = size_of(page, scale)
    blocks = list(_all(page.blocks, bounds.depth))
    shadows = [shadow for each in blocks if (shadow := getattr(each, "shadow", None)) is not None]
    layers = len(shadows) + sum(map(layered, blocks))
    letters = sum(len(each.words) for each in blocks if isinstance(each, Text))
    blur = max((shadow.blur * scale for shadow in shadows), default=0.0)
    for what, got, most in (
        ("pixels", width * height, bounds.pixels),
        ("pixels on a side", max(width, height), bounds.side),
        ("pixels of blur", round(blur), bounds.blur),
        ("shadows and transparent blocks", layers, bounds.layers),
        ("pixels of shadows and transparent blocks", layers * width * height, bounds.layer_pixels),
        ("letters", letters, bounds.letters),
        ("dashes", sum(map(_dashes, blocks)), bounds.dashes),
        ("rows that paths cross", sum(_rows(each, scale, height) for each in blocks), bounds.rows),
        ("painted pixels", _painted(blocks, scale, width * height), bounds.painted),
    ):
        if got > most:
            _refuse(page, f"at most {most:,.0f} {what}", f"{got:,.0f}")
    return width, height


def _dashes(block: Block) -> float:
    """Return about how many dashes and gaps the stroke of a block has."""
    stroke: Stroke | None = getattr(block, "stroke", None)
    if stroke is None or not stroke.dash:
        return 0.0
    around = 2 * (block.width + block.height)
    # A path may go to and fro in its box.
    times = max(len(block.d) / _COMMAND, 1.0) if isinstance(block, Path) else 1.0
    return around * times * len(stroke.dash) / max(sum(stroke.dash), _FINE)


def _rows(block: Block, scale: float, most: int) -> float:
    """Return about how many rows of pixels the edges of a path cross, those of its stroke as well.

    Curves are taken as the lines between their control points, which are no shorter.
    """
    if not isinstance(block, Path):
        return 0.0
    by = block.height / block.viewbox[3] * scale
    # What lies beyond the page is cut off before it is painted.
    steps = [min(each * by, 2 * most) for each in path_steps(block.d)]
    rows = sum(steps) if block.fill is not None else 0.0
    if (stroke := block.stroke) is not None:
        rows += 2 * (sum(steps) + len(steps) * stroke.width * scale)
    return rows


def _painted(blocks: Iterable[Block], scale: float, page: int) -> float:
    """Return how many pixels blocks have, each at most those of the page; groups paint nothing."""
    sides = ((abs(b.width), abs(b.height)) for b in blocks if not isinstance(b, Group))
    return sum(min(width * height * scale * scale, page) for width, height in sides)


def _refuse(page: Page, expected: str, got: str) -> None:
    sentence = f"Expected {expected} on the page {page.id}, got {got}."
    raise DrawingTooLarge(sentence, public=sentence)


def _all(blocks: Iterable[Block], depth: int) -> Iterator[Block]:
    for block in filter(shown, blocks):
        yield block
        if isinstance(block, Group):
            if not depth:
                sentence = f"Expected groups in groups only so deep, got more in {block.id}."
                raise DrawingTooLarge(sentence, public=sentence)
            yield from _all(block.blocks, depth - 1)
