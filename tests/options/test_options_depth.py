"""What is said of focus and light, in a URL and in JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.errors import BadOption
from foveate.geometry.box import Point
from foveate.options.draw import options_from_json
from foveate.options.focus import focus, focus_text
from foveate.options.grammar import format_options, parse_options
from foveate.options.model import Focus, Refocus, SegmentOutput

SHARE = st.floats(0, 1, allow_nan=False)
FOCI = st.one_of(st.sampled_from(Focus), st.builds(Point, SHARE, SHARE))


@given(FOCI)
def test_what_is_in_focus_survives_being_written_and_read(at: Focus | Point) -> None:
    assert focus(focus_text(at)) == at


@given(FOCI, st.floats(1.4, 16))
def test_a_lens_survives_being_written_and_read(at: Focus | Point, aperture: float) -> None:
    text = f"refocus={focus_text(at)},refocus.aperture={aperture!r}"
    asked = parse_options(text).options
    assert asked.refocus == Refocus(at=at, aperture=aperture)
    assert parse_options(format_options(asked)).options == asked


def test_an_aperture_alone_asks_for_what_is_likely() -> None:
    asked = parse_options("refocus.aperture=1.4").options
    assert asked.refocus == Refocus(aperture=1.4)
    assert format_options(asked) == "refocus=auto,refocus.aperture=1.4"


def test_no_light_is_nothing_asked() -> None:
    assert parse_options("light=0").options.light is None
    assert parse_options("light=0.5").options.light == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refocus=left", "expected auto, face, or XxY with X and Y from 0 to 1, got 'left'"),
        ("refocus=2x0", "expected auto, face, or XxY with X and Y from 0 to 1, got '2x0'"),
        ("refocus.aperture=1", "expected a number from 1.4 to 16, got '1'"),
        ("light=2", "expected a number from 0 to 1, got '2'"),
    ],
)
def test_what_means_nothing_is_refused(text: str, expected: str) -> None:
    with pytest.raises(BadOption, match=expected):
        parse_options(text)


def test_depth_is_an_answer_of_a_cut_out() -> None:
    asked = parse_options("segment.output=depth").options
    assert asked.segment is not None
    assert asked.segment.output is SegmentOutput.DEPTH


@pytest.mark.parametrize(
    ("said", "expected"), [("subject", "subject"), (0.6, 0.6), ("0.6", 0.6), (1, 1.0)]
)
def test_an_overlay_may_stand_behind(said: object, expected: object) -> None:
    (overlay,) = options_from_json({"draw": [{"url": "a.png", "behind": said}]}).options.draw
    assert overlay.behind == expected


def test_an_overlay_behind_something_else_is_refused() -> None:
    with pytest.raises(
        BadOption, match=r"draw\[0\].behind: expected subject, or a nearness from 0 to 1"
    ):
        options_from_json({"draw": [{"url": "a.png", "behind": "tree"}]})
