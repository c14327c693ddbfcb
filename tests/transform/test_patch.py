"""Where a patch lies on a face, and how little of the picture it knows."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.transform.cores import Ellipse
from foveate.transform.patch import (
    GRID,
    MARGIN,
    STRETCH,
    UNSURE_PX,
    RedactionPatch,
    ellipse_of,
    lean_of,
    overlaps,
    patches_over,
)
from foveate.values import Face

WIDE = Size(10_000, 10_000)
OUTLINE = np.linspace(0, 2 * math.pi, 32)
FEATURES = (-0.42 - 0.15j, 0.42 - 0.15j, 0.2j, -0.35 + 0.6j, 0.35 + 0.6j)
"""Eyes, nose and mouth in a head of half width 1 and half height 1.3."""

leans = st.floats(-math.pi, math.pi)
sizes = st.floats(5, 900)


def head(x: float, y: float, size: float, lean: float, score: float = 0.9) -> Face:
    """Return the face of an upright head of half width `size`, turned clockwise by `lean`."""
    outline = Ellipse(x, y, size, 1.3 * size, lean)
    marks = (complex(x, y) + size * at * cmath.exp(1j * lean) for at in FEATURES)
    return Face(outline.bounds, score, tuple((mark.real, mark.imag) for mark in marks))


def edge(x: float, y: float, size: float, lean: float) -> list[complex]:
    shape = (complex(np.cos(t), 1.3 * np.sin(t)) for t in OUTLINE)
    return [complex(x, y) + size * at * cmath.exp(1j * lean) for at in shape]


@given(sizes, leans)
def test_the_core_covers_the_whole_head_however_it_leans(size: float, lean: float) -> None:
    core = ellipse_of(head(5000, 5000, size, lean), WIDE)
    assert all(core.reach(at.real, at.imag) <= 1 for at in edge(5000, 5000, size, lean))


@given(sizes, leans)
def test_the_core_is_only_slightly_larger_than_the_head(size: float, lean: float) -> None:
    core = ellipse_of(head(5000, 5000, size, lean), WIDE)
    assert core.across < 1.5 * size + UNSURE_PX
    assert core.along < 1.5 * 1.3 * size + UNSURE_PX


@given(leans)
def test_the_lean_is_read_from_the_landmarks(lean: float) -> None:
    found = lean_of(head(5000, 5000, 100, lean))
    assert abs(cmath.exp(1j * found) - cmath.exp(1j * lean)) < 1e-6


@given(st.lists(st.tuples(st.floats(0, 80), st.floats(0, 100)), min_size=5, max_size=5))
def test_no_landmarks_make_a_core_that_misses_the_face_or_swallows_the_picture(
    marks: list[tuple[float, float]],
) -> None:
    box = Box(1000, 1000, 80, 100)
    face = Face(box, 0.4, tuple((1000 + x, 1000 + y) for x, y in marks))
    core = ellipse_of(face, WIDE)
    radius = math.hypot(box.width, box.height) / 2
    assert max(core.across, core.along) <= radius * MARGIN * STRETCH + UNSURE_PX
    x, y = box.middle
    # However it is turned, what lies in the middle half of the box is hidden.
    assert all(core.reach(x + 20 * np.cos(t), y + 20 * np.sin(t)) <= 1 for t in OUTLINE)


@given(leans, st.sampled_from([Box(0, 30, 40, 60), Box(50, 0, 40, 30), Box(160, 100, 40, 50)]))
def test_of_a_face_that_the_edge_cuts_all_that_is_left_is_covered(lean: float, box: Box) -> None:
    marks = head(*box.middle, 15, lean).landmarks
    core = ellipse_of(Face(box, 0.9, marks), Size(200, 150))
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    assert all(core.reach(*corner) <= 1 for corner in corners)


def test_landmarks_that_all_coincide_leave_an_upright_ellipse() -> None:
    face = Face(Box(100, 100, 60, 80), 0.5, ((130.0, 140.0),) * 5)
    core = ellipse_of(face, WIDE)
    assert (core.x, core.y, core.lean) == (130, 140, 0)
    assert core.along / core.across == pytest.approx(80 / 60, rel=0.05)


def test_brows_and_chin_widen_a_box_that_is_too_small_for_its_landmarks() -> None:
    whole = head(500, 500, 100, 0.3)
    shy = Face(Box(450, 450, 100, 100), 0.9, whole.landmarks)
    core = ellipse_of(shy, WIDE)
    assert all(core.reach(*mark) < 1 for mark in whole.landmarks)
    assert core.across > 100 * 0.7


def scene(colour: tuple[int, int, int] = (10, 20, 30), side: int = 200) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


def only(patches: tuple[RedactionPatch, ...]) -> RedactionPatch:
    (patch,) = patches
    return patch


def test_a_plain_picture_gives_its_colour() -> None:
    patch = only(patches_over(scene(), [head(100, 100, 30, 0)], Size(200, 200)))
    assert (patch.grid == (10, 20, 30)).all()


def test_each_colour_is_the_mean_of_its_cell() -> None:
    rgb = scene((0, 0, 0))
    rgb[:, 100:, 0] = 200
    rgb[100:, :, 1] = 100
    grid = only(patches_over(rgb, [head(100, 100, 30, 0)], Size(200, 200))).grid
    half = GRID // 2
    assert (grid[:half, :half] == (0, 0, 0)).all()
    assert (grid[:half, half:] == (200, 0, 0)).all()
    assert (grid[half:, :half] == (0, 100, 0)).all()


def test_what_is_finer_than_a_cell_is_gone() -> None:
    rgb = scene((0, 0, 0), 800)
    rgb[::2, ::2] = rgb[1::2, 1::2] = 255
    grid = only(patches_over(rgb, [head(400, 400, 150, 0.2)], Size(800, 800))).grid
    assert np.abs(grid.astype(int) - 127).max() <= 3


def test_beyond_the_picture_the_nearest_colour_counts() -> None:
    rgb = scene((9, 9, 9), 100)
    rgb[:, :1] = (250, 0, 0)
    grid = only(
        patches_over(rgb, [Face(Box(0, 20, 10, 40), 0.9, ((2.0, 40.0),) * 5)], Size(100, 100))
    ).grid
    assert (grid[:, 0] == (250, 0, 0)).all()
    assert (grid[:, -1] == (9, 9, 9)).all()


@pytest.mark.parametrize("side", [1, 2, 3, 7])
def test_tiny_faces_and_pictures_have_patches_too(side: int) -> None:
    face = Face(Box(0, 0, side, side), 0.5, ((side / 2, side / 2),) * 5)
    patch = only(patches_over(scene((5, 6, 7), side), [face], Size(side, side)))
    assert (patch.grid == (5, 6, 7)).all()
    assert patch.core.reach(0, 0) <= 1


@given(st.floats(-50, 250), st.floats(-50, 250), st.floats(0.5, 300), st.floats(0.5, 300), leans)
def test_any_place_gives_colours_of_the_picture(
    left: float, top: float, width: float, height: float, lean: float
) -> None:
    rgb = np.random.default_rng(1).integers(40, 200, (120, 160, 3)).astype(np.uint8)
    box = Box(left, top, width, height)
    marks = head(*box.middle, width / 2, lean).landmarks
    grid = only(patches_over(rgb, [Face(box, 0.5, marks)], Size(160, 120))).grid
    assert grid.min() >= 40
    assert grid.max() < 200


def test_places_come_in_pixels_of_the_source() -> None:
    small = [head(50, 40, 10, 0.4)]
    seen = only(patches_over(scene(side=100), small, Size(100, 100)))
    large = only(patches_over(scene(side=100), small, Size(400, 400)))
    assert large.core == seen.core.scaled(4)
    assert large.colours == seen.colours


def test_the_most_certain_face_is_painted_last() -> None:
    faces = [head(60, 60, 20, 0, 0.9), head(140, 140, 20, 0, 0.4)]
    assert [round(patch.core.x) for patch in patches_over(scene(), faces, Size(200, 200))] == [
        140,
        60,
    ]


def test_a_patches_is_kept_as_json_and_comes_back_the_same() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    patch = only(patches_over(rgb, [head(50, 40, 12, 0.2)], Size(480, 360)))
    assert RedactionPatch.from_json(patch.to_json()) == patch
    assert len(patch.colours) == GRID * GRID * 3


def test_shares_of_a_cell_sum_to_one() -> None:
    shares = overlaps(np.array([0.0, 2.5, 3.9]), np.array([2.5, 3.9, 4.0]), 4)
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.allclose(shares[0], [0.4, 0.4, 0.2, 0])
