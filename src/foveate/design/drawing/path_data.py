"""SVG's path data as one of skia's paths."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.engine import skia
from foveate.design.scene.path_kinds import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Point = tuple[float, float]


class _Pen:
    """What draws commands one after the other, and knows where it stands."""

    def __init__(self) -> None:
        self.drawn: Any = skia().Path()
        self.at: Point = (0.0, 0.0)
        self.start: Point = (0.0, 0.0)
        self.handle: Point | None = None
        """The last control point, which a smooth curve mirrors."""
        self.curve = ""

    def mirrored(self, kinds: str) -> Point:
        """Return the control point of a smooth curve that goes on from one of these kinds."""
        if self.handle is None or self.curve not in kinds:
            return self.at
        return 2 * self.at[0] - self.handle[0], 2 * self.at[1] - self.handle[1]

    def move(self, to: Point) -> None:
        self.drawn.moveTo(*to)
        self.at = self.start = to

    def line(self, to: Point) -> None:
        self.drawn.lineTo(*to)
        self.at = to

    def cubic(self, first: Point, second: Point, to: Point) -> None:
        self.drawn.cubicTo(*first, *second, *to)
        self.at, self.handle = to, second

    def smooth_cubic(self, second: Point, to: Point) -> None:
        self.cubic(self.mirrored("cs"), second, to)

    def quadratic(self, control: Point, to: Point) -> None:
        self.drawn.quadTo(*control, *to)
        self.at, self.handle = to, control

    def smooth_quadratic(self, to: Point) -> None:
        self.quadratic(self.mirrored("qt"), to)

    def close(self) -> None:
        self.drawn.close()
        self.at = self.start


_POINTS: Final[Mapping[str, Callable[..., None]]] = {
    "m": _Pen.move,
    "l": _Pen.line,
    "c": _Pen.cubic,
    "s": _Pen.smooth_cubic,
    "q": _Pen.quadratic,
    "t": _Pen.smooth_quadratic,
}
"""Commands whose numbers are points."""


def path(text: str) -> Any:  # noqa: ANN401 - skia's
    """Return what a path of SVG draws. Raises ValueError for what is none."""
    pen = _Pen()
    for letter, numbers in commands(text):
        _drawn(pen, letter, numbers)
        pen.curve = letter.lower()
    return pen.drawn


def _drawn(pen: _Pen, letter: str, numbers: tuple[float, ...]) -> None:
    kind, left, top = letter.lower(), *(pen.at if letter.islower() else (0.0, 0.0))
    if kind in _POINTS:
        points = [(left + x, top + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        _POINTS[kind](pen, *points)
        return
    others: dict[str, Callable[[], None]] = {
        "h": lambda: pen.line((left + numbers[0], pen.at[1])),
        "v": lambda: pen.line((pen.at[0], top + numbers[0])),
        "a": partial(_arc, pen, numbers, (left, top)),
        "z": pen.close,
    }
    others[kind]()


def _arc(pen: _Pen, numbers: tuple[float, ...], origin: Point) -> None:
    across, down, turned, large, clockwise, x, y = numbers
    size = skia().Path.kLarge_ArcSize if large else skia().Path.kSmall_ArcSize
    way = skia().PathDirection.kCW if clockwise else skia().PathDirection.kCCW
    to = origin[0] + x, origin[1] + y
    pen.drawn.arcTo(abs(across), abs(down), turned, size, way, *to)
    pen.at = to
