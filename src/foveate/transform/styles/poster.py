"""A screen print: four flat inks, rays behind the head, a white line around the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over, sheet, turned
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance, head
from foveate.transform.styles.texture import cloudy, paper, specks
from foveate.transform.styles.tones import carved, covered, flattened, inked

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Rgb, Study

PAPER: Final = ink("f6ead2")
NIGHT: Final = ink("16233f")
RED: Final = ink("d8352f")
OCHRE: Final = ink("f0a33a")
TEAL: Final = ink("2c7f86")
MIST: Final = ink("86b9ad")
SHARES: Final = (0.3, 0.55, 0.8)
"""Of the subject: what is darker than night, red and ochre."""
RAYS: Final = 15
MARGIN: Final = 26.0
LINE, KEY = 9.0, 2.5
"""How wide the white line around a subject is, and the dark one inside of it."""


def poster(study: Study) -> Painting:
    """Return the plan."""
    inks = turned([PAPER, NIGHT, RED, OCHRE, TEAL, MIST], RED, study.colour)
    if study.background is not None:
        inks[4], inks[5] = study.background, study.background + (inks[0] - study.background) * 0.35
    tone = soft(flattened(carved(study), 5, 0.08), 2.2)
    tone, cuts = inked(study, tone, SHARES)
    far = distance(soft(study.matte, 2))
    worn = specks(study, 7, (0.16 + 0.1 * cloudy(study, 8, 120)).clip(0.02, 0.4), 1.1)
    planes = (tone, far, paper(study), worn, cloudy(study, 30, 9))

    def paint(band: Band) -> Paint:
        tone, far, fleck, worn, rough = band.planes
        ground = _rays(band, head(study), inks[4], inks[5])
        ground = over(ground, inks[0], covered(-far, -LINE)) if study.found else ground
        print_ = sheet(inks[0], tone)
        for colour, level in zip((inks[3], inks[2], inks[1]), reversed(cuts), strict=True):
            print_ = over(print_, colour, covered(-tone, -level))
        shown = over(ground, print_, covered(-far, 0.0)) if study.found else print_
        shown = over(shown, inks[0], worn * np.float32(0.55))
        if not study.cut_out:
            shown = over(shown, inks[0], 1 - _inside(band, study.shape, rough))
        return shown * fleck

    return Painting(planes, paint)


def _rays(band: Band, middle: tuple[float, float], dark: Rgb, light: Rgb) -> Paint:
    """Return two colours in turn around a point."""
    angle = np.arctan2(band.y - np.float32(middle[1]), band.x - np.float32(middle[0]))
    rays = np.sin(angle * np.float32(RAYS))
    return over(sheet(dark, rays), light, covered(rays, 0.0))


def _inside(band: Band, shape: tuple[int, int], rough: Plane) -> Plane:
    """Return 1 where the print is and 0 on its margin; the edge is as ink leaves it."""
    height, width = shape
    across = np.minimum(band.x, width - band.x)
    down = np.minimum(band.y, height - band.y)
    return covered(np.minimum(across, down) + rough * np.float32(0.5), MARGIN)
