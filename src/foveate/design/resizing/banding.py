"""Bands along an edge of a page, and what stands on them: both stay together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.arranging import arrangements
from foveate.design.resizing.cutting import Branch, Node, Way, cut
from foveate.design.resizing.leading import OTHER, Arrangement
from foveate.design.resizing.parts import edges_of, inside
from foveate.design.resizing.pins import edged, pinned
from foveate.design.scene.model import Rectangle
from foveate.design.scene.paint import Linear, Solid
from foveate.design.tree import extent, over
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.design.resizing.parts import Parts, Unit
    from foveate.design.scene.model import Block, Page

FREE: Final = (2, 3, 0, 1)
"""The edge opposite of each: of the left one the right one, and so on."""
ON: Final = 3
BESIDE: Final = 4
"""Arrangements of what stands on a band, each of which is tried with each of these of the rest."""
EDGED: Final = 6
"""Of all else, with what is pinned to the top and the bottom in rows there."""
TURNED: Final = 2.0
"""What it costs that a band at the top is at the left, in changes of the arrangement."""


@dataclass(frozen=True, slots=True)
class Band:
    """What lies along the whole of an edge, below some units and beside all others."""

    block: Block
    units: tuple[Unit, ...]
    first: bool
    """Whether it is at the left or at the top."""
    way: Way
    share: float
    """Of the gap between what stands on it and what does not, that it reaches into it."""


def bands(parts: Parts, page: Page) -> tuple[Band, ...]:
    """Return the bands of a page, some units on them: at the top and bottom, or at the sides."""
    found = [band for block in parts.behind for band in _band(block, parts, page)]
    on = [unit for band in found for unit in band.units]
    if not found or len(on) >= len(parts.units) or len({unit.main.id for unit in on}) < len(on):
        return ()
    return tuple(band for band in found if band.way is found[0].way)


def _band(block: Block, parts: Parts, page: Page) -> Iterator[Band]:
    box = extent(block)
    edges = edges_of(box, page)
    if sum(edges) != 3 or not _hides(block):  # noqa: PLR2004 - sides
        return
    side = FREE[edges.index(False)]
    on = tuple(unit for unit in parts.units if inside(unit.box, box))
    beside = [unit for unit in parts.units if unit not in on]
    if on and beside and not any(over(unit.box, box) for unit in beside):
        way = Way.ACROSS if side in {0, 2} else Way.DOWN
        first = side in {0, 1}
        own, other = _covering(on), _covering(beside)
        start, end = _between(own, other, way, first=first)
        reach = _edge(box, way, end=first)
        share = min(max((reach - start) / (end - start), 0.0), 1.0) if start != end else 0.5
        yield Band(block, on, first, way, share)


def _hides(block: Block) -> bool:
    """Return whether nothing shows through a block: of a veil, no end is seen."""
    if not isinstance(block, Rectangle) or block.rotation or block.opacity < 1:
        return False
    if isinstance(block.fill, Solid):
        return block.fill.colour.alpha >= 1
    return isinstance(block.fill, Linear) and all(s.colour.alpha >= 1 for s in block.fill.stops)


def likely_ways(
    parts: Parts, page: Page, room: Box, gap: float, *, from_right: bool = False
) -> list[Arrangement]:
    """Return the ways in which units may stand, those on a band at its edge, or at another one."""
    found = bands(parts, page)
    on = {unit.main.id for band in found for unit in band.units}
    rest = [unit for unit in parts.units if unit.main.id not in on]
    at_edges = [] if found else pinned(rest)
    sides = (False, True) if found else (False,)
    several = [
        Arrangement(each.node, each.changes + TURNED * turned, turned)
        for turned in sides
        for each in _ways(rest, room, gap, from_right=from_right)[: BESIDE if found else None]
    ]
    if at_edges:
        inner = [unit for unit in rest if unit not in at_edges]
        several += [
            Arrangement(edged(each.node, at_edges), each.changes)
            for each in _ways(inner, room, gap, from_right=from_right)[:EDGED]
        ]
    for band in found:
        mine = _ways(band.units, room, gap, from_right=from_right)[:ON]
        several = [_joined(band, one, each) for each in several for one in mine]
    return several


def _ways(units: Sequence[Unit], room: Box, gap: float, *, from_right: bool) -> list[Arrangement]:
    root = cut(units)
    if not isinstance(root, Branch):
        return [Arrangement(root, 0)]
    return arrangements(root, room.width, room.height, gap, from_right=from_right)


def _joined(band: Band, mine: Arrangement, rest: Arrangement) -> Arrangement:
    way = OTHER[band.way] if rest.turned else band.way
    parts: tuple[Node, Node] = (mine.node, rest.node)
    node = Branch(way, parts if band.first else parts[::-1])
    return Arrangement(node, mine.changes + rest.changes, rest.turned)


def banded(
    found: Sequence[Band],
    boxes: Mapping[str, Box],
    room: Box,
    size: tuple[float, float],
    *,
    turned: bool,
) -> tuple[dict[str, Box], dict[str, Box]]:
    """Return where units stand, those on bands close to their edge, and where bands lie."""
    made, lying = dict(boxes), {}
    for band in found:
        way = OTHER[band.way] if turned else band.way
        lies = _band_box(band, boxes, size, turned=turned)
        own = Box.covering([boxes[unit.main.id] for unit in band.units])
        by = _edge(room, way, end=not band.first) - _edge(own, way, end=not band.first)
        made |= {unit.main.id: _moved(boxes[unit.main.id], way, by) for unit in band.units}
        lying[band.block.id] = _on_page(_moved(lies, way, by), size)
    return made, lying


def _moved(box: Box, way: Way, by: float) -> Box:
    if way is Way.ACROSS:
        return Box(box.left + by, box.top, box.width, box.height)
    return Box(box.left, box.top + by, box.width, box.height)


def _on_page(box: Box, size: tuple[float, float]) -> Box:
    """Return the part of a band that is on its page, as far as the edge that it is moved from."""
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    right, bottom = min(box.right, size[0]), min(box.bottom, size[1])
    return Box(left, top, right - left, bottom - top)


def _band_box(
    band: Band, boxes: Mapping[str, Box], size: tuple[float, float], *, turned: bool
) -> Box:
    way = OTHER[band.way] if turned else band.way
    on = {unit.main.id for unit in band.units}
    own = Box.covering([box for name, box in boxes.items() if name in on])
    other = Box.covering([box for name, box in boxes.items() if name not in on])
    start, end = _between(own, other, way, first=band.first)
    reach = start + band.share * (end - start)
    whole = size[0] if way is Way.ACROSS else size[1]
    low, high = (0.0, reach) if band.first else (reach, whole)
    if way is Way.ACROSS:
        return Box(low, 0, high - low, size[1])
    return Box(0, low, size[0], high - low)


def _between(own: Box, other: Box, way: Way, *, first: bool) -> tuple[float, float]:
    """Return where the gap beside what stands on a band begins, and where it ends."""
    return _edge(own, way, end=first), _edge(other, way, end=not first)


def _edge(box: Box, way: Way, *, end: bool) -> float:
    if way is Way.ACROSS:
        return box.right if end else box.left
    return box.bottom if end else box.top


def _covering(units: Sequence[Unit]) -> Box:
    return Box.covering([unit.box for unit in units])
