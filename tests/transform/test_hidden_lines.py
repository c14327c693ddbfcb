"""What hides lines of text: rectangles, of colours that lie beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_redact import METHODS, PLACES, answered, noise

from foveate.geometry.box import Point, Size
from foveate.options.model import Redact, RedactMethod
from foveate.transform.cores import SOFT, Block
from foveate.transform.patch import RedactionPatch, block_of, patches_over_lines
from foveate.values import TextLine

if TYPE_CHECKING:
    from foveate.transform.plan import Plan

Array = np.ndarray[Any, np.dtype[Any]]
SOURCE = Size(320, 240)


def line(x: float, y: float, across: float, down: float, lean: float = 0.0) -> TextLine:
    """A line around x, y, turned clockwise by `lean` radians."""
    turn = np.exp(1j * lean)
    places = [complex(x, y) + turn * complex(sx * across, sy * down) / 2
              for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
    one, two, three, four = ((float(at.real), float(at.imag)) for at in places)
    return TextLine((one, two, three, four), 0.9)


LEANING = line(200, 110, 90, 24, 0.3)


def reach(plan: Plan, core: Block) -> Array:
    """Return how far out of the core each pixel of the answer lies, found the other way round."""
    size, box = plan.orientation.size(plan.out), plan.framing.box
    y, x = np.mgrid[0 : size.height, 0 : size.width] + 0.5
    at = plan.orientation.inverse().point(Point(x / size.width, y / size.height))  # type: ignore[arg-type]
    x, y = box.left + at.x * box.width - core.x, box.top + at.y * box.height - core.y
    turned = (x + 1j * y) * np.exp(-1j * core.lean)
    return np.maximum(np.abs(turned.real) / core.across, np.abs(turned.imag) / core.along)


@given(st.floats(10, 300), st.floats(5, 60), st.floats(-math.pi, math.pi))
def test_all_of_a_line_is_covered_a_glyph_beyond_its_ends_and_little_more(
    across: float, down: float, lean: float
) -> None:
    written = line(500, 500, across, down, lean)
    core = block_of(written)
    assert all(core.reach(*corner) <= 1 for corner in written.quad)
    thick = min(across, down)
    room = 0.1 * thick + 2
    assert core.across <= across / 2 + thick + room
    assert core.along <= down / 2 + (thick if down > across else 0) + room
    assert max(core.across - across / 2, core.along - down / 2) >= thick
    bounds = core.bounds
    assert bounds.contains(written.box)
    assert core.grown(1, 7).bounds.contains(bounds)


@pytest.mark.parametrize(
    ("across", "down", "beyond"), [(90, 20, (20, 0)), (20, 90, (0, 20)), (20, 30, (20, 20))]
)
def test_lines_across_lines_down_and_single_glyphs_are_covered_beyond_their_ends(
    across: float, down: float, beyond: tuple[float, float]
) -> None:
    core = block_of(line(200, 110, across, down))
    assert core.across == pytest.approx(across / 2 + beyond[0], abs=0.1 * 20 + 2)
    assert core.along == pytest.approx(down / 2 + beyond[1], abs=0.1 * 20 + 2)


@METHODS
@pytest.mark.parametrize("place_", PLACES, ids=str)
def test_not_a_bit_of_the_line_depends_on_the_picture(
    method: RedactMethod, place_: dict[str, Any]
) -> None:
    core = block_of(LEANING)
    patch = patches_over_lines(noise(3), [LEANING], SOURCE)
    asked = Redact(method=method, strength=0.0)
    one, plan = answered(noise(1), patch, asked, **place_)
    other, _ = answered(noise(2), patch, asked, **place_)
    inside = reach(plan, core) <= 1
    assert np.array_equal(one.numpy()[inside], other.numpy()[inside])
    assert not np.array_equal(one.numpy(), other.numpy()) or inside.all()


def test_outside_of_the_soft_edge_the_picture_is_as_it_was() -> None:
    patch = patches_over_lines(noise(3), [LEANING], SOURCE)
    hidden, plan = answered(noise(), patch, Redact())
    shown, _ = answered(noise(), ())
    core = block_of(LEANING)
    far = reach(plan, core.grown(1, 2 * (SOFT * core.along + 3))) > 1
    assert far.any()
    assert np.array_equal(hidden.numpy()[far], shown.numpy()[far])


@pytest.mark.parametrize("lean", [0.0, 0.4, -1.2, math.pi / 2])
def test_colours_come_from_above_and_below_and_never_from_the_line(lean: float) -> None:
    written = line(160, 120, 120, 30, lean)
    core = block_of(written)
    y, x = np.mgrid[0:240, 0:320] + 0.5
    turned = (x + 1j * y - complex(core.x, core.y)) * np.exp(-1j * core.lean)
    inside = (np.abs(turned.real) < core.across) & (np.abs(turned.imag) < core.along)
    rgb = np.where((turned.imag < 0)[..., None], (200, 40, 40), (40, 40, 200)).astype(np.uint8)
    other = rgb.copy()
    other[inside] = noise(4)[inside]
    (patch,) = patches_over_lines(rgb, [written], SOURCE)
    assert patches_over_lines(other, [written], SOURCE) == (patch,)
    grid = patch.grid.astype(int).reshape(-1, 3)
    assert (grid[:, 1] == 40).all()
    assert min(grid[:, 0].max(), grid[:, 2].max()) > 190


@pytest.mark.parametrize(
    ("written", "expected"),
    [(line(160, 8, 200, 30), (40, 40, 200)), (line(160, 120, 400, 300), (128, 128, 128))],
)
def test_beyond_the_picture_there_is_no_colour(
    written: TextLine, expected: tuple[int, int, int]
) -> None:
    rgb = np.full((240, 320, 3), (40, 40, 200), np.uint8)
    (patch,) = patches_over_lines(rgb, [written], SOURCE)
    assert set(map(tuple, patch.grid.reshape(-1, 3).tolist())) == {expected}


def test_a_patch_is_the_same_after_it_was_kept() -> None:
    (patch,) = patches_over_lines(noise(3), [LEANING], SOURCE)
    kept = RedactionPatch.from_json(patch.to_json())
    assert kept == patch
    assert isinstance(kept.core, Block)


def test_patches_of_a_small_look_lie_in_the_source() -> None:
    (small,) = patches_over_lines(noise(3), [LEANING], SOURCE)
    (large,) = patches_over_lines(noise(3), [LEANING], Size(1280, 960))
    assert large.core == small.core.scaled(4)
