"""What edges, skin and colours say without a network: libvips' own guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.box import Size
from foveate.geometry.crop import centred, inside
from foveate.geometry.fit import nearest
from foveate.gravity.framing import Framing

if TYPE_CHECKING:
    from foveate.geometry.box import Box
    from foveate.geometry.fit import Window
    from foveate.ports import GravityAnalysis


class Attention:
    """Centre the crop on what stands out by edges, skin and saturated colours."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window around that place, as far as the picture reaches."""
        point, size = analysis.attention(within), analysis.size
        wanted = centred(window, point.x * size.width, point.y * size.height)
        return Framing(box=inside(within, wanted), wanted=wanted, focus=point, gravity="attention")


class Entropy:
    """Keep the part whose values are the most varied."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window that is left after cutting the dullest strips off."""
        asked = Size(nearest(window.width), nearest(window.height))
        found = analysis.entropy(within, asked)
        wanted = centred(window, *found.middle)
        box = inside(within, wanted)
        return Framing(box=box, wanted=wanted, focus=box.centre(analysis.size), gravity="entropy")
