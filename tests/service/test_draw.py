"""From a design to a rendition: formats, pages, bounds, and the pictures inside."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.deadline import NEVER
from foveate.design.drawing.asked import Asked
from foveate.design.drawing.engine import installed
from foveate.design.drawing.remarks import Matter, Remark
from foveate.design.scene.model import Page, Picture, Rectangle, Scene
from foveate.design.scene.paint import Solid
from foveate.errors import BadOption, DrawingTooLarge, UnknownOption
from foveate.imaging import Image
from foveate.imaging.pixels import from_array, opened_pixels
from foveate.options.colours import colour
from foveate.options.grammar import NO_PRESETS
from foveate.options.model import Fit, Format, GravityKind
from foveate.service.draw import (
    MOST_PICTURES,
    Draughtsman,
    Drawing,
    Pixels,
    check_scale,
    format_named,
    noted,
    picture_options,
)
from foveate.service.fonts import Fonts
from foveate.settings import Encoding, Limits, Models
from foveate.trace import Trace

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

MAN = Draughtsman(limits=Limits(), encoding=Encoding(), fonts=Fonts(Models()))
RED = Rectangle(id="red", width=50, height=40, fill=Solid(colour("#f00")))
SCENE = Scene(
    pages=(
        Page(id="one", width=100, height=80, blocks=(RED,)),
        Page(id="two", width=60, height=30, fill=None),
    )
)


def drawn(drawing: Drawing, scene: Scene = SCENE) -> bytes:
    return MAN.prepare(scene, drawing, {}).run(NEVER, Trace()).data


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("png", b"\x89PNG"),
        ("jpeg", b"\xff\xd8\xff"),
        ("webp", b"RIFF"),
        ("pdf", b"%PDF"),
        ("svg", b"<svg"),
    ],
)
def test_a_design_is_what_its_format_says(name: str, start: bytes) -> None:
    assert drawn(Drawing(format_named(name))).startswith(start)


def test_a_page_is_drawn_at_its_scale_in_its_colours() -> None:
    made = Image.new_from_buffer(drawn(Drawing(scale=2.0)), "")
    assert (made.width, made.height, made.bands) == (200, 160, 3)
    assert made(20, 20) == [255, 0, 0]
    assert made(190, 150) == [255, 255, 255]


def test_a_page_without_a_ground_is_seen_through() -> None:
    made = Image.new_from_buffer(drawn(Drawing(page="two")), "")
    assert (made.width, made.height, made(5, 5)[3]) == (60, 30, 0)


def test_paper_has_all_pages() -> None:
    assert drawn(Drawing("pdf")).count(b"/Type /Page\n") == 2


def test_pictures_have_their_options_and_the_size_of_their_box() -> None:
    options = picture_options(
        Asked("a.jpg", "width=9,gravity=face,quality=5,format=json", 40, 30), NO_PRESETS
    )
    assert (options.width, options.height, options.fit) == (40, 30, Fit.COVER)
    assert options.gravity.kind is GravityKind.FACE
    assert (options.format, options.quality) == (Format.PNG, None)
    assert picture_options(Asked("a", "fit=pad", 1, 1), NO_PRESETS).fit is Fit.PAD
    with pytest.raises(UnknownOption):
        picture_options(Asked("a.jpg", "grvity=face", 40, 30), NO_PRESETS)


def test_pictures_are_drawn_where_they_stand_and_decoded_once() -> None:
    blue = from_array(np.full((10, 10, 3), (0, 0, 255), np.uint8))
    opened: list[int] = []

    def opens(data: bytes) -> object:
        opened.append(len(data))
        return opened_pixels(data)

    picture = Pixels(blue.pngsave_buffer(), opens)  # type: ignore[arg-type]
    block = Picture(id="p", x=10, width=10, height=10, src="b.png")
    scene = Scene(pages=(Page(id="one", width=40, height=40, blocks=(block,)),))
    for _ in range(2):
        (asked,) = MAN.wanted(scene, Drawing())
        data = MAN.prepare(scene, Drawing(), {asked: picture}).run(NEVER, Trace()).data
    made = Image.new_from_buffer(data, "")
    assert (made(15, 5), made(5, 5)) == ([0, 0, 255], [255, 255, 255])
    assert len(opened) == 1


def test_what_is_seen_through_is_premultiplied() -> None:
    data = from_array(np.full((2, 2, 4), (200, 100, 0, 128), np.uint8)).pngsave_buffer()
    assert opened_pixels(data)[0, 0].tolist() == [100, 50, 0, 128]


def test_more_is_admitted_by_more_memory() -> None:
    small, large = (MAN.prepare(SCENE, Drawing(scale=s), {}).memory_bytes for s in (1, 4))
    assert large > 10 * small > 0


def test_what_costs_too_much_is_refused_before_it_is_begun() -> None:
    with pytest.raises(DrawingTooLarge):
        MAN.wanted(Scene(pages=(Page(id="p", width=13_000, height=10),)), Drawing())
    many = (Picture(id=f"p{n}", width=9, height=9, src=f"{n}.jpg") for n in range(9000))
    page = Page(id="p", width=10, height=10, blocks=tuple(many)[: MOST_PICTURES + 1])
    with pytest.raises(DrawingTooLarge, match="at most 200 pictures"):
        MAN.wanted(Scene(pages=(page,)), Drawing())


def test_what_is_no_format_page_or_scale_is_said() -> None:
    with pytest.raises(BadOption, match="format out of png"):
        format_named("gif")
    with pytest.raises(BadOption, match="page out of one, two, got 'three'"):
        MAN.wanted(SCENE, Drawing(page="three"))
    with pytest.raises(BadOption, match=r"scale of 0\.01 to 8"):
        check_scale(float("nan"))


def test_what_is_noticed_is_told_once_with_the_blocks_where_it_is() -> None:
    said = [("title", "It is lost."), ("price", "It is lost."), ("legal", "It is wide.")]
    remarks = [Remark(block, Matter.OVERFLOW, sentence) for block, sentence in said]
    assert [*noted(remarks).values()] == ["title, price: It is lost. legal: It is wide."]
    assert noted([]) == {}
