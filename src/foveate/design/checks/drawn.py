"""What lies below letters, drawn small."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.design.drawing.raster import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Page

SIDE: Final = 360
"""Pixels of the longer side: letters of a line are some of them high."""
MOST: Final = 64
"""Drawings that are kept: those of a design before a change are asked for again after it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws pages for a check of contrast. What is transparent is on white paper."""

    typefaces: Typefaces
    pictures: Pictures
    _kept: dict[tuple[Page, str], NDArray[np.uint8]] = field(default_factory=dict)

    def __call__(self, page: Page, language: str) -> NDArray[np.uint8]:
        """Return a page as (height, width, 3) pixels of sRGB."""
        key = page, language
        if key not in self._kept:
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._of(page, language)
        return self._kept[key]

    def _of(self, page: Page, language: str) -> NDArray[np.uint8]:
        scale = min(SIDE / max(page.width, page.height), 1.0)
        pixels = draw(
            page, self.typefaces, self.pictures, scale=scale, language=language
        ).pixels.astype(np.uint16)
        white = 255 - pixels[..., 3:]
        on_white: NDArray[np.uint8] = np.minimum(pixels[..., :3] + white, 255).astype(np.uint8)
        return on_white
