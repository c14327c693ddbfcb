"""Two pictures on one film: a dusk, or another picture, shows in the darks of the subject."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import (
    grey_of,
    hue_of,
    hue_of_picture,
    ink,
    lch,
    mapped,
    over,
    ramp,
    sheet,
)
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.scenery import landscape
from foveate.transform.styles.shapes import head_radius
from foveate.transform.styles.study import luma_of
from foveate.transform.styles.texture import grain, paper
from foveate.transform.styles.tones import smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Rgb, Study

PAPER: Final = ink("f5f0e6")
GLOW: Final = ink("f3c096")
USUAL_HUE: Final = math.radians(225)
HORIZON: Final = 0.5
"""Where the sky ends, from the top to the bottom of the subject."""
GRAIN: Final = 0.022


def double_exposure(study: Study) -> Painting:
    """Return the plan."""
    top, bottom = _span(study)
    _, y = study.places()
    down = ((y - top) / max(bottom - top, 1.0)).clip(0, 1) * np.ones_like(study.matte)
    there = study.matte
    if study.second is not None:
        scene = 0.08 + 0.8 * luma_of(study.second)
    else:
        scene, firs = landscape(study, top + HORIZON * (bottom - top), bottom)
        reach = min(max(0.1 * head_radius(study), 4.0), 20.0)
        # Firs stand out of the silhouette a little: that hides where a matte is wrong.
        there = np.maximum(
            there, firs * smoothstep(soft(study.matte, reach), 0.22, 0.4) * study.found
        )
    portrait = smoothstep(toned(study, local=0.3, crisp=0.35), -0.05, 1.1)
    # The portrait gives way to the landscape towards the bottom.
    portrait = portrait * (0.9 - 0.72 * smoothstep(down, 0.42, 0.95))
    value = 1 - (1 - portrait) * (1 - scene * 0.85)
    # Features stay whatever light falls on them.
    value = value - (soft(portrait, 9) - portrait).clip(0) * np.float32(0.9)
    value = value.clip(0, 1) ** 1.2 + np.float32(GRAIN) * grain(study, 1, 0.7)
    ground = PAPER if study.background is None else study.background
    planes = (value, there, paper(study))
    colours = _palette(study, ground)

    def paint(band: Band) -> Paint:
        value, there, fleck = band.planes
        shown = mapped(value.clip(0, 1), colours)
        return over(sheet(ground, value), shown, there) * fleck

    return Painting(tuple(plane.astype(np.float32) for plane in planes), paint)


def _span(study: Study) -> tuple[float, float]:
    """Return where the subject begins and ends, in rows of the study."""
    rows = study.matte.sum(1)
    share = rows.cumsum() / max(float(rows.sum()), 1e-6)
    first, last = (float(np.searchsorted(share, part)) for part in (0.01, 0.99))
    return first, max(last, first + 1)


def _palette(study: Study, ground: Rgb) -> Rgb:
    """Return the ramp from the darkest wood to the paper, in the picture's own hue.

    In that of the colour that is asked for; a grey has none, and asks for greys.
    """
    asked = None if study.colour is None else hue_of(study.colour)
    hue = hue_of_picture(study, USUAL_HUE) if asked is None else asked
    inks = [lch(0.19, 0.035, hue), lch(0.43, 0.06, hue), lch(0.66, 0.065, hue), GLOW]
    if study.colour is not None and asked is None:
        inks = [grey_of(each) for each in inks]
    return ramp(*inks, ground)
