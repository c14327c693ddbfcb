"""Designs in a URL: how they are named, and what they are filled in with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.errors import BadOption, BadUrl
from foveate.options.allowed import Allowed
from foveate.options.designed import MOST_LETTERS, MOST_VALUES, Designed
from foveate.options.draw import options_from_json
from foveate.options.grammar import format_options, parse_options, split_path
from foveate.options.model import TransformOptions
from foveate.options.signing import read_limited
from foveate.options.table import row_of


def asked(text: str) -> Designed:
    found = parse_options(text).options.design
    assert found is not None
    return found


def test_values_are_what_stands_behind_the_name_of_a_block() -> None:
    text = "design=sale,design.title=New%20shoes,design.price.fill=%23f00,design.Photo=a%2Fb.jpg"
    assert asked(text).values == (
        ("photo", "a/b.jpg"),
        ("price.fill", "#f00"),
        ("title", "New shoes"),
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a%2C%20b", "a, b"),
        ("50%25", "50%"),
        ("1%2F2", "1/2"),
        ("39%20%E2%82%AC", "39 €"),
        ("%E9%9D%B4", "靴"),
        ("one%0Atwo", "one\ntwo"),
        ("(a%2Cfit%3Dcover)", "(a,fit=cover)"),
        ("a%2C%66it%3Dcover", "a,fit=cover"),
        ("a+b", "a+b"),
        ("a%2C", "a,"),
        ("a%2C%2C,width=9", "a,,"),
        ("", ""),
    ],
)
def test_values_are_percent_decoded_once(written: str, said: str) -> None:
    assert dict(asked(f"design=sale,design.title={written}").values) == {"title": said}
    words = parse_options(f"text={written}").options.text
    assert (words.words if words else "") == said


def test_names_may_be_of_any_letters() -> None:
    text = "design=sale,design.gr%C3%B6%C3%9Fe=L,design.my%20word=x"
    assert dict(asked(text).values) == {"größe": "L", "my word": "x"}
    again = format_options(parse_options(text).options)
    assert (again.isascii(), asked(again)) == (True, asked(text))


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=200))
def test_any_words_come_back_from_the_canonical_text(words: str) -> None:
    options = TransformOptions(design=Designed(id="a", values=(("title", words),)))
    assert parse_options(format_options(options)).options == options


@pytest.mark.parametrize(
    "text",
    [
        "design=A",
        "design=..%2Fa",
        "design=a@0",
        "design=a@x",
        "design=a:",
        "design=a,design.title=%00",
        "design=a,design.title=%E2%80%AE",
        f"design=a,design.title={'x' * (MOST_LETTERS + 1)}",
        ",".join(["design=a", *(f"design.t{n}=x" for n in range(MOST_VALUES + 1))]),
        ",".join(["design=a", *(f"design.t{n}={'x' * 2000}" for n in range(11))]),
    ],
)
def test_what_is_no_design_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match=r"Option design"):
        parse_options(text)


def test_values_without_a_design_say_nothing() -> None:
    assert parse_options("design.title=x,overlay.off=y").options == TransformOptions()


def test_a_preset_may_name_the_design_and_the_url_the_values() -> None:
    presets = {"sale": {"design": "sale", "design.title": "Old", "width": "90"}}
    options = parse_options("preset=sale,design.title=New", presets).options
    assert (options.design, options.width) == (
        Designed(id="sale", values=(("title", "New"),)),
        90,
    )


def test_a_limited_key_may_have_one_design_and_one_value() -> None:
    limited = read_limited({"shop": "secret design=sale design.title"}, ())
    allowed = limited["shop"].allowed
    allowed.check("design=sale,design.title=x")
    for other in ("design=other", "design=sale,design.price=1"):
        with pytest.raises(Exception, match="alone"):
            allowed.check(other)


def test_a_group_is_all_its_values() -> None:
    Allowed(frozenset({"design"}), "here").check("design=sale,design.title=x")


def test_json_says_the_same_as_a_url() -> None:
    said = {"design": "sale", "design.title": "New", "overlay": {"off": "5"}}
    assert options_from_json(said).options == parse_options("design=sale,design.title=New").options


def test_overlays_of_overlays_are_refused() -> None:
    with pytest.raises(BadOption, match="Leave design out"):
        options_from_json({"draw": [{"url": "a.png", "design": "sale"}]})


@pytest.mark.parametrize("path", ["design=sale,design.title=New", "width=80,design=sale/"])
def test_the_source_may_be_left_out(path: str) -> None:
    assert split_path(f"/cdn-cgi/image/{path}") == (path.removesuffix("/"), "blank:")


@pytest.mark.parametrize("path", ["width=80", "overlay=badge", "design.title=x", "text=design%3Dx"])
def test_it_may_not_where_nothing_is_drawn(path: str) -> None:
    with pytest.raises(BadUrl):
        split_path(f"/cdn-cgi/image/{path}")


def test_rows_of_values_have_the_usage_of_their_name() -> None:
    row = row_of("overlay.price.fill")
    assert row is not None
    assert (row.name, row.usage) == ("overlay.price.fill", "overlay.price.fill=VALUE")
