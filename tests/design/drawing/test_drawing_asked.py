"""Which pictures a page needs, known before it is drawn: just those that drawing then asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawings import Asked as Asking
from drawings import page

from foveate.design.drawing.asked import Asked, pictures_of
from foveate.design.drawing.raster import draw
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import Shelf
from foveate.design.scene.model import Group, Picture, Rectangle
from foveate.design.scene.paint import PictureFill
from foveate.errors import DrawingTooLarge

PHOTO = Picture(id="photo", width=40, height=30, src="a.jpg", options="half")
FILLED = Rectangle(id="filled", width=10, height=20, fill=PictureFill("b.jpg"))
SHEET = replace(
    page(Group(id="group", width=0, height=0, blocks=(PHOTO, FILLED)), replace(PHOTO, id="again")),
    fill=PictureFill("c.jpg"),
)


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.5])
def test_what_is_told_before_is_what_drawing_asks_for(scale: float) -> None:
    asking = Asking()
    draw(SHEET, Typefaces(Shelf(())), asking, scale=scale)
    assert [each[2:] for each in pictures_of(SHEET, scale, drawn=scale)] == asking.sizes


def test_each_picture_is_asked_for_once_and_hidden_ones_never() -> None:
    hidden = page(replace(PHOTO, hidden=True), PHOTO, replace(PHOTO, id="again", x=20))
    assert pictures_of(hidden, 2.0) == (Asked("a.jpg", "half", 80, 60),)


def test_a_page_that_is_too_large_is_refused_before_anything_is_fetched() -> None:
    with pytest.raises(DrawingTooLarge):
        pictures_of(page(PHOTO, side=20_000), 1.0)
