"""What a picture is painted on and with: grain, paper, spray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.planes import laid, soft, stretched

if TYPE_CHECKING:
    from foveate.transform.styles.study import Plane, Study

COARSE: Final = 2.0
"""Standard deviation that smooth chance has on its grid."""


def grain(study: Study, salt: int, sigma: float = 0.0) -> Plane:
    """Return (h, w) of chance around 0 with a standard deviation of 1, smooth over `sigma`."""
    height, width = study.shape
    # What is smooth is made on a grid as coarse as it may be.
    step = max(1.0, min(sigma / COARSE, width / 2, height / 2))
    shape = round(height / step) + 1, round(width / step) + 1
    noise: Plane = study.chance(salt).standard_normal(
        shape if step > 1 else study.shape, np.float32
    )
    if sigma:
        noise = soft(noise, sigma / step)
        noise = stretched(noise, Size(width, height)) if step > 1 else noise
        noise /= np.float32(max(float(noise.std()), 1e-6))
    return noise


def cloudy(study: Study, salt: int, sigma: float) -> Plane:
    """Return chance in three octaves, the coarsest smooth over `sigma`."""
    sums = grain(study, salt, sigma)
    sums = sums + grain(study, salt + 1, sigma / 3) / np.float32(2)
    sums = sums + grain(study, salt + 2, sigma / 9) / np.float32(4)
    noise: Plane = (sums / np.float32(1.15)).astype(np.float32)
    return noise


def strokes(study: Study, salt: int, *, length: float, width: float, angle: float) -> Plane:
    """Return (h, w) of chance around 0, deviation about 1, drawn out along an angle in degrees."""
    height, wide = study.shape
    across = int(np.hypot(height, wide) / width) + 4
    noise = study.chance(salt).standard_normal(
        (across, int(np.hypot(height, wide) / length) + 4), np.float32
    )
    drawn = laid(noise, (length, width), angle, Size(wide, height))
    even: Plane = drawn / np.float32(max(float(drawn.std()), 1e-6))
    return even


def paper(study: Study, salt: int = 900, *, rough: float = 1.0) -> Plane:
    """Return (h, w) around 1: paper in light that falls on it from the upper left."""
    height = grain(study, salt, 0.7) * 0.7 + grain(study, salt + 1, 1.8) + grain(study, salt + 2, 6)
    lit = np.zeros_like(height)
    lit[1:, 1:] = height[:-1, :-1] - height[1:, 1:]
    lit /= np.float32(max(float(lit.std()), 1e-6))
    fleck: Plane = 1 + np.float32(0.01 * rough) * lit + np.float32(0.006 * rough) * height
    return fleck.astype(np.float32)


def tooth(study: Study, salt: int = 950) -> Plane:
    """Return (h, w) in 0..1: how high the grain of drawing paper stands, evenly spread."""
    height = grain(study, salt, 0.9) + grain(study, salt + 1, 1.9) * 0.8
    ranked: Plane = (0.5 + 0.5 * np.tanh(height * np.float32(0.9))).astype(np.float32)
    return ranked


def specks(study: Study, salt: int, share: Plane, size: float = 0.9) -> Plane:
    """Return (h, w) in 0..1: droplets that cover about that share of each place."""
    noise = grain(study, salt, size)
    level = 3.2 - 4.2 * share.clip(0, 1)
    drops: Plane = ((noise - level) * np.float32(2.2) + np.float32(0.5)).clip(0, 1)
    drops[share <= 0] = 0
    return drops


def vignette(study: Study, strength: float) -> Plane:
    """Return (h, w): 1 in the middle and up to `strength` less in the corners."""
    x, y = study.places()
    height, width = study.shape
    far = ((x / width - 0.5) * 2) ** 2 + ((y / height - 0.5) * 2) ** 2
    fall: Plane = (1 - np.float32(strength) * (far / 2).clip(0, 1) ** 1.5).astype(np.float32)
    return fall
