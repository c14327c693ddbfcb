"""How letters and blocks are seen, by the pixels of a page with them and without them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.design.checks.ink import letters
from foveate.design.scene.model import Blend, Group, Page, Text
from foveate.design.scene.paint import BLACK
from foveate.design.tree import painted
from foveate.errors import DrawingTooLarge, FontsMissing, UnknownFont
from foveate.geometry.box import Box
from foveate.options.srgb import to_light

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.design.checks.model import Case, Looks, Near
    from foveate.design.scene.model import Block
    from foveate.design.tree import Spot

EM: Final = 24.0
"""Pixels of the letters that are looked at: their strokes are one or two wide."""
MOST: Final = 1e6
"""Pixels of all letters of a text."""
LARGEST: Final = 4.0
CELL: Final = 0.75
"""Side of the parts of a text, in letters: about one is in each."""
FULL: Final = 0.5
"""Of the ink that is most, from which a pixel is one of a letter and not of its edge."""
LEAST: Final = 0.25
"""Of the ink of most parts, which has to be in one that counts."""
PALE: Final = 0.3
"""Of the pixels of a part, which may be paler than it is said to be."""
GONE: Final = 0.6
"""Of its contrast, below which a pixel of a letter is lost."""
GONE_AT: Final = 2.0
"""Contrast above which none is."""
FEW: Final = 0.02
"""Of all letters, that may be paler than the text is said to be."""
SIDE: Final = 96.0
"""Pixels of the longer side of blocks that are looked at."""
JUST: Final = 10
"""Levels of a channel by which something is seen."""
UNDRAWN: Final = (DrawingTooLarge, FontsMissing, UnknownFont)
"""Why nobody sees something: other checks tell of it."""
_LIGHT: Final = np.array([to_light(level / 255) for level in range(256)])
_SHARES: Final = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a text: the contrast of the letters in each with what there is without them."""

    contrasts: NDArray[np.float64]
    ink: NDArray[np.float64]
    """Share of all of it, in each."""
    bare: NDArray[np.uint8]
    """(n, 3): what there is without them, at each pixel of a letter."""
    pixels: NDArray[np.float64]
    """The contrast of each pixel of a letter."""
    side: float
    """Of a part, in pixels."""

    def lost(self, whole: Parts) -> float:
        """Return how much ink of a text cannot be seen, and can in others, in squares of an em."""
        pale = np.minimum(whole.pixels * GONE, GONE_AT)
        return float((self.pixels < pale).sum()) * (CELL / self.side) ** 2

    @property
    def contrast(self) -> float:
        """Return the least contrast, few letters aside."""
        order = np.argsort(self.contrasts, kind="stable")
        at = int(np.searchsorted(np.cumsum(self.ink[order]), FEW))
        return float(self.contrasts[order[min(at, len(order) - 1)]])

    def legible(self, needed: float) -> float:
        """Return how well all of them are told apart: 1 where each has what is needed."""
        return float((self.ink * np.log(np.minimum(self.contrasts, needed))).sum() / np.log(needed))


def parts_of(page: Page, spot: Spot, looks: Looks, language: str) -> Parts | None:
    """Return how the letters of a text are seen on a page; None where nobody can see them."""
    near, text = looks.near, spot.block
    assert isinstance(text, Text)  # noqa: S101 - who asks has one
    em = _smallest(text, looks, language)
    box = _on(page, letters(spot, looks.measures, language), em / 4)
    if near is None or box is None:
        return None
    scale = min(EM / em, LARGEST, (MOST / (box.width * box.height)) ** 0.5)
    try:
        return _parts(page, spot, _Looking(near, language, box, scale), CELL * em * scale)
    except UNDRAWN:
        return None


def _parts(page: Page, spot: Spot, look: _Looking, side: float) -> Parts | None:
    ink = 255 - look(_silhouette(page, spot)).min(axis=2).astype(np.int16)
    if not ink.any():
        return None
    full = ink >= FULL * ink.max()
    bare, shown = (look(each)[full] for each in (without_letters(page, spot.block.id), page))
    contrasts = _contrast(_whole(shown, bare, ink[full]), bare)
    return _parted(contrasts, bare, full, side)


@dataclass(frozen=True, slots=True)
class Visible:
    """How much of a block is seen on a page."""

    area: float = 0.0
    share: float = 0.0
    """Of what it would be by itself: less where something covers, fades or inverts it."""


def visible(page: Page, spot: Spot, looks: Looks, language: str) -> Visible:
    """Return how much of a block is seen on a page; nothing where nobody can see it."""
    name, alone = spot.block.id, _unmixed(under(page, spot), spot)
    pages = page, without(page, name), alone, without(alone, name)
    there, gone, whole, bare = _pictured(pages, spot, looks, language)
    own = whole - bare
    full = np.abs(own).max(axis=2) >= JUST
    box = _on(page, spot.box, 0.0)
    if box is None or not full.any():
        return Visible()
    seen, own = (there - gone)[full].astype(np.float64), own[full].astype(np.float64)
    # What differs the other way, as in a negative, is not what the block shows.
    parts = np.clip((seen * own).sum(axis=1) / (own * own).sum(axis=1), 0.0, 1.0)
    return Visible(float(parts.sum() / full.size * box.width * box.height), float(parts.mean()))


def _unmixed(page: Page, spot: Spot) -> Page:
    """Return a page on which nothing fades a block, or mixes it with what is below."""
    inside = {spot.block.id, *(group.id for group in spot.groups)}

    def each(block: Block) -> Block:
        made = _plain(block) if block.id in inside else block
        return (
            replace(made, blocks=tuple(map(each, made.blocks))) if isinstance(made, Group) else made
        )

    return replace(page, blocks=tuple(map(each, page.blocks)))


def detail_of(page: Page, spot: Spot, looks: Looks, language: str) -> float:
    """Return how much a block shows: by how many levels its pixels differ from each other."""
    alone = _mapped(page, lambda block: block if block.id == spot.block.id else None)
    return float(_pictured((alone,), spot, looks, language)[0].std(axis=(0, 1)).max())


def _pictured(
    pages: tuple[Page, ...], spot: Spot, looks: Looks, language: str
) -> list[NDArray[np.int16]]:
    """Return pages where a block lies, some pixels large; nothing where nobody can draw them."""
    box, nothing = _on(pages[0], spot.box, 0.0), np.zeros((1, 1, 3), np.int16)
    if looks.near is None or box is None:
        return [nothing for _ in pages]
    look = _Looking(looks.near, language, box, min(SIDE / max(box.width, box.height), 1.0))
    try:
        return [look(page).astype(np.int16) for page in pages]
    except UNDRAWN:
        return [nothing for _ in pages]


@dataclass(frozen=True, slots=True)
class _Looking:
    near: Near
    language: str
    box: Box
    scale: float

    def __call__(self, page: Page) -> NDArray[np.uint8]:
        return self.near(page, self.language, self.box, self.scale)


def under(page: Page, spot: Spot) -> Page:
    """Return a page with a text, and of all others what is painted before it."""
    order = [each.block.id for each in painted(page)]
    kept = set(order[: order.index(spot.block.id) + 1])
    return _mapped(page, lambda block: block if block.id in kept else None)


def without(page: Page, name: str) -> Page:
    """Return a page without a block."""
    return _mapped(page, lambda block: None if block.id == name else block)


def without_letters(page: Page, name: str) -> Page:
    """Return a page with the box of a text, and nothing in it."""
    return _mapped(page, lambda block: _emptied(block) if block.id == name else block)


def _emptied(block: Block) -> Block:
    return replace(block, runs=()) if isinstance(block, Text) else block


def _mapped(page: Page, change: Callable[[Block], Block | None]) -> Page:
    """Return a page with others in the place of its blocks, groups aside, or none."""

    def each(block: Block) -> Block | None:
        if isinstance(block, Group):
            return replace(block, blocks=inside(block.blocks))
        return change(block)

    def inside(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(made for made in map(each, blocks) if made is not None)

    return replace(page, blocks=inside(page.blocks))


def _silhouette(page: Page, spot: Spot) -> Page:
    """Return a page with the letters of a text alone, black, and as if nothing faded them."""
    text = spot.block
    assert isinstance(text, Text)  # noqa: S101 - who asks has one
    runs = tuple(replace(run, colour=BLACK) for run in text.runs)
    block: Block = replace(_plain(text), runs=runs, fill=None, stroke=None, shadow=None)
    for group in reversed(spot.groups):
        block = replace(_plain(group), blocks=(block,))
    return replace(page, fill=None, blocks=(block,))


def _plain(block: Any) -> Any:  # noqa: ANN401 - the block that it is
    return replace(block, opacity=1.0, blend=Blend.NORMAL)


def _on(page: Page, box: Box, air: float) -> Box | None:
    """Return what of a box, with air around it, is on its page; None for nothing."""
    left, top = max(box.left - air, 0.0), max(box.top - air, 0.0)
    right, bottom = min(box.right + air, page.width), min(box.bottom + air, page.height)
    wide, high = right - left, bottom - top
    return Box(left, top, wide, high) if min(wide, high) > 0 else None


def _smallest(text: Text, looks: Looks, language: str) -> float:
    """Return the size of the smallest letters of a text, after they were made to fit."""
    by = 1.0
    with suppress(UnknownFont, FontsMissing):  # it is drawn in another one
        by = looks.measures(text, language).size / text.size if looks.measures else 1.0
    sizes = [run.size or text.size for run in text.runs if run.text.strip()]
    return max(min(sizes, default=text.size) * by, 1.0)


def _whole(
    shown: NDArray[np.uint8], bare: NDArray[np.uint8], ink: NDArray[np.int16]
) -> NDArray[np.uint8]:
    """Return what would be seen where ink covers a part of a pixel, if it covered all of it.

    However letters are mixed with what is below, they are so in proportion to how much they cover.
    """
    start = bare.astype(np.float64)
    whole = start + (shown - start) * (255 / ink[:, None])
    made: NDArray[np.uint8] = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    return made


def _contrast(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return WCAG's contrast of each pixel with that of another picture."""
    light, dark = (_LIGHT[each] @ np.array(_SHARES) + 0.05 for each in (one, other))
    ratio: NDArray[np.float64] = np.maximum(light, dark) / np.minimum(light, dark)
    return ratio


def _parted(
    contrasts: NDArray[np.float64],
    bare: NDArray[np.uint8],
    full: NDArray[np.bool_],
    side: float,
) -> Parts:
    """Return the parts of a text, each as pale as some of its pixels are."""
    rows, columns = np.nonzero(full)
    across = int(full.shape[1] / side) + 1
    cells = (rows / side).astype(int) * across + (columns / side).astype(int)
    order = np.lexsort((contrasts, cells))
    _, starts, counts = np.unique(cells[order], return_index=True, return_counts=True)
    kept = counts >= LEAST * np.median(counts)
    starts, counts = starts[kept], counts[kept]
    pale = contrasts[order][starts + (PALE * counts).astype(int)]
    return Parts(pale, counts / counts.sum(), bare, contrasts, side)


class Changed:
    """Knows which blocks may be seen otherwise than before, by pages drawn small."""

    def __init__(self, case: Case) -> None:
        """Draw what is on both sides."""
        self.case = case
        self.old = {spot.block.id: spot for page in case.before.pages for spot in painted(page)}
        self._pages = {page.id: page for page in case.before.pages}
        self._differ: dict[str, NDArray[np.bool_] | None] = {}

    def __call__(self, spot: Spot) -> bool:
        """Return whether a block, or anything that is seen where it lies, is not as it was."""
        looks = self.case.looks
        if looks.near is None or self.is_other(spot):
            return True
        differ = self._of(spot.page)
        if differ is None:
            return True
        lang = self.case.after.lang
        box = letters(spot, looks.measures, lang)
        across, down = (
            size / side
            for size, side in zip(
                differ.shape[::-1], (spot.page.width, spot.page.height), strict=True
            )
        )
        left, top = (max(int(box.left * across) - 1, 0), max(int(box.top * down) - 1, 0))
        right, bottom = int(box.right * across) + 2, int(box.bottom * down) + 2
        return bool(differ[top:bottom, left:right].any())

    def is_other(self, spot: Spot) -> bool:
        """Return whether a block itself is not as it was, or was not there."""
        was = self.old.get(spot.block.id)
        return was is None or _by_itself(was) != _by_itself(spot)

    def _of(self, page: Page) -> NDArray[np.bool_] | None:
        """Return which pixels of a page are others; None where nobody can compare them."""
        if page.id not in self._differ:
            self._differ[page.id] = self._compared(page)
        return self._differ[page.id]

    def _compared(self, page: Page) -> NDArray[np.bool_] | None:
        was, below = self._pages.get(page.id), self.case.looks.below
        if was is None or below is None:
            return None
        try:
            one, other = below(was, self.case.before.lang), below(page, self.case.after.lang)
        except UNDRAWN:
            return None
        if one.shape != other.shape:
            return None
        differ: NDArray[np.bool_] = (one != other).any(axis=2)
        return differ


def _by_itself(spot: Spot) -> object:
    mixed = tuple((group.opacity, group.blend, group.z) for group in spot.groups)
    return spot.block, spot.plane, mixed
