"""Where a drawing has its pictures from, and how many of their pixels it wants."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from foveate.design.drawing.engine import skia

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAGES_OF_PICTURE: Final = 4
"""A picture has at most so many times the pixels of its page, however large its box is."""


class Pictures(Protocol):
    """The port: a source with Foveate's options, brought to a size."""

    def __call__(self, src: str, options: str, width: int, height: int) -> NDArray[np.uint8]:
        """Return (height, width, 4), RGBA premultiplied, of at most that size.

        It has the shape of the box; one of another shape covers the box, its middle in the middle.
        """


@dataclass(frozen=True, slots=True)
class Gallery:
    """The pictures of one drawing, each of them asked for once."""

    pictures: Pictures
    scale: float
    """Pixels of the drawing to one of the scene."""
    most: float
    """A picture has at most so many pixels, however large its box is."""
    _kept: dict[tuple[str, str, int, int], Any] = field(default_factory=dict)

    def image(self, src: str, options: str, width: float, height: float) -> Any:  # noqa: ANN401 - skia's
        """Return a picture for a box of the scene."""
        key = src, options, *wanted(width, height, self.scale, self.most)
        if key not in self._kept:
            self._kept[key] = _image(self.pictures(*key))
        return self._kept[key]

    def resized(self, image: Any, width: float, height: float) -> bool:  # noqa: ANN401 - skia's
        """Return whether a picture has other pixels than its box has in the drawing."""
        sides = zip((image.width(), image.height()), (width, height), strict=True)
        return any(abs(got - side * self.scale) >= 1 for got, side in sides)


def wanted(width: float, height: float, scale: float, most: float) -> tuple[int, int]:
    """Return how many pixels are wanted for a box, at least one and at most `most`.

    >>> wanted(100.2, 50, 2, 1e6), wanted(100_000, 50_000, 1, 20_000)
    ((201, 100), (200, 100))
    """
    less = min(1.0, math.sqrt(most / max(width * height * scale * scale, 1.0)))
    sides = [round(side * scale * less, 6) for side in (width, height)]
    if less < 1.0:
        return max(math.floor(sides[0]), 1), max(math.floor(sides[1]), 1)
    return max(math.ceil(sides[0]), 1), max(math.ceil(sides[1]), 1)


def _image(pixels: NDArray[np.uint8]) -> Any:  # noqa: ANN401 - skia's
    opaque = bool(pixels[..., 3].min() == 255)  # noqa: PLR2004 - of a byte
    return skia().Image.fromarray(
        pixels,
        colorType=skia().kRGBA_8888_ColorType,
        # Opaque ones are copied, and not blended.
        alphaType=skia().kOpaque_AlphaType if opaque else skia().kPremul_AlphaType,
    )


def covering(
    image: tuple[int, int], width: float, height: float
) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the part of a picture that covers a box.

    >>> covering((200, 100), 50, 50)
    (50.0, 0.0, 100.0, 100.0)
    """
    across, down = image
    shrink = max(width / across, height / down) or 1.0
    part = min(width / shrink, across), min(height / shrink, down)
    return (across - part[0]) / 2, (down - part[1]) / 2, part[0], part[1]
