"""Crops that are about text, and crops that spare it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_salient import WHOLE, Looked

from foveate.geometry.box import Box, Point
from foveate.geometry.crop import cuts, largest
from foveate.geometry.fit import Window
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.faces import AroundFaces
from foveate.gravity.lines import MOST_LINES, sparing_text
from foveate.gravity.saliency import Salient
from foveate.gravity.text import AroundText, together
from foveate.options.model import Gravity, GravityKind, TransformOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

SQUARE = Window(600, 600)
ABOUT_TEXT = AroundText(fallback=Salient())


def crop(lines: Sequence[Box], window: Window = SQUARE, **rest: object) -> Box:
    seen = Looked(lines=list(lines), **rest)  # type: ignore[arg-type]
    return ABOUT_TEXT.frame(WHOLE, window, seen).box


def test_all_text_that_fits_is_kept_with_a_little_room() -> None:
    lines = [Box(620, 500, 300, 40), Box(700, 40, 250, 30)]
    framing = ABOUT_TEXT.frame(WHOLE, SQUARE, Looked(lines=lines))
    assert framing.gravity == "text"
    assert not framing.fell_back
    assert all(framing.box.contains(line) for line in lines)
    assert framing.box.right >= 950 + 0.3 * 30 - 1e-6
    assert framing.box.width == framing.box.height == 600


def test_where_not_all_fits_the_largest_is_kept_and_none_is_cut() -> None:
    lines = [Box(20, 100, 300, 60), Box(650, 300, 100, 20), Box(800, 320, 180, 20)]
    box = crop(lines)
    assert box.contains(lines[0])
    assert not any(cuts(box, line) for line in lines)


def test_a_line_that_no_crop_can_hold_is_shown_as_far_as_possible() -> None:
    box = crop([Box(50, 280, 900, 40)])
    assert box.left == pytest.approx(200, abs=151)
    assert box.overlap(Box(50, 280, 900, 40)).width == pytest.approx(600)  # type: ignore[union-attr]


def test_without_text_the_crop_goes_to_what_draws_the_eye() -> None:
    seen = Looked(spots=[Point(0.9, 0.5)])
    framing = ABOUT_TEXT.frame(WHOLE, SQUARE, seen)
    assert framing.gravity == "saliency"
    assert framing.fell_back
    assert framing.box == Salient().frame(WHOLE, SQUARE, seen).box


def test_zoom_makes_it_as_tight_as_the_text() -> None:
    lines = [Box(300, 200, 200, 40)]
    boxes = [
        AroundText(fallback=Salient(), zoom=zoom).frame(WHOLE, SQUARE, Looked(lines=lines)).box
        for zoom in (0.0, 0.5, 1.0)
    ]
    widths = [box.width for box in boxes]
    assert widths == sorted(widths, reverse=True)
    assert widths[2] == pytest.approx(200 + 2 * 0.3 * 40)
    assert all(box.contains(lines[0]) for box in boxes)


def test_options_ask_for_it() -> None:
    options = TransformOptions(gravity=Gravity(GravityKind.TEXT), zoom=0.4, width=9, height=9)
    made = gravity_for(options, Orientation())
    assert made == AroundText(fallback=Salient(), zoom=0.4, free=False)


def test_text_that_a_trim_cuts_off_does_not_count() -> None:
    within = Box(0, 0, 500, 600)
    seen = Looked(lines=[Box(600, 100, 300, 50), Box(40, 400, 100, 30)])
    framing = ABOUT_TEXT.frame(within, Window(300, 600), seen)
    assert framing.gravity == "text"
    assert framing.box.contains(Box(40, 400, 100, 30))


boxes = st.builds(Box, st.floats(0, 850), st.floats(0, 540), st.floats(20, 150), st.floats(8, 60))


@given(st.lists(boxes, min_size=1, max_size=6), st.sampled_from([0.5, 0.75, 1.0, 16 / 9, 3.0]))
def test_no_line_is_cut_that_can_be_spared(lines: list[Box], aspect: float) -> None:
    window = largest(WHOLE, aspect)
    box = crop(lines, window)
    assert WHOLE.contains(box)
    kept = together(lines, window)
    union = Box.covering(kept)
    if union.width <= window.width and union.height <= window.height:
        assert all(box.contains(line) for line in kept)
    cut = [line for line in lines if cuts(box, line)]
    if cut:
        lefts = np.arange(0, 1000 - window.width + 1, 5)
        tops = np.arange(0, 600 - window.height + 1, 5)
        others = (Box(x, y, window.width, window.height) for x in lefts for y in tops)
        free = [
            other
            for other in others
            if all(map(other.contains, kept)) and not any(cuts(other, line) for line in lines)
        ]
        assert not free


@given(st.lists(boxes, max_size=6), st.floats(0, 400))
def test_a_crop_moves_no_further_than_it_must(lines: list[Box], left: float) -> None:
    start = Box(left, 0, 600, 600)
    moved = sparing_text(WHOLE, start, lines)
    assert WHOLE.contains(moved)
    before, after = (sum(cuts(box, line) for line in lines) for box in (start, moved))
    assert after <= before
    nearer = np.linspace(0, abs(moved.left - left), 20)[1:-1]
    for step in (*nearer, *-nearer):
        other = Box(left + float(step), 0, 600, 600)
        if WHOLE.contains(other):
            assert sum(cuts(other, line) for line in lines) >= after


def test_what_a_crop_holds_stays_in_it() -> None:
    start, line = Box(200, 0, 600, 600), Box(700, 50, 200, 30)
    assert sparing_text(WHOLE, start, [line]).left == 91
    kept = Box(720, 300, 70, 80)
    moved = sparing_text(WHOLE, start, [line], [kept])
    assert moved.contains(kept)
    assert moved.left == 309
    both = [kept, Box(250, 300, 40, 40)]
    assert sparing_text(WHOLE, start, [line], both) == start


def test_of_hundreds_of_lines_the_largest_are_spared() -> None:
    lines = [Box(790, 5 + n, 20, 3) for n in range(MOST_LINES)]
    start = Box(200, 0, 600, 600)
    assert sparing_text(WHOLE, start, [*lines, Box(750, 100, 100, 2)]).left > 189


def test_a_crop_around_a_face_spares_text_and_keeps_the_face() -> None:
    face, line = Box(450, 200, 80, 100), Box(720, 500, 200, 40)
    plain = AroundFaces(fallback=Salient()).frame(WHOLE, SQUARE, Looked(boxes=[face])).box
    assert cuts(plain, line)
    seen = Looked(boxes=[face], lines=[line])
    spared = AroundFaces(fallback=Salient()).frame(WHOLE, SQUARE, seen).box
    assert not cuts(spared, line)
    assert spared.contains(face)


def test_a_salient_crop_spares_text_unless_that_costs_much_to_see() -> None:
    spots = [Point(0.2, 0.5)]
    cut = Salient().frame(WHOLE, SQUARE, Looked(spots=spots)).box
    line = Box(cut.right - 30, 300, 100, 30)
    spared = Salient().frame(WHOLE, SQUARE, Looked(spots=spots, lines=[line])).box
    assert not cuts(spared, line)
    assert spared.contains(Box(195, 295, 10, 10))
    wide = Box(20, 300, 590, 30)
    far = [Point(0.98, 0.5), Point(0.96, 0.4), Point(0.97, 0.6)]
    held = Salient().frame(WHOLE, SQUARE, Looked(spots=far, lines=[wide])).box
    assert held.contains(Box(955, 235, 10, 10))


def test_the_rest_of_a_head_is_not_worth_a_line() -> None:
    face, line = Box(400, 200, 100, 120), Box(330, 500, 65, 30)
    far = [Point(0.98, 0.5), Point(0.96, 0.4)]
    seen = Looked(spots=far, boxes=[face], score=0.5, lines=[line])
    box = Salient().frame(WHOLE, SQUARE, seen).box
    assert box.contains(face)
    assert not cuts(box, line)
