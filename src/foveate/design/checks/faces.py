"""Faces: no title lies over one that it did not lie over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.checks.edges import SLACK, clamped, shifted
from foveate.design.checks.ink import letters
from foveate.design.checks.model import Found, Severity
from foveate.design.scene.model import Picture, Rectangle, Role, Text
from foveate.design.scene.paint import Linear, PictureFill, Solid
from foveate.design.tree import STILL, on_page, over, painted, replaced, spots, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Page, Scene
    from foveate.design.tree import Matrix, Spot

TITLES: Final = frozenset({Role.TITLE, Role.SUBTITLE, Role.PRICE, Role.BUTTON})
"""What may not lie over a face; of other letters it is only said."""
COVERED: Final = 0.06
"""Of a face, that letters may lie over: hair, and the air around it."""
HIDDEN: Final = 0.6
"""Of a face, from which nobody sees one."""
AIR: Final = 8.0
"""Pixels between a face and what was moved from it, or a little less, to be on the page."""


def check(case: Case) -> Iterator[Found]:
    """Return texts that lie over faces, and did not before."""
    before = set(_met(case, case.before))
    for (name, picture), role in _met(case, case.after).items():
        if (name, picture) not in before:
            severity = Severity.ERROR if role in TITLES else Severity.WARNING
            sentence = f"{name} lies over a face in {picture}: expected it beside the face."
            yield Found(name, sentence, severity, picture)


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with titles moved to the nearest place that is free."""
    made = {}
    all_spots = spots(case.after)
    for each in found:
        spot = all_spots[each.block]
        free = each.severity is Severity.ERROR and not spot.locked and each.block not in made
        if free and (way := _aside(case, spot)) is not None:
            made[each.block] = shifted(spot.block, spot.plane, *way)
    return replaced(case.after, made)


def _met(case: Case, scene: Scene) -> dict[tuple[str, str], Role]:
    """Return each text and the picture over a face of which it lies."""
    found: dict[tuple[str, str], Role] = {}
    for page in scene.pages:
        for name, all_faces, above in _pictured(case, page):
            faces = _seen(all_faces, above)
            for spot in _texts(above) if faces else ():
                mine = _letters(case, spot, scene.lang)
                if any(_covers(mine, face) for face in faces):
                    found[spot.block.id, name] = spot.block.role
    return found


def _pictured(case: Case, page: Page) -> Iterator[tuple[str, list[Box], list[Spot]]]:
    """Yield what shows a picture below letters: its id, its faces, and what lies above it."""
    order = painted(page)
    if _texts(order) and isinstance(page.fill, PictureFill):
        yield page.id, _faces_in_page(case, page), order
    for place, spot in enumerate(order):
        if _shows(spot) and _texts(order[place + 1 :]):
            yield spot.block.id, faces_of(case, spot), order[place + 1 :]


def _shows(spot: Spot) -> bool:
    block = spot.block
    return isinstance(block, Picture) or isinstance(getattr(block, "fill", None), PictureFill)


def _seen(faces: Sequence[Box], above: Sequence[Spot]) -> list[Box]:
    """Return the faces that nothing hides: letters on a panel are not over what is behind it."""
    panels = [spot.box for spot in above if _hides(spot)]
    return [face for face in faces if not any(_holds(panel, face) for panel in panels)]


def _hides(spot: Spot) -> bool:
    block = spot.block
    whole = isinstance(block, Rectangle) and not block.rotation and block.opacity >= 1
    whole &= all(each.opacity >= 1 and not each.rotation for each in spot.groups)
    fill = block.fill if isinstance(block, Rectangle) else None
    if isinstance(fill, Solid):
        return whole and fill.colour.alpha >= 1
    return whole and isinstance(fill, Linear) and all(s.colour.alpha >= 1 for s in fill.stops)


def _holds(panel: Box, face: Box) -> bool:
    across = min(panel.right, face.right) - max(panel.left, face.left)
    down = min(panel.bottom, face.bottom) - max(panel.top, face.top)
    return min(across, down) > 0 and across * down > HIDDEN * face.width * face.height


def _texts(order: Sequence[Spot]) -> list[Spot]:
    return [spot for spot in order if isinstance(spot.block, Text) and spot.block.words.strip()]


def faces_of(case: Case, spot: Spot) -> list[Box]:
    """Return where the faces of what a block shows, or is filled with, are on its page."""
    block = spot.block
    fill = block if isinstance(block, Picture) else getattr(block, "fill", None)
    if block.role in {Role.LOGO, Role.DECORATION}:
        return []
    return _faces_in(case, fill, (block.width, block.height), within(spot.plane, block))


def _faces_in_page(case: Case, page: Page) -> list[Box]:
    return _faces_in(case, page.fill, (page.width, page.height), STILL)


def _faces_in(case: Case, shown: object, size: tuple[float, float], plane: Matrix) -> list[Box]:
    if case.looks.faces is None or not isinstance(shown, Picture | PictureFill) or min(size) < 1:
        return []
    seen = case.looks.faces(shown.src, shown.options, round(size[0]), round(size[1]))
    return [on_page(face, plane) for face in seen]


def _covers(mine: Box, face: Box) -> bool:
    across = min(mine.right, face.right) - max(mine.left, face.left)
    down = min(mine.bottom, face.bottom) - max(mine.top, face.top)
    return min(across, down) > 0 and across * down > COVERED * face.width * face.height


def _letters(case: Case, spot: Spot, language: str) -> Box:
    """Return the box on its page of a text's letters; all of its box where it has a fill."""
    if isinstance(spot.block, Text) and spot.block.fill is not None:
        return spot.box
    return letters(spot, case.looks.measures, language)


def _aside(case: Case, spot: Spot) -> tuple[float, float] | None:
    """Return the shortest way to a place on the page without faces and other letters."""
    page, box = spot.page, spot.box
    mine = _letters(case, spot, case.after.lang)
    faces = _faces_in_page(case, page)
    faces += [face for each in painted(page) for face in faces_of(case, each)]
    others = [
        _letters(case, each, case.after.lang)
        for each in _texts(painted(page))
        if each.block.id != spot.block.id
    ]
    ways = [
        way
        for way in _within(_ways(mine, faces), box, page)
        if not any(_covers(_moved(mine, way), face) for face in faces)
        and not any(over(_moved(mine, way), other) for other in others)
    ]
    return min(ways, key=lambda way: (abs(way[0]) + abs(way[1]), way), default=None)


def _ways(mine: Box, faces: Sequence[Box]) -> Iterator[tuple[float, float]]:
    for face in faces:
        yield 0.0, face.bottom + AIR - mine.top
        yield 0.0, face.top - AIR - mine.bottom
        yield face.right + AIR - mine.left, 0.0
        yield face.left - AIR - mine.right, 0.0


def _moved(box: Box, way: tuple[float, float]) -> Box:
    return Box(box.left + way[0], box.top + way[1], box.width, box.height)


def _within(
    ways: Iterable[tuple[float, float]], box: Box, page: Page
) -> Iterator[tuple[float, float]]:
    """Yield the ways that lead to a place on the page, as far as all of the box is there."""
    for way in ways:
        there = _moved(box, way)
        inside = clamped(there, page)
        short = inside.left - there.left, inside.top - there.top
        if max(map(abs, short)) <= SLACK:
            yield way[0] + short[0], way[1] + short[1]
