from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import CENTRE, Box, Point, Size
from foveate.geometry.crop import largest
from foveate.geometry.fit import Window
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.faces import AroundFaces
from foveate.gravity.framing import chosen, zoomed
from foveate.gravity.heads import heads
from foveate.gravity.saliency import Salient
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.values import Face, Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = Size(1000, 600)


@dataclass
class Seen:
    """An analysis whose answers are given."""

    boxes: list[Box] = field(default_factory=list)
    salient: Point = CENTRE
    size: Size = SIZE
    lines: list[Box] = field(default_factory=list)

    def faces(self) -> list[Face]:
        return [Face(box, 0.99, ((0.0, 0.0),) * 5) for box in self.boxes]

    def objects(self) -> list[Thing]:
        return []

    def saliency(self) -> NDArray[np.float32]:
        values = np.full((36, 60), 0.005, np.float32)
        values[int(self.salient.y * 35), int(self.salient.x * 59)] = 1.0
        return values

    def people(self) -> NDArray[np.float32]:
        return np.zeros((36, 60), np.float32)

    def known_people(self) -> list[Box]:
        return []

    def known_matte(self) -> None:
        return None

    def text(self) -> list[Box]:
        return self.lines

    def known_text(self) -> list[Box]:
        return self.lines

    def attention(self, within: Box) -> Point:  # noqa: ARG002
        return self.salient

    def entropy(self, within: Box, window: Size) -> Box:  # noqa: ARG002
        return Box(0, 0, window.width, window.height)


WHOLE = Box(0, 0, 1000, 600)
SQUARE = Window(600, 600)
LEFT, RIGHT = Box(100, 100, 80, 100), Box(700, 120, 100, 120)


def around(zoom: float = 0.0, **kwargs: object) -> AroundFaces:
    return AroundFaces(fallback=Salient(), zoom=zoom, **kwargs)  # type: ignore[arg-type]


def test_one_face_is_centred() -> None:
    framing = around().frame(WHOLE, Window(300, 600), Seen(boxes=[Box(480, 200, 100, 120)]))
    assert framing.box == Box(380, 0, 300, 600)
    assert (framing.gravity, framing.fell_back) == ("face", False)


def test_the_focus_is_the_middle_of_the_faces_that_are_kept() -> None:
    framing = around().frame(WHOLE, Window(900, 600), Seen(boxes=[LEFT, RIGHT]))
    assert framing.focus == Point(0.45, 170 / 600)
    alone = around().frame(WHOLE, SQUARE, Seen(boxes=[LEFT, RIGHT]))
    assert alone.focus == Point(0.75, 180 / 600)


def test_faces_too_far_apart_keep_the_largest_whole_and_cut_none() -> None:
    framing = around().frame(WHOLE, SQUARE, Seen(boxes=[LEFT, RIGHT]))
    assert framing.box.contains(RIGHT)
    assert framing.box.overlap(LEFT) is None or framing.box.contains(LEFT)


def test_a_face_at_the_edge_shifts_the_crop_inside() -> None:
    framing = around().frame(WHOLE, SQUARE, Seen(boxes=[Box(930, 10, 60, 70)]))
    assert framing.wanted.right > 1000
    assert framing.box == Box(400, 0, 600, 600)


def test_no_face_falls_back_to_saliency_and_says_so() -> None:
    framing = around().frame(WHOLE, SQUARE, Seen(salient=Point(0.9, 0.5)))
    assert (framing.gravity, framing.fell_back) == ("saliency", True)
    assert framing.box.contains(Box(890, 290, 10, 10))


@pytest.mark.parametrize(
    ("zoom", "expected"),
    [(0.0, Window(1000, 1000)), (1.0, Window(500, 500)), (0.5, Window(1000, 1000))],
)
def test_zoom_grows_the_short_side_to_the_aspect(zoom: float, expected: Window) -> None:
    assert zoomed(Window(1000, 1000), Box(0, 0, 100, 500), zoom, free=False) == expected


def test_zoom_without_an_aspect_is_cloudflares_worked_example() -> None:
    union = Box(0, 0, 100, 500)
    assert zoomed(Window(1024, 1024), union, 0.5, free=True) == Window(200, 1000)
    assert zoomed(Window(1024, 1024), union, 0.25, free=True) == Window(400, 1024)


@given(st.floats(0.05, 1), st.floats(0.05, 1))
def test_a_larger_zoom_is_never_wider(one: float, other: float) -> None:
    loose, tight = sorted((one, other))
    union = Box(300, 200, 80, 110)
    wide = zoomed(SQUARE, union, loose, free=False)
    near = zoomed(SQUARE, union, tight, free=False)
    assert near.width <= wide.width
    assert near.width >= union.width - 1e-9
    assert near.height >= union.height - 1e-9


def test_only_the_largest_faces_can_be_asked_for() -> None:
    people = heads(Seen(boxes=[LEFT, RIGHT, Box(400, 300, 10, 10)]).faces(), WHOLE)
    assert [head.face for head in chosen(people, "largest")] == [RIGHT]
    assert [head.face for head in chosen(people, 2)] == [RIGHT, LEFT]
    assert len(chosen(people, "all")) == 3


def test_the_hair_of_the_first_one_and_all_faces_are_kept_where_both_fit() -> None:
    tall = Box(0, 0, 600, 1000)
    first, second = Box(100, 90, 150, 200), Box(350, 640, 145, 190)
    seen = Seen(boxes=[first, second], size=Size(600, 1000))
    box = around().frame(tall, Window(600, 840), seen).box
    assert box.contains(Box(100, 90 - 0.35 * 200, 150, 1.35 * 200))
    assert box.contains(second)


def test_as_many_heads_are_kept_as_fit_and_the_largest_before_those_behind() -> None:
    small = Box(60, 250, 20, 24)
    seen = Seen(boxes=[RIGHT, Box(500, 150, 80, 100), small])
    box = around().frame(WHOLE, Window(338, 600), seen).box
    assert box.contains(Box.covering([RIGHT, Box(500, 150, 80, 100)]))
    assert not box.contains(small)


@given(st.floats(0.3, 3), st.floats(0, 0.9), st.floats(0, 0.8))
def test_hair_is_kept_with_the_face_wherever_it_fits(aspect: float, x: float, y: float) -> None:
    face = Box(x * 900, y * 480, 90, 110)
    window = largest(WHOLE, aspect)
    box = around().frame(WHOLE, window, Seen(boxes=[face, Box(10, 10, 40, 50)])).box
    hair = WHOLE.overlap(Box(face.left, face.top - 0.35 * 110, 90, 1.35 * 110))
    assert hair
    assert box.contains(hair)


def test_faces_that_were_trimmed_away_do_not_count() -> None:
    framing = around().frame(Box(0, 0, 500, 600), Window(300, 600), Seen(boxes=[RIGHT]))
    assert framing.fell_back


@pytest.mark.parametrize(
    ("rotate", "side", "expected"),
    [(0, Point(0, 0.5), 0.0), (180, Point(0, 0.5), 400.0)],
)
def test_a_side_is_meant_in_the_answer_not_in_the_source(
    rotate: int, side: Point, expected: float
) -> None:
    options = TransformOptions(gravity=Gravity(GravityKind.SIDE, side))
    gravity = gravity_for(options, Orientation.rotation(rotate))
    assert gravity.frame(WHOLE, SQUARE, Seen()).box.left == expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (GravityKind.AUTO, "saliency"),
        (GravityKind.ATTENTION, "attention"),
        (GravityKind.ENTROPY, "entropy"),
        (GravityKind.CENTRE, "center"),
        (GravityKind.SIDE, "side"),
        (GravityKind.POINT, "point"),
    ],
)
def test_the_answer_names_what_was_used(kind: GravityKind, name: str) -> None:
    gravity = gravity_for(TransformOptions(gravity=Gravity(kind, Point(0.2, 0.3))), Orientation())
    assert gravity.frame(WHOLE, SQUARE, Seen()).gravity == name


@pytest.mark.parametrize("window", [Window(1000, 60), Window(50, 600), Window(40, 40)])
def test_a_window_smaller_than_the_face_shows_its_middle(window: Window) -> None:
    framing = around().frame(WHOLE, window, Seen(boxes=[RIGHT, LEFT]))
    middle = Box(*RIGHT.middle, 0, 0)
    assert framing.box.contains(middle)
    assert framing.gravity == "face"


def test_what_a_trim_leaves_of_a_face_is_kept_and_a_sliver_is_none() -> None:
    most = around(zoom=1.0).frame(Box(130, 0, 870, 600), SQUARE, Seen(boxes=[LEFT]))
    assert most.box.contains(Box(130, 100, 50, 100))
    sliver = around().frame(Box(170, 0, 830, 600), SQUARE, Seen(boxes=[LEFT]))
    assert sliver.fell_back


def test_zoom_is_as_tight_as_who_fits_however_far_others_are() -> None:
    seen = Seen(boxes=[LEFT, Box(880, 260, 80, 100)])
    box = around(zoom=1.0).frame(WHOLE, SQUARE, seen).box
    assert box.contains(LEFT)
    assert box.width < 2 * LEFT.width


@pytest.mark.parametrize("zoom", [0.6, 0.9, 0.95, 1.0])
def test_however_tight_nobody_is_left_out_whom_the_picture_has_room_for(zoom: float) -> None:
    near = Box(330, 260, 90, 110)
    framing = around(zoom=zoom).frame(WHOLE, SQUARE, Seen(boxes=[near, LEFT]))
    assert all(framing.box.contains(face) for face in (near, LEFT))
    loose = around(zoom=zoom - 0.3).frame(WHOLE, SQUARE, Seen(boxes=[near, LEFT]))
    assert framing.box.width <= loose.box.width
    assert framing.box.width < SQUARE.width
