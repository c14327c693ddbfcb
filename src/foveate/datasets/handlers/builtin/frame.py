"""Where a variation's pixels come from: a window, turned and mirrored, brought to its size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.datasets.handlers.builtin.schema import BOTH, HORIZONTAL, RANDOM, VERTICAL, WHOLE
from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.geometry.crop import inside, largest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


SHRINKS: Final = (8, 4, 2)
"""What decoders do nearly for nothing."""
SPARE: Final = 2
"""How much finer than it is shown a picture is decoded at least."""


class Frame(NamedTuple):
    """How a picture becomes a variation of it."""

    matrix: Affine
    size: Size

    def seen(self, size: Size) -> Size:
        """Return how large a picture of that size has to be decoded.

        >>> Frame(Affine.scaled(0.1, 0.1), Size(80, 60)).seen(Size(801, 600))
        Size(width=201, height=150)
        >>> Frame(Affine.scaled(0.1, 1), Size(80, 600)).seen(Size(801, 600))
        Size(width=801, height=600)
        """
        fine = [each for each in SHRINKS if each * self.matrix.stretch * SPARE <= 1]
        shrink = fine[0] if fine else 1
        return Size(-(-size.width // shrink), -(-size.height // shrink))

    def of(self, seen: Size, size: Size) -> Affine:
        """Return the matrix for the pixels of a picture of `size` that was decoded as `seen`."""
        return Affine.scaled(size.width / seen.width, size.height / seen.height).then(self.matrix)


def aspect_of(config: Mapping[str, Any], size: Size) -> float:
    """Return the shape of a crop, width by height, of a picture of that size.

    >>> aspect_of({"aspect": "", "width": 300, "height": 200}, Size(40, 40))
    1.5
    """
    if config["aspect"]:
        across, down = map(int, config["aspect"].split(":"))
        return across / down
    if config["width"] and config["height"]:
        return float(config["width"] / config["height"])
    return size.aspect


def window_of(
    config: Mapping[str, Any], size: Size, found: Box | None, chance: np.random.Generator
) -> Box:
    """Return the part of a picture that is kept, in whole pixels.

    `found` is where somebody looked for it: for faces, or for what draws the eye.
    """
    if config["crop"] == WHOLE:
        return Box.of(size)
    frame = Box.of(size)
    if found is not None:
        return _whole_pixels(found, size)
    window = largest(frame, aspect_of(config, size))
    width, height, x, y = window.width, window.height, 0.5, 0.5
    if config["crop"] == RANDOM:
        area = size.area * chance.uniform(*config["crop_area"])
        shrink = min(1.0, math.sqrt(area / (width * height)))
        width, height = width * shrink, height * shrink
        x, y = chance.random(2)
    left, top = (size.width - width) * x, (size.height - height) * y
    return _whole_pixels(Box(left, top, width, height), size)


def _whole_pixels(box: Box, size: Size) -> Box:
    """Return the box of whole pixels that is nearest, within a picture."""
    width, height = (max(1, round(side)) for side in (box.width, box.height))
    return inside(Box.of(size), Box(round(box.left), round(box.top), width, height))


def size_of(config: Mapping[str, Any], window: Box) -> Size:
    """Return the pixels of a variation of that part.

    >>> size_of({"width": 300, "height": 0}, Box(0, 0, 400, 200))
    Size(width=300, height=150)
    """
    width, height = config["width"], config["height"]
    if not width and not height:
        return Size(round(window.width), round(window.height))
    across = width or max(1, round(height * window.width / window.height))
    down = height or max(1, round(width * window.height / window.width))
    return Size(across, down)


def framed(config: Mapping[str, Any], window: Box, chance: np.random.Generator) -> Frame:
    """Return where the pixels of a variation of that part come from."""
    size = size_of(config, window)
    matrix = Affine.moved(-window.left, -window.top)
    if config["rotate"]:
        across, down = window.width / 2, window.height / 2
        turned = Affine.turned(chance.uniform(-config["rotate"], config["rotate"]))
        about = Affine.moved(-across, -down).then(turned).then(Affine.moved(across, down))
        matrix = matrix.then(about)
    matrix = matrix.then(Affine.scaled(size.width / window.width, size.height / window.height))
    mirrored = {
        "horizontal": config["flip"] in {HORIZONTAL, BOTH} and bool(chance.integers(2)),
        "vertical": config["flip"] in {VERTICAL, BOTH} and bool(chance.integers(2)),
    }
    return Frame(matrix.then(Affine.mirrored(size, **mirrored)), size)
