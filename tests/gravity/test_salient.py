from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import CENTRE, Box, Point, Size
from foveate.geometry.crop import cuts, largest
from foveate.geometry.fit import Window
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.classic import Attention, Entropy
from foveate.gravity.heads import heads
from foveate.gravity.importance import covered
from foveate.gravity.saliency import Salient, peak
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.values import Face

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = Size(1000, 600)
WHOLE = Box.of(SIZE)
SQUARE = Window(600, 600)


@dataclass
class Looked:
    """An analysis whose answers are given: hot spots on a faint ground."""

    spots: list[Point] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    attractive: Point = CENTRE
    various: Box = field(default_factory=lambda: Box(0, 0, 10, 10))
    subject: NDArray[np.float32] | None = None
    persons: list[Box] = field(default_factory=list)
    size: Size = SIZE
    lines: list[Box] = field(default_factory=list)
    score: float = 0.99

    def faces(self) -> list[Face]:
        return [Face(box, self.score, ((0.0, 0.0),) * 5) for box in self.boxes]

    def saliency(self) -> NDArray[np.float32]:
        values = np.full((36, 60), 0.005, np.float32)
        for spot in self.spots:
            values[int(spot.y * 36), int(spot.x * 60)] = 1.0
        return values

    def people(self) -> NDArray[np.floating]:
        grids = [covered(box, (36, 60), self.size) for box in self.persons]
        return np.maximum.reduce([np.zeros((36, 60)), *grids])

    def known_people(self) -> list[Box]:
        return []

    def known_matte(self) -> NDArray[np.float32] | None:
        return self.subject

    def text(self) -> list[Box]:
        return self.lines

    def known_text(self) -> list[Box]:
        return self.lines

    def attention(self, within: Box) -> Point:  # noqa: ARG002
        return self.attractive

    def entropy(self, within: Box, window: Size) -> Box:  # noqa: ARG002
        return self.various


def test_the_crop_holds_what_people_look_at() -> None:
    framing = Salient().frame(WHOLE, SQUARE, Looked([Point(0.95, 0.5)]))
    assert framing.box.contains(Box(950, 300, 10, 10))
    assert framing.gravity == "saliency"
    assert framing.wanted == framing.box


def test_the_focus_is_the_place_that_matters_most() -> None:
    framing = Salient().frame(WHOLE, SQUARE, Looked([Point(0.8, 0.3)]))
    assert abs(framing.focus.x - 0.8) < 0.02
    assert abs(framing.focus.y - 0.3) < 0.02


def test_a_picture_without_anything_is_cropped_near_its_centre() -> None:
    box = Salient().frame(WHOLE, SQUARE, Looked()).box
    assert abs(box.left - 200) < 20


def test_the_crop_stays_inside_what_a_trim_left() -> None:
    within = Box(300, 50, 500, 500)
    box = Salient().frame(within, Window(300, 500), Looked([Point(0.31, 0.5)])).box
    assert within.contains(box)
    assert box.left == 300


def test_no_edge_goes_through_a_face_where_that_can_be_had() -> None:
    face = Box(560, 200, 100, 120)
    looked = Looked([Point(0.05, 0.5), Point(0.2, 0.5)], [face])
    box = Salient().frame(WHOLE, SQUARE, looked).box
    assert not cuts(box, face)


@given(
    st.lists(
        st.tuples(st.floats(0, 0.9), st.floats(0, 0.85), st.floats(70, 90), st.floats(70, 90)),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([1.0, 9 / 16, 3 / 4, 2.0, 3.0]),
)
def test_the_main_head_is_kept_and_a_face_is_only_cut_where_every_such_window_cuts_one(
    rows: list[tuple[float, float, float, float]], aspect: float
) -> None:
    faces = [Box(x * 1000, y * 600, width, height) for x, y, width, height in rows]
    faces = [part for face in faces if (part := WHOLE.overlap(face))]
    window = largest(WHOLE, aspect)
    looked = Looked([Point(0.3, 0.4)], faces)
    box, main = Salient().frame(WHOLE, window, looked).box, heads(looked.faces(), WHOLE)[0]
    whole = main.largest_in(window)
    assert whole
    assert box.contains(whole)
    places = (
        Box(left, top, window.width, window.height)
        for left, top in itertools.product(
            np.linspace(0, 1000 - window.width, 60), np.linspace(0, 600 - window.height, 20)
        )
    )
    large = [face for face in faces if face.area >= 0.4 * main.face.area]
    counts = [sum(cuts(at, face) for face in large) for at in places if at.contains(whole)]
    assert sum(cuts(box, face) for face in large) <= min(counts, default=len(large))


def test_a_face_behind_is_cut_rather_than_somebody_lost_for_it() -> None:
    behind = Box(690, 300, 30, 36)
    looked = Looked([Point(0.6, 0.5), Point(0.66, 0.4)], [Box(420, 100, 120, 150), behind])
    box = Salient().frame(WHOLE, Window(300, 600), looked).box
    assert box.contains(Box(420, 100 - 0.35 * 150, 120, 1.35 * 150))
    assert box.contains(Box(600, 300, 10, 10))


def test_a_doubtful_face_cannot_take_the_crop_from_what_people_look_at() -> None:
    looked = Looked([Point(0.9, 0.5), Point(0.85, 0.4)], [Box(100, 200, 60, 70)], score=0.7)
    assert Salient().frame(WHOLE, Window(300, 600), looked).box.contains(Box(900, 300, 5, 5))


def test_what_is_too_large_keeps_its_eyes() -> None:
    face = Box(300, 20, 420, 560)
    box = Salient().frame(WHOLE, Window(1000, 200), Looked([Point(0.5, 0.9)], [face])).box
    assert box.contains(Box(face.left, face.top + 140, face.width, 140))


def test_air_around_a_face_is_kept_where_it_costs_little() -> None:
    face = Box(640, 200, 100, 120)
    box = Salient().frame(WHOLE, Window(400, 600), Looked([Point(0.45, 0.5)], [face])).box
    assert box.right >= face.right + 9 or box.right <= face.left - 9


def test_a_face_larger_than_the_window_is_shown_rather_than_avoided() -> None:
    face = Box(500, 50, 450, 500)
    box = Salient().frame(WHOLE, Window(300, 600), Looked([Point(0.7, 0.4)], [face])).box
    assert box.overlap(face)


def test_a_known_matte_draws_the_crop_to_the_subject() -> None:
    subject = np.zeros((6, 10), np.float32)
    subject[:, 6:8] = 1
    with_it = Salient().frame(WHOLE, Window(300, 600), Looked(subject=subject)).box
    assert with_it.left > Salient().frame(WHOLE, Window(300, 600), Looked()).box.left


@pytest.mark.parametrize("aspect", [1.0, 0.5, 3.0])
def test_more_zoom_is_a_smaller_window_of_the_same_aspect(aspect: float) -> None:
    window, looked = largest(WHOLE, aspect), Looked([Point(0.7, 0.4), Point(0.3, 0.6)])
    sizes = [Salient(zoom=zoom).frame(WHOLE, window, looked).box for zoom in (0, 0.3, 0.7, 1)]
    assert sizes[0].width == window.width
    assert [box.width for box in sizes] == sorted((box.width for box in sizes), reverse=True)
    assert sizes[-1].width < window.width
    assert all(box.width / box.height == pytest.approx(aspect) for box in sizes)
    assert all(WHOLE.contains(box) for box in sizes)


def test_zoom_does_not_cut_a_face_that_the_whole_window_keeps() -> None:
    face = Box(400, 150, 200, 250)
    looked = Looked([Point(0.5, 0.4)], [face])
    for zoom in (0.2, 0.5, 1.0):
        box = Salient(zoom=zoom).frame(WHOLE, SQUARE, looked).box
        assert box.contains(face)


@pytest.mark.parametrize("zoom", [0.5, 1.0])
def test_zoom_stays_loose_where_it_would_lose_the_subject_for_a_head(zoom: float) -> None:
    subject = np.zeros((60, 100), np.float32)
    subject[20:50, 5:20] = 1
    looked = Looked([Point(0.1, 0.5)], [Box(800, 200, 60, 70)], subject=subject)
    box = Salient(zoom=zoom).frame(WHOLE, Window(1000, 600), looked).box
    assert box.contains(Box(50, 200, 150, 300))
    assert box.contains(Box(800, 200, 60, 70))


@pytest.mark.parametrize("zoom", [0.3, 0.7, 1.0])
def test_zoom_keeps_the_subject_whole_with_room_around_it(zoom: float) -> None:
    subject = np.zeros((60, 100), np.float32)
    subject[20:50, 40:60] = 1
    subject[0, 0] = 1  # a speck
    looked = Looked([Point(0.42, 0.4)], subject=subject)
    box = Salient(zoom=zoom).frame(WHOLE, SQUARE, looked).box
    assert box.contains(Box(395, 195, 210, 310))
    assert box.width < 600
    assert (box.width < 360) == (zoom == 1.0)


BEHIND = Box(400, 50, 150, 500)
"""Somebody upright, whose face nobody sees."""
WIDE = Window(1000, 250)


def test_who_is_seen_from_behind_is_not_shown_without_a_head() -> None:
    hands = Looked([Point(0.48, 0.6)] * 2, persons=[BEHIND])
    headless = Salient().frame(WHOLE, WIDE, Looked(hands.spots)).box
    assert headless.top > 150
    assert Salient().frame(WHOLE, WIDE, hands).box.contains(Box(400, 50, 150, 100))


@pytest.mark.parametrize("trimmed", [1, 60])
def test_who_is_seen_from_behind_keeps_the_head_in_what_a_trim_leaves(trimmed: int) -> None:
    looked = Looked([Point(0.48, 0.6)], persons=[Box(400, 50, 150, 550)])
    box = Salient().frame(Box(0, 0, 1000, 600 - trimmed), WIDE, looked).box
    assert box.contains(Box(400, 50, 150, 100))


@pytest.mark.parametrize("zoom", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("window", [WIDE, SQUARE])
def test_zoom_shows_nobody_without_a_head(window: Window, zoom: float) -> None:
    looked = Looked([Point(0.48, 0.6)], persons=[BEHIND])
    box = Salient(zoom=zoom).frame(WHOLE, window, looked).box
    assert box.contains(Box(400, 50, 150, 100))


@pytest.mark.parametrize("score", [0.8, 0.99])
def test_what_looks_like_a_face_at_the_knees_takes_nobodys_head(score: float) -> None:
    knee = Box(460, 430, 20, 25)
    looked = Looked([Point(0.48, 0.55)], [knee], persons=[BEHIND], score=score)
    box = Salient().frame(WHOLE, Window(1000, 420), looked).box
    assert box.contains(Box(400, 50, 150, 100))


STANDING = Box(100, 100, 100, 400)
"""Somebody else, at the left."""


@pytest.mark.parametrize(("spots", "is_shown"), [(1, True), (12, False)])
def test_a_smaller_body_keeps_its_head_unless_much_is_to_be_seen_instead(
    spots: int, *, is_shown: bool
) -> None:
    far = [Point(0.04 + 0.08 * n, 0.93) for n in range(spots)]
    sure = Box(700, 200, 120, 140)
    looked = Looked([Point(0.5, 0.6), *far], [sure], persons=[STANDING])
    box = Salient().frame(WHOLE, Window(1000, 445), looked).box
    assert box.contains(sure)
    assert box.contains(Box(100, 100, 100, 80)) == is_shown


def test_a_sure_face_goes_before_a_larger_body() -> None:
    sure = Box(850, 480, 80, 90)
    looked = Looked([Point(0.2, 0.3)], [sure], persons=[Box(50, 0, 250, 600)])
    assert Salient().frame(WHOLE, WIDE, looked).box.contains(sure)


def test_a_body_whose_face_was_found_is_kept_by_its_head_alone() -> None:
    looked = Looked([Point(0.48, 0.8)], [Box(440, 60, 60, 70)], persons=[BEHIND])
    alone = Looked([Point(0.48, 0.8)], [Box(440, 60, 60, 70)])
    assert Salient().frame(WHOLE, WIDE, looked) == Salient().frame(WHOLE, WIDE, alone)


def test_a_head_that_is_taller_than_the_crop_is_no_reason_to_leave_its_body() -> None:
    looked = Looked([Point(0.48, 0.6)], persons=[BEHIND])
    strip = Window(1000, 60)
    assert Salient().frame(WHOLE, strip, looked).box.contains(Box(475, 355, 5, 5))


def test_the_peak_of_a_box_without_a_cell_is_its_middle() -> None:
    assert peak(np.ones((2, 2)), Box(10, 10, 2, 2), Size(100, 100)) == Point(0.11, 0.11)


def test_attention_is_centred_on_and_shifted_inside() -> None:
    framing = Attention().frame(WHOLE, SQUARE, Looked(attractive=Point(0.9, 0.5)))
    assert framing.box == Box(400, 0, 600, 600)
    assert framing.focus == Point(0.9, 0.5)
    assert framing.gravity == "attention"


def test_entropy_is_taken_as_it_comes_at_the_exact_size_of_the_window() -> None:
    window = Window(400.5, 300.25)
    framing = Entropy().frame(WHOLE, window, Looked(various=Box(100, 50, 400, 300)))
    assert (framing.box.width, framing.box.height) == (400.5, 300.25)
    assert framing.box.middle == pytest.approx((300, 200))
    assert framing.gravity == "entropy"


@pytest.mark.parametrize("side", [1, 2, 12_000])
def test_tiny_and_huge_pictures_are_cropped(side: int) -> None:
    size = Size(side, max(1, side // 3))
    looked = Looked([Point(0.7, 0.5)], size=size)
    window = largest(Box.of(size), 1.0)
    for zoom in (0.0, 1.0):
        assert Box.of(size).contains(
            Salient(zoom=zoom).frame(Box.of(size), window, looked).box, 1e-3
        )


def test_auto_takes_the_zoom_that_was_asked_for() -> None:
    options = TransformOptions(gravity=Gravity(GravityKind.AUTO), zoom=0.5)
    assert gravity_for(options, Orientation()) == Salient(zoom=0.5)
