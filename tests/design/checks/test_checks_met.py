"""Parts of pages: only what meets one is drawn, and it is seen as in all of the page."""

from __future__ import annotations

import numpy as np
import pytest
from checkings import text
from drawings import need_fonts

from foveate.design.drawing.engine import installed

if not installed():
    pytest.skip("pip install 'foveate[design]'", allow_module_level=True)

from foveate.design.checks.drawn import MOST_NEAR, forget_bytes
from foveate.design.checks.met import Met
from foveate.design.drawing.pictures import Gallery
from foveate.design.drawing.raster import painted_on
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.design.scene.model import Blend, Ellipse, Group, Line, Page, Path, Rectangle
from foveate.design.scene.paint import Shadow, Solid, Stroke
from foveate.geometry.box import Box
from foveate.options.colours import colour
from foveate.settings import load

RED, BLUE = Solid(colour("#d02010")), Solid(colour("#1030c0"))
INK = Stroke(colour=colour("#080"), width=12)
BLOCKS = (
    Rectangle(id="turned", x=40, y=40, width=160, height=20, rotation=50, fill=RED, stroke=INK),
    Rectangle(
        id="shadowed", x=150, y=20, width=60, height=60, fill=BLUE,
        shadow=Shadow(x=30, y=40, blur=30, colour=colour("#000c")),
    ),
    Line(id="line", x=10, y=200, width=300, height=60, stroke=INK),
    Path(id="path", x=300, y=200, width=60, height=60, d="M-80 50 L180 0 L60 190 Z", fill=RED),
    text("over", "Far too many words for it", x=250, y=40, width=40, height=20, size=24),
    Group(
        id="group", x=200, y=250, width=90, height=90, rotation=30, opacity=0.5,
        blocks=(
            Ellipse(id="disc", x=-40, y=0, width=90, height=60, fill=RED, blend=Blend.MULTIPLY),
            text("within", "Within", x=20, y=30, width=90, height=40, size=30),
        ),
    ),
)  # fmt: skip
PAGE = Page(id="page", width=400, height=400, fill=Solid(colour("#fff")), blocks=BLOCKS)


@pytest.fixture(name="typefaces")
def _typefaces() -> Typefaces:
    need_fonts("inter-400")
    return Typefaces(shelf(load().models))


def nothing(_: str, __: str, width: int, height: int) -> np.ndarray:
    return np.zeros((height, width, 4), np.uint8)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.7])
def test_a_part_is_the_same_whether_all_of_its_page_is_drawn_or_what_meets_it(
    scale: float, typefaces: Typefaces
) -> None:
    for left, top in [(x, y) for x in range(0, 400, 57) for y in range(0, 400, 57)]:
        box = Box(left, top, 40, 30)
        met = Met(typefaces)(PAGE, "en", box, 1 / scale)
        assert len(met.blocks) < len(PAGE.blocks)
        one, other = (
            painted_on(each, typefaces, Gallery(nothing, 1.0, 10**6), "en", box=box, scale=scale)
            for each in (PAGE, met)
        )
        assert (one == other).all(), box


def test_what_lies_elsewhere_is_left_out_with_groups_that_have_nothing_else(
    typefaces: Typefaces,
) -> None:
    met = Met(typefaces)(PAGE, "en", Box(0, 380, 10, 10), 1.0)
    assert met.blocks == ()
    assert Met(typefaces)(PAGE, "en", Box(0, 0, 400, 400), 1.0) == PAGE


def test_parts_are_kept_by_how_large_they_are() -> None:
    kept = {at: np.zeros(MOST_NEAR // 4, np.uint8) for at in range(7)}
    forget_bytes(kept, MOST_NEAR)
    assert list(kept) == [3, 4, 5, 6]
    forget_bytes(kept, 0)
    assert list(kept) == [6]
