"""Two inks of a stencil duplicator: round dots, a little out of register, on cream paper."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.transform.styles.inks import ink, sheet, turned
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance
from foveate.transform.styles.texture import cloudy, paper, specks
from foveate.transform.styles.tones import smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Study

PAPER: Final = ink("f7f0e1")
BLUE: Final = ink("1f2f6b")
CORAL: Final = ink("ff5f52")
PITCH: Final = 6.6
"""Distance between dots."""
ANGLES: Final = (math.radians(45), math.radians(75))
"""Of the dark ink's dots, and of the bright one's."""
KEYLINE: Final = 7.0
"""How wide the paper shows around a subject."""
_TABLE: Final = 256


def halftone(study: Study) -> Painting:
    """Return the plan."""
    ground = PAPER if study.background is None else study.background
    _, dark, bright = turned([ground, BLUE, CORAL], CORAL, study.colour)
    tone = toned(study, local=0.35, crisp=0.9)
    height, _ = study.shape
    down = np.broadcast_to(study.places()[1] / np.float32(height), tone.shape)
    dark_share = 0.98 * (1 - smoothstep(tone, 0.0, 0.72)) ** 0.9
    # The bright ink is for the middle tones: darks are the dark ink alone.
    bright_share = (
        0.72 * (1 - smoothstep(tone, 0.35, 1.0)) * (0.25 + 0.75 * smoothstep(tone, 0.1, 0.4))
    )
    if study.found:
        far = distance(study.matte)
        inside = study.matte
        behind = 0.16 + 0.6 * down**1.3
        clear = smoothstep(far, KEYLINE - 1.5, KEYLINE + 1.5)
        dark_share = dark_share * inside
        bright_share = bright_share * inside + behind * clear * (1 - inside)
    uneven = (
        1 - 0.06 * np.abs(cloudy(study, 4, 90)) - 0.35 * specks(study, 9, np.full_like(tone, 0.18))
    )
    planes = (dark_share, _moved(bright_share, 2), paper(study), uneven)

    def paint(band: Band) -> Paint:
        dark_share, bright_share, fleck, uneven = band.planes
        print_ = sheet(ground, fleck)
        for share, colour, angle in (
            (bright_share, bright, ANGLES[1]),
            (dark_share, dark, ANGLES[0]),
        ):
            dots = _dots(band, share, angle) * uneven
            print_ = print_ * (1 - dots * (1 - colour[:, None, None]))
        return print_ * fleck

    return Painting(planes, paint)


def _moved(plane: Plane, by: int) -> Plane:
    """Return a plane out of register by some pixels to the right and down."""
    return np.pad(plane, ((by, 0), (by, 0)), mode="edge")[: plane.shape[0], : plane.shape[1]]


def _dots(band: Band, share: Plane, angle: float) -> Plane:
    """Return dots on a turned grid that cover about `share` of each place."""
    turn = 2 * math.pi / PITCH
    cos, sin = np.float32(turn * math.cos(angle)), np.float32(turn * math.sin(angle))
    one = np.cos(band.x * cos) * np.cos(band.y * sin) - np.sin(band.x * cos) * np.sin(band.y * sin)
    other = np.cos(band.x * sin) * np.cos(band.y * cos) + np.sin(band.x * sin) * np.sin(
        band.y * cos
    )
    spots = (one + other) * np.float32(0.5)
    level = _LEVELS.take((share * np.float32(_TABLE - 1)).clip(0, _TABLE - 1).astype(np.uint8))
    wide = np.float32(turn / band.zoom)  # the change of spots from pixel to pixel
    inside: Plane = ((spots - level) / wide + np.float32(0.5)).clip(0, 1)
    return inside


def _levels() -> Plane:
    """Return the level of `spots` above which each share of the area lies."""
    turn = np.linspace(0, 2 * math.pi, 400, endpoint=False)
    spots = np.sort(((np.cos(turn)[:, None] + np.cos(turn)) / 2).ravel())
    shares = np.linspace(0, 1, _TABLE)
    found = np.interp(1 - shares, np.linspace(0, 1, len(spots)), spots)
    found[0], found[-1] = 1.6, -1.6
    return found.astype(np.float32)


_LEVELS: Final = _levels()
