"""Gradients, as CSS writes them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.design.scene.paint import Linear, Radial, Stop
from foveate.design.scene.split import parts
from foveate.design.scene.units import NUMBER, number_text
from foveate.options.colours import Colour, colour
from foveate.options.values import expected, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DOWN: Final = 180.0
MOST_STOPS: Final = 16
_ANGLE: Final = re.compile(rf"({NUMBER})deg", re.ASCII)
_SIDES: Final = {
    "to top": 0.0,
    "to right": 90.0,
    "to bottom": 180.0,
    "to left": 270.0,
}
_TURN: Final = 360.0
_SHARE: Final = number(0, 1)
_PLACE: Final = number(-10, 10)
_DIGITS: Final = 6


def gradient(name: str, inside: str) -> Linear | Radial:
    """Return a gradient by the name of its function and what stands in it. Raises ValueError.

    >>> gradient("linear-gradient", "to right, #f00, #00f").angle
    90.0
    """
    first, *rest = parts(inside)
    if name == "linear-gradient":
        angle = _angle(first)
        stops = rest if angle is not None else [first, *rest]
        return Linear(DOWN if angle is None else angle, _stops(stops, inside))
    if name == "radial-gradient":
        at = _at(first)
        return Radial(_stops(rest if at else [first, *rest], inside), *(at or (0.5, 0.5)))
    raise expected("linear-gradient(...) or radial-gradient(...)", f"{name}(...)")


def _angle(text: str) -> float | None:
    word = " ".join(text.split())
    found = _ANGLE.fullmatch(word)
    if found:
        return number(-_TURN, _TURN)(found[1])
    return _SIDES.get(word)


def _at(text: str) -> tuple[float, float] | None:
    words = text.removeprefix("circle").split()
    if text == "circle":
        return 0.5, 0.5
    if not words or words[0] != "at":
        return None
    try:
        x, y = (_share(word, _PLACE) for word in words[1:])
    except ValueError:
        raise expected("a place as `at 50% 30%`", text) from None
    return x, y


def _share(text: str, read: Callable[[str], float]) -> float:
    if text.endswith("%"):
        return read(number_text(round(number(-1e4, 1e4)(text[:-1]) / 100, _DIGITS)))
    return read(text)


def _stops(said: Sequence[str], inside: str) -> tuple[Stop, ...]:
    if not 1 < len(said) <= MOST_STOPS:
        raise expected(f"2 to {MOST_STOPS} colours with commas between them", inside)
    last = len(said) - 1
    stops = [_stop(text, place / last) for place, text in enumerate(said)]
    if any(after.at < before.at for before, after in pairwise(stops)):
        raise expected("places of colours from 0 to 1, none before the last one", inside)
    return tuple(stops)


def _stop(text: str, place: float) -> Stop:
    *words, last = parts(text, " ") or [""]
    if not words:
        return Stop(colour(last), round(place, _DIGITS))
    return Stop(colour(" ".join(words)), _share(last, _SHARE))


def gradient_text(value: Linear | Radial, write_colour: Callable[[Colour], str]) -> str:
    """Return how a gradient is written, so that reading it gives it back."""
    stops = [f"{write_colour(stop.colour)} {number_text(stop.at)}" for stop in value.stops]
    if isinstance(value, Linear):
        return f"linear-gradient({', '.join([f'{number_text(value.angle)}deg', *stops])})"
    middle = (value.x, value.y) == (0.5, 0.5)
    at = [] if middle else [f"at {number_text(value.x)} {number_text(value.y)}"]
    return f"radial-gradient({', '.join([*at, *stops])})"
