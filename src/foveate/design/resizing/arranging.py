"""In which rows and columns units may stand on a page of another shape, the likeliest first."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from foveate.deadline import current
from foveate.design.resizing.cutting import (
    Branch,
    Leaf,
    Node,
    Way,
    captioned,
    flattened,
    leaves,
    mirrored,
)
from foveate.design.resizing.leading import OTHER, Arrangement, with_ends, with_hero
from foveate.design.resizing.parts import Kind, headed
from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.resizing.parts import Unit

MOST: Final = 14
"""Arrangements that are solved; the others are only estimated."""
ALL_RUNS: Final = 3
"""Up to so many runs a row is parted in every way; in more, only evenly."""
MOST_RUNS: Final = 6
MOST_TURNED: Final = 3
"""Inner rows and columns, each of which may be turned."""
GIVES: Final = 0.6
"""Of a photo's side, that it has at least where room is wanted."""
PARTED: Final = 0.7
"""What a parting costs at least."""
NEAREST: Final = 0.3
FARTHEST: Final = 2.5
"""What a parting costs between what stood far from each other, and close together, in changes."""
APART: Final = 8.0
"""What it costs besides between a title and what it is the title of."""
TORN: Final = 1.5
"""What it costs besides between two that stood in one inner row or column."""
LONE: Final = 4.0
"""What it costs that something small has a column for itself."""
LITTLE: Final = 0.08
"""Of what all units cover, that a column covers in which there is next to nothing."""
READ: Final = frozenset({Role.TITLE, Role.SUBTITLE, Role.PRICE, Role.BUTTON})
CHANGE: Final = 0.08
"""What a change of the arrangement costs, beside the logarithm of the size of letters."""


def arrangements(
    root: Node, width: float, height: float, gap: float, *, from_right: bool = False
) -> list[Arrangement]:
    """Return the ways in which units may stand in a room, the likeliest first."""
    inner = [frozenset(unit.main.id for unit in leaves(each)) for each in _branches(root)]
    several = [
        each
        for turned in _turned(root, from_right=from_right)
        for hero in with_hero(turned, from_right=from_right)
        for ends in with_ends(hero)
        for each in _in_runs(ends, inner, from_right=from_right)
    ]
    # Of two ways to one arrangement, the one that costs less.
    found = {_key(each.node): each for each in sorted(several, key=lambda each: -each.changes)}

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


def _turned(root: Node, *, from_right: bool) -> Iterator[Arrangement]:
    """Yield a page with some of its rows as columns, and columns as rows, or all as one column."""
    inner = _branches(root)[:MOST_TURNED]
    for count in range(len(inner) + 1):
        for some in combinations(inner, count):
            yield Arrangement(_with_turned(root, some, from_right=from_right), len(some))
    if isinstance(root, Branch) and root.way is Way.ACROSS:
        for some in ((root,), (root, *inner)):
            yield Arrangement(_with_turned(root, some, from_right=from_right), len(some))


def _branches(root: Node) -> list[Branch]:
    if isinstance(root, Leaf):
        return []
    inner = [part for part in root.parts if isinstance(part, Branch) and not captioned(part)]
    found = [each for part in inner for each in (part, *_branches(part))]
    return sorted(found, key=lambda each: -each.box.width * each.box.height)


def _with_turned(node: Node, some: Sequence[Branch], *, from_right: bool) -> Node:
    if isinstance(node, Leaf):
        return node
    parts = [_with_turned(part, some, from_right=from_right) for part in node.parts]
    read = mirrored(node.way, parts, from_right=from_right)
    way = OTHER[node.way] if node in some else node.way
    return flattened(Branch(way, mirrored(way, read, from_right=from_right)))


def _in_runs(
    given: tuple[Arrangement, int, int], inner: Sequence[frozenset[str]], *, from_right: bool
) -> Iterator[Arrangement]:
    """Yield a page with the longest of its rows and columns parted into runs."""
    (arrangement, first, last), root = given, given[0].node
    if not first and not last:
        yield arrangement
    if isinstance(root, Leaf):
        return
    ends = bool(first or last)
    within = [] if ends else [part for part in root.parts if isinstance(part, Branch)]
    long = max([root, *within], key=lambda each: len(each.parts))
    # As they are read, from here to where they are parted.
    read = mirrored(long.way, long.parts, from_right=from_right)
    middle = Branch(long.way, read[first : len(read) - last])
    for runs in _runs(len(middle.parts)):
        current().check()  # of hundreds of parts there are many ways, for nobody once he has left
        parted = _parted(middle, runs, from_right=from_right)
        lone = 0 if long.way is Way.ACROSS else _lone(parted)
        changes = arrangement.changes + _parting(middle, runs, inner) + lone
        yield Arrangement(_instead(root, long, parted, first, last), changes)


def _instead(root: Branch, long: Branch, parted: Branch, first: int, last: int) -> Node:
    """Return a page with a row or column parted, all but so many of its first and last parts."""
    if first or last:
        kept = (*root.parts[:first], parted, *root.parts[len(root.parts) - last :])
        return Branch(root.way, kept)
    if long is root:
        return parted
    parts = tuple(parted if part is long else part for part in root.parts)
    return flattened(Branch(root.way, parts))


def _parting(branch: Branch, runs: Sequence[int], inner: Sequence[frozenset[str]]) -> float:
    """Return what it costs to part a row: what stands close belongs together."""
    sides = [_gap(one, other, branch.way) for one, other in pairwise(branch.parts)]
    usual = sum(sides) / len(sides)
    return PARTED + sum(
        min(max((usual + 1) / (2 * (sides[place - 1] + 1)), NEAREST), FARTHEST)
        + APART * _heads(branch.parts[place - 1], branch.parts[place])
        + TORN * _together(branch.parts[place - 1], branch.parts[place], inner)
        for place in runs
    )


def _together(one: Node, other: Node, inner: Sequence[frozenset[str]]) -> bool:
    """Return whether two parts stood in one inner row or column."""
    names = {unit.main.id for part in (one, other) for unit in leaves(part)}
    return any(names <= each for each in inner)


def _gap(one: Node, other: Node, way: Way) -> float:
    if way is Way.ACROSS:
        return max(other.box.left - one.box.right, one.box.left - other.box.right, 0.0)
    return max(other.box.top - one.box.bottom, 0.0)


def _heads(one: Node, other: Node) -> bool:
    """Return whether a part is the title or the heading of the next one."""
    if not isinstance(one, Leaf):
        return False
    following = other if isinstance(other, Leaf) else None
    roles = one.unit.main.role, following.unit.main.role if following else Role.NONE
    if one.unit.kind is Kind.WORDS and roles[1] is Role.TITLE:
        return True
    if roles[0] is Role.TITLE and roles[1] in {Role.TITLE, Role.SUBTITLE, Role.BODY}:
        return True
    # A rule at the start of a run parts nothing, nor does one at its end.
    rules = Kind.RULE in {one.unit.kind, following.unit.kind if following else None}
    return rules or (following is not None and headed(one.unit, following.unit))


def _lone(branch: Branch) -> float:
    """Return what it costs that small things have columns for themselves beside longer ones."""
    small = [part for part in branch.parts if _is_small(part, branch)]
    return LONE * len(small) if len(small) < len(branch.parts) else 0.0


def _is_small(part: Node, branch: Branch) -> bool:
    """Return whether a part is a single thing, a row that was above all else, or next to nothing.

    Photos are never small, nor is what has to be read.
    """
    units = list(leaves(part))
    if any(unit.kind is Kind.PHOTO for unit in units):
        return False
    if isinstance(part, Leaf) or part.way is branch.way:
        return True
    little = sum(map(_space, units)) < LITTLE * sum(map(_space, leaves(branch)))
    return little and not any(unit.main.role in READ for unit in units)


def _space(unit: Unit) -> float:
    return unit.box.width * unit.box.height


def _parted(branch: Branch, runs: Sequence[int], *, from_right: bool) -> Branch:
    """Return parts that are read one after the other in runs, as they stand."""
    starts = [0, *runs]
    ends = [*runs, len(branch.parts)]
    parts: list[Node] = []
    for start, end in zip(starts, ends, strict=True):
        some = mirrored(branch.way, branch.parts[start:end], from_right=from_right)
        parts.append(some[0] if len(some) == 1 else Branch(branch.way, some))
    way = OTHER[branch.way]
    return Branch(way, mirrored(way, parts, from_right=from_right))


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
