"""Shapes of what is hidden, in pixels: an ellipse over a face, a block over anything else."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Final, Self

from foveate.geometry.box import Box

FEATHER: Final = 0.2
"""Width of an ellipse's soft edge, outside of it, as a share of its radius."""
SOFT: Final = 0.1
"""Width of a block's soft edge, outside of it, as a share of its smaller half axis."""


@dataclass(frozen=True, slots=True)
class Core(ABC):
    """A place and two half axes in pixels; `lean` turns them clockwise, in radians."""

    x: float
    y: float
    across: float
    along: float
    lean: float = 0.0

    @property
    def axes(self) -> tuple[complex, complex]:
        """Return the two half axes as x + iy."""
        turn = complex(math.cos(self.lean), math.sin(self.lean))
        return self.across * turn, self.along * turn * 1j

    @property
    @abstractmethod
    def bounds(self) -> Box:
        """Return the smallest box around it."""
        ...

    @property
    @abstractmethod
    def with_edge(self) -> Self:
        """Return it with its soft edge."""
        ...

    @abstractmethod
    def reach(self, x: float, y: float) -> float:
        """Return how far out a place is: 0 in the middle, 1 on the edge, more outside."""
        ...

    def grown(self, times: float, plus: float = 0.0) -> Self:
        """Return it that many times as large, and `plus` pixels wider all around."""
        return replace(self, across=self.across * times + plus, along=self.along * times + plus)

    def scaled(self, times: float) -> Self:
        """Return it in a picture enlarged by that many times."""
        return replace(self, x=self.x * times, y=self.y * times).grown(times)

    def _along_axes(self, x: float, y: float) -> complex:
        """Return where a place is from the middle, in half axes: across + i along."""
        turned = complex(x - self.x, y - self.y) * complex(
            math.cos(self.lean), -math.sin(self.lean)
        )
        return complex(turned.real / self.across, turned.imag / self.along)


class Ellipse(Core):
    """What lies around its middle."""

    __slots__ = ()

    @property
    def bounds(self) -> Box:
        """Return the smallest box around it."""
        across, along = self.axes
        wide, high = math.hypot(across.real, along.real), math.hypot(across.imag, along.imag)
        return Box(self.x - wide, self.y - high, 2 * wide, 2 * high)

    @property
    def with_edge(self) -> Ellipse:
        """Return it with its soft edge."""
        return self.grown(1 + FEATHER)

    def reach(self, x: float, y: float) -> float:
        """Return how far out a place is: 0 in the middle, 1 on the edge, more outside."""
        return abs(self._along_axes(x, y))


class Block(Core):
    """A rectangle, whose soft edge rounds its corners."""

    __slots__ = ()

    @classmethod
    def over(cls, box: Box) -> Block:
        """Return the block that is a box."""
        return cls(*box.middle, box.width / 2, box.height / 2)

    @property
    def bounds(self) -> Box:
        """Return the smallest box around it."""
        across, along = self.axes
        wide, high = abs(across.real) + abs(along.real), abs(across.imag) + abs(along.imag)
        return Box(self.x - wide, self.y - high, 2 * wide, 2 * high)

    @property
    def with_edge(self) -> Block:
        """Return it with its soft edge."""
        return self.grown(1, SOFT * min(self.across, self.along))

    def reach(self, x: float, y: float) -> float:
        """Return how far out a place is: 0 in the middle, 1 on the edge, more outside."""
        at = self._along_axes(x, y)
        return max(abs(at.real), abs(at.imag))
