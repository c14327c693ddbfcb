"""Other colours: brightness, contrast, saturation and hue, in this order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ONE: Final = 1 << 12
"""What stands for 1 where weights are whole numbers, so that every machine rounds alike."""
LUMA: Final = (0.299, 0.587, 0.114)
_NAMES: Final = ("brightness", "contrast", "saturation", "hue")
_MIDDLE: Final = 127.5


def colours(
    pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
) -> NDArray[np.uint8]:
    """Change colours by up to what each of the four says."""
    most = [config[name] for name in _NAMES]
    if not any(most):
        return pixels
    brightness, contrast, saturation, hue = (chance.uniform(-each, each) for each in most)
    value = np.arange(256) * (1 + brightness)
    value = (value - _MIDDLE) * (1 + contrast) + _MIDDLE
    table = np.round(value.clip(0, 255)).astype(np.uint8)
    return mixed(np.asarray(table[pixels]), matrix_of(1 + saturation, hue))


def mixed(pixels: NDArray[np.uint8], matrix: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return (height, width, 3), each channel mixed from all three by a matrix of parts of ONE."""
    summed = np.einsum("hwc,oc->hwo", pixels.astype(np.int32), matrix)
    return np.asarray(((summed + ONE // 2) >> 12).clip(0, 255), np.uint8)


def matrix_of(saturation: float, degrees: float) -> NDArray[np.int32]:
    """Return how channels mix: chroma turned and enlarged around grey, whose luma stays.

    >>> matrix_of(1.0, 0.0)[0].tolist(), matrix_of(0.0, 0.0)[0].tolist()
    ([4096, 0, 0], [1225, 2404, 467])
    """
    to_yiq = np.array([LUMA, (0.596, -0.274, -0.322), (0.211, -0.523, 0.312)])
    angle = math.radians(degrees)
    cos, sin = saturation * math.cos(angle), saturation * math.sin(angle)
    turned = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    whole = np.round(np.linalg.inv(to_yiq) @ turned @ to_yiq * ONE).astype(np.int32)
    whole[:, 1] += ONE - whole.sum(axis=1)  # grey stays grey
    return np.asarray(whole)
