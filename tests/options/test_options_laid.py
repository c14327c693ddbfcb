"""What a URL lays over a picture: watermarks and words."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.options.draw import options_from_json
from foveate.options.grammar import NOTHING_ASKED, cache_key, format_options, parse_options
from foveate.options.laid import CLEAR, overlays_of
from foveate.options.model import Border, Edges
from foveate.options.options_class import options_class

MARK = "watermark=brand%2Flogo.png"


def test_a_watermark_is_an_overlay_of_another_source() -> None:
    asked = parse_options(f"{MARK},dpr=2,watermark.gravity=top-left").options
    (overlay,) = overlays_of(asked)
    assert (overlay.url, overlay.left, overlay.top) == ("brand/logo.png", 32, 32)
    assert (overlay.width, overlay.right, overlay.bottom, overlay.repeat) == (
        0.25,
        None,
        None,
        "no",
    )
    assert asked.extra_sources() == ("brand/logo.png",)


def test_a_watermark_lies_over_what_is_drawn() -> None:
    asked = options_from_json({"draw": [{"url": "a.png"}], "watermark": "b.png"}).options
    assert [overlay.url for overlay in overlays_of(asked)] == ["a.png", "b.png"]


def test_pixels_of_a_watermark_count_times_dpr() -> None:
    (overlay,) = overlays_of(parse_options(f"{MARK},watermark.width=80,dpr=1.5").options)
    assert overlay.width == 120


def test_watermarks_that_repeat_keep_their_distance() -> None:
    (overlay,) = overlays_of(
        parse_options(f"{MARK},watermark.repeat=true,watermark.margin=9").options
    )
    assert overlay.repeat == "both"
    assert overlay.options.border == Border(CLEAR, Edges(4, 5, 5, 4))
    assert overlay.left is overlay.right is None


@pytest.mark.parametrize("text", ["text.size=40,text.color=red", "watermark.opacity=0.5"])
def test_details_say_nothing_where_nothing_is_laid(text: str) -> None:
    assert format_options(parse_options(text).options) == NOTHING_ASKED


def test_a_preset_says_how_words_look_and_a_url_says_which() -> None:
    presets = {"brand": {"text.font": "Lora", "text.size": "40"}}
    text = parse_options("preset=brand,text=Hello", presets).options.text
    assert text is not None
    assert (text.words, text.font, text.size) == ("Hello", "Lora", 40)


@pytest.mark.parametrize("text", ["text=", "text=%20%0A", "watermark="])
def test_nothing_to_lay_is_nothing_asked(text: str) -> None:
    assert format_options(parse_options(text).options) == NOTHING_ASKED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("watermark=logo", "expected a source such as brand/logo.png"),
        ("text=" + "x" * 501, "expected at most 500 letters"),
        ("text=a%00b", "expected words without control characters"),
        ("text=a%E2%80%AEb", "expected words without control characters"),
        ("text=a,text.font=a%07", "expected the name of a font"),
        ("text=a,text.size=12.5", "expected 1 to 4000 pixels, or a fraction up to 1"),
        ("text=a,text.gravity=face", "expected top-left"),
    ],
)
def test_what_cannot_be_laid_is_refused(text: str, expected: str) -> None:
    with pytest.raises(BadOption, match=expected):
        parse_options(text)


def test_joined_letters_are_words() -> None:
    family = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"
    text = parse_options(f"text={family}").options.text
    assert text is not None
    assert text.words == family


@pytest.mark.parametrize("name", ["watermark", "text"])
def test_an_overlay_has_none_of_its_own(name: str) -> None:
    with pytest.raises(BadOption, match=rf"draw\[0\]: .* Leave {name} out"):
        options_from_json({"draw": [{"url": "a.png", name: "b.png"}]})


def test_each_has_a_key_and_a_class_of_its_own() -> None:
    texts = ["width=80", "text=a", "text=b", "text=a,text.shadow=1", MARK, f"{MARK},dpr=2"]
    asked = [parse_options(text).options for text in texts]
    assert len({cache_key(each) for each in asked}) == len(texts)
    assert [options_class(each) for each in asked] == ["resize", *["draw"] * 5]
