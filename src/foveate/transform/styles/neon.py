"""Tubes of light along the lines of a subject, in the night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, mapped, over, ramp, sheet, turned
from foveate.transform.styles.lines import drawn
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance
from foveate.transform.styles.texture import cloudy, grain, vignette
from foveate.transform.styles.tones import flattened, smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Study

WHITE: Final = ink("ffffff")
NIGHT: Final = ink("080716")
PINK: Final = ink("ff2d8f")
VIOLET: Final = ink("8a3dff")
CYAN: Final = ink("16d9ff")
GLOW: Final = ((5.0, 0.75), (16.0, 0.9), (48.0, 1.1))
"""How far the light of a tube reaches, and how strong it is."""
TUBE: Final = 2.3
"""Half the thickness of the tube around a subject."""


def neon(study: Study) -> Painting:
    """Return the plan."""
    night = NIGHT if study.background is None else study.background
    pink, violet, cyan = turned([PINK, VIOLET, CYAN], PINK, study.colour)
    smooth = flattened(study.luma, 4, 0.06)
    near = smoothstep(soft(study.matte, 5), 0.2, 0.7)
    inner = smoothstep(drawn(soft(smooth, 1.0), width=1.6, reach=7, calm=5), 0.3, 1.15) * near
    far = distance(soft(study.matte, 6))
    outline = far - 4
    rim = np.exp(-((outline / TUBE) ** 2)) if study.found else np.zeros_like(far)
    tube = np.maximum(rim, inner * 0.72).astype(np.float32)
    glow = np.zeros_like(tube)
    for sigma, gain in GLOW:
        glow += soft(tube, sigma) * np.float32(gain)
    hue = _hue(study)
    body = toned(study, local=0.3, crisp=0.3) * near
    planes = (tube, glow, hue, body, _bricks(study) * vignette(study, 0.5), grain(study, 8, 0.7))
    colours = ramp(cyan, violet, pink)

    def paint(band: Band) -> Paint:
        tube, glow, hue, body, wall, noise = band.planes
        colour = mapped(hue, colours)
        shown = sheet(night, wall) * (0.75 + 0.5 * wall) + 0.75 * colour * (body**1.5)
        lit = colour * (glow * (0.75 + 0.35 * wall))
        shown = 1 - (1 - shown.clip(0, 1)) * (1 - lit.clip(0, 1))
        core = smoothstep(tube, 0.25, 0.8)
        white = smoothstep(tube, 0.6, 1.0) * np.float32(0.85)
        shown = over(shown, colour, core)
        return over(shown, WHITE, white) + np.float32(0.012) * noise

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
