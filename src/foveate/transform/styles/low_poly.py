"""Facets: triangles between points on edges, small where features are, each of one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.imaging.planes import soft
from foveate.transform.styles.delaunay import triangles
from foveate.transform.styles.facets import filled, inside_of
from foveate.transform.styles.inks import of_oklab, oklab
from foveate.transform.styles.painting import Band, Painting
from foveate.transform.styles.shapes import head, head_radius
from foveate.transform.styles.tones import flattened, slope, smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.styles.study import Paint, Plane, Rgb, Study

    Places = NDArray[np.float64]

POINTS: Final = 1950
TRIES: Final = 12000
"""Places that are tried; most lie too near to another."""
TOGETHER: Final = 128
"""Places that are compared at a time with all that are kept."""
DRAWN: Final = 600_000
"""Places that are drawn: the more there is to see at one, the likelier it is tried."""
MOST: Final = 4.05
"""Weight of a place that is always tried."""
NEAR, FAR = 5.0, 66.0
"""Distance of points where there is most to see, and where there is nothing."""
BORDER: Final = 72.0
"""Distance of points along the border."""
CONTRAST: Final = np.array([1.1, 1.18, 1.18])
"""How much more light and colour differ between facets of the subject."""
CALM: Final = np.array([0.62, 0.7, 0.7])
"""And those behind it."""
FAINT: Final = np.array([0.4, 0.15, 0.15])
"""Likewise, where the colour behind is asked for."""
TINTED: Final = 0.8
"""How much of the subject's colour an ink that is asked for takes."""
FACET: Final = 0.018
"""How much lighter or darker a facet is for the way it faces."""


def low_poly(study: Study) -> Painting:
    """Return the plan."""
    corners = points(study)
    shapes = corners[triangles(corners)]
    colours = _colours(study, shapes)

    def paint(band: Band) -> Paint:
        return filled(band, shapes, colours)

    return Painting((), paint)


def points(study: Study) -> NDArray[np.float64]:
    """Return (n, 2) places x, y in pixels of the study, no two too near to each other."""
    chance = study.chance(1)
    face = _face(study)
    detail = _detail(study, face)
    weight = (detail**1.5 + 0.012) * (1 + 3 * face)
    places = chance.integers(0, detail.size, DRAWN)
    # Each place stands for itself: where processors round differently, few others are picked.
    picked = places[chance.uniform(0, MOST, DRAWN) < weight.ravel()[places]][:TRIES]
    rows, columns = np.divmod(picked, detail.shape[1])
    apart = (NEAR + (FAR - NEAR) * (1 - detail[rows, columns]) ** 2.2) ** 2
    tried = np.column_stack([columns + 0.5, rows + 0.5])
    kept = _spaced(tried, apart, _border(study))
    return kept + chance.uniform(-0.01, 0.01, kept.shape)


def _spaced(tried: Places, apart: NDArray[np.floating[Any]], kept: Places) -> Places:
    """Return the places that are kept, and up to `POINTS` of those that are tried, in turn.

    None is nearer to one before it than the root of `apart` says.
    """
    count, room = len(kept), np.empty((POINTS + len(kept), 2))
    room[:count] = kept
    for first in range(0, len(tried), TOGETHER):
        before, some = count, slice(first, first + TOGETHER)
        free = _nearest(room[:before], tried[some]) >= apart[some]
        for place, least in zip(tried[some][free], apart[some][free], strict=True):
            if count == before or _nearest(room[before:count], place[None])[0] >= least:
                room[count] = place
                count += 1
            if count == len(room):
                return room
    return room[:count]


def _nearest(kept: Places, places: Places) -> Places:
    """Return the squared distance of each place to the nearest that is kept."""
    across, down = (kept[:, axis] - places[:, axis, None] for axis in (0, 1))
    nearest: Places = (across**2 + down**2).min(1)
    return nearest


def _face(study: Study) -> Plane:
    """Return 0..1: how near a place is to where the head of the subject may be."""
    if not study.found:
        return np.zeros(study.shape, np.float32)
    x, y = study.places()
    middle, radius = head(study), head_radius(study)
    far = np.hypot(x - middle[0], y - middle[1]) / (1.2 * radius)
    near: Plane = (np.exp(-(far**2)) * study.matte).astype(np.float32)
    return near


def _detail(study: Study, face: Plane) -> Plane:
    """Return 0..1: how much there is to see at a place."""
    edges = slope(soft(flattened(study.luma, 4, 0.05), 1.6))
    # Features of a face are faint beside a patterned coat, and matter more.
    around = soft(edges, 30) + np.float32(0.35 * np.percentile(edges, 90) + 1e-4)
    busy = smoothstep(edges / around, 0.4, 2.6)
    share = (0.2 + 0.55 * study.matte + 0.25 * face) * (1 + 0.5 * face)
    rim = slope(soft(study.matte, 2))
    seen: Plane = np.maximum(busy * share + 0.12 * study.matte, (rim * 8).clip(0, 0.8))
    return seen.clip(0, 1)


def _border(study: Study) -> NDArray[np.float64]:
    """Return places around the picture, so far outside that it is covered whole."""
    height, width = study.shape
    low, right, bottom = -BORDER / 2, width + BORDER / 2, height + BORDER / 2
    across = np.linspace(low, right, round(width / BORDER) + 2)
    down = np.linspace(low, bottom, round(height / BORDER) + 2)[1:-1]
    rows = [(x, y) for y in (low, bottom) for x in across]
    columns = [(x, y) for x in (low, right) for y in down]
    return np.array(rows + columns, np.float64)


def _colours(study: Study, shapes: NDArray[np.float64]) -> Rgb:
    """Return (n, 3): the mean colour in each triangle, cleaner than it was."""
    labels = inside_of(study.shape, shapes)
    known = labels >= 0
    flat = labels[known]
    counts = np.bincount(flat, minlength=len(shapes)).clip(1)
    sums = [np.bincount(flat, study.rgb[..., plane][known], len(shapes)) for plane in range(3)]
    lab = oklab((np.stack(sums, -1) / counts[:, None]).astype(np.float32))
    inside = (np.bincount(flat, study.matte[known], len(shapes)) / counts)[:, None]
    middle = np.average(lab, axis=0, weights=counts)
    behind = middle + (lab - middle) * CALM
    if study.background is not None:
        behind = oklab(study.background) + (lab - middle) * FAINT
    lab = behind + (middle + (lab - middle) * CONTRAST - behind) * inside
    lab[:, 0] += FACET * study.chance(2).uniform(-1, 1, len(lab)) + 0.35 * FACET * _facing(shapes)
    if study.colour is not None:
        lab[:, 1:] += (oklab(study.colour)[1:] - lab[:, 1:]) * TINTED * inside
    return of_oklab(lab.astype(np.float32))


def _facing(shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -1..1: how a facet lies to the light, were its longest edge a fold."""
    edges = np.roll(shapes, -1, 1) - shapes
    longest = edges[np.arange(len(edges)), (edges**2).sum(-1).argmax(1)]
    angle = np.arctan2(longest[:, 1], longest[:, 0])
    facing: NDArray[np.float64] = np.sin(2 * (angle - np.pi / 8))
    return facing
