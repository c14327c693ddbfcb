"""Out of focus where a mask says, in linear light, and nothing sharp bleeds into it.

Blurring all and mixing after would carry the colours of a sharp subject into what is around it, a
glow that no lens makes. So each place is the mean of those around it that are out of focus
themselves (normalised convolution: Knutsson and Westin, 1993). Where a mask rises slowly, radii
rise with it: what is half in focus is not a sharp picture seen through a blurred one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.geometry.fit import nearest
from foveate.imaging.decode import to_memory
from foveate.imaging.linear import (
    brighter,
    enlarged,
    in_light,
    mixed,
    of_light,
    shrunk,
    through,
    unweighed,
    weighed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene

    Spread = Callable[[Image, float], Image]
    """Spreads each pixel of a picture of floats over so many pixels around it."""

FINE, COARSE = 4.0, 2.0
"""Pixels of radius from which on a picture is blurred at a smaller size: it has no finer detail.
The second is for radii on the way to the whole one, of which nobody sees the shape."""
LEAST: Final = 0.3
"""Pixels of radius below which nothing is seen of it."""
HELD: Final = 1.5
"""How much smaller floats have to be to be held: larger ones take more memory than all else, and
are worked out a few rows at a time, anew for each step."""
STEPS: Final = 3
"""Radii where a mask rises slowly; between two of them their pictures are mixed."""
TRACE: Final = 1e-3
"""What places count that are in focus: something only where there are no others."""
BRIGHT: Final = 0.5
"""Linear light from which on a place is a highlight."""


def defocused(image: Image, radius: float, spread: Spread, scene: Scene, bloom: float) -> Image:
    """Return an 8-bit RGB picture, out of focus by up to `radius` pixels where the mask says.

    `bloom` is by how much more than others the brightest places count.
    """
    if radius < LEAST:
        return image
    mask, size = scene.mask, Size(image.width, image.height)
    steps = STEPS if scene.gradual and mask is not None else 1
    done, packed, factor = image, _packed(image, scene, bloom), 1.0
    for step in range(1, steps + 1):
        at_step = radius * step / steps
        factor = max(factor, at_step / (FINE if step == steps else COARSE))
        packed = _brought_to(packed, _smaller(size, factor), held=factor >= HELD)
        blurred = spread(packed, at_step * packed.width / size.width)
        # Back in numbers first: enlarging them is a third of the work.
        soft = enlarged(to_memory(of_light(unweighed(blurred))), size)
        done = soft if mask is None else mixed(through(mask, share_of(step, steps)), soft, done)
    return done


def _packed(image: Image, scene: Scene, bloom: float) -> Image:
    """Return linear light times how much each place counts for those around it, and that."""
    light = in_light(image)
    weight = brighter(light, BRIGHT, bloom)
    # Before pixels are joined: one that is half in focus would carry its colour along.
    if scene.mask is not None:
        weight = weight * scene.mask.linear([1 / 255], [TRACE])
    if scene.shown is not None:
        weight = weight * (scene.shown / 255)
    return weighed(light, weight)


def _brought_to(packed: Image, size: Size, *, held: bool) -> Image:
    """Return a packed picture at a smaller size, from which the next one is made."""
    if (packed.width, packed.height) == (size.width, size.height):
        return packed
    smaller = shrunk(packed, size)
    return to_memory(smaller) if held else smaller


def _smaller(size: Size, factor: float) -> Size:
    return Size(nearest(size.width / factor), nearest(size.height / factor))


def share_of(step: int, steps: int) -> NDArray[np.uint8]:
    """Return (256,) uint8: how much of a step's picture is seen at each level of a mask, 0..255.

    >>> [int(share_of(2, 3)[level]) for level in (0, 85, 128, 170, 255)]
    [0, 0, 129, 255, 255]
    """
    beyond = np.arange(256) / 255 * steps - (step - 1)
    shares: NDArray[np.uint8] = (beyond.clip(0, 1) * 255).round().astype(np.uint8)
    return shares
