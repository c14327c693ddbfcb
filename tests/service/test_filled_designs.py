"""Designs for renditions: filled in, drawn in the place of a picture, and laid over one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawings import need_fonts
from moderation_stand import RED
from moderation_stand import renderer as moderating
from service_networks import analyses, picture, soon

from foveate.design.drawing.bounds import BOUNDS
from foveate.design.drawing.engine import installed
from foveate.design.xml import reading
from foveate.errors import (
    BadOption,
    PictureBlocked,
    UnknownDesign,
    UnknownOption,
    UnsupportedOption,
)
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import cache_key, parse_options
from foveate.service.drawn_designs import Designer
from foveate.service.filled_designs import FilledDesigns
from foveate.service.fonts import Fonts
from foveate.service.kept_designs import Store
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits, load
from foveate.storage.blank import PNG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

SALE = """<design version="1" lang="en">
  <page id="post" width="240" height="240" fill="linear-gradient(180deg, #fff4e6 0, #ffd8a8 1)">
    <image id="photo" x="15" y="15" width="210" height="140" radius="12" src="source:"/>
    <text id="title" x="15" y="170" width="130" height="40" size="24" weight="700" valign="middle"
          fit="shrink" color="#3b2f2f">Summer sale</text>
    <text id="price" x="155" y="175" width="70" height="30" size="16" weight="700" align="center"
          valign="middle" color="#fff" fill="#e8590c" radius="15">{{price}}</text>
  </page>
  <page id="plain" width="80" height="40" fill="#00f"/>
</design>
"""
RIBBON = """<design version="1">
  <page id="p" width="200" height="150" fill="none">
    <rect id="frame" x="6" y="6" width="188" height="138" radius="8" stroke="#ffffff 2"/>
    <text id="badge" x="136" y="14" width="50" height="20" size="12" weight="700" align="center"
          valign="middle" fit="shrink" color="#fff" fill="#e03131" radius="10" pin="right top"
          >-30 %</text>
  </page>
</design>
"""


@pytest.fixture
def designs(tmp_path: Path) -> FilledDesigns:
    store = Store(tmp_path, most=10, versions=5)
    store.add(reading.loads(SALE), "me", "sale")
    store.add(reading.loads(RIBBON), "me", "ribbon")
    return FilledDesigns(store=store, presets={}, bounds=BOUNDS)


def settled(designs: FilledDesigns, text: str, *, photo: bool = True) -> TransformOptions:
    return designs.settled(parse_options(text).options, photo=photo)


def designer(designs: FilledDesigns) -> Designer:
    fonts = Fonts(load().models)
    return Designer(designs=designs, fonts=fonts, presets={}, bounds=BOUNDS)


def render(designs: FilledDesigns, data: bytes, text: str) -> Rendition:
    own = designer(designs)
    renderer = Renderer(
        analyses=analyses(), limits=Limits(), encoding=Encoding(), fonts=own.fonts, designer=own
    )
    options = settled(designs, text, photo=data != PNG)
    return renderer(picture(data), options, deadline=soon(), others={})


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("design", "design=sale,design.price=49 %E2%82%AC,format=png"),
        ("design-cropped", "design=sale,design.price=9,width=160,height=90,fit=cover,format=png"),
        ("overlay", "width=160,height=120,fit=cover,overlay=ribbon,format=png"),
        ("overlay-tall", "width=90,height=160,fit=cover,overlay=ribbon,format=png"),
    ],
)
def test_golden(
    name: str,
    options: str,
    photo: Image,
    designs: FilledDesigns,
    assert_like: Callable[[bytes, str], None],
) -> None:
    need_fonts("inter-700")
    assert_like(render(designs, photo.pngsave_buffer(), options).data, name)


def test_a_design_is_drawn_as_large_as_the_answer(designs: FilledDesigns) -> None:
    for text, size in (
        ("", (80, 40)),
        ("width=800", (800, 400)),
        ("dpr=2", (160, 80)),
        ("width=80,dpr=3", (240, 120)),
        ("width=40,height=40,fit=cover", (40, 40)),
        ("width=90,height=90,fit=pad,background=red", (90, 90)),
    ):
        made = render(designs, PNG, f"design=sale:plain,design.price=1,format=png,{text}")
        assert made.size == Size(*size), text
        pixels = Image.new_from_buffer(made.data, "").numpy()
        assert pixels[size[1] // 2, size[0] // 2, :3].tolist() == [0, 0, 255]


def test_what_is_drawn_is_in_the_key_of_a_rendition(designs: FilledDesigns) -> None:
    text = "design=sale,design.price=1"
    first, pinned = settled(designs, text), settled(designs, "design=sale@1,design.price=1")
    assert first.design is not None
    assert pinned.design is not None
    assert pinned.design.filled == first.design.filled
    for other in (f"{text},design.title=x", "design=sale:plain,design.price=1"):
        assert cache_key(settled(designs, other)) != cache_key(first)
    designs.store.put("sale", reading.loads(SALE.replace("#e8590c", "#e8590d")), "me", 1)
    assert cache_key(settled(designs, text)) != cache_key(first)
    assert settled(designs, "design=sale@1,design.price=1").design == pinned.design


def test_a_design_that_was_forgotten_is_filled_in_again(designs: FilledDesigns) -> None:
    asked = settled(designs, "design=sale,design.price=1").design
    assert asked is not None
    known = designs.page(asked)
    fresh = FilledDesigns(store=designs.store, presets={}, bounds=BOUNDS)
    assert fresh.page(asked) == known
    designs.store.put("sale", reading.loads(RIBBON), "me", 1)
    assert fresh.page(asked) == known


def test_nobody_is_shown_what_is_not_published(designs: FilledDesigns) -> None:
    ours = replace(designs, published=("sa*",))
    assert settled(ours, "design=sale,design.price=1").design
    with pytest.raises(UnknownDesign, match="PUBLISHED"):
        settled(ours, "overlay=ribbon")


def test_a_design_that_shows_the_picture_of_the_url_needs_one(designs: FilledDesigns) -> None:
    with pytest.raises(BadOption, match="a URL with a source"):
        settled(designs, "design=sale,design.price=1", photo=False)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("design=sale", BadOption),
        ("overlay=ribbon", BadOption),
        ("redact=faces,redact.keep=subject:Ann", UnsupportedOption),
        ("segment=foreground,segment.keep=mask:0123", BadOption),
        ("sparkle=1", UnknownOption),
    ],
)
def test_pictures_of_a_design_may_not_ask_for_everything(
    designs: FilledDesigns, options: str, error: type[Exception]
) -> None:
    text = SALE.replace('src="source:"', f'src="a.png" options="{options}"')
    designs.store.put("sale", reading.loads(text), "me", 1)
    with pytest.raises(error):
        settled(designs, "design=sale,design.price=1", photo=False)


def test_what_pictures_ask_for_holds_for_the_rendition(designs: FilledDesigns) -> None:
    asks = 'src="a.png" options="moderate=blur,watermark=b.png"'
    designs.store.put("sale", reading.loads(SALE.replace('src="source:"', asks)), "me", 1)
    options = settled(designs, "design=sale,design.price=1", photo=False)
    assert options.extra_sources() == ("a.png", "b.png")
    assert options.moderated() == "blur"


def test_letters_that_no_font_has_are_told(designs: FilledDesigns) -> None:
    need_fonts("inter-700")
    text = "design=sale,design.price=1,design.title=%F0%92%80%80,format=png"
    data = np.zeros((9, 9, 3), np.uint8)
    made = render(designs, Image.new_from_array(data).pngsave_buffer(), text)
    assert "12000" in made.headers["Foveate-Note"]


def test_words_that_have_no_room_are_told_with_their_block(designs: FilledDesigns) -> None:
    need_fonts("inter-700")
    text = "design=sale,design.price=1.299%2C00%20Euro%20alone%20today%20only,format=png"
    data = Image.new_from_array(np.zeros((9, 9, 3), np.uint8)).pngsave_buffer()
    note = render(designs, data, text).headers["Foveate-Note"]
    assert note.startswith("price: The text is ")
    assert note.endswith("for its box")
    assert "Foveate-Note" not in render(designs, data, "design=sale,design.price=9").headers


def test_a_renderer_without_designs_says_so(photo: Image, designs: FilledDesigns) -> None:
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    options = settled(designs, "overlay=ribbon")
    with pytest.raises(UnsupportedOption, match="nobody keeps any"):
        renderer(picture(photo.pngsave_buffer()), options, deadline=soon())


def test_pictures_of_a_design_are_judged_before_they_are_drawn(designs: FilledDesigns) -> None:
    need_fonts("inter-700")
    red = from_array(np.full((90, 140, 3), RED, np.uint8)).pngsave_buffer()
    options = settled(designs, "design=sale,design.price=1,format=png")
    ours = {"designer": designer(designs), "fonts": Fonts(load().models)}
    with pytest.raises(PictureBlocked):
        replace(moderating(enforce="block"), **ours)(picture(red), options, deadline=soon())
    made = replace(moderating(enforce="blur"), **ours)(picture(red), options, deadline=soon())
    assert made.headers["Foveate-Moderated"] == "blur"
