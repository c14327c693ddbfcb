"""Pencil on paper with a tooth: lines along the forms, hatching in three directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over
from foveate.transform.styles.lines import along, drawn
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.texture import cloudy, grain, paper, tooth
from foveate.transform.styles.tones import smoothstep, toned

if TYPE_CHECKING:
    from foveate.transform.styles.study import Plane, Rgb, Study

PAPER: Final = ink("f4f1ea")
GRAPHITE: Final = ink("33343a")
HATCHES: Final = ((-52.0, 0.78), (-68.0, 0.52), (38.0, 0.3))
"""Angle in degrees of each direction, and the tone below which it is drawn."""
REACH: Final = 22


def sketch(study: Study) -> Painting:
    """Return the plan."""
    ground = PAPER if study.background is None else study.background
    lead = GRAPHITE if study.colour is None else study.colour
    tone = toned(study, local=0.4, crisp=0.3)
    near = smoothstep(soft(study.matte, 10), 0.08, 0.7)
    fade = near + (1 - near) * 0.3 * smoothstep(soft(study.matte, 60) + 0.05 * cloudy(study, 3, 40), 0.05, 0.5)
    fine = drawn(study.luma, width=1.0)
    bold = drawn(study.luma, width=2.2, reach=6)
    lines = np.maximum(smoothstep(fine, 0.2, 1.0) * 0.85, smoothstep(bold, 0.25, 1.1) * 0.95)
    strokes = _hatched(study, soft(tone, 2.0))
    shade = 0.4 * (1 - smoothstep(soft(tone, 1.5), 0.05, 0.75))
    planes = (lines * fade, strokes * fade, shade * near, tooth(study), paper(study, rough=1.2))

    def paint(band: Band) -> Rgb:
        lines, strokes, shade, tooth_, fleck = band.planes
        drawn_ = 1 - (1 - lines) * (1 - strokes * np.float32(0.9)) * (1 - shade)
        # Graphite stays on what stands up, and fills the rest under pressure.
        laid = drawn_ * smoothstep(drawn_ * 1.3 + tooth_ - 0.62, 0.0, 0.55)
        return over(np.broadcast_to(ground, (*lines.shape, 3)), lead, laid * np.float32(0.93)) * fleck[..., None]

    return Painting(tuple(plane.astype(np.float32) for plane in planes), paint)


def _hatched(study: Study, tone: Plane) -> Plane:
    """Return strokes, 0..1: chance, drawn out along a direction, where it is dark enough."""
    total = np.zeros_like(tone)
    for number, (degrees, level) in enumerate(HATCHES):
        turn = math.radians(degrees)
        way = (np.full_like(tone, math.cos(turn)), np.full_like(tone, math.sin(turn)))
        noise = grain(study, 200 + number, 1.0)
        stroke = along(noise, way, REACH, 1)
        stroke /= np.float32(stroke.std())
        dark = ((level - tone) / level).clip(0, 1)
        laid = smoothstep(stroke - 1.2 + 2.4 * dark, 0.0, 0.9) * smoothstep(dark, 0.0, 0.12)
        total = 1 - (1 - total) * (1 - laid * np.float32(0.6))
    return total
