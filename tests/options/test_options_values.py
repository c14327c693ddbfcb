from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.options.grammar import NOTHING_ASKED, format_options, parse_options
from foveate.options.values import breakpoints, counted, length, number, one_of, shown, whole


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


def test_how_many_count_is_said_alike_wherever_it_is_asked() -> None:
    what = "expected all, largest or a whole number from 1 to 1000, got '0'"
    with pytest.raises(ValueError, match=f"^{what}$"):
        counted("0")
    also = "all, largest, a whole number from 1 to 1000 or subject:NAME, got 'few'"
    with pytest.raises(BadOption, match=f"^Option faces: expected {also}"):
        parse_options("faces=few")
    assert parse_options("faces= LARGEST ,objects=1000").options.objects == 1000


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
    ("text", "written"),
    [
        ("8", "radius=8"),
        ("8;8;8;8", "radius=8"),
        ("50%25", "radius=0.5"),
        ("1;2;3;100%25", "radius=1;2;3;1.0"),
        (" 4 ; 0 ; .25 ; 0", "radius=4;0;0.25;0"),
        ("0", NOTHING_ASKED),
        ("0;0;0%25;0.0", NOTHING_ASKED),
    ],
)
def test_corners_have_one_spelling(text: str, written: str) -> None:
    assert format_options(parse_options(f"radius={text}").options) == written


@pytest.mark.parametrize("text", ["x", "1;2", "1;2;3;4;5", "-1", "1.5", "101%25", "8px", "1;;2;3"])
def test_corners_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(BadOption, match="one, or four with semicolons between them, got"):
        parse_options(f"radius={text}")
