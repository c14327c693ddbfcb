"""Keep what draws the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.crop import centred, inside
from foveate.gravity.framing import Framing

if TYPE_CHECKING:
    from foveate.geometry.box import Box
    from foveate.geometry.fit import Window
    from foveate.ports import Analysis


class Salient:
    """Centre the crop on the most salient place, as far as the picture reaches."""

    def frame(self, within: Box, window: Window, analysis: Analysis) -> Framing:
        """Return the window around the salient point."""
        point, size = analysis.salient_point(within), analysis.size
        wanted = centred(window, point.x * size.width, point.y * size.height)
        return Framing(box=inside(within, wanted), wanted=wanted, focus=point, gravity="saliency")
