from __future__ import annotations

import datetime as dt
import math
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from foveate.configuration.ranges import expected, hushed, read, shown


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


PERCENT = Annotated[int, Meta(ge=1, le=100)]
SHARE = Annotated[float, Meta(ge=0, le=1)]
MANY = Annotated[int, Meta(ge=0, le=10**9)]
LINK = Annotated[str, Meta(pattern="^https?://", description="a link")]
NAMES = Annotated[tuple[str, ...], Meta(description="names")]
WORD = Annotated[Literal["age", "race"], Meta()]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (PERCENT, 85, 85),
        (PERCENT, " 85\n", 85),
        (MANY, "1_000_000", 1_000_000),
        (SHARE, "0.5", 0.5),
        (SHARE, 1, 1.0),
        (SHARE, "1", 1.0),
        (bool, True, True),
        *((bool, text, True) for text in ("1", "true", "YES", " on ")),
        *((bool, text, False) for text in ("0", "False", "no", "off", "")),
        (Colour, "RED", Colour.RED),
        (WORD, " Age ", "age"),
        (str, " as it is ", " as it is "),
        (tuple[str, ...], " a  b ", ("a", "b")),
        (tuple[str, ...], ["a b"], ("a b",)),
        *(
            (tuple[str, ...], text, ("a.com", "b.com"))
            for text in ("a.com,b.com", "a.com, b.com,", ",a.com ,\tb.com", '["a.com", "b.com"]')
        ),
        (tuple[str, ...], ' ["a,b", "c d"]', ("a,b", "c d")),
        (tuple[str, ...], "[]", ()),
        (tuple[str, ...], "[::1] [2001:db8::1]:80", ("[::1]", "[2001:db8::1]:80")),
        (tuple[Literal["age", "race"], ...], "race age", ("race", "age")),
        (LINK, "https://b.com", "https://b.com"),
    ],
)
def test_what_is_written_becomes_a_value_of_its_kind(
    kind: Any, written: object, value: object
) -> None:
    got = read(kind, written)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("kind", "written", "message"),
    [
        *(
            (NAMES, text, f"expected names, got '{text}'")
            for text in ('["a", ', '["a"] b', '["a", 3]')
        ),
        (PERCENT, 900, "expected a whole number from 1 to 100, got 900"),
        (PERCENT, "900", "expected a whole number from 1 to 100, got '900'"),
        (PERCENT, "", "expected a whole number from 1 to 100, got ''"),
        (PERCENT, 85.0, "expected a whole number from 1 to 100, got 85.0"),
        (PERCENT, True, "expected a whole number from 1 to 100, got true"),
        (PERCENT, "true", "expected a whole number from 1 to 100, got 'true'"),
        (PERCENT, "\udcff", r"expected a whole number from 1 to 100, got '\udcff'"),
        (MANY, -1, "expected a whole number from 0 to 1_000_000_000, got -1"),
        (SHARE, math.nan, "expected a number from 0 to 1, got nan"),
        (SHARE, "nan", "expected a number from 0 to 1, got 'nan'"),
        (SHARE, "-inf", "expected a number from 0 to 1, got '-inf'"),
        (SHARE, False, "expected a number from 0 to 1, got false"),
        (SHARE, [0.5], "expected a number from 0 to 1, got [0.5]"),
        (bool, 1, "expected true or false, got 1"),
        (bool, "maybe", "expected true or false, got 'maybe'"),
        (Colour, "green", "expected red or blue, got 'green'"),
        (WORD, 5, "expected age or race, got 5"),
        (WORD, "\udcff", r"expected age or race, got '\udcff'"),
        (str, ["a"], "expected text, got ['a']"),
        (str, dt.date(2026, 1, 2), "expected text, got 2026-01-02"),
        (LINK, "b.com", "expected a link, got 'b.com'"),
        (tuple[Literal["a", "b", "c"], ...], "a d", "expected words out of a, b and c, got 'a d'"),
    ],
)
def test_what_does_not_belong_is_told_in_our_words(
    kind: Any, written: object, message: str
) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        read(kind, written)
    assert str(caught.value) == message


def test_a_long_value_is_not_repeated_at_length() -> None:
    with pytest.raises(ValueError, match=r"\.\.\.$") as caught:
        read(PERCENT, "9" * 100_000)
    assert len(str(caught.value)) < 300


def test_a_number_that_python_does_not_write_is_refused_all_the_same() -> None:
    with pytest.raises(ValueError, match="from 0 to 1, got a number of thousands of digits"):
        read(SHARE, int("f" * 5000, 16))


def test_what_is_expected_needs_no_value() -> None:
    assert expected(tuple[str, ...]) == "texts, with spaces between"
    assert expected(Annotated[int, Meta(ge=0, le=65_535)]) == "a whole number from 0 to 65535"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://b.com/@me", "https://b.com/@me"),
        ("https://b.com:8080/@me/x@2x.png", "https://b.com:8080/@me/x@2x.png"),
        ("http://[::1]:80/@me", "http://[::1]:80/@me"),
        ("https://b.com/x?mail=ann@b.com", "https://b.com/x?..."),
        ("https://ann:hush@b.com/@me", "https://...@me"),
        ("https://ann:hush/x@b.com/", "https://...@b.com/"),
        ("https://ann:hush?x@b.com/", "https://...@b.com/"),
        ("https://a@n:hush/x@b.com/", "https://...@b.com/"),
        ("https://b.com/https://ann:hush@c.com", "https://...@c.com"),
        ("ann:hush@b.com:9000", "...@b.com:9000"),
        ("fit@b.com", "fit@b.com"),
    ],
)
def test_only_users_are_hidden_and_passwords_whatever_is_in_them(text: str, told: str) -> None:
    assert hushed(text) == told


@pytest.mark.parametrize("other", ["https://ann:hush@c.com", "ann:hush@c.com"])
def test_no_address_of_a_list_shows_its_user(other: str) -> None:
    assert "hush" not in shown(["https://b.com/photos", other])
