"""Brush and ink: lines along the forms, blacks laid solid, a wash that runs out on the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over, sheet
from foveate.transform.styles.lines import drawn
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import head
from foveate.transform.styles.texture import cloudy, grain, paper, specks, tooth
from foveate.transform.styles.tones import carved, covered, interest, levels, slope, smoothstep

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Study

PAPER: Final = ink("f5f0e6")
INK: Final = ink("16161d")
WASH: Final = ink("7f93a8")
SHARES: Final = (0.13, 0.32, 0.55)
"""Of the subject: what is solid, dark wash, and light wash."""


def ink_wash(study: Study) -> Painting:
    """Return the plan."""
    ground = PAPER if study.background is None else study.background
    black = INK if study.colour is None else study.colour
    tone = carved(study, share=0.4)
    near = smoothstep(soft(study.matte, 6), 0.12, 0.6)
    solid, dark, light = levels(tone, interest(study), SHARES)
    running = cloudy(study, 5, 26)
    line = drawn(study.luma, width=1.5) * near + running * 0.04
    masses = soft(tone, 2.4) + grain(study, 12, 3) * 0.012
    blacks = (solid - masses) * 18 - (1 - near) * 9
    washes = _washes(study, masses, (dark, light), near)
    pool = _pool(study)
    dots = specks(study, 50, 0.22 * pool * (1 - 0.7 * near), 1.6)
    planes = (
        line,
        blacks,
        washes,
        pool * (1 - near) * 0.9 + pool * near * 0.5,
        dots,
        paper(study, rough=1.5),
        tooth(study),
    )

    def paint(band: Band) -> Paint:
        line, blacks, washes, pool, dots, fleck, tooth_ = band.planes
        shown = sheet(ground, line)
        stained = over(shown, WASH, np.full_like(line, 0.55))
        shown = over(shown, stained, pool * (0.75 + 0.25 * tooth_))
        shown = over(shown, black, washes * (0.82 + 0.18 * tooth_))
        # A brush that runs dry leaves the paper's valleys.
        wet = line - 0.55 - (tooth_ - 0.5) * np.float32(0.28)
        marks = np.maximum(
            covered(wet, 0.0, least=0.05), covered(blacks - (tooth_ - 0.5) * 0.25, 0.0, least=0.05)
        )
        shown = over(shown, black, np.maximum(marks * np.float32(0.95), dots * np.float32(0.8)))
        return shown * fleck

    return Painting(tuple(plane.astype(np.float32) for plane in planes), paint)


def _washes(study: Study, tone: Plane, cuts: tuple[float, float], near: Plane) -> Plane:
    """Return thinned ink in two tones, darker where a puddle of it dried: at its edge."""
    total = np.zeros_like(tone)
    for number, (cut, strength) in enumerate(zip(cuts, (0.4, 0.22), strict=True)):
        field = cut - soft(tone, 3.0) + cloudy(study, 20 + 4 * number, 30) * np.float32(0.012)
        wet = smoothstep(field, -0.012, 0.012) * near
        rim = soft(slope(wet), 1.2)
        grains = 1 + 0.16 * cloudy(study, 60 + 4 * number, 14)
        total = np.maximum(total, (wet * grains + 0.9 * rim) * np.float32(strength))
    return total


def _pool(study: Study) -> Plane:
    """Return one wide stroke of colour behind the head, ragged, paler where the brush lifted."""
    x, y = study.places()
    middle = head(study)
    span = 0.42 * min(study.shape)
    far = np.hypot((x - middle[0]) * 0.85, (y - middle[1]) * 1.15) / span
    ragged = far + 0.12 * cloudy(study, 70, 70) + 0.03 * cloudy(study, 75, 10)
    wet = 1 - smoothstep(ragged, 0.9, 1.0)
    rim = soft(slope(wet), 1.4) * 2.2
    pooled: Plane = wet * (0.55 + 0.2 * cloudy(study, 80, 50)).clip(0.1, 1) + rim
    return pooled.clip(0, 1)
