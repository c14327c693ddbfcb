"""What is drawn without letters, seen in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawings import BLACK, BLUE, NO_FONTS, RED, Asked, at, chart, linear, page, png, solid

from foveate.design.drawing.raster import draw
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.scene.model import (
    Blend,
    Block,
    Ellipse,
    Group,
    Line,
    Path,
    Picture,
    Rectangle,
)
from foveate.design.scene.paint import Cap, Join, PictureFill, Radial, Shadow, Stop, Stroke
from foveate.options.colours import colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.drawing.raster import Drawn

BOX = {"x": 16.0, "y": 16.0, "width": 64.0, "height": 64.0}
SOFT = Shadow(x=4, y=8, blur=16, colour=colour("#0009"))
WAVE = "M0 50 C 25 0 25 0 50 50 S 75 100 100 50 V100 H0 z m 10 -10 a 5 5 0 1 0 10 0 z"
DRAWN: dict[str, tuple[Block, ...]] = {
    "rectangle": (Rectangle(id="a", **BOX, fill=solid("#e33"), radius=(0, 16, 32, 48)),),
    "ellipse": (Ellipse(id="a", **{**BOX, "height": 40.0}, fill=solid("#26c")),),
    "linear": (Rectangle(id="a", **BOX, fill=linear(135, "#f00", "#ff0", "#00f")),),
    "radial": (
        Rectangle(
            id="a",
            **BOX,
            fill=Radial((Stop(colour("#fff"), 0), Stop(colour("#06a"), 0.6)), 0.25, 0.25),
        ),
    ),
    "stroke": (
        Rectangle(
            id="a",
            **BOX,
            fill=solid("#fd6"),
            stroke=Stroke(colour=BLUE, width=8, join=Join.ROUND),
            radius=(12,) * 4,
        ),
    ),
    "dash": (
        Line(id="a", **BOX, stroke=Stroke(colour=RED, width=6, dash=(1, 12), cap=Cap.ROUND)),
        Line(id="b", **BOX, rising=True, stroke=Stroke(colour=BLACK, width=3, dash=(9,))),
    ),
    "path": (Path(id="a", **BOX, d=WAVE, fill=solid("#2a6"), stroke=Stroke(width=2)),),
    "shadow": (Rectangle(id="a", **BOX, fill=solid("#fff"), radius=(12,) * 4, shadow=SOFT),),
    "shadow-of-a-hole": (Picture(id="a", **BOX, src="chart", options="hole", shadow=SOFT),),
    "picture": (
        Picture(id="a", **BOX, src="chart", radius=(32, 8, 32, 8), stroke=Stroke(width=3)),
    ),
    "picture-fill": (Ellipse(id="a", **BOX, fill=PictureFill("chart"), opacity=0.5),),
    "rotated": (Picture(id="a", **BOX, src="chart", rotation=30),),
    "multiply": (
        Ellipse(id="a", **{**BOX, "x": 6.0}, fill=solid("#0cf")),
        Ellipse(id="b", **{**BOX, "x": 26.0}, fill=solid("#fc0"), blend=Blend.MULTIPLY),
    ),
    "group": (
        Group(
            id="g",
            **BOX,
            opacity=0.5,
            rotation=-10,
            blocks=(
                Rectangle(id="a", width=40, height=40, fill=solid("#e33")),
                Ellipse(id="b", x=20, y=20, width=44, height=44, fill=solid("#26c")),
            ),
        ),
    ),
}


def drawn(*blocks: Block, scale: float = 1.0) -> Drawn:
    return draw(page(*blocks), Typefaces(NO_FONTS), chart, scale=scale)


@pytest.mark.parametrize("name", DRAWN)
def test_each_kind_of_block_looks_as_it_did(
    name: str, assert_like: Callable[[bytes, str], None]
) -> None:
    assert_like(png(drawn(*DRAWN[name])), f"design/{name}")


@pytest.mark.parametrize("blend", Blend)
def test_blends_are_those_of_css(blend: Blend) -> None:
    expected = {  # of (0.6, 0.4, 0.2) on (0.2, 0.6, 0.8)
        Blend.NORMAL: (0.6, 0.4, 0.2),
        Blend.MULTIPLY: (0.12, 0.24, 0.16),
        Blend.SCREEN: (0.68, 0.76, 0.84),
        Blend.OVERLAY: (0.24, 0.52, 0.68),
        Blend.DARKEN: (0.2, 0.4, 0.2),
        Blend.LIGHTEN: (0.6, 0.6, 0.8),
        Blend.COLOR_DODGE: (0.5, 1.0, 1.0),
        Blend.COLOR_BURN: (0.0, 0.0, 0.0),
        Blend.HARD_LIGHT: (0.36, 0.48, 0.32),
        Blend.SOFT_LIGHT: (0.2495, 0.552, 0.704),
        Blend.DIFFERENCE: (0.4, 0.2, 0.6),
        Blend.EXCLUSION: (0.56, 0.52, 0.68),
    }[blend]
    found = drawn(
        Rectangle(id="a", **BOX, fill=solid("rgb(51 153 204)")),
        Rectangle(id="b", **BOX, fill=solid("rgb(153 102 51)"), blend=blend),
    )
    assert at(found, 48, 48)[:3] == pytest.approx([255 * each for each in expected], abs=2)


def test_blocks_are_painted_by_z_and_then_as_they_stand() -> None:
    first = Rectangle(id="a", **BOX, fill=solid("#f00"), z=1)
    second = Rectangle(id="b", **BOX, fill=solid("#0f0"))
    third = Rectangle(id="c", **BOX, fill=solid("#00f"))
    assert at(drawn(first, second, third), 48, 48) == [255, 0, 0, 255]
    assert at(drawn(second, third), 48, 48) == [0, 0, 255, 255]


def test_what_is_hidden_is_not_drawn_and_its_picture_not_asked_for() -> None:
    asked = Asked()
    block = Picture(id="a", **BOX, src="chart", hidden=True)
    found = draw(page(block), Typefaces(NO_FONTS), asked)
    assert at(found, 48, 48) == [255, 255, 255, 255]
    assert asked.sizes == []


def test_a_page_without_ground_is_seen_through() -> None:
    block = Rectangle(id="a", **BOX, fill=solid("#f008"))
    found = draw(page(block, fill=None), Typefaces(NO_FONTS), chart)
    assert not found.opaque
    assert found.straight()[48, 48].tolist() == [255, 0, 0, 136]
    assert found.straight()[2, 2].tolist() == [0, 0, 0, 0]


def test_nothing_is_painted_beyond_the_page() -> None:
    found = drawn(Rectangle(id="a", x=-1000, y=-1000, width=5000, height=1050, fill=solid("#f00")))
    assert at(found, 95, 49) == [255, 0, 0, 255]
    assert at(found, 0, 50) == [255, 255, 255, 255]


def test_an_opacity_holds_for_a_block_as_a_whole() -> None:
    stroke = Stroke(colour=colour("#00f"), width=20)
    found = drawn(Rectangle(id="a", **BOX, fill=solid("#f00"), stroke=stroke, opacity=0.5))
    # Were both halves made transparent alone, red would be seen under the edge.
    assert at(found, 20, 48) == pytest.approx([127, 127, 255, 255], abs=1)


def test_a_drawing_at_twice_the_size_shows_the_same() -> None:
    block = Ellipse(id="a", **BOX, fill=solid("#26c"))
    large, small = drawn(block, scale=2), drawn(block)
    assert large.pixels.shape == (192, 192, 4)
    means = large.pixels.reshape(96, 2, 96, 2, 4).mean((1, 3))
    assert abs(means - small.pixels).mean() < 1


@pytest.mark.parametrize("flat", [(0.0, 40.0), (40.0, 0.0), (0.0, 0.0)])
def test_what_has_no_inside_is_not_seen(flat: tuple[float, float]) -> None:
    box = {"x": 9.0, "y": 9.0, "width": flat[0], "height": flat[1], "stroke": Stroke(width=9)}
    asked = Asked()
    blocks = [
        Rectangle(id="a", **box, fill=linear(45, "#f00", "#00f"), shadow=SOFT),
        Picture(id="b", **box, src="chart"),
        Path(id="c", **box, d=WAVE, fill=PictureFill("chart")),
    ]
    found = draw(page(*blocks), Typefaces(NO_FONTS), asked)
    assert found.pixels.min() == 255
    assert asked.sizes == []


def test_a_blur_of_next_to_nothing_is_none() -> None:
    block = Rectangle(id="a", **BOX, fill=solid("#fff"), shadow=Shadow(x=9, blur=1e-200))
    assert at(drawn(block), 84, 48) == [0, 0, 0, 255]


@pytest.mark.parametrize("scale", [0.37, 0.4019, 0.731, 1.93])
def test_nothing_shines_through_where_two_boxes_end_on_one_edge(scale: float) -> None:
    photo = Picture(id="photo", width=96, height=50.3, src="chart")
    veil = Rectangle(id="veil", y=20, width=96, height=30.3, fill=solid("#000"))
    drawn = draw(page(photo, veil, fill=solid("#000")), Typefaces(NO_FONTS), chart, scale=scale)
    below = drawn.straight()[int(25 * scale) + 1 :]
    assert below.max() == 0
    beside = [
        Rectangle(id="one", x=10.2, y=10.2, width=40.4, height=40.4, fill=solid("#000")),
        Rectangle(id="other", x=50.6, y=10.2, width=30, height=40.4, fill=solid("#000")),
    ]
    met = draw(page(*beside), Typefaces(NO_FONTS), chart, scale=scale).straight()
    assert met[round(30 * scale), round(10.2 * scale) : int(80.6 * scale)].max() == 0


def test_a_line_that_is_finer_than_a_pixel_is_neither_lost_nor_doubled() -> None:
    fine = Rectangle(id="fine", y=10.4, width=96, height=1, fill=solid("#000"))
    drawn = draw(page(fine), Typefaces(NO_FONTS), chart, scale=0.5).straight()
    assert (255 - drawn[:, 20, 0].astype(int)).sum() == pytest.approx(127, abs=3)
