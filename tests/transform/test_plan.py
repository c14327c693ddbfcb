from __future__ import annotations

import pytest

from foveate.errors import BadOption, OutputTooLarge
from foveate.geometry.box import Box, Point, Size
from foveate.options.colours import WHITE
from foveate.options.model import Border, Edges, Fit, Gravity, GravityKind, TransformOptions, Trim
from foveate.settings import Limits
from foveate.transform.layout import lay_out, trimmed
from foveate.transform.plan import make_plan
from foveate.values import Face

FACE = Box(700, 100, 100, 120)


class Seen:
    def __init__(self, width: int = 1000, height: int = 600) -> None:
        self.size = Size(width, height)
        self.asked: list[str] = []

    def faces(self) -> list[Face]:
        self.asked.append("faces")
        return [Face(FACE, 0.9, ((0.0, 0.0),) * 5)]

    def known_text(self) -> list[Box]:
        return []

    def salient_point(self, within: Box) -> Point:  # noqa: ARG002
        self.asked.append("saliency")
        return Point(0.5, 0.5)


def plan(seen: Seen | None = None, **options: object):  # noqa: ANN201
    seen, limits = seen or Seen(), Limits()
    layout = lay_out(TransformOptions(**options), seen.size, limits)  # type: ignore[arg-type]
    return make_plan(layout, seen, limits)  # type: ignore[arg-type]


def test_nothing_asked_for_is_the_whole_picture() -> None:
    got = plan()
    assert (got.framing.box, got.out, got.framing.gravity) == (
        Box(0, 0, 1000, 600),
        Size(1000, 600),
        "",
    )


def test_a_face_crop_is_exact_and_in_upright_pixels() -> None:
    got = plan(width=200, height=200, fit=Fit.COVER, gravity=Gravity(GravityKind.FACE), zoom=1.0)
    assert got.out == Size(200, 200)
    assert got.framing.box == Box(690, 100, 120, 120)


def test_a_part_is_cut_out_first_where_gravity_says_and_nothing_is_scaled() -> None:
    got = plan(crop_width=300, crop_height=0.5, gravity=Gravity(GravityKind.SIDE, Point(1, 0.5)))
    assert (got.framing.box, got.out) == (Box(700, 150, 300, 300), Size(300, 300))


def test_a_part_that_was_cut_out_is_sized_like_a_whole_picture() -> None:
    got = plan(crop_width=400, crop_height=2000, width=100, height=100)
    assert (got.framing.box, got.out) == (Box(300, 0, 400, 600), Size(67, 100))
    got = plan(crop_width=400, width=100, height=100, fit=Fit.COVER)
    assert (got.framing.box, got.out) == (Box(300, 100, 400, 400), Size(100, 100))


def test_what_is_cut_out_first_is_meant_in_the_turned_picture() -> None:
    got = plan(crop_width=300, rotate=90, gravity=Gravity(GravityKind.SIDE, Point(0, 0.5)))
    # The left of the turned picture is the bottom of the source.
    assert (got.framing.box, got.size) == (Box(0, 300, 1000, 300), Size(300, 1000))


def test_a_part_is_cut_out_around_the_faces() -> None:
    got = plan(crop_width=200, crop_height=200, gravity=Gravity(GravityKind.FACE))
    assert got.framing.box == Box(650, 46, 200, 200)  # with the hair


def test_the_middle_of_a_crop_lies_on_a_point_as_far_as_the_picture_reaches() -> None:
    around = Gravity(GravityKind.BOX_CENTRE, Point(0.3, 0.0))
    assert plan(crop_width=200, crop_height=100, gravity=around).framing.box == Box(
        200, 0, 200, 100
    )


def test_a_turned_picture_turns_the_box_only_where_it_then_stands() -> None:
    assert plan(width=80, height=120, adapt="box").size == Size(120, 72)
    assert plan(width=80, height=120, adapt="box", rotate=90).size == Size(72, 120)
    assert plan(width=60, height=100, adapt="fit", fit=Fit.COVER).size == Size(60, 36)
    assert plan(width=60, height=100, adapt="fit", fit=Fit.COVER, rotate=90).size == Size(60, 100)


def test_faces_are_not_looked_for_where_nothing_can_be_cut() -> None:
    seen = Seen()
    plan(seen, width=500, height=500, gravity=Gravity(GravityKind.FACE))
    plan(seen, width=500, height=300, fit=Fit.COVER, gravity=Gravity(GravityKind.FACE))
    assert seen.asked == []


def test_dpr_multiplies_sides_trim_and_border() -> None:
    got = plan(
        width=100,
        dpr=2.0,
        trim=Trim(edges=Edges(10, 0, 0, 100)),
        border=Border(WHITE, Edges(1, 2, 3, 4)),
    )
    assert got.framing.box == Box(200, 20, 800, 580)
    assert got.out.width == 200
    assert got.border == Edges(2, 4, 6, 8)
    assert got.size.width == 200 + 4 + 8


def test_a_rotation_swaps_what_width_means() -> None:
    got = plan(width=300, height=100, fit=Fit.COVER, rotate=90)
    assert (got.out, got.canvas) == (Size(100, 300), Size(300, 100))


def test_zooming_in_does_not_enlarge_where_the_fit_never_does() -> None:
    options = {"gravity": Gravity(GravityKind.FACE), "zoom": 1.0, "width": 400, "height": 400}
    assert plan(fit=Fit.CROP, **options).out == Size(120, 120)
    assert plan(fit=Fit.COVER, **options).out == Size(400, 400)


def test_zoom_without_sides_answers_the_faces_as_they_are() -> None:
    got = plan(fit=Fit.COVER, gravity=Gravity(GravityKind.FACE), zoom=1.0)
    assert (got.framing.box, got.out) == (FACE, Size(100, 120))


@pytest.mark.parametrize(
    ("trim", "expected"),
    [
        (Trim(edges=Edges(10, 20, 30, 40)), Box(40, 10, 940, 560)),
        (Trim(edges=Edges(left=100), width=300, height=200), Box(100, 0, 300, 200)),
        (Trim(edges=Edges(left=900), width=300), Box(900, 0, 100, 600)),
    ],
)
def test_trim_in_pixels(trim: Trim, expected: Box) -> None:
    assert trimmed(Size(1000, 600), TransformOptions(trim=trim)) == expected


def test_a_trim_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(BadOption, match="1000x600"):
        plan(trim=Trim(edges=Edges(left=600, right=400)))


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_border_is_a_part_of_the_answer_that_it_is_around(rotate: int) -> None:
    framed = {"fit": Fit.COVER, "rotate": rotate, "border": Border(WHITE, Edges(left=11_500))}
    assert plan(width=500, height=10, **framed).size == Size(12_000, 10)
    seen = Seen()
    with pytest.raises(OutputTooLarge, match="got 12001x10"):
        plan(seen, width=501, height=10, gravity=Gravity(GravityKind.FACE), **framed)
    assert seen.asked == []


def test_a_huge_answer_is_refused_before_anything_is_decoded() -> None:
    seen = Seen()
    with pytest.raises(OutputTooLarge, match="12000"):
        plan(seen, width=20_000, height=10, fit=Fit.COVER, gravity=Gravity(GravityKind.FACE))
    assert seen.asked == []
