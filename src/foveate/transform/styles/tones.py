"""Lights and darks as painters take them: contrast where the eye looks, and few levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.smooth import smooth
from foveate.imaging.planes import soft
from foveate.transform.styles.shapes import head_radius

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.transform.styles.study import Plane, Study

BINS: Final = 512
DARKS, LIGHTS = 0.5, 0.85
"""Of what the subject has of what is darker than a level, and lighter, a face has so much at least.
"""
MOST: Final = (0.05, 0.95)
"""Most of a face lies between these."""
FLAT: Final = 0.02
"""How far these are apart up to where a face has no features; twice as far it surely has."""
_TINY: Final = np.float32(1e-4)


def smoothstep(values: Plane, low: float, high: float) -> Plane:
    """Return 0 below `low`, 1 above `high` and a smooth way between."""
    return smooth((values - np.float32(low)) / np.float32(high - low))


def slope(plane: Plane) -> Plane:
    """Return how much values change from pixel to pixel."""
    steep = np.zeros_like(plane)
    steep[:, 1:-1] = np.abs(plane[:, 2:] - plane[:, :-2])
    steep[1:-1] += np.abs(plane[2:] - plane[:-2])
    steep *= np.float32(0.5)
    return steep


def interest(study: Study) -> Plane:
    """Return how much each place counts: the subject, most of all where it has features."""
    busy = soft(slope(soft(study.luma, 1.5)), 14)
    weight: Plane = (study.matte + np.float32(0.02)) * (busy / (busy.max() + _TINY) + 0.06)
    return weight.astype(np.float32)


def levels(tone: Plane, weight: Plane, shares: Sequence[float]) -> list[float]:
    """Return the tones below which those shares of the weight lie."""
    counts, edges = np.histogram(tone, BINS, (0, 1), weights=weight)
    below = np.concatenate([[0.0], counts.cumsum()])
    below /= max(below[-1], float(_TINY))
    # A level needs a slope to be found on.
    below += np.linspace(0, 1e-6, len(below))
    return [float(np.interp(share, below, edges)) for share in shares]


def toned(study: Study, *, local: float = 0.5, crisp: float = 0.0) -> Plane:
    """Return the lights of the picture in 0..1, stretched over what the subject has.

    `local` evens light and shadow out, `crisp` lifts features out of what is around them.
    """
    grey, weight = study.luma, interest(study)
    around = soft(grey, 90)
    middle = float((grey * weight).sum() / weight.sum())
    even = grey - np.float32(local) * (around - np.float32(middle))
    if crisp:
        even = even + np.float32(crisp) * (soft(grey, 1.2) - soft(grey, 12))
    even = even.clip(0, 1)
    low, high = levels(even, weight, (0.015, 0.985))
    stretched: Plane = ((even - low) / np.float32(max(high - low, 0.15))).clip(0, 1)
    return stretched


def carved(study: Study, *, share: float = 0.65) -> Plane:
    """Return tones of which each part of the subject has its own lights and darks.

    A face in the shade beside a white shirt would be one flat patch otherwise. `share` says how
    much of it is told against what is around, the size of a head.
    """
    tone = toned(study, local=0.45, crisp=0.45)
    sigma = min(max(0.8 * head_radius(study), 24.0), 110.0)
    weight = study.matte + np.float32(0.01)
    total = soft(weight, sigma)
    middle = soft(tone * weight, sigma) / total
    off: Plane = ((tone - middle) ** 2 * weight).astype(np.float32)
    spread = np.sqrt((soft(off, sigma) / total).clip(0)).astype(np.float32)
    own = np.float32(0.5) + np.float32(0.3) * (tone - middle) / (spread + np.float32(0.06))
    mixed: Plane = (tone + np.float32(share) * (own - tone)).clip(0, 1)
    return mixed


def inked(study: Study, tone: Plane, shares: Sequence[float]) -> tuple[Plane, list[float]]:
    """Return tones, and those below which these shares of the subject lie: each face has of all.

    A face that has them stays as it is. One beside clothes that are far darker or lighter would
    be a patch of one ink: its tones are drawn apart until it has `DARKS` and `LIGHTS`.
    """
    cuts = levels(tone, interest(study), shares)
    tone = tone.copy()
    for place, share in study.faces:
        there = tone[place]
        weight = share * study.matte[place]
        if weight.any():
            there += share * (_with_features(there, weight, cuts, shares) - there)
    return tone, cuts


def _with_features(
    tone: Plane, weight: Plane, cuts: Sequence[float], shares: Sequence[float]
) -> Plane:
    """Return the tones of a face of which some lie on each side of each cut."""
    total = float(weight.sum())
    has = [float(weight[tone < cut].sum()) / total for cut in cuts]
    wanted = [
        min(max(one, DARKS * share), 1 - LIGHTS * (1 - share))
        for one, share in zip(has, shares, strict=True)
    ]
    low, *own, high = levels(tone, weight, [MOST[0], *wanted, MOST[1]])
    sure = min(1.0, max(0.0, (high - low) / FLAT - 1))
    drawn = np.interp(tone, [0, *own, 1], [0, *cuts, 1])
    mixed: Plane = (tone + np.float32(sure) * (drawn - tone)).astype(np.float32)
    return mixed


def flattened(plane: Plane, radius: float, roughness: float) -> Plane:
    """Return a plane without texture, its edges kept: a guided filter of the plane by itself.

    He et al., "Guided image filtering" (2013), with gaussian windows. `roughness` is the standard
    deviation below which a place counts as flat.
    """
    middle = soft(plane, radius)
    spread = (soft(plane * plane, radius) - middle * middle).clip(0)
    share = (spread / (spread + np.float32(roughness**2))).astype(np.float32)
    rest = (middle * (1 - share)).astype(np.float32)
    smooth: Plane = soft(share, radius) * plane + soft(rest, radius)
    return smooth


def covered(field: Plane, level: float | Plane, *, least: float = 0.004) -> Plane:
    """Return how much of each pixel lies where a field is above a level: 0..1, a crisp edge."""
    steep = np.maximum(slope(field), np.float32(least))
    above: Plane = ((field - level) / steep + np.float32(0.5)).clip(0, 1)
    return above
