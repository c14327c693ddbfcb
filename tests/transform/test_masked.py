"""Shapes of masks as arithmetic: where they are half, and that they stay on their place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box, Point, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.options.grammar import parse_options
from foveate.options.masks import Ellipse, Line, targets
from foveate.transform.layout import parts_of
from foveate.transform.masked import Mask, is_gradual, mask_parts, placed_shapes, shapes_over
from foveate.transform.plan import Plan

SOURCE = Size(400, 200)
ORIENTATIONS = [Orientation(mirrored, turns) for mirrored in (False, True) for turns in range(4)]


def plan_of(box: Box, out: Size, orientation: Orientation) -> Plan:
    framing = Framing(box=box, wanted=box, focus=box.centre(SOURCE), gravity="")
    canvas = orientation.size(out)
    return Plan(source=SOURCE, framing=framing, out=out, orientation=orientation, canvas=canvas)


def whole(*shapes: Ellipse | Line) -> np.ndarray:
    return shapes_over(shapes, Box.of(SOURCE), SOURCE, SOURCE)


def test_an_ellipse_is_whole_inside_half_on_its_line_and_ends_softly() -> None:
    levels = whole(Ellipse(0.5, 0.5, 0.25, 0.25))[100]
    assert levels[200] == 1
    assert levels[300] == pytest.approx(0.5, abs=0.02)
    assert 0 < levels[310] < 0.5 < levels[290] < 1
    assert levels[325] == 0


def test_a_line_falls_from_one_point_to_the_other_and_square_to_it() -> None:
    levels = whole(Line(0.25, 0.25, 0.75, 0.75))
    assert levels[0, 0] == 1
    assert levels[50, 100] == pytest.approx(1, abs=1e-3)
    assert levels[100, 200] == pytest.approx(0.5, abs=0.01)
    assert levels[150, 300] == pytest.approx(0, abs=1e-3)
    # 100 pixels to the right and 50 down is along it: as far up and aside is on one level.
    assert levels[60, 220] == pytest.approx(levels[100, 200], abs=1e-3)


def test_of_several_shapes_the_most_counts() -> None:
    one, other = Ellipse(0.25, 0.5, 0.1, 0.2), Line(1, 0, 0.5, 0)
    assert np.array_equal(whole(one, other), np.maximum(whole(one), whole(other)))


@given(
    st.sampled_from(ORIENTATIONS),
    st.builds(Box, st.floats(0, 100), st.floats(0, 50), st.floats(80, 300), st.floats(60, 150)),
    st.builds(Size, st.integers(40, 300), st.integers(40, 300)),
)
def test_a_place_of_the_source_is_masked_alike_in_every_crop_size_and_turn(
    orientation: Orientation, box: Box, out: Size
) -> None:
    shape, plan = Ellipse(0.4, 0.5, 0.3, 0.4), plan_of(box, out, orientation)
    placed, known = placed_shapes([shape], plan), whole(shape)
    assert placed.shape[::-1] == (plan.canvas.width, plan.canvas.height)
    for x, y in ((0.2, 0.3), (0.5, 0.5), (0.8, 0.6)):
        turned = orientation.point(Point(x, y))
        here = placed[
            min(int(turned.y * placed.shape[0]), placed.shape[0] - 1),
            min(int(turned.x * placed.shape[1]), placed.shape[1] - 1),
        ]
        row, column = int(box.top + y * box.height), int(box.left + x * box.width)
        around = known[max(0, row - 5) : row + 6, max(0, column - 6) : column + 7]
        assert around.min() - 0.02 <= here <= around.max() + 0.02


def test_a_mask_asks_for_no_more_than_its_targets_need() -> None:
    def parts(text: str) -> frozenset[str]:
        return mask_parts(parse_options(text).options)

    assert parts("effect.blur=2,mask=ellipse:0.5x0.5x0.2x0.2") == frozenset()
    assert parts("effect.blur=2,mask=subject|face") == {"matte", "faces"}
    assert parts("effect.blur=2,mask=object:dog") == {"objects", "outlines"}
    assert parts("mask=subject") == frozenset()
    assert parts("segment=foreground,mask=face") == {"faces"}


def test_what_is_cut_out_by_a_mask_needs_no_matte_of_the_subject() -> None:
    options = parse_options("segment=foreground,mask=ellipse:0.5x0.5x0.2x0.2").options
    assert "matte" not in parts_of(options)
    assert "matte" in parts_of(parse_options("segment=foreground").options)


def test_masks_that_rise_slowly_are_told_from_those_with_edges() -> None:
    assert is_gradual(targets("line:0x0x0x1"))
    assert is_gradual(targets("subject|ellipse:0x0x1x1"))
    assert not is_gradual(targets("subject|face|object:dog"))


def test_a_mask_without_anything_in_it_is_empty() -> None:
    assert Mask().empty
    assert Mask(np.full((4, 4), 0.2, np.float32)).empty
    assert not Mask(np.eye(4, dtype=np.float32)).empty
    assert not Mask(shapes=(Ellipse(0, 0, 1, 1),)).empty
