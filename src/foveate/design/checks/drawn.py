"""Pages drawn small, and parts of them near: what lies below letters, and how they are seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.deadline import current
from foveate.design.checks.met import Met
from foveate.design.drawing.pictures import PAGES_OF_PICTURE, Gallery
from foveate.design.drawing.raster import draw, painted_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Page
    from foveate.geometry.box import Box

SIDE: Final = 360
"""Pixels of the longer side: letters of a line are some of them high."""
MOST: Final = 64
"""Drawings that are kept: those of a design before a change are asked for again after it."""
MOST_NEAR: Final = 32 << 20
"""Bytes of the parts that are kept, each of which may be as large as a page."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws pages for a check of contrast. What is transparent is on white paper."""

    typefaces: Typefaces
    pictures: Pictures
    _kept: dict[tuple[Page, str], NDArray[np.uint8]] = field(default_factory=dict)
    _near: dict[tuple[Page, str, Box, float], NDArray[np.uint8]] = field(default_factory=dict)
    _met: Met = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_met", Met(self.typefaces))

    def __call__(self, page: Page, language: str) -> NDArray[np.uint8]:
        """Return a page as (height, width, 3) pixels of sRGB. Raises as the deadline does."""
        current().check()
        key = page, language
        if key not in self._kept:
            _forget(self._kept, MOST)
            scale = _scale(page)
            drawn = draw(page, self.typefaces, self.pictures, scale=scale, language=language)
            self._kept[key] = _on_white(drawn.pixels)
        return self._kept[key]

    def near(self, page: Page, language: str, box: Box, scale: float) -> NDArray[np.uint8]:
        """Return a part of a page, at any scale, as such pixels.

        Pictures have no more pixels than in all of the page, so that they are asked for once. Only
        what meets the part is drawn. Raises as the deadline does.
        """
        current().check()
        page = self._met(page, language, box, 1 / scale)
        key = page, language, box, scale
        if key not in self._near:
            small = _scale(page)
            most = PAGES_OF_PICTURE * max(round(page.width * small) * round(page.height * small), 1)
            gallery = Gallery(self.pictures, small, most)
            pixels = painted_on(page, self.typefaces, gallery, language, box=box, scale=scale)
            self._near[key] = _on_white(pixels)
            forget_bytes(self._near, MOST_NEAR)
        return self._near[key]


def _scale(page: Page) -> float:
    return min(SIDE / max(page.width, page.height), 1.0)


def _forget(kept: dict[Any, Any], most: int) -> None:
    """Leave room for one more."""
    if len(kept) >= most:
        del kept[next(iter(kept))]


def forget_bytes(kept: dict[Any, NDArray[np.uint8]], most: int) -> None:
    """Keep the last one, and of those before it as many as there is room for."""
    held = sum(each.nbytes for each in kept.values())
    while held > most and len(kept) > 1:
        held -= kept.pop(next(iter(kept))).nbytes


def _on_white(drawn: NDArray[np.uint8]) -> NDArray[np.uint8]:
    pixels = drawn.astype(np.uint16)
    white = 255 - pixels[..., 3:]
    on_white: NDArray[np.uint8] = np.minimum(pixels[..., :3] + white, 255).astype(np.uint8)
    return on_white
