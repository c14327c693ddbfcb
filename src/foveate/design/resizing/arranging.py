"""In which rows and columns units may stand on a page of another shape, the likeliest first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.cutting import Branch, Leaf, Node, Way, captioned, flattened
from foveate.design.resizing.parts import Kind
from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST: Final = 8
"""Arrangements that are solved; the others are only estimated."""
ALL_RUNS: Final = 3
"""Up to so many runs a row is parted in every way; in more, only evenly."""
MOST_RUNS: Final = 6
MOST_TURNED: Final = 3
"""Inner rows and columns, each of which may be turned."""
GIVES: Final = 0.6
"""Of a photo's side, that it has at least where room is wanted."""
NEAREST: Final = 0.3
FARTHEST: Final = 2.5
"""What a parting costs between what stood far from each other, and close together, in changes."""
APART: Final = 8.0
"""What it costs besides between a title and what it is the title of."""
CHANGE: Final = 0.08
"""What a change of the arrangement costs, beside the logarithm of the size of letters."""
_OTHER: Final = {Way.ACROSS: Way.DOWN, Way.DOWN: Way.ACROSS}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A way in which units may stand."""

    node: Node
    changes: float
    """How far it is from that of the design."""
    turned: bool = False
    """Whether bands of the top and the bottom are at the sides, or the other way round."""


def arrangements(
    root: Node, width: float, height: float, gap: float, *, from_right: bool = False
) -> list[Arrangement]:
    """Return the ways in which units may stand in a room, the likeliest first."""
    found = {
        _key(each.node): each
        for turned in _turned(root)
        for hero in _with_hero(turned, from_right=from_right)
        for each in _in_runs(hero, from_right=from_right)
    }

    def likely(each: Arrangement) -> float:
        wide, high = _size(each.node, gap)
        return math.log(min(width / wide, height / high)) - CHANGE * each.changes

    order = sorted(found.items(), key=lambda item: (-likely(item[1]), item[0]))
    kept = [each for _, each in order[:MOST]]
    own = Arrangement(root, 0)
    return kept if own in kept else [*kept, own]


def _key(node: Node) -> str:
    if isinstance(node, Leaf):
        return node.unit.main.id
    return f"{node.way}({' '.join(map(_key, node.parts))})"


def _turned(root: Node) -> Iterator[Arrangement]:
    """Yield a page with some of its inner rows as columns, and columns as rows."""
    inner = _branches(root)[:MOST_TURNED]
    for count in range(len(inner) + 1):
        for some in combinations(inner, count):
            yield Arrangement(_with_turned(root, some), len(some))


def _branches(root: Node) -> list[Branch]:
    if isinstance(root, Leaf):
        return []
    inner = [part for part in root.parts if isinstance(part, Branch) and not captioned(part)]
    found = [each for part in inner for each in (part, *_branches(part))]
    return sorted(found, key=lambda each: -each.box.width * each.box.height)


def _with_turned(node: Node, some: Sequence[Branch]) -> Node:
    if isinstance(node, Leaf):
        return node
    parts = tuple(_with_turned(part, some) for part in node.parts)
    way = _OTHER[node.way] if node in some else node.way
    return flattened(Branch(way, parts))


def _with_hero(given: Arrangement, *, from_right: bool) -> Iterator[Arrangement]:
    """Yield a page as it is, and with its largest photo beside all else, or above it."""
    yield given
    root = given.node
    if isinstance(root, Leaf):
        return
    photos = [
        part for part in root.parts if isinstance(part, Leaf) and part.unit.kind is Kind.PHOTO
    ]
    if not photos or len(root.parts) < 3:  # noqa: PLR2004 - of two, each is beside the other
        return
    hero = max(photos, key=lambda leaf: leaf.box.width * leaf.box.height)
    rest = Branch(root.way, tuple(part for part in root.parts if part is not hero))
    first = root.parts.index(hero) == 0
    if root.way is Way.DOWN:
        left = first != from_right
        for order, cost in (((hero, rest), not left), ((rest, hero), left)):
            yield Arrangement(Branch(Way.ACROSS, order), given.changes + 1 + 0.5 * cost)
    else:
        for order, cost in (((hero, rest), not first), ((rest, hero), first)):
            yield Arrangement(Branch(Way.DOWN, order), given.changes + 1 + 0.5 * cost)


def _in_runs(given: Arrangement, *, from_right: bool) -> Iterator[Arrangement]:
    """Yield a page with the longest of its rows and columns parted into runs."""
    yield given
    root = given.node
    if isinstance(root, Leaf):
        return
    inner = [part for part in root.parts if isinstance(part, Branch)]
    long = max([root, *inner], key=lambda each: len(each.parts))
    for runs in _runs(len(long.parts)):
        parted = _parted(long, runs, from_right=from_right)
        if long is root:
            node: Node = parted
        else:
            parts = tuple(parted if part is long else part for part in root.parts)
            node = flattened(Branch(root.way, parts))
        lone = 0 if long.way is Way.ACROSS else _lone(parted)
        yield Arrangement(node, given.changes + _parting(long, runs) + lone)


def _parting(branch: Branch, runs: Sequence[int]) -> float:
    """Return what it costs to part a row: what stands close belongs together."""
    sides = [_gap(one, other, branch.way) for one, other in pairwise(branch.parts)]
    usual = sum(sides) / len(sides)
    return sum(
        min(max((usual + 1) / (2 * (sides[place - 1] + 1)), NEAREST), FARTHEST)
        + APART * _heads(branch.parts[place - 1], branch.parts[place])
        for place in runs
    )


def _gap(one: Node, other: Node, way: Way) -> float:
    if way is Way.ACROSS:
        return max(other.box.left - one.box.right, one.box.left - other.box.right, 0.0)
    return max(other.box.top - one.box.bottom, 0.0)


def _heads(one: Node, other: Node) -> bool:
    """Return whether a part is the title of the next one."""
    roles = [part.unit.main.role if isinstance(part, Leaf) else Role.NONE for part in (one, other)]
    return roles[0] is Role.TITLE and roles[1] in {Role.TITLE, Role.SUBTITLE, Role.BODY}


def _lone(branch: Branch) -> int:
    """Return how many small things have a column for themselves beside longer ones."""
    leaves = [part for part in branch.parts if isinstance(part, Leaf)]
    if len(leaves) == len(branch.parts):
        return 0
    return sum(leaf.unit.kind is not Kind.PHOTO for leaf in leaves)


def _parted(branch: Branch, runs: Sequence[int], *, from_right: bool) -> Branch:
    starts = [0, *runs]
    ends = [*runs, len(branch.parts)]
    parts: list[Node] = []
    for start, end in zip(starts, ends, strict=True):
        some = branch.parts[start:end]
        parts.append(some[0] if len(some) == 1 else Branch(branch.way, some))
    way = _OTHER[branch.way]
    return Branch(way, tuple(parts[::-1] if from_right and way is Way.ACROSS else parts))


def _runs(count: int) -> Iterator[tuple[int, ...]]:
    """Yield where a row of so many is parted.

    >>> list(_runs(3))
    [(1,), (2,), (1, 2)]
    """
    places = range(1, count)
    for parts in range(2, min(count, ALL_RUNS) + 1):
        yield from combinations(places, parts - 1)
    for parts in range(ALL_RUNS + 1, min(count, MOST_RUNS) + 1):
        yield tuple(round(count * number / parts) for number in range(1, parts))
    if count > MOST_RUNS:
        yield tuple(places)


def _size(node: Node, gap: float) -> tuple[float, float]:
    """Return about how much room units need that stand so."""
    if isinstance(node, Leaf):
        gives = GIVES if node.unit.kind is Kind.PHOTO else 1.0
        return max(node.box.width * gives, 1.0), max(node.box.height * gives, 1.0)
    sizes = [_size(part, gap) for part in node.parts]
    along = gap * (len(sizes) - 1)
    if node.way is Way.ACROSS:
        return sum(width for width, _ in sizes) + along, max(height for _, height in sizes)
    return max(width for width, _ in sizes), sum(height for _, height in sizes) + along
