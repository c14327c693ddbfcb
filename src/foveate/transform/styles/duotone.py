"""Two inks: darks in one, lights in the other, the subject before a calm ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import between, ink, mapped, ramp
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.texture import grain, vignette
from foveate.transform.styles.tones import smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Study

DARK: Final = ink("1c1078")
LIGHT: Final = ink("ffd2b0")
CALM: Final = 0.8
"""How far the background's tones are drawn together."""
GRAIN: Final = 0.035


def duotone(study: Study) -> Painting:
    """Return the plan."""
    dark = DARK if study.colour is None else study.colour
    light = LIGHT if study.background is None else study.background
    tone = smoothstep(toned(study, local=0.25, crisp=0.4), -0.08, 1.06)
    if study.found:
        calm = soft(study.luma, 9) * np.float32(1 - CALM) + np.float32(CALM * 0.84)
        behind = (calm + np.float32(0.2) * soft(study.matte, 80)) * vignette(study, 0.35)
        tone = behind + (tone - behind) * study.matte
    tone = 0.04 + 0.94 * tone + np.float32(GRAIN) * grain(study, 1, 0.7)
    colours = ramp(dark, between(dark, light), light)

    def paint(band: Band) -> Paint:
        return mapped(band.planes[0].clip(0, 1), colours)

    return Painting((tone.astype(np.float32),), paint)
