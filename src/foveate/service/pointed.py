"""What somebody pointed at in a picture: as a value, and as JSON says it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeGuard

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.vision.clicks import Click

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = tuple[float, float]

MOST_PLACES: Final = 2000
MOST_BOXES: Final = 8
EXAMPLE: Final = {
    "points": [[0.42, 0.31]],
    "not": [[0.9, 0.8]],
    "strokes": [[[0.3, 0.4], [0.34, 0.41], [0.39, 0.43]]],
    "boxes": [{"left": 166, "top": 61, "width": 107, "height": 140}],
}
_FIELDS: Final = ("points", "not", "strokes", "not_strokes", "boxes")
LARGEST: Final = 1e9
_SIDES: Final = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """Where something is that is meant; nothing at all means the picture's subject."""

    clicks: tuple[Click, ...] = ()
    boxes: tuple[Box, ...] = ()
    """Around one thing each, in pixels of the upright picture."""

    def __post_init__(self) -> None:
        """Raise BadOption for more than anybody points at, and for places beside the picture."""
        if len(self.clicks) > MOST_PLACES or len(self.boxes) > MOST_BOXES:
            got = f"{len(self.clicks)} and {len(self.boxes)}"
            raise BadOption(
                f"Expected up to {MOST_PLACES} places and {MOST_BOXES} boxes, got {got}."
            )
        for click in self.clicks:
            if not (0 <= click.x <= 1 and 0 <= click.y <= 1):
                raise BadOption(
                    "Expected places of clicks from 0 to 1 of the picture's width and height, got "
                    f"{click.x:g},{click.y:g}."
                )
        for box in self.boxes:
            sides = box.left, box.top, box.width, box.height
            if not all(map(_is_number, sides)) or min(box.width, box.height) <= 0:
                raise BadOption(
                    "Expected boxes in pixels of the upright picture, as left, top, width and "
                    f"height, the last two above 0, got {','.join(f'{side:g}' for side in sides)}."
                )

    def in_boxes(self, size: Size) -> list[tuple[Box | None, list[Click]]]:
        """Return each box with the clicks in it; None with all of them where there is no box.

        A click in none goes to the box nearest to it, as if what is meant there went on to it.

        >>> both = pointed([(0.9, 0.5)], boxes=[Box(0, 0, 10, 10), Box(60, 0, 20, 10)])
        >>> [len(clicks) for _, clicks in both.in_boxes(Size(100, 10))]
        [0, 1]
        """
        if not self.boxes:
            return [(None, list(self.clicks))]
        told: list[tuple[Box | None, list[Click]]] = [(box, []) for box in self.boxes]
        for click in self.clicks:
            apart = [_apart(click, box, size) for box in self.boxes]
            for (_, within), far in zip(told, apart, strict=True):
                if far == min(apart):
                    within.append(click)
        return told


def pointed(
    points: Sequence[Place] = (),
    but: Sequence[Place] = (),
    *,
    strokes: Sequence[Sequence[Place]] = (),
    but_strokes: Sequence[Sequence[Place]] = (),
    boxes: Sequence[Box] = (),
) -> Pointed:
    """Return what places in a picture, x and y in 0..1, mean, and `but` do not. Raises BadOption.

    A stroke is the places that a line runs through.
    """
    meant = [Click(x, y) for x, y in chain(points, *strokes)]
    others = [Click(x, y, positive=False) for x, y in chain(but, *but_strokes)]
    return Pointed(clicks=(*meant, *others), boxes=tuple(boxes))


def pointed_in(said: object) -> Pointed:
    """Return what JSON says; nothing where it is None. Raises BadOption.

    >>> pointed_in({"points": [[0.5, 0.25]], "not": [[1, 0]]}).clicks[1]
    Click(x=1.0, y=0.0, positive=False)
    """
    if said is None:
        return Pointed()
    if not isinstance(said, Mapping):
        raise BadOption(f"Expected clicks as an object with {', '.join(_FIELDS)}.")
    if wrong := sorted(map(str, set(said) - set(_FIELDS))):
        raise BadOption(f"Expected only {', '.join(_FIELDS)} in clicks, got {', '.join(wrong)}.")
    return pointed(
        list(_places(said.get("points", ()), "points")),
        list(_places(said.get("not", ()), "not")),
        strokes=list(_strokes(said.get("strokes", ()), "strokes")),
        but_strokes=list(_strokes(said.get("not_strokes", ()), "not_strokes")),
        boxes=list(_boxes(said.get("boxes", ()))),
    )


def _strokes(said: object, name: str) -> Iterator[list[Place]]:
    for number, stroke in enumerate(_listed(said, name)):
        places = list(_places(stroke, f"{name}[{number}]"))
        if not places:
            raise BadOption(f"Expected places in clicks.{name}[{number}], got none.")
        yield places


def _places(said: object, name: str) -> Iterator[Place]:
    for number, place in enumerate(_listed(said, name)):
        pair = list(place) if isinstance(place, list | tuple) else []
        if len(pair) != 2 or not all(map(_is_number, pair)):  # noqa: PLR2004
            raise BadOption(f"Expected clicks.{name}[{number}] as [x, y], two numbers from 0 to 1.")
        yield float(pair[0]), float(pair[1])


def _boxes(said: object) -> Iterator[Box]:
    for number, box in enumerate(_listed(said, "boxes")):
        sides = [box.get(side) for side in _SIDES] if isinstance(box, Mapping) else []
        numbers = [float(side) for side in sides if _is_number(side)]
        if len(numbers) != len(_SIDES):
            raise BadOption(
                f"Expected clicks.boxes[{number}] with left, top, width and height in pixels of "
                "the upright picture."
            )
        yield Box(*numbers)


def _listed(said: object, name: str) -> Sequence[object]:
    if not isinstance(said, list | tuple):
        raise BadOption(f"Expected clicks.{name} as a list.")
    if len(said) > MOST_PLACES:
        raise BadOption(f"Expected up to {MOST_PLACES} in clicks.{name}, got {len(said)}.")
    return said


def _apart(click: Click, box: Box, size: Size) -> float:
    """Return how many pixels a click lies beside a box; 0 in it."""
    x, y = click.x * size.width, click.y * size.height
    across = max(box.left - x, 0.0, x - box.right)
    return math.hypot(across, max(box.top - y, 0.0, y - box.bottom))


def _is_number(value: object) -> TypeGuard[float]:
    """Return whether arithmetic may be done with it: JSON has numbers without end, and NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
