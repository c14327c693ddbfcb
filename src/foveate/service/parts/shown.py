"""How an answer shows its source: what hides things looks at it in the same way.

A face on its head is none to a network, nor is one in the dark or one squeezed to a quarter of its
width; but the answer may turn it, lighten it or stretch it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import numpy as np

from foveate.geometry.box import Size
from foveate.geometry.orientation import TURNS, Orientation
from foveate.imaging.pixels import from_array, to_array
from foveate.options.model import TransformOptions
from foveate.transform.steps.adjust import adjusted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.fit import Fitted
    from foveate.ports import Thumbnailer

STRETCHED: Final = 1.5
"""From this ratio on a squeezed picture is looked at as it is squeezed: up to three times networks
find what there is, and from four times on they miss it."""
STEP: Final = 1.25
"""Stretches nearer to each other than that are looked at as one."""
ADJUSTED: Final = ("brightness", "contrast", "gamma", "saturation")


class Found(Protocol):
    """A face, a thing or a line of text, in pixels of the picture in which it was found."""

    def oriented(self, orientation: Orientation, size: Size) -> Found:
        """Return it in a picture of that size after turning."""
        ...

    def scaled(self, x: float, y: float) -> Found:
        """Return it in a picture enlarged by `x` times across and `y` times down."""
        ...


F = TypeVar("F", bound=Found)


@dataclass(frozen=True, slots=True)
class Shown:
    """One way to show a whole picture; by default as it is."""

    turns: int = 0
    """Quarters, clockwise. A mirror makes no difference to networks."""
    stretch: float = 1.0
    """How much wider than high its pixels become, before it is turned."""
    tone: tuple[float | None, ...] = ()
    """What was asked for of `ADJUSTED`; empty where that is nothing."""

    @property
    def orientation(self) -> Orientation:
        """Return how it is turned."""
        return Orientation(turns=self.turns)

    def size(self, size: Size) -> Size:
        """Return the size at which a picture of that size shows as much."""
        across, down = self.stretch**0.5, self.stretch**-0.5
        wide, high = max(1, round(size.width * across)), max(1, round(size.height * down))
        return self.orientation.size(Size(wide, high))

    def thumbnail(self, picture: Thumbnailer, size: Size) -> NDArray[np.uint8]:
        """Return the picture as it is shown, as (height, width, 3) RGB of that size."""
        rgb = picture(self.orientation.inverse().size(size))
        if self.tone:
            asked: dict[str, Any] = dict(zip(ADJUSTED, self.tone, strict=True))
            rgb = to_array(adjusted(from_array(rgb), replace(TransformOptions(), **asked)))
        return np.ascontiguousarray(np.rot90(rgb, -self.turns))

    def back(self, found: F, seen: Size, size: Size) -> F:
        """Return what was found in such a thumbnail of `seen`, in a picture of `size` as it is."""
        back = self.orientation.inverse()
        plain = back.size(seen)
        placed = found.oriented(back, seen)
        return placed.scaled(size.width / plain.width, size.height / plain.height)  # type: ignore[return-value]


AS_IT_IS: Final = Shown()


def ways(shown: Shown) -> tuple[Shown, ...]:
    """Return the ways to look at a picture that is shown so: as it is, and so if that differs."""
    return (AS_IT_IS,) if shown == AS_IT_IS else (AS_IT_IS, shown)


def lying(shown: Shown) -> tuple[Shown, ...]:
    """Return the other ways up, in which nothing says that a picture is meant to be seen."""
    seen = {way.turns for way in ways(shown)}
    return tuple(replace(shown, turns=turns) for turns in range(TURNS) if turns not in seen)


def shown_by(options: TransformOptions, fitted: Fitted, orientation: Orientation) -> Shown:
    """Return how options show what they leave of a picture."""
    out, window = fitted.out, fitted.window
    stretch = (out.width / window.width) / (out.height / window.height)
    tone = tuple(_asked(options, name) for name in ADJUSTED)
    asked = any(value is not None for value in tone)
    # Mirrored and then turned shows what turned the other way does, mirrored.
    turns = (-orientation.turns if orientation.mirrored else orientation.turns) % TURNS
    return Shown(turns, rounded(stretch), tone if asked else ())


def _asked(options: TransformOptions, name: str) -> float | None:
    """Return by how much a tone changes: in all of the picture, or by effects in some of it."""
    both = (getattr(options, name), getattr(options.touch, name, None))
    factors = [factor for factor in both if factor is not None]
    return prod(factors) if factors else None


def rounded(stretch: float) -> float:
    """Return how much of a stretch counts: none of a small one, and steps of a large one.

    >>> [round(rounded(stretch), 2) for stretch in (1.0, 0.7, 1.49, 4.0, 0.25)]
    [1.0, 1.0, 1.0, 3.81, 0.26]
    """
    if 1 / STRETCHED < stretch < STRETCHED:
        return 1.0
    return float(STEP ** round(np.log(stretch) / np.log(STEP)))


def remembered(picture: Thumbnailer) -> Thumbnailer:
    """Return what makes each thumbnail once, for looks that follow each other."""
    return lru_cache(maxsize=2)(picture)


def as_it_is(_: object, shown: Shown = AS_IT_IS) -> dict[str, Shown]:
    """Return the params of a part that hides something, where nobody says how it is shown."""
    return {"shown": shown}
