"""Faces: no title lies over one that it did not lie over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.checks.edges import shifted
from foveate.design.checks.model import Found, Severity
from foveate.design.scene.model import Picture, Role, Text
from foveate.design.tree import on_page, over, painted, replaced, spots, within
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.checks.model import Case
    from foveate.design.ports import Extent
    from foveate.design.scene.model import Page, Scene
    from foveate.design.tree import Spot

TITLES: Final = frozenset({Role.TITLE, Role.SUBTITLE, Role.PRICE, Role.BUTTON})
"""What may not lie over a face; of other letters it is only said."""
COVERED: Final = 0.06
"""Of a face, that letters may lie over: hair, and the air around it."""
AIR: Final = 8.0
"""Pixels between a face and what was moved from it."""


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
        order = painted(page)
        for place, picture in enumerate(order):
            if not isinstance(picture.block, Picture) or not _texts(order[place + 1 :]):
                continue
            faces = faces_of(case, picture)
            for spot in _texts(order[place + 1 :]):
                letters = _letters(case, spot, scene.lang)
                if any(_covers(letters, face) for face in faces):
                    found[spot.block.id, picture.block.id] = spot.block.role
    return found


def _texts(order: Sequence[Spot]) -> list[Spot]:
    return [spot for spot in order if isinstance(spot.block, Text) and spot.block.words.strip()]


def faces_of(case: Case, spot: Spot) -> list[Box]:
    """Return where the faces of a picture are on its page."""
    block = spot.block
    if case.looks.faces is None or not isinstance(block, Picture):
        return []
    if block.role in {Role.LOGO, Role.DECORATION} or block.width < 1 or block.height < 1:
        return []
    seen = case.looks.faces(block.src, block.options, round(block.width), round(block.height))
    return [on_page(face, within(spot.plane, block)) for face in seen]


def _covers(letters: Box, face: Box) -> bool:
    across = min(letters.right, face.right) - max(letters.left, face.left)
    down = min(letters.bottom, face.bottom) - max(letters.top, face.top)
    return min(across, down) > 0 and across * down > COVERED * face.width * face.height


def _letters(case: Case, spot: Spot, language: str) -> Box:
    """Return the box on its page of a text's letters; all of its box where it has a fill."""
    text, measures = spot.block, case.looks.measures
    if not isinstance(text, Text) or measures is None or text.fill is not None:
        return spot.box
    return on_page(_inked(text, measures(text, language)), within(spot.plane, text))


def _inked(text: Text, got: Extent) -> Box:
    """Return the box of letters in that of their text, wherever in it they stand across."""
    down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.valign]
    room = text.height - 2 * text.padding
    top = text.padding + (room - got.height) * down
    share = {"center": 0.5, "right": 1.0, "end": 1.0}.get(text.align, 0.0)
    left = text.padding + (text.width - 2 * text.padding - got.width) * share
    return Box(left, top, max(got.width, 1.0), max(got.height, 1.0))


def _aside(case: Case, spot: Spot) -> tuple[float, float] | None:
    """Return the shortest way to a place on the page without faces and other letters."""
    page, box = spot.page, spot.box
    letters = _letters(case, spot, case.after.lang)
    faces = [
        face
        for picture in painted(page)
        if isinstance(picture.block, Picture)
        for face in faces_of(case, picture)
    ]
    others = [
        _letters(case, each, case.after.lang)
        for each in _texts(painted(page))
        if each.block.id != spot.block.id
    ]
    ways = [
        way
        for way in _ways(letters, faces)
        if _stays(_moved(box, way), page)
        and not any(_covers(_moved(letters, way), face) for face in faces)
        and not any(over(_moved(letters, way), other) for other in others)
    ]
    return min(ways, key=lambda way: (abs(way[0]) + abs(way[1]), way), default=None)


def _ways(letters: Box, faces: Sequence[Box]) -> Iterator[tuple[float, float]]:
    for face in faces:
        yield 0.0, face.bottom + AIR - letters.top
        yield 0.0, face.top - AIR - letters.bottom
        yield face.right + AIR - letters.left, 0.0
        yield face.left - AIR - letters.right, 0.0


def _moved(box: Box, way: tuple[float, float]) -> Box:
    return Box(box.left + way[0], box.top + way[1], box.width, box.height)


def _stays(box: Box, page: Page) -> bool:
    slack = 0.5
    inside = box.left >= -slack and box.top >= -slack
    return inside and box.right <= page.width + slack and box.bottom <= page.height + slack
