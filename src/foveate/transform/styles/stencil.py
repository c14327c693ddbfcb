"""Spray paint through three stencils on a wall: a disc of colour, white, grey and black over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.inks import ink, over, sheet
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import distance, head, head_radius
from foveate.transform.styles.texture import cloudy, grain, specks
from foveate.transform.styles.tones import (
    carved,
    covered,
    flattened,
    inked,
    smoothstep,
)

if TYPE_CHECKING:
    from foveate.transform.styles.study import Paint, Plane, Study

WALL: Final = ink("cdc7bb")
WHITE: Final = ink("f3f0e8")
GREY: Final = ink("8b8a86")
BLACK: Final = ink("17181a")
RED: Final = ink("e2402c")
SHARES: Final = (0.36, 0.6)
"""Of the subject: what is darker than black, and than grey."""
GROWN: Final = 6.0
"""How far the white ground of a subject goes beyond it."""
DRIPS: Final = 9
NONE: Final = -40.0
"""How far inside of a drip a place is that is far from all."""
REACH: Final = 46
"""How far from a drip's middle line that is, at most."""


def stencil(study: Study) -> Painting:
    """Return the plan."""
    wall = WALL if study.background is None else study.background
    spray = RED if study.colour is None else study.colour
    tone = soft(flattened(carved(study), 4, 0.09), 1.8)
    tone, (black, grey) = inked(study, tone, SHARES)
    rough = grain(study, 3, 0.8)
    far = distance(soft(study.matte, 3))
    inside = smoothstep(-far, -2, 2) if study.found else np.ones_like(tone)
    dark = (black - tone) * inside - (1 - inside)
    disc = _disc(study)
    layers = [
        (spray, _sprayed(study, 20, disc)),
        (WHITE, _sprayed(study, 40, GROWN - far if study.found else far - 1e3)),
        (GREY, _sprayed(study, 60, ((grey - tone) * inside - (1 - inside)) * 60, 0.12)),
        (BLACK, _sprayed(study, 80, np.maximum(dark * 60, _drips(study, dark)))),
    ]
    fields = [plane for _, pair in layers for plane in pair]
    planes = (*fields, _plaster(study), rough)

    def paint(band: Band) -> Paint:
        plaster, rough = band.planes[-2:]
        shown = sheet(wall, plaster) * plaster
        for number, (colour, _) in enumerate(layers):
            field, mist = band.planes[2 * number : 2 * number + 2]
            solid = covered(field + rough * np.float32(0.35), 0.0) * np.float32(0.96)
            lit = sheet(colour, plaster) * (1 + (plaster - 1) * np.float32(0.55))
            shown = over(shown, lit, np.maximum(solid, mist))
        return shown

    return Painting(planes, paint)


def _sprayed(study: Study, salt: int, field: Plane, wild: float = 0.34) -> tuple[Plane, Plane]:
    """Return the shape (above 0), its edge a little torn, and the droplets around it."""
    near = smoothstep(field, -26, 0) * (1 - smoothstep(field, 0, 2))
    drops = specks(study, salt, near * np.float32(wild), 0.8) * np.float32(0.85)
    haze = near**3 * np.float32(0.18)
    return field.clip(-40, 40).astype(np.float32), np.maximum(drops, haze).astype(np.float32)


def _disc(study: Study) -> Plane:
    """Return how far inside of a disc behind the head a place is."""
    x, y = study.places()
    middle = head(study)
    radius = 0.36 * min(study.shape)
    far = np.hypot(x - np.float32(middle[0]), y - np.float32(middle[1]))
    torn = cloudy(study, 11, 40) * 5 + cloudy(study, 15, 6) * 2
    deep: Plane = (np.float32(radius) - far + torn).astype(np.float32)
    return deep


def _drips(study: Study, dark: Plane) -> Plane:
    """Return runs of paint: how far inside of one a place is, below 0 outside."""
    height, _ = study.shape
    chance = study.chance(77)
    field = np.full(study.shape, np.float32(NONE))
    ends = (dark[:-1] > 0.03) & (dark[1:] <= 0.03)  # noqa: PLR2004
    # No paint runs over a face.
    ends[: int(head(study)[1] + 0.7 * head_radius(study))] = False
    rows, columns = np.nonzero(ends)
    if not len(rows):
        return field
    x, y = study.places()
    for pick in chance.integers(0, len(rows), DRIPS):
        top, middle = float(rows[pick]), float(columns[pick])
        length, thick = chance.uniform(16, 90), chance.uniform(1.4, 2.6)
        bottom = min(top + length, height)
        beside = (
            slice(max(0, int(min(top, bottom) - REACH)), int(bottom + REACH)),
            slice(max(0, int(middle - REACH)), int(middle + REACH)),
        )
        down, across = y[beside[0]], x[:, beside[1]] - middle
        sway = np.sin(down / 17 + middle) * 0.5
        slim = thick * (1 - 0.45 * ((down - top) / max(length, 1)).clip(0, 1))
        line = slim - np.abs(across - sway)
        line = np.where((down > top - 6) & (down < bottom), line, NONE)
        bead = thick * 1.25 - np.hypot(across - sway, down - bottom)
        there = field[beside]
        np.maximum(there, np.maximum(line, bead), out=there, casting="same_kind")
    return field


def _plaster(study: Study) -> Plane:
    """Return (h, w) around 1: stains, and a rough coat in light from the upper left."""
    height = grain(study, 101, 1.1) + grain(study, 102, 3.2) * 1.4
    lit = np.zeros_like(height)
    lit[1:, 1:] = height[:-1, :-1] - height[1:, 1:]
    stains = cloudy(study, 105, 150)
    pits = specks(study, 109, np.full_like(height, 0.1), 1.4)
    wall: Plane = 1 + 0.022 * lit + 0.035 * stains - 0.22 * pits
    return wall.astype(np.float32)
