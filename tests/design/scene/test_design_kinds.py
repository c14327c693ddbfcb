from __future__ import annotations

import time

import pytest

from foveate.design.scene.elements import BY_NAME, TAGS
from foveate.design.scene.paint import (
    Cap,
    Fill,
    Linear,
    PictureFill,
    Radial,
    Shadow,
    Solid,
    Stop,
    Stroke,
)
from foveate.design.scene.units import PIXELS
from foveate.options.colours import Colour

RED, BLUE = Colour(255, 0, 0), Colour(0, 0, 255)


def read(tag: str, name: str, text: str) -> object:
    return BY_NAME[tag].by_name[name].kind.read(text, PIXELS)


@pytest.mark.parametrize(
    ("text", "fill"),
    [
        ("none", None),
        ("red", Solid(RED)),
        ("rgb(255 0 0 / 50%)", Solid(Colour(255, 0, 0, 0.5))),
        ("linear-gradient(red, blue)", Linear(180, (Stop(RED, 0), Stop(BLUE, 1)))),
        ("linear-gradient(to left, red, blue 40%)", Linear(270, (Stop(RED, 0), Stop(BLUE, 0.4)))),
        (
            "radial-gradient(circle at 20% 30%, rgb(255, 0, 0) 0, blue 1)",
            Radial((Stop(RED, 0), Stop(BLUE, 1)), 0.2, 0.3),
        ),
        ("url(a.jpg)", PictureFill("a.jpg")),
        (
            "url(\"it's, so.jpg\", 'gravity=face,blur=2')",
            PictureFill("it's, so.jpg", "gravity=face,blur=2"),
        ),
    ],
)
def test_fills_are_read_as_css_writes_them(text: str, fill: Fill | None) -> None:
    assert read("rect", "fill", text) == fill


def test_strokes_and_shadows_are_read_in_any_unit() -> None:
    assert read("rect", "stroke", "red") == Stroke(colour=RED)
    assert read("rect", "stroke", "cap(round) red 1in") == Stroke(
        colour=RED, width=96, cap=Cap.ROUND
    )
    assert read("rect", "shadow", "0 4px 12 rgb(255, 0, 0)") == Shadow(y=4, blur=12, colour=RED)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fill", "linear-gradient(red)"),
        ("fill", "linear-gradient(red 1, blue 0)"),
        ("fill", "linear-gradient(red, blue"),
        ("fill", "conic-gradient(red, blue)"),
        ("fill", "url()"),
        ("fill", "url('a', 'b', 'c')"),
        ("fill", "url('a)"),
        ("fill", "var(--x)"),
        ("stroke", "red 2 3"),
        ("stroke", "red 2 dash(0 0)"),
        ("stroke", "red 2 cap(pointed)"),
        ("stroke", "2"),
        ("shadow", "0 4"),
        ("shadow", "0 4 -1 red"),
        ("radius", "1 2"),
        ("radius", "-1"),
        ("pin", "left up"),
        ("z", "1.5"),
        ("opacity", "2"),
        ("blend", "Multiply"),
        ("locked", "yes"),
        ("name", "two\nlines"),
    ],
)
def test_values_that_mean_nothing_are_refused_with_what_was_expected(name: str, text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read("rect", name, text)


def test_pins_are_in_one_order() -> None:
    assert read("rect", "pin", "bottom  left left") == read("rect", "pin", "left bottom")


def test_each_word_is_a_field_of_its_element() -> None:
    for tag in TAGS:
        fields = tag.made.__dataclass_fields__
        assert {word.field for word in tag.words} <= fields.keys()
        inside = {"pages", "blocks", "runs", "text"}
        assert fields.keys() - inside == {word.field for word in tag.words}, tag.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stroke", "\\'" * 8000),
        ("fill", f"linear-gradient({'1' * 16_000}x, red)"),
        ("fill", "(" * 900_000),
        ("name", "x" * 900_000),
        ("radius", "1 " * 100_000),
    ],
)
def test_long_values_are_refused_at_once(name: str, text: str) -> None:
    begun = time.process_time()
    with pytest.raises(ValueError, match="expected"):
        read("rect", name, text)
    assert time.process_time() - begun < 0.5
