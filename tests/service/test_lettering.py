"""Words over pictures: where they lie, in which letters, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import analyses, picture, soon

from foveate.design.drawing.engine import installed
from foveate.design.fonts.shelf import shelf
from foveate.errors import BadOption, DrawingTooLarge, FontsMissing, UnknownFont, UnsupportedOption
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.options.laid import Lettering, Place
from foveate.options.model import TransformOptions
from foveate.service.fonts import Fonts
from foveate.service.lettering import block_of, lettered
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits, Models, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.rendition import Rendition

NEEDED = ("Inter", 700), ("Lora", 700), ("Noto Sans Arabic", 700)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    """Return the fonts that are here; without them these tests have nothing to look at."""
    if not installed():
        pytest.skip("skia is not here: pip install 'foveate[design]'")
    ours = shelf(load().models)
    try:
        for family, weight in NEEDED:
            ours.match(family, weight)
    except FontsMissing as why:
        pytest.skip(str(why))
    return Fonts(load().models)


@pytest.fixture
def grey() -> bytes:
    data: bytes = from_array(np.full((240, 320, 3), 90, np.uint8)).pngsave_buffer()
    return data


def renderer(fonts: Fonts | None) -> Renderer:
    return Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding(), fonts=fonts)


def render(data: bytes, text: str, fonts: Fonts | None) -> Rendition:
    return renderer(fonts)(picture(data), parse_options(text).options, deadline=soon())


def lit(made: Rendition) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is not as grey as it was."""
    pixels = Image.new_from_buffer(made.data, "").numpy()[..., :3].astype(int)
    rows, columns = np.nonzero(np.abs(pixels - 90).max(2) > 60)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("text", "text=Summer%0Asale,text.gravity=bottom-left,text.size=24,text.shadow=0.7"),
        ("text-box", "text=9 %E2%82%AC,text.font=Lora,text.color=black,text.background=%23fc0"),
        ("text-arabic", "text=%D8%B3%D9%84%D8%A7%D9%85 2,text.size=0.4,radius=20,background=red"),
    ],
)
def test_golden(
    name: str, options: str, photo: Image, fonts: Fonts, assert_like: Callable[[bytes, str], None]
) -> None:
    png = photo.pngsave_buffer()
    assert_like(render(png, f"width=128,{options},format=png", fonts).data, name)


@pytest.mark.parametrize("place", Place)
def test_words_keep_their_margin_to_the_edges_where_they_lie(
    place: Place, grey: bytes, fonts: Fonts
) -> None:
    box = "text.background=white,text.padding=0,text.color=white"
    options = f"text=Ada,text.size=30,text.margin=20,text.gravity={place},{box}"
    left, top, right, bottom = lit(render(grey, options, fonts))
    away = {"left": left, "top": top, "right": 320 - right, "bottom": 240 - bottom}
    for side in ("left", "top", "right", "bottom"):
        assert (away[side] == 20) == (side in place.split("-")), (side, away)
    if place is Place.CENTER:
        assert abs(away["left"] - away["right"]) <= 1
        assert abs(away["top"] - away["bottom"]) <= 1


def test_lengths_are_of_device_pixels(grey: bytes, fonts: Fonts) -> None:
    once = lit(render(grey, "text=Ada,text.size=20,text.gravity=top-left,width=160", fonts))
    twice = lit(render(grey, "text=Ada,text.size=20,text.gravity=top-left,width=160,dpr=2", fonts))
    assert np.allclose(np.multiply(once, 2), twice, atol=2)


def test_long_words_break_into_lines_and_become_smaller(grey: bytes, fonts: Fonts) -> None:
    words = "text=" + "many words " * 30
    left, top, right, bottom = lit(render(grey, f"{words},text.size=40,text.gravity=left", fonts))
    assert left >= 14
    assert top >= 14
    assert right <= 306
    assert bottom <= 226
    assert right - left > 240


def test_what_has_no_room_is_refused(grey: bytes, fonts: Fonts) -> None:
    with pytest.raises(BadOption, match="Expected words that have room in 320x240, got 'Ada'"):
        render(grey, "text=Ada,text.margin=160", fonts)


def test_a_font_that_nobody_has_is_refused_before_any_work(grey: bytes, fonts: Fonts) -> None:
    asked = parse_options("text=Ada,text.font=Intre").options
    with pytest.raises(UnknownFont, match="did you mean Inter"):
        renderer(fonts).prepare(picture(grey), asked)


def test_a_font_that_is_not_here_is_named_with_what_fetches_it(tmp_path: Path, grey: bytes) -> None:
    asked = parse_options("text=Ada,text.font=Lora").options
    with pytest.raises(FontsMissing, match="foveate models pull lora"):
        renderer(Fonts(Models(folder=str(tmp_path)))).prepare(picture(grey), asked)


def test_without_fonts_there_are_no_words(grey: bytes) -> None:
    with pytest.raises(UnsupportedOption, match="nobody has fonts"):
        renderer(None).prepare(picture(grey), parse_options("text=Ada").options)


def test_words_count_in_memory_before_they_are_set(grey: bytes, fonts: Fonts) -> None:
    plain, set_ = (
        renderer(fonts).prepare(picture(grey), parse_options(text).options).memory_bytes
        for text in ("format=png", "format=png,text=Ada")
    )
    assert set_ > plain


def test_letters_that_no_font_has_are_told(grey: bytes, fonts: Fonts) -> None:
    made = render(grey, "text=A%F0%92%80%80", fonts)
    assert made.headers["Foveate-Note"].startswith("No font has ")
    assert made.headers["Foveate-Note"].isascii()


def test_words_lie_on_each_frame(photo: Image, fonts: Fonts) -> None:
    small = photo.resize(0.5)
    frames = Image.arrayjoin([small, small.invert()], across=1).copy()
    frames.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", small.height)
    made = render(frames.gifsave_buffer(), "text=Ada,text.background=red,text.color=red", fonts)
    shown = Image.new_from_buffer(made.data, "", n=-1)
    half = shown.height // 2
    for top in (0, half):
        red, green, blue = shown.crop(0, top, shown.width, half).numpy()[
            half // 2, shown.width // 2
        ][:3]
        assert red > 200
        assert max(green, blue) < 60


def test_drawings_are_drawn_as_pixels_beneath_words(fonts: Fonts) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"/>'
    assert render(svg, "text=Ada", fonts).content_type == "image/png"


def test_a_share_of_the_height_is_the_size_of_letters() -> None:
    canvas, options = Size(400, 200), TransformOptions(dpr=2.0)
    assert block_of(Lettering(words="a", size=0.1), canvas, options).size == 20
    assert block_of(Lettering(words="a", size=10), canvas, options).size == 20
    assert block_of(Lettering(words="a", size=1.0), Size(400, 9000), options).size == 4000


def test_the_largest_shadow_is_within_what_may_be_drawn(fonts: Fonts) -> None:
    asked = Lettering(words="I", size=4000, shadow=1.0)
    try:
        _, image = lettered(asked, Size(6000, 8000), TransformOptions(), fonts).overlay
    except DrawingTooLarge:  # pragma: no cover - would be a bound that nobody expects
        pytest.fail("expected the largest words to be drawn")
    assert image.hasalpha()


def test_the_fingerprint_changes_with_the_fonts_that_are_here(tmp_path: Path, fonts: Fonts) -> None:
    bare = Fonts(replace(load().models, folder=str(tmp_path)))
    assert bare.fingerprint != fonts.fingerprint
    assert fonts.fingerprint == Fonts(load().models).fingerprint
