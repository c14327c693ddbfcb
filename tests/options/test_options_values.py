from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.options.model import Colour
from foveate.options.values import (
    breakpoints,
    colour,
    colour_text,
    length,
    number,
    one_of,
    shown,
    whole,
)

BYTES = st.integers(0, 255)
COLOURS = st.builds(Colour, BYTES, BYTES, BYTES, st.floats(0, 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("250", 250), ("2.5", 2.5), (".5", 0.5), ("5.", 5), ("+7", 7), ("1e2", 100)],
)
def test_number_reads_plain_decimals(text: str, value: float) -> None:
    assert number(0, 250)(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-1",
        "250.1",
        "nan",
        "inf",
        "1e999",
        "1_0",
        "0x10",
        " 1",
        "1,5",
        "\N{SUPERSCRIPT TWO}",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_number_refuses_what_is_no_number_in_range(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number from 0 to 250, got "):
        number(0, 250)(text)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 1e7, "0 to 10000000"), (0.001, 1e6, "0.001 to 1000000"), (-0.5, 2.0, "-0.5 to 2")],
)
def test_ends_of_a_range_are_written_as_people_write_them(
    low: float, high: float, words: str
) -> None:
    with pytest.raises(ValueError, match=f"expected a number from {words}, got "):
        number(low, high)("many")


@pytest.mark.parametrize("text", ["\N{ARABIC-INDIC DIGIT THREE}", "\N{SUPERSCRIPT TWO}", " 3"])
def test_a_length_is_digits_or_a_fraction(text: str) -> None:
    with pytest.raises(ValueError, match="expected pixels from 1 to 1000000, or a fraction up to"):
        length(text)


def test_minus_zero_is_zero() -> None:
    assert str(number(0, 1)("-0")) == "0.0"


@pytest.mark.parametrize("text", ["1.5", "0", "1000001", "9" * 5000, "many"])
def test_whole_refuses_fractions_and_what_is_out_of_range(text: str) -> None:
    with pytest.raises(ValueError, match="expected a whole number from 1 to 1000000, got "):
        whole(1)(text)


def test_whole_takes_a_whole_number_however_it_is_written() -> None:
    assert [whole(1)(text) for text in ("80", "80.0", "8e1")] == [80, 80, 80]


def test_one_of_names_the_choices() -> None:
    with pytest.raises(ValueError, match=r"^expected h or v, got 'up'$"):
        one_of({"h": 1, "v": 2})("up")


def test_breakpoints_are_sorted_and_said_once() -> None:
    assert breakpoints("960;320;960") == (320, 960)


def test_shown_is_one_short_line() -> None:
    text = shown("a\r\n\x00\u202e" + "b" * 10_000)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) < 100


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
