from __future__ import annotations

from drawings import NO_FONTS, Asked, at, chart, page

from foveate.design.drawing.raster import draw
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.scene.model import Picture


def photo(**said: float) -> Picture:
    sides = {"width": 40.0, "height": 20.0, **said}
    return Picture(id=f"p{len(said)}{sum(said.values()):.0f}", src="chart", **sides)  # type: ignore[arg-type]


def sizes(*blocks: Picture, scale: float = 1.0) -> list[tuple[int, int]]:
    asked = Asked()
    draw(page(*blocks), Typefaces(NO_FONTS), asked, scale=scale)
    return asked.sizes


def test_a_picture_is_asked_for_at_the_pixels_of_its_box() -> None:
    assert sizes(photo()) == [(40, 20)]
    assert sizes(photo(), scale=2.5) == [(100, 50)]


def test_a_picture_that_is_seen_twice_is_asked_for_once() -> None:
    assert sizes(photo(), photo(x=10.0), photo(width=50.0)) == [(40, 20), (50, 20)]


def test_a_box_far_larger_than_its_page_wants_no_more_pixels_than_four_pages() -> None:
    ((width, height),) = sizes(photo(width=90_000.0, height=30_000.0))
    assert width * height <= 4 * 96 * 96
    assert abs(width / height - 3) < 0.1


def test_a_picture_of_fewer_pixels_or_another_shape_covers_its_box() -> None:
    block = Picture(id="p", src="chart", options="half", width=96, height=96)
    found = draw(page(block), Typefaces(NO_FONTS), chart)
    assert at(found, 4, 4)[:3] == [230, 60, 50]
    assert at(found, 92, 92)[:3] == [50, 90, 200]
