"""imgproxy's expected output sizes, restated as our options where the rules are the same."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from results import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER: Final = DATA / "conformance" / "imgproxy"
SOURCE: Final = "geometry.png"
WIDTH: Final = 200
HEIGHT: Final = 100
"""Size of the picture that the table is about."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row: the options it becomes, or why it becomes none, and the size it must give."""

    test: str
    asked: str
    options: str
    why_not: str
    expected: tuple[int, int]


def _sides(width: int, height: int) -> str:
    """Return the options for a box; 0 is a side left open."""
    named = (("width", width), ("height", height))
    return ",".join(f"{name}={value}" for name, value in named if value)


def _always(fit: str) -> Callable[[int, int], str]:
    return lambda _width, _height: fit


def _extended(width: int, height: int, inside: str, larger: str) -> str:
    """Return our fit for imgproxy's `extend`, or nothing where there is none.

    A picture that need not grow to meet the box is the same thing in both.
    """
    if not (width and height):
        return inside if width <= WIDTH and height <= HEIGHT else ""
    return larger if min(width / WIDTH, height / HEIGHT) <= 1 else ""


def _fit_extend(width: int, height: int) -> str:
    return _extended(width, height, "scale-down", "pad")


def _fill_extend(width: int, height: int) -> str:
    both = bool(width and height)
    fits = width <= WIDTH and height <= HEIGHT
    return ("cover" if both else "crop") if fits else ""


def _fit_extend_ratio(width: int, height: int) -> str:
    # Without both sides there is no ratio to extend to, so it is a plain fit.
    return _fit_extend(width, height) if width and height else "scale-down"


def _fill_extend_ratio(width: int, height: int) -> str:
    return _fill_extend(width, height) if width and height else "crop"


RULES: Final[dict[str, Callable[[int, int], str]]] = {
    "TestResizeToFit": _always("scale-down"),
    "TestResizeToFitEnlarge": _always("contain"),
    "TestResizeToFitExtend": _fit_extend,
    "TestResizeToFitExtendAR": _fit_extend_ratio,
    "TestResizeToFill": _always("crop"),
    "TestResizeToFillEnlarge": _always("cover"),
    "TestResizeToFillExtend": _fill_extend,
    "TestResizeToFillExtendAR": _fill_extend_ratio,
}
WHY_NOT: Final = "canvas grows around a picture that may not grow; ours (pad) lets the picture grow"


def cases() -> Iterator[Case]:
    """Yield every row of imgproxy's table."""
    with (FOLDER / "sizes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            width, height = map(int, re.findall(r"\d+", row["options"]))
            rule = RULES.get(row["test"])
            fit = rule(width, height) if rule else ""
            yield Case(
                test=row["test"],
                asked=f"{width}x{height}",
                options=f"fit={fit},{_sides(width, height)}" if fit else "",
                why_not="" if fit else (WHY_NOT if rule else "no such kind of resizing here"),
                expected=(int(row["out_w"]), int(row["out_h"])),
            )
