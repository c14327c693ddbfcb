"""Pictures to score, from arithmetic alone: whoever has another implementation can draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN = 144
"""Beyond the reach of any blur at any scale: what differs within it is seen alike by all, whatever
they take to be beyond a picture's border."""


def scene(height: int = 480, width: int = 640) -> NDArray[np.uint8]:
    """Waves that grow finer to the right, over a slope of colours, with edges."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    fine = 30 * np.sin(x * x / (2.5 * width)) * np.sin(y / 7)
    red = 70 + 110 * x / width + fine
    green = 140 - 60 * y / height + fine + 40 * ((x // 32 + y // 24) % 2)
    blue = 60 + 80 * (x + y) / (width + height) - fine
    return np.stack([red, green, blue], axis=-1).round().clip(0, 255).astype(np.uint8)


def within(changed: NDArray[np.uint8], whole: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What was changed, but for the margin."""
    made, inner = whole.copy(), np.s_[MARGIN:-MARGIN, MARGIN:-MARGIN]
    made[inner] = changed[inner]
    return made


def posterised(rgb: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Fewer levels, as strong quantisation leaves them."""
    return (rgb // step * step + step // 2).clip(0, 255).astype(np.uint8)


def softened(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean of each pixel and the eight around it."""
    steps = (-1, 0, 1)
    wide = rgb.astype(np.int64)
    moved = [np.roll(wide, (down, across), (0, 1)) for down in steps for across in steps]
    summed = np.sum(moved, axis=0)
    return (summed / 9).round().astype(np.uint8)


def blocky(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blocks of eight pixels, each a little off on its own."""
    y, x = np.mgrid[0 : rgb.shape[0], 0 : rgb.shape[1]] // 8
    off = (x * 7 + y * 13) % 11 - 5
    return (rgb.astype(np.int64) + off[..., None]).clip(0, 255).astype(np.uint8)


def tinted(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours moved and lightness kept, about."""
    return (rgb.astype(np.int64) + np.array((9, -3, -9))).clip(0, 255).astype(np.uint8)
