"""Where layers of Figma lie: turned about the middle of the box that they cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.matrix import Place
from foveate.design.scene.model import Pin, Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.importing.figma.reading import Item
    from foveate.design.importing.imported import Notes

NEAR: Final = 0.05
"""Of a cosine: nearer to 45 degrees a covered box says nothing of the one in it."""
ALIKE: Final = 1.0
"""Pixels by which two boxes may be apart that are one."""
_PINS: Final[Mapping[str, Pin]] = {
    "LEFT": Pin.LEFT,
    "RIGHT": Pin.RIGHT,
    "TOP": Pin.TOP,
    "BOTTOM": Pin.BOTTOM,
}
_MIDDLES: Final = {"horizontal": Pin.CENTER, "vertical": Pin.MIDDLE}
_GROWS: Final = frozenset({"LEFT_RIGHT", "TOP_BOTTOM", "SCALE"})
_STRETCH: Final = {
    (True, True): Stretch.BOTH,
    (True, False): Stretch.X,
    (False, True): Stretch.Y,
    (False, False): Stretch.NONE,
}


def place_of(item: Item, origin: tuple[float, float], around: float, notes: Notes) -> Place | None:
    """Return where a layer lies from an origin, within something turned; None for nowhere."""
    box = item.item("absoluteBoundingBox")
    if not box.said:
        return None
    wide, high = (max(box.number(name), 0.0) for name in ("width", "height"))
    middle = (box.number("x") + wide / 2 - origin[0], box.number("y") + high / 2 - origin[1])
    degrees, sides = _turned(item, around, (wide, high), notes)
    x, y = middle[0] - sides[0] / 2, middle[1] - sides[1] / 2
    return Place(*(round(each, 4) + 0.0 for each in (x, y, *sides, degrees)))


def _turned(
    item: Item, around: float, covered: tuple[float, float], notes: Notes
) -> tuple[float, tuple[float, float]]:
    """Return by how many degrees a layer is turned, and how large it is.

    Its own turn is counted from what it stands in, in some versions, and from the page in others:
    what covers the box that is said is right.
    """
    own = angle_of(item)
    size = item.item("size")
    if not size.said:
        return own, _unturned(own, covered, notes)
    sides = (abs(size.number("x")), abs(size.number("y")))
    ways = (own, own + around) if around else (own,)
    return min(ways, key=lambda each: _apart(each, sides, covered)), sides


def angle_of(item: Item) -> float:
    """Return by how many degrees a layer is turned, clockwise."""
    rows = item.said.get("relativeTransform")
    try:
        (a, _, _), (b, _, _) = rows  # type: ignore[misc]
        found = math.degrees(math.atan2(b, a))
    except (TypeError, ValueError):
        # Radians, the other way round.
        found = -math.degrees(item.number("rotation"))
    return round((found + 180) % 360 - 180, 4) + 0.0


def _covers(degrees: float, sides: tuple[float, float]) -> tuple[float, float]:
    turn = math.radians(degrees)
    sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
    return sides[0] * cosine + sides[1] * sine, sides[0] * sine + sides[1] * cosine


def _apart(degrees: float, sides: tuple[float, float], covered: tuple[float, float]) -> float:
    got = _covers(degrees, sides)
    return max(abs(a - b) for a, b in zip(got, covered, strict=True))


def _unturned(degrees: float, covered: tuple[float, float], notes: Notes) -> tuple[float, float]:
    turn = math.radians(degrees)
    sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
    twice = cosine * cosine - sine * sine
    if not sine:
        return covered
    if abs(twice) < NEAR:
        notes.add("A layer that is turned is as large as what it covers: ask for `geometry=paths`.")
        return covered
    wide = (covered[0] * cosine - covered[1] * sine) / twice
    high = (covered[1] * cosine - covered[0] * sine) / twice
    return max(wide, 0.0), max(high, 0.0)


def kept_to(item: Item) -> dict[str, Any]:
    """Return to what of its parent a layer keeps, in the words of blocks."""
    said = item.item("constraints")
    pins, grows = [], []
    for way, middle in _MIDDLES.items():
        word = said.text(way)
        grows.append(word in _GROWS)
        pin = middle if word == "CENTER" else _PINS.get(word)
        pins += [pin] if pin else []
    found: dict[str, Any] = {"pin": tuple(pins), "stretch": _STRETCH[grows[0], grows[1]]}
    if item.flag("preserveRatio") or item.item("targetAspectRatio").said:
        found["keep_aspect"] = True
    return found
