"""Words in rows and columns: a table, which stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import Kind, Parts
from foveate.design.scene.model import Role
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.design.resizing.parts import Unit

ROWS: Final = 3
"""Of a table at least: two rows are headings, and what they head."""
SAME: Final = 0.25
"""Of the height of a cell, by which edges of one column are apart."""
FAR: Final = 3.0
"""Times the height of a row, by which the next one is apart at most."""
CELLS: Final = frozenset({Role.NONE, Role.BODY})


def with_tables(found: Parts) -> Parts:
    """Return a page with each of its tables as one unit."""
    units = found.units
    while table := _table_of(units):
        one = _joined(table)
        units = tuple(one if unit is table[0] else unit for unit in units if unit not in table[1:])
    return replace(found, units=units)


def _table_of(units: Sequence[Unit]) -> list[Unit]:
    """Return the units of the first table of a page: its rows, and what lies between them."""
    rows = [row for row in _rows(units) if len(row) > 1]
    found: list[list[Unit]] = []
    for row in rows:
        if found and _goes_on(found[-1], row):
            found.append(row)
        elif len(found) >= ROWS:
            break
        else:
            found = [row]
    if len(found) < ROWS:
        return []
    box = Box.covering([unit.box for row in found for unit in row])
    cells = [unit for row in found for unit in row]
    heads = [unit for unit in units if _heads(unit, box, found)]
    whole = Box.covering([box, *(unit.box for unit in heads)])
    between = [unit for unit in units if unit not in cells + heads and _lies_in(unit.box, whole)]
    return [unit for unit in units if unit in cells + heads + between]


def _rows(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Yield words that stand beside each other, from the top."""
    words = [unit for unit in units if unit.kind is Kind.WORDS and unit.main.role in CELLS]
    words.sort(key=lambda unit: (_middle(unit.box), unit.box.left))
    row: list[Unit] = []
    for unit in words:
        if row and _middle(unit.box) - _middle(row[-1].box) > row[-1].box.height / 2:
            yield sorted(row, key=lambda each: each.box.left)
            row = []
        row.append(unit)
    if row:
        yield sorted(row, key=lambda each: each.box.left)


def _middle(box: Box) -> float:
    return box.top + box.height / 2


def _goes_on(one: Sequence[Unit], other: Sequence[Unit]) -> bool:
    """Return whether a row is of the same columns as the one above it, and close below."""
    if len(one) != len(other):
        return False
    high = max(unit.box.height for unit in one)
    near = other[0].box.top - one[0].box.bottom <= FAR * high
    return near and all(
        _aligned(a.box, b.box, SAME * high) for a, b in zip(one, other, strict=True)
    )


def _aligned(one: Box, other: Box, slack: float) -> bool:
    middles = (one.left + one.right - other.left - other.right) / 2
    ways = one.left - other.left, one.right - other.right, middles
    return min(map(abs, ways)) <= slack


def _heads(unit: Unit, box: Box, rows: Sequence[Sequence[Unit]]) -> bool:
    """Return whether a unit is the band over a table, with what its columns are called."""
    high = max(cell.box.height for cell in rows[0])
    above = 0 <= box.top - unit.box.bottom <= FAR * high
    across = min(unit.box.right, box.right) - max(unit.box.left, box.left)
    return unit.kind is Kind.RIGID and bool(unit.beside) and above and across > box.width / 2


def _lies_in(one: Box, other: Box) -> bool:
    """Return whether most of a box is between the rows of another one."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > one.width / 2 and down >= 0


def _joined(units: Sequence[Unit]) -> Unit:
    """Return units as one, its main block the largest text."""

    def size(unit: Unit) -> tuple[bool, float]:
        return unit.kind is Kind.WORDS, unit.box.width * unit.box.height

    main = max(units, key=size)
    others = [block for unit in units for block in unit.blocks if block is not main.main]
    whole = Box.covering([unit.box for unit in units])
    return replace(main, kind=Kind.TABLE, box=whole, beside=tuple(others))
