"""The outlines of blocks, as skia's paths in the coordinates of their box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.engine import skia
from foveate.design.drawing.path_data import path
from foveate.design.scene.model import Block, Ellipse, Line, Path, Picture, Rectangle, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Radii = tuple[float, float, float, float]


def fitted_radii(radii: Radii, width: float, height: float) -> Radii:
    """Return radii that the sides of a box have room for, all made smaller alike, as CSS does.

    >>> fitted_radii((30, 30, 0, 0), 40, 100)
    (20.0, 20.0, 0.0, 0.0)
    """
    first, second, third, fourth = radii
    sides = (
        (width, first + second),
        (height, second + third),
        (width, third + fourth),
        (height, fourth + first),
    )
    less = min([1.0, *(side / need for side, need in sides if need > side)])
    return first * less, second * less, third * less, fourth * less


def rounded(width: float, height: float, radii: Radii) -> Any:  # noqa: ANN401 - skia's
    """Return a rectangle with corners as round as its sides allow."""
    rectangle = skia().RRect()
    corners = [skia().Point(each, each) for each in fitted_radii(radii, width, height)]
    rectangle.setRectRadii(skia().Rect.MakeWH(width, height), corners)
    return rectangle


def _round_corners(block: Rectangle | Picture | Text) -> Any:  # noqa: ANN401 - skia's
    return skia().Path.RRect(rounded(block.width, block.height, block.radius))


def _ellipse(block: Ellipse) -> Any:  # noqa: ANN401 - skia's
    return skia().Path.Oval(skia().Rect.MakeWH(block.width, block.height))


def _line(block: Line) -> Any:  # noqa: ANN401 - skia's
    start, end = (block.height, 0.0) if block.rising else (0.0, block.height)
    return skia().Path.Line(skia().Point(0, start), skia().Point(block.width, end))


def _free(block: Path) -> Any:  # noqa: ANN401 - skia's
    drawn = path(block.d)
    left, top, width, height = block.viewbox
    matrix = skia().Matrix.Scale(block.width / width, block.height / height)
    matrix.preTranslate(-left, -top)
    drawn.transform(matrix)
    return drawn


_OUTLINES: Final[Mapping[type[Block], Callable[[Any], Any]]] = {
    Rectangle: _round_corners,
    Picture: _round_corners,
    Text: _round_corners,
    Ellipse: _ellipse,
    Line: _line,
    Path: _free,
}


def outline(block: Block) -> Any:  # noqa: ANN401 - skia's
    """Return the outline of a block that is no group."""
    return _OUTLINES[type(block)](block)
