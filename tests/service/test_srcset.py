"""Responsive pictures: what the markup says of each file is what its options answer."""

from __future__ import annotations

from base64 import b64decode
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import analyses, done, picture

from foveate.errors import BadOption
from foveate.imaging import Image
from foveate.imaging.pixels import from_array, to_array
from foveate.options.addresses import Addresses
from foveate.options.grammar import parse_options
from foveate.service.render import Renderer
from foveate.service.responsive import Srcset, read_asked
from foveate.service.srcset import Srcsets
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h9v9"/></svg>'


def renderer() -> Renderer:
    return Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())


def srcset(data: bytes, text: str = "", **how: Any) -> Srcset:
    options, asked = parse_options(text).options, read_asked(**how)
    address = Addresses(source="a.jpg")
    return done(
        Srcsets(renderer=renderer()).prepare(picture(data), options, asked=asked, address=address)
    )


def tags(html: str) -> list[tuple[str, Mapping[str, str | None]]]:
    """Return the elements that a browser sees."""
    found = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Parser().feed(html)
    return found


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def test_sizes_that_say_nothing_are_the_whole_window(png: bytes) -> None:
    assert tags(srcset(png, sizes=" ").html)[0][1]["sizes"] == "100vw"


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ("", [(100, 75), (141, 106), (200, 150)]),
        ("width=3,height=2,fit=cover,gravity=face", [(100, 67), (141, 94), (200, 133)]),
        ("width=300,height=90", [(100, 75), (141, 106), (200, 150)]),
        ("width=90,height=90,fit=pad,rotate=90", [(100, 100), (141, 141), (200, 200)]),
        ("width=1,height=2,fit=crop", [(100, 200), (120, 240)]),
        ("height=7,rotate=90", [(100, 133), (141, 188), (200, 267)]),
        ("crop.width=0.25", [(80, 240)]),
    ],
)
def test_each_url_answers_with_the_size_that_is_said_of_it(
    png: bytes, options: str, sizes: list[tuple[int, int]]
) -> None:
    made = srcset(png, options, sizes="100px")
    images = made.sources[0].images
    assert [(image.width, image.height) for image in images] == sizes
    for image in images:
        asked = parse_options(image.url.split("/")[3]).options
        answer = done(renderer().prepare(picture(png), asked)).size
        assert answer is not None
        assert (answer.width, answer.height) == (image.width, image.height)


def test_it_is_never_wider_than_what_the_source_has_and_has_no_more_widths_than_asked(
    png: bytes,
) -> None:
    assert [image.width for image in srcset(png).sources[0].images] == [320]
    images = srcset(png, sizes="10px, 200px", widths=3).sources[0].images
    assert [image.width for image in images] == [10, 14, 20]
    face = srcset(png, "width=1,height=1,fit=cover,gravity=face,zoom=1").largest
    assert face.width < 240


def test_one_format_is_an_image_and_several_are_a_picture(png: bytes) -> None:
    ((tag, img),) = tags(srcset(png, alt='a "dog" & <b>').html)
    assert (tag, img["alt"], img["loading"]) == ("img", 'a "dog" & <b>', "lazy")
    assert (img["width"], img["height"]) == ("320", "240")
    assert img["srcset"] == "/cdn-cgi/image/width=320,format=auto/a.jpg 320w"
    several = srcset(png, "quality=auto:75", formats=["avif, webp", "jpeg"], loading="eager")
    picture_, avif, webp, last = tags(several.html)
    assert [picture_[0], avif[1]["type"], webp[1]["type"]] == [
        "picture",
        "image/avif",
        "image/webp",
    ]
    assert last[1]["src"] == "/cdn-cgi/image/width=320,format=jpeg,quality=auto:75/a.jpg"
    assert last[1]["loading"] == "eager"


def test_the_placeholder_is_of_the_crop_and_not_of_the_source() -> None:
    pixels = np.zeros((80, 160, 3), np.uint8)
    pixels[:, :80], pixels[:, 80:] = (200, 30, 30), (20, 40, 190)
    data = from_array(pixels).pngsave_buffer()
    made = srcset(data, "width=1,height=1,fit=cover,gravity=right")
    assert made.placeholder is not None
    assert made.placeholder.colour == "#1428be"
    assert f"background: #1428be url({made.placeholder.url})" in str(tags(made.html)[0][1]["style"])
    assert len(made.placeholder.url) < 400
    webp = b64decode(made.placeholder.url.partition(",")[2])
    shown = to_array(Image.new_from_buffer(webp, "")).astype(int)
    assert abs(shown - (20, 40, 190)).max() < 12


@pytest.mark.parametrize(("said", "style"), [("colour", "background: #"), ("none", None)])
def test_less_of_a_placeholder_is_shown_where_that_is_asked(
    png: bytes, said: str, style: str | None
) -> None:
    shown = tags(srcset(png, placeholder=said).html)[0][1].get("style")
    assert shown is None if style is None else (shown or "").startswith(style)
    assert "url" not in (shown or "")


def test_nothing_shines_through_what_is_transparent() -> None:
    clear = from_array(np.full((60, 60, 4), 90, np.uint8)).pngsave_buffer()
    made = srcset(clear)
    assert made.placeholder is None
    assert "style" not in made.html
    assert made.to_json()["placeholder"] is None


def test_what_moves_is_not_offered_as_one_frame_first(photo: Image) -> None:
    frames = Image.arrayjoin([photo, photo.invert()], across=1).copy()
    frames.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", photo.height)
    made = srcset(frames.gifsave_buffer(), formats=["jxl", "avif", "webp", "gif"])
    assert [each.type for each in made.sources] == ["image/webp", "image/gif"]


def test_a_drawing_has_widths_once_it_is_pixels() -> None:
    with pytest.raises(BadOption, match="got a drawing"):
        srcset(SVG)
    assert [image.width for image in srcset(SVG, formats=["webp"]).sources[0].images] == [40]


@pytest.mark.parametrize(
    ("options", "how", "sentence"),
    [
        ("dpr=2", {}, "Expected no dpr"),
        ("format=json", {}, "Expected format as one of"),
        ("", {"formats": ["heic"]}, "Expected format as one of"),
        ("", {"formats": ["auto", "webp"]}, "Expected auto alone"),
        ("", {"widths": 0}, "Expected 1 to 20 widths"),
        ("", {"loading": "soon"}, "Expected loading as one of"),
        ("", {"alt": "a" * 2001}, "Expected alt of at most"),
    ],
)
def test_what_no_markup_can_say_is_refused(
    png: bytes, options: str, how: Mapping[str, Any], sentence: str
) -> None:
    with pytest.raises(BadOption, match=sentence):
        srcset(png, options, **how)


def test_widths_whose_heights_no_url_may_say_are_left_out(png: bytes) -> None:
    images = srcset(png, "width=1,height=9000", sizes="50px, 300px").sources[0].images
    assert images
    for image in images:
        parse_options(image.url.split("/")[3])
    with pytest.raises(BadOption, match="Expected width and height with a shape"):
        srcset(png, "width=1,height=999999", sizes="200px")
