"""Less focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.imaging.pixels import from_array, to_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

LEAST: Final = 0.3
"""Pixels below which nothing is seen of it."""


def blur(
    pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
) -> NDArray[np.uint8]:
    """Blur with a gaussian of up to `blur` pixels."""
    if not config["blur"]:
        return pixels
    sigma = chance.uniform(0, config["blur"])
    if sigma < LEAST:
        return pixels
    return to_array(from_array(pixels).gaussblur(sigma, precision="integer"))
