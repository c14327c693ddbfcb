"""Outlines: any path of SVG as moves, lines and cubic curves in absolute numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.importing.arcs import arc
from foveate.design.scene.path_kinds import commands
from foveate.design.scene.units import number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from foveate.design.importing.matrix import Matrix, Point

DIGITS: Final = 3
_FLAT: Final = 1e-12
_STEPS: Final = 6
"""Points on a curve by which one says what lies inside."""


class Part(NamedTuple):
    """One subpath: where it begins, its pieces of one point (lines) or three (curves)."""

    start: Point
    pieces: tuple[tuple[Point, ...], ...]
    closed: bool

    @property
    def reversed(self) -> Part:
        """Return it drawn the other way round."""
        ends = [self.start, *(piece[-1] for piece in self.pieces)]
        turned = [
            (*piece[-2::-1], before) for before, piece in zip(ends, self.pieces, strict=False)
        ]
        return Part(ends[-1], tuple(turned[::-1]), self.closed)

    @property
    def corners(self) -> list[Point]:
        """Return points along it, near enough to say what is inside."""
        found = [self.start]
        for piece in self.pieces:
            found += _along(found[-1], piece)
        return found


def _along(start: Point, piece: Sequence[Point]) -> list[Point]:
    if len(piece) == 1:
        return [piece[0]]
    points = (start, *piece)
    return [_on(points, step / _STEPS) for step in range(1, _STEPS + 1)]


def _on(points: Sequence[Point], share: float) -> Point:
    while len(points) > 1:
        points = [
            (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            for a, b in pairwise(points)
        ]
    return points[0]


@dataclass(slots=True)
class _Pen:
    """Draws commands, and knows where it stands."""

    parts: list[Part] = field(default_factory=list)
    pieces: list[tuple[Point, ...]] = field(default_factory=list)
    start: Point = (0.0, 0.0)
    at: Point = (0.0, 0.0)
    handle: Point = (0.0, 0.0)
    curve: str = ""

    def end(self, *, closed: bool = False) -> None:
        if self.pieces or closed:
            self.parts.append(Part(self.start, tuple(self.pieces), closed))
        self.pieces = []
        self.at = self.start if closed else self.at

    def move(self, to: Point) -> None:
        self.end()
        self.start = self.at = to

    def to(self, *piece: Point) -> None:
        self.pieces.append(piece)
        self.at = piece[-1]

    def mirrored(self, kinds: str) -> Point:
        if self.curve not in kinds:
            return self.at
        return 2 * self.at[0] - self.handle[0], 2 * self.at[1] - self.handle[1]

    def cubic(self, first: Point, second: Point, to: Point) -> None:
        self.handle = second
        self.to(first, second, to)

    def smooth_cubic(self, second: Point, to: Point) -> None:
        self.cubic(self.mirrored("cs"), second, to)

    def smooth_quadratic(self, to: Point) -> None:
        self.quadratic(self.mirrored("qt"), to)

    def arc(self, numbers: tuple[float, ...]) -> None:
        for piece in arc(self.at, numbers):
            self.to(*piece)

    def quadratic(self, control: Point, to: Point) -> None:
        first, second = (
            (end[0] + (control[0] - end[0]) * 2 / 3, end[1] + (control[1] - end[1]) * 2 / 3)
            for end in (self.at, to)
        )
        self.handle = control
        self.to(first, second, to)


def outline(d: str) -> tuple[Part, ...]:
    """Return the parts of a path. Raises ValueError for what is none.

    >>> [len(part.pieces) for part in outline("M0 0h10v10zm20 0l5 5")]
    [2, 1]
    """
    pen = _Pen()
    for letter, numbers in commands(d):
        _draw(pen, letter.lower(), _absolute(pen, letter, numbers))
        pen.curve = letter.lower()
    pen.end()
    return tuple(pen.parts)


def _absolute(pen: _Pen, letter: str, numbers: tuple[float, ...]) -> tuple[float, ...]:
    if letter.isupper() or not numbers:
        return numbers
    x, y = pen.at
    if letter in "hv":
        return (numbers[0] + (x if letter == "h" else y),)
    if letter == "a":
        return (*numbers[:5], numbers[5] + x, numbers[6] + y)
    return tuple(number + (y if place % 2 else x) for place, number in enumerate(numbers))


def _draw(pen: _Pen, kind: str, numbers: tuple[float, ...]) -> None:
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if kind in _POINTS:
        _POINTS[kind](pen, *points)
        return
    others: dict[str, Callable[[], None]] = {
        "h": lambda: pen.to((numbers[0], pen.at[1])),
        "v": lambda: pen.to((pen.at[0], numbers[0])),
        "a": lambda: pen.arc(numbers),
        "z": lambda: pen.end(closed=True),
    }
    others[kind]()


_POINTS: Final[Mapping[str, Callable[..., None]]] = {
    "m": _Pen.move,
    "l": _Pen.to,
    "c": _Pen.cubic,
    "s": _Pen.smooth_cubic,
    "q": _Pen.quadratic,
    "t": _Pen.smooth_quadratic,
}
"""Commands whose numbers are points."""


def moved(parts: Iterable[Part], matrix: Matrix) -> tuple[Part, ...]:
    """Return an outline after a transform."""
    return tuple(
        Part(
            matrix.at(part.start),
            tuple(tuple(map(matrix.at, piece)) for piece in part.pieces),
            part.closed,
        )
        for part in parts
    )


def bounds(parts: Iterable[Part]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what an outline covers; of none, nothing at (0, 0)."""
    points = [point for part in parts for point in _extremes(part)] or [(0.0, 0.0)]
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def _extremes(part: Part) -> list[Point]:
    found, at = [part.start], part.start
    for piece in part.pieces:
        found.append(piece[-1])
        if len(piece) > 1:
            whole = (at, *piece)
            shares = [share for axis in (0, 1) for share in _turns([p[axis] for p in whole])]
            found += [_on(whole, share) for share in shares]
        at = piece[-1]
    return found


def _turns(values: Sequence[float]) -> list[float]:
    """Return where a cubic curve turns along one axis."""
    first, second, third, last = values
    a = last - 3 * third + 3 * second - first
    b, c = 2 * (third - 2 * second + first), second - first
    if abs(a) < _FLAT:
        roots = [-c / b] if b else []
    else:
        under = b * b - 4 * a * c
        roots = [(-b + sign * math.sqrt(under)) / (2 * a) for sign in (1, -1)] if under >= 0 else []
    return [root for root in roots if 0 < root < 1]


def least(parts: Iterable[Part]) -> int:
    """Return how many letters an outline has at least, as SVG writes it.

    >>> least(outline("M0 0H1V1Z")), len(text(outline("M0 0H1V1Z")))
    (12, 16)
    """
    return sum(4 * (1 + sum(map(len, part.pieces))) for part in parts)


def text(parts: Iterable[Part], digits: int = DIGITS) -> str:
    """Return an outline as SVG writes it."""
    return " ".join(word for part in parts for word in _words(part, digits))


def _words(part: Part, digits: int) -> list[str]:
    said = [f"M{_point(part.start, digits)}"]
    for piece in part.pieces:
        letter = "L" if len(piece) == 1 else "C"
        said.append(letter + " ".join(_point(each, digits) for each in piece))
    return [*said, "Z"] if part.closed else said


def _point(point: Point, digits: int) -> str:
    return " ".join(number_text(round(each, digits)) for each in point)
