"""Sheets of paper, cut out and laid over each other: frames around a subject made of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over, sheet, turned
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance
from foveate.transform.styles.texture import cloudy, paper
from foveate.transform.styles.tones import carved, covered, flattened, inked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.transform.styles.study import Paint, Plane, Study

BODY: Final = tuple(map(ink, ("2a1b3d", "6d2e52", "b8493f", "e58a4e", "f6c785", "fdf1d9")))
"""Sheets of the subject, dark first."""
FRAMES: Final = tuple(map(ink, ("a9cfc6", "6fa8a6", "3f7f88", "235b6b", "123c4d")))
"""Frames around it, the innermost first."""
GROUND: Final = ink("e9f2ea")
SHARES: Final = (0.15, 0.33, 0.52, 0.71, 0.88)
"""Of the subject: what is darker than each sheet of it."""
RINGS: Final = (26.0, 64.0, 112.0, 172.0, 250.0)
"""How far from the subject each frame begins."""
STEEP: Final = np.float32(90)
"""Pixels that a tone counts for."""
DEEP: Final = np.float32(1e3)
SHADE: Final = 0.42
DROP: Final = (2, 3)
"""How far a sheet's shadow falls, across and down, and how soft it is, in two pixels each."""
SOFT: Final = 2.5


def paper_cut(study: Study) -> Painting:
    """Return the plan."""
    *frames, ground = turned([*FRAMES, GROUND], FRAMES[2], study.background)
    inks = turned(BODY, BODY[2], study.colour) + frames
    tone = soft(flattened(carved(study), 6, 0.1), 3.2)
    tone, cuts = inked(study, tone, SHARES)
    far = distance(soft(study.matte, 4)) if study.found else np.full_like(tone, -DEEP)
    wave = cloudy(study, 3, 60)
    count = len(BODY) + (len(FRAMES) if study.found else 0)
    shadows = [_shadow(field) for field in _sheets(tone, far, wave, cuts)[:count]]
    planes = (tone, far, wave, paper(study, rough=1.3), *shadows)

    def paint(band: Band) -> Paint:
        tone, far, wave, fleck, *shadows = band.planes
        shown = sheet(ground, fleck)
        fields = _sheets(tone, far, wave, cuts)
        for field, colour, shadow in zip(fields, inks, shadows, strict=False):
            shown = shown * (1 - np.float32(SHADE) * shadow)
            shown = over(shown, colour, covered(field, 0.0, least=0.05))
        return shown * fleck

    return Painting(planes, paint)


def _sheets(tone: Plane, far: Plane, wave: Plane, cuts: Sequence[float]) -> list[Plane]:
    """Return how far inside of each sheet a place is: the subject's, then the frames'."""
    body = [-far, *(np.minimum(-far, (tone - np.float32(cut)) * STEEP) for cut in cuts)]
    frames = [far - np.float32(ring) + wave * np.float32(3 + 0.05 * ring) for ring in RINGS]
    return body + frames


def _shadow(field: Plane) -> Plane:
    """Return the shadow of a sheet, at half the size: soft, and to the lower right of it."""
    field = field[::2, ::2].clip(-50, 50)
    there = (field * np.float32(0.5) + np.float32(0.5)).clip(0, 1)
    height, width = there.shape
    fallen = np.pad(there, ((DROP[1], 0), (DROP[0], 0)), mode="edge")[:height, :width]
    return soft(fallen, SOFT)
