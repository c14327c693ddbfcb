"""Tubes of light along the lines of a subject, in the night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, mapped, ramp, turned
from foveate.transform.styles.lines import drawn
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance
from foveate.transform.styles.texture import cloudy, grain, vignette
from foveate.transform.styles.tones import flattened, smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Plane, Rgb, Study

NIGHT: Final = ink("080716")
PINK: Final = ink("ff2d8f")
VIOLET: Final = ink("8a3dff")
CYAN: Final = ink("16d9ff")
TUBE: Final = 2.3
"""Half the thickness of the tube around a subject."""


def neon(study: Study) -> Painting:
    """Return the plan."""
    night = NIGHT if study.background is None else study.background
    pink, violet, cyan = turned([PINK, VIOLET, CYAN], PINK, study.colour)
    smooth = flattened(study.luma, 4, 0.06)
    near = smoothstep(soft(study.matte, 5), 0.2, 0.7)
    bold = smoothstep(drawn(soft(smooth, 1.2), width=2.4, reach=8, calm=5), 0.3, 1.0)
    fine = smoothstep(drawn(study.luma, width=1.5, reach=6), 0.5, 1.2) * np.float32(0.6)
    inner = np.maximum(bold, fine) * near
    far = distance(soft(study.matte, 6))
    outline = far - 4
    rim = np.exp(-((outline / TUBE) ** 2)) if study.found else np.zeros_like(far)
    tube = np.maximum(rim, inner * 0.9).astype(np.float32)
    glow = sum(soft(tube, sigma) * gain for sigma, gain in ((5, 0.75), (16, 0.9), (48, 1.1)))
    hue = _hue(study)
    body = toned(study, local=0.3, crisp=0.3) * near
    planes = (tube, glow, hue, body, _bricks(study) * vignette(study, 0.5), grain(study, 8, 0.7))
    colours = ramp(cyan, violet, pink)

    def paint(band: Band) -> Rgb:
        tube, glow, hue, body, wall, noise = band.planes
        colour = mapped(hue, colours)
        shown = night * (0.75 + 0.5 * wall[..., None]) + 0.6 * colour * (body**1.5)[..., None]
        lit = colour * (glow * (0.75 + 0.35 * wall))[..., None]
        shown = 1 - (1 - shown.clip(0, 1)) * (1 - lit.clip(0, 1))
        core = smoothstep(tube, 0.25, 0.8)[..., None]
        white = smoothstep(tube, 0.6, 1.0)[..., None]
        shown = shown + (colour - shown) * core
        shown = shown + (1 - shown) * (white * np.float32(0.85))
        return shown + np.float32(0.012) * noise[..., None]

    return Painting(tuple(plane.astype(np.float32) for plane in planes), paint)


def _hue(study: Study) -> Plane:
    """Return 0..1 over the picture, from one colour at the lower left to the other."""
    x, y = study.places()
    height, width = study.shape
    across = 0.6 * x / width + 0.4 * (1 - y / height) + 0.07 * cloudy(study, 2, 120)
    return smoothstep(across, 0.2, 0.8)


def _bricks(study: Study) -> Plane:
    """Return a wall in 0..1: bricks, each a little other, and their joints."""
    x, y = study.places()
    long, high = 92.0, 34.0
    row = np.floor(y / high)
    shifted = x + np.where(row % 2 == 0, 0, long / 2)
    edge = np.minimum(
        np.minimum(shifted % long, long - shifted % long), np.minimum(y % high, high - y % high)
    )
    face = smoothstep(edge + grain(study, 31, 2.0) * 0.5, 1.5, 4.0)
    tones = study.chance(32).uniform(0.6, 1.0, (64, 64))
    each = tones[(row % 64).astype(int), (np.floor(shifted / long) % 64).astype(int)]
    wall: Plane = face * each * (0.85 + 0.1 * grain(study, 33, 1.2))
    return wall.clip(0, 1.3)
