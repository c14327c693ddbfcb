"""The `sizes` of an image: how wide it is shown at most and at least."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.options.sizes import LONGEST, slots


@pytest.mark.parametrize(
    ("sizes", "least", "greatest"),
    [
        ("100vw", 320, 1920),
        ("", 320, 1920),
        ("300px", 300, 300),
        ("20em", 320, 320),
        ("(max-width: 600px) 100vw, 300px", 300, 592),
        ("(MIN-WIDTH: 50em) 50vw, 100vw", 320, 960),
        ("(width >= 800px) 400px, 100vw", 320, 784),
        ("(min-width: 600px) and (max-width: 799px) 10px, 500px", 10, 500),
        ("calc(50vw - (1rem + 4px) * 2)", 120, 920),
        ("min(100vw, 700px)", 320, 700),
        ("clamp(400px, 50vw, 40rem)", 400, 640),
        ("max(10vw, 100px) ", 100, 192),
        ("auto, 200px", 200, 200),
        ("auto", 320, 1920),
        # Where nothing matches, browsers take 100vw.
        ("(min-width: 800px) 50vw", 320, 960),
        ("(max-width: 600px) 100px", 100, 1920),
    ],
)
def test_sizes_are_read_as_browsers_do(sizes: str, least: float, greatest: float) -> None:
    assert slots(sizes) == (least, greatest)


def test_a_condition_about_something_else_may_hold_or_not() -> None:
    assert slots("(orientation: portrait) 900px, 300px") == (300, 900)
    assert slots("not (min-width: 1px) 900px, 300px") == (300, 900)


@pytest.mark.parametrize(
    "sizes",
    [
        "wide",
        "50%",
        "calc(100vw -)",
        "calc(1px / 0)",
        "clamp(1px, 2px)",
        "100vw)",
        "(" * 400,
        "calc(" * 20 + "1px" + ")" * 20,
        "(min-width: soon) 1px, 2px",
        "0px",
        "9" * 400 + "px",
        "1" + "0" * 308 + "px",
        "100001px",
        "100vw" + " " * LONGEST,
    ],
)
def test_what_is_no_length_is_refused_in_a_sentence(sizes: str) -> None:
    with pytest.raises(BadOption, match=r"^Expected sizes"):
        slots(sizes)


@pytest.mark.parametrize(
    ("sizes", "meant"),
    [
        ("800", "800px or 800vw"),
        ("(min-width: 800px) 50, 100vw", "50px or 50vw"),
        ("min-width: 800px 50vw, 100vw", "(min-width: 800px) 50vw"),
        ("width >= 800px 50vw", "(width >= 800px) 50vw"),
    ],
)
def test_what_browsers_drop_is_refused_with_what_was_meant(sizes: str, meant: str) -> None:
    with pytest.raises(BadOption) as raised:
        slots(sizes)
    assert str(raised.value).endswith(f"(did you mean {meant}?).")
