"""Pencil on paper with a tooth: lines along the forms, hatching in three directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over, sheet
from foveate.transform.styles.lines import drawn
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.texture import cloudy, paper, strokes, tooth
from foveate.transform.styles.tones import smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Study

PAPER: Final = ink("f4f1ea")
GRAPHITE: Final = ink("33343a")
HATCHES: Final = ((-52.0, 0.78), (-68.0, 0.52), (38.0, 0.3))
"""Angle in degrees of each direction, and the tone below which it is drawn."""
LENGTH, WIDTH = 20.0, 1.7
"""Of a stroke's chance, in pixels: about half a stroke, and a stroke."""


def sketch(study: Study) -> Painting:
    """Return the plan."""
    ground = PAPER if study.background is None else study.background
    lead = GRAPHITE if study.colour is None else study.colour
    tone = toned(study, local=0.4, crisp=0.3)
    near = smoothstep(soft(study.matte, 10), 0.08, 0.7)
    fade = near + (1 - near) * 0.3 * smoothstep(
        soft(study.matte, 60) + 0.05 * cloudy(study, 3, 40), 0.05, 0.5
    )
    fine = drawn(study.luma, width=1.0)
    bold = drawn(study.luma, width=2.2, reach=6)
    lines = np.maximum(smoothstep(fine, 0.2, 1.0) * 0.85, smoothstep(bold, 0.25, 1.1) * 0.95)
    hatching = _hatched(study, soft(tone, 2.0))
    shade = 0.4 * (1 - smoothstep(soft(tone, 1.5), 0.05, 0.75))
    planes = (lines * fade, hatching * fade, shade * near, tooth(study), paper(study, rough=1.2))

    def paint(band: Band) -> Paint:
        lines, hatching, shade, tooth_, fleck = band.planes
        drawn_ = 1 - (1 - lines) * (1 - hatching * np.float32(0.9)) * (1 - shade)
        # Graphite stays on what stands up, and fills the rest under pressure.
        laid = drawn_ * smoothstep(drawn_ * 1.3 + tooth_ - 0.62, 0.0, 0.55)
        return over(sheet(ground, lines), lead, laid * np.float32(0.93)) * fleck

    return Painting(tuple(plane.astype(np.float32) for plane in planes), paint)


def _hatched(study: Study, tone: Plane) -> Plane:
    """Return strokes, 0..1: chance, drawn out along a direction, where it is dark enough."""
    total = np.zeros_like(tone)
    for number, (degrees, level) in enumerate(HATCHES):
        stroke = strokes(study, 200 + number, length=LENGTH, width=WIDTH, angle=degrees)
        dark = ((level - tone) / level).clip(0, 1).astype(np.float32)
        pressed = (stroke + 2.4 * dark).astype(np.float32)
        laid = smoothstep(pressed, 1.2, 2.1) * smoothstep(dark, 0.0, 0.12)
        total = 1 - (1 - total) * (1 - laid * np.float32(0.6))
    return total
