"""Fixed places: the centre, a side, or a point given as XxY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.geometry.crop import centred, inside, remainder
from foveate.gravity.framing import Framing

if TYPE_CHECKING:
    from foveate.geometry.box import Box, Point
    from foveate.geometry.fit import Window
    from foveate.ports import GravityAnalysis


@dataclass(frozen=True, slots=True)
class AtPoint:
    """Lay the same relative point of the crop and of the picture on each other (Cloudflare)."""

    point: Point
    name: str

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window at the point; a side is a point on that edge."""
        box = remainder(within, window, self.point)
        return Framing(box=box, wanted=box, focus=box.centre(analysis.size), gravity=self.name)


@dataclass(frozen=True, slots=True)
class AroundPoint:
    """Lay the middle of the crop on a relative point of the picture, as far as that reaches."""

    point: Point

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window around the point, shifted into the picture."""
        x = within.left + within.width * self.point.x
        y = within.top + within.height * self.point.y
        wanted = centred(window, x, y)
        box = inside(within, wanted)
        return Framing(box=box, wanted=wanted, focus=box.centre(analysis.size), gravity="point")
