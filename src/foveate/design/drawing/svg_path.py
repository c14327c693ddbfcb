"""One of skia's paths as SVG's path data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.engine import skia
from foveate.options.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS: Final = 3
_HALVINGS: Final = 2
"""A quarter of an ellipse becomes so many times two parabolas, off by less than is seen."""


def written(path: Any) -> str:  # noqa: ANN401 - skia's
    """Return what draws the path."""
    return "".join(_commands(path))


def _commands(path: Any) -> Iterator[str]:  # noqa: ANN401 - skia's
    verbs = skia().Path
    letters = {
        verbs.kMove_Verb: "M",
        verbs.kLine_Verb: "L",
        verbs.kQuad_Verb: "Q",
        verbs.kCubic_Verb: "C",
    }
    steps = skia().Path.RawIter(path)
    while True:
        verb, points = steps.next()
        if verb == verbs.kDone_Verb:
            return
        if verb == verbs.kClose_Verb:
            yield "Z"
        elif verb == verbs.kConic_Verb:
            yield from _parabolas(points, steps.conicWeight())
        else:
            yield letters[verb] + _numbers(points if verb == verbs.kMove_Verb else points[1:])


def _parabolas(points: Any, weight: float) -> Iterator[str]:  # noqa: ANN401 - skia's
    made = skia().Path.ConvertConicToQuads(*points, weight, _HALVINGS)
    for at in range(1, len(made) - 1, 2):
        yield "Q" + _numbers(made[at : at + 2])


def _numbers(points: Any) -> str:  # noqa: ANN401 - skia's
    flat = [round(side, _DIGITS) + 0.0 for point in points for side in (point.x(), point.y())]
    return " ".join(map(text_of, flat))
