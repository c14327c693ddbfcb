from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.errors import BadOption, BadRequest
from foveate.options.draw import options_from_json, overlays_from_json
from foveate.options.grammar import parse_options
from foveate.options.model import Composite, Overlay, TransformOptions
from foveate.options.table import BY_NAME

LOGO: dict[str, Any] = {"url": "https://b.com/logo.png"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"width": 80, "height": 60.0, "fit": "cover"}, "w=80,h=60,fit=cover"),
        ({"width": "auto", "wbreakpoints": [320, 640]}, "w=auto,wbreakpoints=320;640"),
        ({"gravity": {"x": 0.5, "y": 1}}, "g=0.5x1"),
        ({"gravity": {"x": 0}}, "g=0x0.5"),
        ({"gravity": {"x": 1, "y": 0, "mode": "remainder"}}, "g=1x0"),
        ({"gravity": {"x": 1, "y": 0, "mode": "box-center"}}, "g=box-center:1x0"),
        ({"gravity": "face", "zoom": 0.5}, "g=face,zoom=0.5"),
        ({"anim": False}, "anim=false"),
        ({"rotate": 90, "flip": "h", "quality": "low"}, "rotate=90,flip=h,q=low"),
        ({"trim": {"left": 5, "width": 50}}, "trim.left=5,trim.width=50"),
        ({"trim": [1, 2, 3, 4]}, "trim=1;2;3;4"),
        ({"trim": "border"}, "trim=border"),
        ({"trim": {"border": True}}, "trim=border"),
        ({"trim": {"border": True, "top": 2}}, "trim=border,trim.top=2"),
        (
            {"trim": {"border": {"color": "red", "tolerance": 5, "keep": 1}}},
            "trim.border.color=red,trim.border.tolerance=5,trim.border.keep=1",
        ),
        ({"border": {"color": "#f00", "width": 4}}, "border.color=%23f00,border.width=4"),
        (
            {"border": {"color": "red", "top": 1, "left": 2}},
            "border.color=red,border.top=1,border.left=2",
        ),
        ({"background": "rgb(1 2 3)", "blur": 2.5}, "background=rgb(1%202%203),blur=2.5"),
        ({"width": 80, "height": None, "trim": {"border": False}}, "w=80"),
    ],
)
def test_an_object_says_what_a_url_says(value: dict[str, Any], text: str) -> None:
    parsed = options_from_json(json.loads(json.dumps(value)))
    assert parsed.options == parse_options(text).options
    assert parsed.unknown == ()


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"width": 0, "height": 0.0, "quality": 0},
        {"width": "", "height": None, "fit": " ", "draw": None},
        {"quality": "", "format": "svg"},
        {"trim": {"left": ""}, "border": {"color": ""}},
    ],
)
def test_an_object_without_values_asks_for_nothing(value: object) -> None:
    assert options_from_json(value).options == TransformOptions()


def test_unknown_names_are_reported_as_in_a_url() -> None:
    value = {"width": 80, "sparkle": {"much": True}, "draw": [{**LOGO, "glow": 1, "blur": 2}]}
    parsed = options_from_json(value)
    assert parsed.unknown == ("sparkle.much", "glow")
    assert parsed.options.width == 80


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "Expected options to be an object with options, got a list"),
        ("width=80", "Expected options to be an object with options, got text"),
        ({"width": "wide"}, "Option width: expected .* got 'wide'. Write width=PIXELS"),
        ({"width": True}, "Option width: expected .* got 'true'"),
        ({"blur": float("nan")}, "Option blur: expected .* got 'nan'"),
        ({"wbreakpoints": [[1]]}, "Option 'wbreakpoints': expected text, a number"),
        ({"gravity": {"x": 2}}, "Option gravity: expected .* got '2x0.5'"),
        ({"gravity": {"x": 0, "mode": "corner"}}, "Option gravity.mode: expected remainder or"),
        ({"gravity": {"x": {}}}, "Option 'gravity': expected text, a number"),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, "expected text, a number, true or false"),
        ({"a b": 1}, "Expected the name of an option, got 'a b'"),
        ({"draw": {}}, "Option draw: expected a list of objects, got an object"),
        ({"draw": [1]}, r"Expected draw\[0\] to be an object with options, got a number"),
    ],
)
def test_bad_objects_say_what_was_expected(value: object, message: str) -> None:
    with pytest.raises(BadOption, match=message):
        options_from_json(value)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, {}),
        ({"width": 100, "height": 50}, {"width": 100, "height": 50}),
        ({"w": 100}, {"width": 100}),
        ({"width": 0.25}, {"width": 0.25}),
        ({"width": 1}, {"width": 1}),
        ({"width": 1.0}, {"width": 1.0}),
        ({"width": 300.0}, {"width": 300}),
        ({"height": "0.5"}, {"height": 0.5}),
        ({"opacity": 0}, {"opacity": 0.0}),
        ({"opacity": 0.5}, {"opacity": 0.5}),
        ({"repeat": True}, {"repeat": "both"}),
        ({"repeat": False}, {"repeat": "no"}),
        ({"repeat": "x"}, {"repeat": "x"}),
        ({"top": 5, "left": 0}, {"top": 5, "left": 0}),
        ({"bottom": 5, "right": 6, "top": None}, {"bottom": 5, "right": 6}),
        ({"composite": "atop"}, {"composite": Composite.ATOP}),
    ],
)
def test_an_overlay_is_placed_as_it_says(members: dict[str, Any], expected: dict[str, Any]) -> None:
    (overlay,), unknown = overlays_from_json([{**LOGO, **members}])
    assert overlay == Overlay(url=LOGO["url"], options=TransformOptions(), **expected)
    assert type(overlay.width) is type(expected.get("width"))
    assert unknown == ()


def test_an_overlay_is_itself_transformed() -> None:
    value = [{**LOGO, "width": 10, "fit": "cover", "gravity": "face", "rotate": 90, "blur": 3}]
    (overlay,), _ = overlays_from_json(value)
    assert overlay.width == 10
    assert overlay.options == parse_options("fit=cover,g=face,rotate=90,blur=3").options


def test_overlays_keep_their_order() -> None:
    parsed = options_from_json({"draw": [{"url": "/a.png"}, {"url": "/b.png"}]})
    assert [overlay.url for overlay in parsed.options.draw] == ["/a.png", "/b.png"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"url": ""}, r"Option draw\[0\]: expected url"),
        ({"url": 5}, r"Option draw\[0\]: expected url"),
        ({"left": 1, "right": 1}, "expected left or right, got both"),
        ({"top": 0, "bottom": 0}, "expected top or bottom, got both"),
        ({"opacity": 1.1}, r"Option draw\[0\].opacity: expected a number from 0 to 1, got '1.1'"),
        ({"opacity": True}, "expected a number from 0 to 1, got 'true'"),
        ({"width": 0}, "expected pixels from 1 to 1000000, or a fraction up to 1, got '0'"),
        ({"width": 0.0}, "or a fraction up to 1, got '0.0'"),
        ({"width": 1.5}, "or a fraction up to 1, got '1.5'"),
        ({"width": "auto"}, "or a fraction up to 1, got 'auto'"),
        ({"repeat": "z"}, "expected true or false or x or y, got 'z'"),
        ({"composite": "screen"}, "expected over or in or atop"),
        ({"left": {}}, r"Option draw\[0\].left: expected text, a number"),
        ({"rotate": 45}, "Option rotate: expected 0 or 90"),
        ({"draw": []}, "an overlay cannot have overlays"),
    ],
)
def test_bad_overlays_say_what_was_expected(members: dict[str, Any], message: str) -> None:
    with pytest.raises(BadOption, match=message):
        overlays_from_json([{**LOGO, **members}])


def test_overlays_are_counted() -> None:
    assert len(overlays_from_json([LOGO] * 3, limit=3)[0]) == 3
    with pytest.raises(BadOption, match="expected at most 2 overlays, got 3"):
        options_from_json({"draw": [LOGO] * 3}, max_draw=2)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*BY_NAME, "url", "draw", "x", "border", "opacity"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_json_is_options_or_a_bad_request(value: object) -> None:
    for asked in (value, {"draw": [value]}, {"draw": [{"url": "/a", "width": value}]}):
        try:
            parsed = options_from_json(asked)
        except BadRequest as error:
            assert error.public.isprintable()  # noqa: PT017
        else:
            assert len(parsed.options.draw) <= 20


def test_a_deep_object_is_refused_rather_than_followed() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50_000):
        deep = {"border": deep}
    with pytest.raises(BadOption, match="expected text, a number, true or false, got an object"):
        options_from_json(deep)
    del deep
