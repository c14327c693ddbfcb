"""A page read as rows and columns: cut along the widest gaps, and those parts cut again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import Kind
from foveate.design.scene.model import Role, Text
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.resizing.parts import Unit

NEAR: Final = 0.5
"""Of the widest gap, that others have which are cut, too."""
WIDER: Final = 1.1
HIGHER: Final = 1.35
"""Times a photo, that it is with the line that belongs to it."""


CLOSE: Final = 0.5
"""Of the height of a photo or an icon, within which words below it are its own."""
HEADLINES: Final = frozenset({Role.TITLE, Role.SUBTITLE, Role.PRICE, Role.LEGAL})


class Way(StrEnum):
    """How parts stand."""

    ACROSS = "across"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A unit in its place."""

    unit: Unit

    @property
    def box(self) -> Box:
        """Return where it was."""
        return self.unit.box


@dataclass(frozen=True, slots=True)
class Branch:
    """Parts in a row or a column, from the left or from the top."""

    way: Way
    parts: tuple[Node, ...]

    @property
    def box(self) -> Box:
        """Return where all of them were."""
        return Box.covering([part.box for part in self.parts])


Node = Leaf | Branch


def leaves(node: Node) -> Iterator[Unit]:
    """Yield the units of a part, in the order in which they stand."""
    if isinstance(node, Leaf):
        yield node.unit
        return
    for part in node.parts:
        yield from leaves(part)


def mirrored(way: Way, parts: Sequence[Node], *, from_right: bool) -> tuple[Node, ...]:
    """Return parts in the order in which they are read, of that in which they stand, or back."""
    return tuple(parts[::-1] if from_right and way is Way.ACROSS else parts)


def cut(units: Sequence[Unit]) -> Node:
    """Return units as rows and columns, in the order in which they stand."""
    if len(units) == 1:
        return Leaf(units[0])
    down, gap_down = _slices(units, Way.DOWN)
    across, gap_across = _slices(units, Way.ACROSS)
    beside = len(down) == 1 or gap_across > gap_down or _told_of(across)
    if len(across) > 1 and beside:
        slices = across if _told_of(across) else _near(across, Way.ACROSS)
        return flattened(Branch(Way.ACROSS, tuple(map(cut, slices))))
    if len(down) > 1:
        return flattened(Branch(Way.DOWN, tuple(map(cut, _near(down, Way.DOWN)))))
    # Boxes round a middle, like the blades of a mill: read from the top.
    order = sorted(units, key=lambda unit: (unit.box.top, unit.box.left, unit.main.id))
    return Branch(Way.DOWN, tuple(map(Leaf, order)))


def _slices(units: Sequence[Unit], way: Way) -> tuple[list[list[Unit]], float]:
    """Return units parted where nothing stands, and the widest gap between two parts."""
    order = sorted(units, key=lambda unit: (*_span(unit, way), unit.main.id))
    found, end, widest = [[order[0]]], _span(order[0], way)[1], 0.0
    for unit in order[1:]:
        start, stop = _span(unit, way)
        if start >= end - 0.5:
            found.append([unit])
            widest = max(widest, start - end)
        else:
            found[-1].append(unit)
        end = max(end, stop)
    return found, widest


def _span(unit: Unit, way: Way) -> tuple[float, float]:
    box = unit.box
    return (box.left, box.right) if way is Way.ACROSS else (box.top, box.bottom)


def _near(slices: list[list[Unit]], way: Way) -> list[list[Unit]]:
    """Return slices, those with small gaps between them as one: they may be cut otherwise."""
    gaps = [
        min(_span(unit, way)[0] for unit in after) - max(_span(unit, way)[1] for unit in before)
        for before, after in pairwise(slices)
    ]
    joined = [slices[0]]
    for gap, part in zip(gaps, slices[1:], strict=True):
        if gap >= NEAR * max(gaps):
            joined.append(part)
        else:
            joined[-1] = [*joined[-1], *part]
    return joined


def _told_of(slices: Sequence[Sequence[Unit]]) -> bool:
    """Return whether slices are pictures or icons, each with its words below, or between those."""
    several = [sorted(each, key=lambda unit: unit.box.top) for each in slices if len(each) > 1]
    return len(several) > 1 and all(captions(each) for each in several)


def captions(units: Sequence[Unit]) -> bool:
    """Return whether units from the top are something seen, and words close below."""
    first, *rest = units
    icon = first.kind is Kind.RIGID and not isinstance(first.main, Text)
    if not rest or not (icon or first.kind is Kind.PHOTO):
        return False
    words = all(unit.kind is Kind.WORDS and unit.main.role not in HEADLINES for unit in rest)
    gaps = [other.box.top - one.box.bottom for one, other in pairwise(units)]
    close = CLOSE * first.box.height
    middle = first.box.left + first.box.width / 2
    below = all(unit.box.left <= middle <= unit.box.right for unit in rest)
    return words and below and all(-1 <= gap <= close for gap in gaps)


def captioned(node: Node) -> bool:
    """Return whether a part is a photo or an icon with words close below, which stay together."""
    if isinstance(node, Leaf) or node.way is not Way.DOWN:
        return False
    units = [part.unit for part in node.parts if isinstance(part, Leaf)]
    if len(units) < len(node.parts) or not captions(units):
        return False
    if units[0].kind is not Kind.PHOTO:
        return True
    photo, box = units[0].box, node.box
    return (
        len(units) == 2  # noqa: PLR2004 - a photo, and a line
        and box.width <= WIDER * photo.width
        and box.height <= HIGHER * photo.height
    )


def flattened(branch: Branch) -> Branch:
    """Return a branch with what stands in its own direction inside as parts of its own."""
    parts: list[Node] = []
    for part in branch.parts:
        if isinstance(part, Branch) and part.way is branch.way and not captioned(part):
            parts.extend(part.parts)
        else:
            parts.append(part)
    return Branch(branch.way, tuple(parts))


def lacking(node: Node, unit: Unit) -> Node | None:
    """Return a part without a unit; None where there is nothing else."""
    if isinstance(node, Leaf):
        return None if node.unit is unit else node
    parts = tuple(each for part in node.parts if (each := lacking(part, unit)) is not None)
    if len(parts) < 2:  # noqa: PLR2004 - one is no row
        return parts[0] if parts else None
    return Branch(node.way, parts)
