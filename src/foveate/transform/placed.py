"""Where what is hidden comes to lie in an answer that was cut, scaled, squeezed and turned."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from foveate.geometry.box import Box, Point
from foveate.geometry.smooth import smooth
from foveate.transform.cores import FEATHER, SOFT, Block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.cores import Core
    from foveate.transform.plan import Plan

    Numbers = NDArray[np.float32]

SPREAD_PX: Final = 2.0
"""How far resampling carries a pixel, and rounding the place of a thing: in pixels of the answer,
or of the source where these are larger."""
THINNEST: Final = SPREAD_PX / 100
"""No radius in the answer counts as smaller than this, so that nothing is divided by zero."""
FLATTEST: Final = 0.01
"""Likewise the sine of the angle between the edges of what was squeezed."""


class Placed(Protocol):
    """Where something lies in the answer, in its pixels."""

    @property
    def middle(self) -> complex:
        """Return its middle, x + iy."""
        ...

    @property
    def bounds(self) -> Box:
        """Return the box around it and its soft edge."""
        ...

    def share(self, x: Numbers, y: Numbers) -> Numbers:
        """Return (rows, columns): 1 inside, falling to 0 at the outside of its soft edge.

        `x` and `y` are the positions of the columns and of the rows.
        """
        ...


class Round(NamedTuple):
    """An ellipse."""

    middle: complex
    form: tuple[float, float, float]
    """a, b, c: a place x, y from the middle with axx + 2bxy + cyy up to 1 lies in the core."""
    bounds: Box

    def share(self, x: Numbers, y: Numbers) -> Numbers:
        """Return (rows, columns): 1 inside, falling to 0 at the outside of its soft edge."""
        across, down = x - np.float32(self.middle.real), (y - np.float32(self.middle.imag))[:, None]
        a, b, c = (np.float32(factor) for factor in self.form)
        far = np.sqrt(a * across**2 + (2 * b * across + c * down) * down)
        return smooth((np.float32(1 + FEATHER) - far) / np.float32(FEATHER))


class Square(NamedTuple):
    """A rectangle, or what squeezing makes of one that leans."""

    middle: complex
    axes: tuple[complex, complex]
    """Its half axes."""
    soft: float
    """Width of its edge."""

    @property
    def bounds(self) -> Box:
        """Return the box around it and its soft edge."""
        wide = sum(abs(axis.real) for axis in self.axes) + self.soft
        high = sum(abs(axis.imag) for axis in self.axes) + self.soft
        return Box(self.middle.real - wide, self.middle.imag - high, 2 * wide, 2 * high)

    def share(self, x: Numbers, y: Numbers) -> Numbers:
        """Return (rows, columns): 1 inside, falling to 0 at the outside of its soft edge."""
        across, down = x - np.float32(self.middle.real), (y - np.float32(self.middle.imag))[:, None]
        one, other = self.axes
        area = _cross(one, other)
        # How far beyond each pair of edges a place is, in pixels.
        outside = [
            (
                np.abs(across * np.float32(along.imag) - down * np.float32(along.real))
                - np.float32(abs(area))
            ).clip(0)
            / np.float32(abs(along))
            for along in (other, one)
        ]
        far = np.hypot(*outside).astype(np.float32)
        return smooth(1 - far / np.float32(self.soft))


def placed(core: Core, plan: Plan) -> Placed:
    """Return where a core comes to lie in a picture that was cut, scaled and turned by `plan`."""
    middle = _seen(plan, complex(core.x, core.y))
    # A squeezed shape has other axes, but the two that it had still describe it.
    one, other = (_seen(plan, complex(core.x, core.y) + axis) - middle for axis in core.axes)
    spread = SPREAD_PX * max(1.0, *plan.scale)
    return (_square if isinstance(core, Block) else _round)(middle, one, other, spread)


def _round(middle: complex, one: complex, other: complex, spread: float) -> Round:
    """Return the smallest ellipse of its kind around all that is `spread` or less away."""
    xx, yy = one.real**2 + other.real**2, one.imag**2 + other.imag**2
    xy = one.real * one.imag + other.real * other.imag
    radius = max(sqrt((xx + yy) / 2), THINNEST)
    times, plus = 1 + spread / radius, spread * (spread + radius)
    xx, xy, yy = xx * times + plus, xy * times, yy * times + plus
    area = xx * yy - xy**2
    wide, high = sqrt(xx) * (1 + FEATHER), sqrt(yy) * (1 + FEATHER)
    bounds = Box(middle.real - wide, middle.imag - high, 2 * wide, 2 * high)
    return Round(middle, (yy / area, -xy / area, xx / area), bounds)


def _square(middle: complex, one: complex, other: complex, spread: float) -> Square:
    """Return the block whose edges lie `spread` further out."""
    # Edges that are not square to each other lie nearer than their ends are far.
    slant = abs(_cross(one, other)) / (abs(one) * abs(other))
    further = spread / max(slant, FLATTEST)
    axes = one * (1 + further / abs(one)), other * (1 + further / abs(other))
    return Square(middle, axes, max(1.0, SOFT * min(map(abs, axes))))


def _cross(one: complex, other: complex) -> float:
    return one.real * other.imag - one.imag * other.real


def _seen(plan: Plan, at: complex) -> complex:
    """Return where a place of the upright source, x + iy, is in the answer."""
    box, size = plan.framing.box, plan.orientation.size(plan.out)
    share = Point((at.real - box.left) / box.width, (at.imag - box.top) / box.height)
    turned = plan.orientation.point(share)
    return complex(turned.x * size.width, turned.y * size.height)
