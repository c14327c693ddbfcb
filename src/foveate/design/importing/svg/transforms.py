"""What `transform` says, as one matrix; and how a view box comes to lie in its place."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from foveate.design.importing.matrix import (
    UNIT,
    Matrix,
    in_order,
    moving,
    scaling,
    turning,
)
from foveate.design.importing.svg.lengths import FAR, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CALL: Final = re.compile(r"([a-zA-Z]+)\s*\(([^()]*)\)", re.ASCII)
MOST: Final = 50


def _turned(degrees: float, x: float = 0.0, y: float = 0.0) -> Matrix:
    return turning(degrees, (x, y))


def _scaled(x: float, y: float | None = None) -> Matrix:
    return scaling(x, x if y is None else y)


def _moved(x: float, y: float = 0.0) -> Matrix:
    return moving(x, y)


def _slanted(degrees: float) -> Matrix:
    return Matrix(c=math.tan(math.radians(degrees)))


def _sloped(degrees: float) -> Matrix:
    return Matrix(b=math.tan(math.radians(degrees)))


_CALLS: Final[Mapping[str, Callable[..., Matrix]]] = {
    "matrix": Matrix,
    "translate": _moved,
    "scale": _scaled,
    "rotate": _turned,
    "skewX": _slanted,
    "skewY": _sloped,
}


def transform(text: str | None) -> Matrix:
    """Return what an attribute `transform` does. Raises ValueError for what is none.

    >>> transform("translate(10 5) scale(2)").at((1, 1))
    (12.0, 7.0)
    """
    if not text or text.strip() == "none":
        return UNIT
    found = _CALL.findall(text)
    if _CALL.sub("", text).strip(" ,\t\r\n") or not 0 < len(found) <= MOST:
        raise ValueError("expected transforms")
    try:
        made = in_order(_CALLS[name](*numbers(inside)) for name, inside in found)
    except (KeyError, TypeError) as why:
        raise ValueError("expected transforms") from why
    if not all(abs(each) <= FAR for each in made):
        raise ValueError("expected transforms")
    return made


_ALIGNED: Final = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
_RATIO: Final = re.compile(r"(?:x(Min|Mid|Max)Y(Min|Mid|Max)|none)(?:\s+(meet|slice))?")


def fitted(viewbox: str, ratio: str | None, width: float, height: float) -> Matrix:
    """Return what takes the plane of a view box into a place from (0, 0) on."""
    said = numbers(viewbox)
    if len(said) != 4 or said[2] <= 0 or said[3] <= 0:  # noqa: PLR2004 - its four numbers
        return UNIT
    left, top, wide, high = said
    across, down = width / wide, height / high
    found = _RATIO.fullmatch((ratio or "").removeprefix("defer").strip())
    if found and found[0].startswith("none"):
        return scaling(across, down).after(moving(-left, -top))
    pick = max if found and found[3] == "slice" else min
    by = pick(across, down)
    at = [_ALIGNED[found[place] if found else "Mid"] for place in (1, 2)]
    move = moving((width - wide * by) * at[0], (height - high * by) * at[1])
    return in_order([move, scaling(by, by), moving(-left, -top)])
