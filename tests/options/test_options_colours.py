from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.options.colours import Colour, colour, colour_text

BYTES = st.integers(0, 255)
COLOURS = st.builds(Colour, BYTES, BYTES, BYTES, st.floats(0, 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#f80", Colour(255, 136, 0)),
        ("#f808", Colour(255, 136, 0, 136 / 255)),
        ("#FF8800", Colour(255, 136, 0)),
        ("#ff880080", Colour(255, 136, 0, 128 / 255)),
        ("tomato", Colour(255, 99, 71)),
        ("RebeccaPurple", Colour(102, 51, 153)),
        ("transparent", Colour(0, 0, 0, 0.0)),
        ("rgb(240,40,145)", Colour(240, 40, 145)),
        ("rgb(240, 40, 145, 0.5)", Colour(240, 40, 145, 0.5)),
        ("rgba(240 40 145 / 25%)", Colour(240, 40, 145, 0.25)),
        ("rgb(100% 0% none)", Colour(255, 0, 0)),
        ("rgb(300 -5 0 / 7)", Colour(255, 0, 0, 1.0)),
        ("rgb(1e999 0 0)", Colour(255, 0, 0)),
        # CSS closes a bracket that is open at the end of the text.
        ("rgb(1,2,3", Colour(1, 2, 3)),
        ("hsl(120, 100%, 25%)", Colour(0, 128, 0)),
        ("hsl(120deg 100% 25% / 0.5)", Colour(0, 128, 0, 0.5)),
        ("hwb(0 100% 0%)", Colour(255, 255, 255)),
        ("color(srgb 1 0.5 0)", Colour(255, 128, 0)),
        ("color(srgb-linear 1 0.2158605 0)", Colour(255, 128, 0)),
        # Reference values of the CSS specification's own examples: all three are green or red.
        ("lab(46.2775% -47.5621 48.5837)", Colour(0, 128, 0)),
        ("lch(46.2775% 67.9892 134.3912)", Colour(0, 128, 0)),
        ("oklab(51.975% -0.1403 0.10768)", Colour(0, 128, 0)),
        ("oklch(51.975% 0.17686 142.495)", Colour(0, 128, 0)),
        ("color(xyz 0.4124 0.2126 0.0193)", Colour(255, 0, 0)),
    ],
)
def test_colours_of_css(text: str, expected: Colour) -> None:
    assert colour(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "#ff",
        "#ggg",
        "ff8800",
        "nocolour",
        "currentcolor",
        "rgb(1,2)",
        "rgb(1,2,3) x",
        "lab(1e200 0 0)",
        "color()",
        "color(display-p3 1 0 0)",
        "url(https://b.com)",
        "(" * 5000,
    ],
)
def test_what_is_no_colour_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="expected a CSS colour such as #ff8800"):
        colour(text)


@given(COLOURS)
def test_a_colour_is_read_back_exactly(value: Colour) -> None:
    assert colour(colour_text(value)) == value


@given(st.text(alphabet="rgbhslwabcko#0123456789.,%()/ -e", max_size=60))
def test_any_text_is_a_colour_or_a_plain_refusal(text: str) -> None:
    try:
        value = colour(text)
    except ValueError as why:
        assert str(why).startswith("expected a CSS colour")  # noqa: PT017
    else:
        assert all(0 <= channel <= 255 for channel in value.rgb)
        assert 0 <= value.alpha <= 1


@given(
    st.sampled_from(["rgb", "rgba", "hsl", "hwb", "lab", "lch", "oklab", "oklch", "color"]),
    st.lists(
        st.sampled_from(
            ["srgb", "xyz", "none", "1", "-1e200", "1e999", "50%", "1turn", "x", "/", ",", "#f"]
        ),
        max_size=8,
    ),
)
def test_any_arguments_are_a_colour_or_a_plain_refusal(name: str, parts: list[str]) -> None:
    try:
        value = colour(f"{name}({' '.join(parts)})")
    except ValueError as why:
        assert str(why).startswith("expected a CSS colour")  # noqa: PT017
    else:
        assert all(0 <= channel <= 255 for channel in value.rgb)
