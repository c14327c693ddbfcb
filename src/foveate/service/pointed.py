"""What somebody pointed at in a picture: as a value, and as JSON says it."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeGuard, cast

import numpy as np

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.options.values import listed, shown
from foveate.vision.clicks import Click

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = tuple[float, float]
    _Said = tuple[object, str]

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
LEAST_SIDE: Final = 0.001
"""Of a box, in pixels: arithmetic loses what is smaller."""
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
            if not all(map(_is_number, sides)) or min(box.width, box.height) < LEAST_SIDE:
                raise BadOption(
                    "Expected boxes in pixels of the upright picture, as left, top, width and "
                    f"height, the last two {LEAST_SIDE:g} or more, got "
                    f"{','.join(f'{side:g}' for side in sides)}."
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

    A stroke is the places that a line runs through. Numbers of any type mean the same.

    >>> pointed([(1, -0.0)]) == pointed([[1.0, 0]])
    True
    """
    return _meant(
        (points, "points"),
        (but, "but"),
        (strokes, "strokes"),
        (but_strokes, "but_strokes"),
        (boxes, "boxes"),
    )


def pointed_in(said: object) -> Pointed:
    """Return what JSON says; nothing where it is None. Raises BadOption.

    >>> pointed_in({"points": [[0.5, 0.25]], "not": [[1, 0]]}).clicks[1]
    Click(x=1.0, y=0.0, positive=False)
    """
    if said is None:
        return Pointed()
    if not isinstance(said, Mapping):
        raise BadOption(f"Expected clicks as an object with {', '.join(_FIELDS)}.")
    if wrong := set(said) - set(_FIELDS):
        raise BadOption(f"Expected only {', '.join(_FIELDS)} in clicks, got {listed(wrong)}.")
    points, *others = ((said.get(field, ()), f"clicks.{field}") for field in _FIELDS)
    return _meant(points, *others)


def _meant(points: _Said, but: _Said, strokes: _Said, but_strokes: _Said, boxes: _Said) -> Pointed:
    """Return what is meant by what was said, each of which has the name that errors give it."""
    here = chain(_places(*points), *_strokes(*strokes))
    away = chain(_places(*but), *_strokes(*but_strokes))
    clicks = [
        *(Click(x, y) for x, y in here),
        *(Click(x, y, positive=False) for x, y in away),
    ]
    return Pointed(clicks=tuple(clicks), boxes=tuple(_boxes(*boxes)))


def _strokes(said: object, name: str) -> Iterator[list[Place]]:
    for number, stroke in enumerate(_listed(said, name)):
        places = list(_places(stroke, f"{name}[{number}]"))
        if not places:
            raise BadOption(f"Expected places in {name}[{number}], got none.")
        yield places


def _places(said: object, name: str) -> Iterator[Place]:
    for number, place in enumerate(_listed(said, name)):
        pair = list(place) if _is_list(place) else []
        numbers = [_plain(each) for each in filter(_is_number, pair)]
        if not len(pair) == len(numbers) == 2:  # noqa: PLR2004
            raise BadOption(
                f"Expected {name}[{number}] as [x, y], two numbers from 0 to 1, got {_told(place)}."
            )
        yield numbers[0], numbers[1]


def _boxes(said: object, name: str) -> Iterator[Box]:
    for number, box in enumerate(_listed(said, name)):
        # Numbers without end, and NaN, are told with the others, as those of any box.
        numbers = [_plain(side) for side in filter(_is_side, _sides(box))]
        if len(numbers) != len(_SIDES):
            raise BadOption(
                f"Expected {name}[{number}] with left, top, width and height in pixels of "
                f"the upright picture, got {_told(box)}."
            )
        yield Box(*numbers)


def _sides(box: object) -> list[object]:
    if isinstance(box, Box):
        return [box.left, box.top, box.width, box.height]
    return [box.get(side) for side in _SIDES] if isinstance(box, Mapping) else []


def _listed(said: object, name: str) -> Sequence[object]:
    if not _is_list(said):
        raise BadOption(f"Expected {name} as a list, got {_told(said)}.")
    if len(said) > MOST_PLACES:
        raise BadOption(f"Expected up to {MOST_PLACES} in {name}, got {len(said)}.")
    return said


def _plain(number: float) -> float:
    """Return a number as every door has it, zero without a sign: ids are made of them."""
    return float(number) + 0.0


def _told(said: object) -> str:
    """Return what came as an error tells it: not all of what may be long, or deep."""
    return shown(reprlib.repr(said))


def _apart(click: Click, box: Box, size: Size) -> float:
    """Return how many pixels a click lies beside a box; 0 in it."""
    x, y = click.x * size.width, click.y * size.height
    across = max(box.left - x, 0.0, x - box.right)
    return math.hypot(across, max(box.top - y, 0.0, y - box.bottom))


def _is_number(value: object) -> TypeGuard[float]:
    """Return whether arithmetic may be done with it: JSON has numbers without end, and NaN."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return (whole or _is_float(value)) and abs(cast("float", value)) <= LARGEST


def _is_side(value: object) -> TypeGuard[float]:
    return _is_float(value) or _is_number(value)


def _is_float(value: object) -> TypeGuard[float]:
    return isinstance(value, float | np.floating)


def _is_list(said: object) -> TypeGuard[Sequence[object]]:
    return isinstance(said, list | tuple) or (isinstance(said, np.ndarray) and said.ndim > 0)
