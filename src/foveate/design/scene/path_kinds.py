"""Kinds of several numbers: paths, corners, and the part of a plane that is seen."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.design.scene.units import NUMBER, Ruler, number_text, pixels
from foveate.options.values import expected, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.design.scene.kinds import Json

    Four = tuple[float, float, float, float]
    Point = tuple[float, float]

MOST_RADIUS: Final = 100_000.0
MOST_PATH: Final = 32_768
"""Characters of a path."""
_COUNTS: Final = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}
_ARC: Final = "a"
_FLAGS: Final = (3, 4)
"""Places in an arc of what is 0 or 1, and may stand without a space after it."""
_COMMAND: Final = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)", re.ASCII)
_NUMBER: Final = re.compile(rf"[\s,]*({NUMBER})[\s,]*", re.ASCII)
_FLAG: Final = re.compile(r"[\s,]*([01])[\s,]*", re.ASCII)
_FAR: Final = number(-1e6, 1e6)
_WIDE: Final = number(1e-3, 1e6)


def _coordinates(letter: str, said: str) -> Iterator[float]:
    at, place = 0, 0
    while at < len(said):
        flag = letter == _ARC and place % _COUNTS[_ARC] in _FLAGS
        found = (_FLAG if flag else _NUMBER).match(said, at)
        if not found:
            raise expected("numbers", said)
        yield _FAR(found[1])
        at, place = found.end(), place + 1


def commands(text: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Give the letters of a path of SVG, each with the numbers of one command.

    Raises ValueError for what is none.

    >>> list(commands("M0 0 5 5z"))
    [('M', (0.0, 0.0)), ('L', (5.0, 5.0)), ('z', ())]
    """
    said = _COMMAND.findall(text)
    if not said or sum(1 + len(inside) for _, inside in said) != len(text):
        raise expected("commands of a path", text)
    if said[0][0].lower() != "m":
        raise expected("a path that begins with M", text)
    for letter, inside in said:
        yield from _repeated(letter, tuple(_coordinates(letter.lower(), inside.strip())), inside)


def _repeated(
    letter: str, numbers: tuple[float, ...], inside: str
) -> Iterator[tuple[str, tuple[float, ...]]]:
    count = _COUNTS[letter.lower()]
    if len(numbers) % count if count and numbers else len(numbers) != count:
        raise expected(f"{count} numbers, or a multiple, after {letter}", inside)
    for at in range(0, max(len(numbers), 1), max(count, 1)):
        # More points after a move are lines.
        again = {"M": "L", "m": "l"}.get(letter, letter) if at else letter
        yield again, numbers[at : at + count]


@lru_cache(256)
def path_steps(text: str) -> tuple[float, ...]:
    """Return how far down or up it is from each control point of a path to the next one.

    An arc goes as far as its radius where it has to.

    >>> path_steps("M0 0 5 5 l1 -2 V20 z")
    (5.0, 2.0, 17.0, 20.0)
    """
    steps: list[float] = []
    x = y = left = top = 0.0
    for letter, numbers in commands(text):
        kind, (dx, dy) = letter.lower(), (x, y) if letter.islower() else (0.0, 0.0)
        if kind == "m":
            left, top = x, y = dx + numbers[0], dy + numbers[1]
            continue
        points = _points(kind, numbers, (x, y), (left, top), (dx, dy))
        for across, down in points:
            steps.append(abs(down - y))
            if kind == _ARC:
                chord = math.hypot(across - x, down - y)
                steps[-1] += 2 * abs(numbers[1]) if numbers[3] else min(chord, 2 * abs(numbers[1]))
            x, y = across, down
    return tuple(steps)


def _points(
    kind: str, numbers: tuple[float, ...], at: Point, start: Point, origin: Point
) -> list[Point]:
    """Return the control points of a command, the last where it ends."""
    if kind == "z":
        return [start]
    if kind in "hv":
        along = numbers[0] + origin[kind == "v"]
        return [(along, at[1]) if kind == "h" else (at[0], along)]
    given = numbers[-2:] if kind == _ARC else numbers
    pairs = zip(given[::2], given[1::2], strict=True)
    return [(origin[0] + x, origin[1] + y) for x, y in pairs]


def _checked(text: str) -> None:
    """Raise ValueError for what is no path of SVG."""
    for _ in commands(text):
        pass


@dataclass(frozen=True, slots=True)
class PathKind:
    """The path of SVG."""

    json: Json = "string"
    values: str = "a path as SVG's `d`, that begins with M"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        pattern = r"\s*[Mm][MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*"
        return {"base": "xs:string", "pattern": pattern, "maxLength": str(MOST_PATH)}

    def read(self, text: str, ruler: Ruler) -> str:  # noqa: ARG002 - it has no unit
        """Return it with one space where white space was."""
        if len(text) > MOST_PATH:
            raise ValueError(f"expected at most {MOST_PATH} letters, got {len(text)}")
        path = " ".join(text.split())
        _checked(path)
        return path

    def write(self, value: str) -> str:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class RadiusKind:
    """One radius, or one of each corner."""

    json: Json = "string"
    values: str = "one length, or four"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "512"}

    def read(self, text: str, ruler: Ruler) -> Four:
        """Return the four radii."""
        radii = [pixels(word, ruler.dpi) for word in text.split()]
        if len(radii) not in {1, 4} or not all(0 <= radius <= MOST_RADIUS for radius in radii):
            raise expected(f"{self.values}, from 0 to {MOST_RADIUS:.0f} pixels", text)
        first, second, third, fourth = radii * (4 // len(radii))
        return first, second, third, fourth

    def write(self, value: Four) -> str:
        """Return one where all are one."""
        same = all(one == other for one, other in pairwise(value))
        return " ".join(map(number_text, value[:1] if same else value))


@dataclass(frozen=True, slots=True)
class ViewboxKind:
    """A part of a plane."""

    json: Json = "string"
    values: str = "left, top, width and height, as `0 0 24 24`"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "512"}

    def read(self, text: str, ruler: Ruler) -> Four:  # noqa: ARG002 - it has no unit
        """Return the four numbers."""
        try:
            left, top, width, height = text.replace(",", " ").split()
            return _FAR(left), _FAR(top), _WIDE(width), _WIDE(height)
        except ValueError:
            raise expected(self.values.replace("`", ""), text) from None

    def write(self, value: Four) -> str:
        """Return the four numbers."""
        return " ".join(map(number_text, value))
