"""Sheets of paper, cut out and laid over each other: frames around a subject made of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, turned
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance
from foveate.transform.styles.texture import cloudy, paper
from foveate.transform.styles.tones import covered, flattened, interest, levels, carved

if TYPE_CHECKING:
    from foveate.transform.styles.study import Plane, Rgb, Study

BODY: Final = tuple(map(ink, ("2a1b3d", "6d2e52", "b8493f", "e58a4e", "f6c785", "fdf1d9")))
"""Sheets of the subject, dark first."""
FRAMES: Final = tuple(map(ink, ("a9cfc6", "6fa8a6", "3f7f88", "235b6b", "123c4d")))
"""Frames around it, the innermost first."""
GROUND: Final = ink("e9f2ea")
SHARES: Final = (0.15, 0.33, 0.52, 0.71, 0.88)
"""Of the subject: what is darker than each sheet of it."""
RINGS: Final = (26.0, 64.0, 112.0, 172.0, 250.0)
"""How far from the subject each frame begins."""
SHADE: Final = 0.42
DROP: Final = (3.0, 5.0)
"""How far a sheet's shadow falls, across and down."""


def paper_cut(study: Study) -> Painting:
    """Return the plan."""
    leading = FRAMES[2]
    inks = turned([*BODY, *FRAMES, GROUND], leading, study.colour)
    body_inks, frame_inks = inks[: len(BODY)], inks[len(BODY) : -1]
    tone = soft(flattened(carved(study), 6, 0.1), 3.2)
    cuts = levels(tone, interest(study), SHARES)
    far = distance(soft(study.matte, 4))
    frames = _frames(study, far) if study.found else []
    inside = -far if study.found else np.full_like(tone, 1e3)
    body = [inside] + [np.minimum(inside, (tone - cut) * 90) for cut in cuts]
    sheets = [*zip(body, body_inks, strict=True), *zip(frames, frame_inks, strict=bool(frames))]
    ground = inks[-1] if study.background is None else study.background
    shades = [_shadow(field) for field, _ in sheets]
    planes = [plane for (field, _), shade in zip(sheets, shades, strict=True) for plane in (field, shade)]
    planes.append(paper(study, rough=1.3))

    def paint(band: Band) -> Rgb:
        fleck = band.planes[-1]
        shown = np.broadcast_to(ground, (*fleck.shape, 3))
        for number, (_, colour) in enumerate(sheets):
            field, shade = band.planes[2 * number : 2 * number + 2]
            shown = shown * (1 - np.float32(SHADE) * shade[..., None])
            shown = shown + (colour - shown) * covered(field, 0.0, least=0.05)[..., None]
        return shown * fleck[..., None]

    return Painting([plane.clip(-50, 50).astype(np.float32) for plane in planes], paint)


def _frames(study: Study, far: Plane) -> list[Plane]:
    """Return how far inside of each frame a place is, the innermost first."""
    wave = cloudy(study, 3, 60)
    return [far - ring + wave * np.float32(3 + 0.05 * ring) for ring in RINGS]


def _shadow(field: Plane) -> Plane:
    """Return the shadow of a sheet: soft, and to the lower right of it."""
    there = np.clip(field * np.float32(0.5) + np.float32(0.5), 0, 1)
    height, width = there.shape
    across, down = int(DROP[0]), int(DROP[1])
    fallen = np.pad(there, ((down, 0), (across, 0)), mode="edge")[:height, :width]
    return soft(fallen.astype(np.float32), 5.0)
