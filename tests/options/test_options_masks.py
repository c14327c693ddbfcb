"""Masks and effects in options: how they are written, read back, and refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.classes import ANY, CLASSES
from foveate.errors import BadOption
from foveate.options.colours import Colour
from foveate.options.draw import options_from_json
from foveate.options.effects import Duotone, Touch, changed_in, changes, cut_by
from foveate.options.grammar import cache_key, format_options, parse_options
from foveate.options.masks import (
    MOST,
    Clicked,
    Depth,
    Ellipse,
    Line,
    Seen,
    Target,
    Things,
    targets,
    targets_text,
)
from foveate.options.table import check_supported

CLICKED = "k3vq5w2n7r4ytb6mzc2dxfhjsa"
SHARES = st.floats(0, 1).map(abs)
PLACES = st.floats(-1, 2).map(lambda at: at + 0.0)
RADII = st.floats(0.001, 4)
TARGETS: st.SearchStrategy[Target] = st.one_of(
    st.sampled_from(list(Seen)),
    st.tuples(SHARES, SHARES).filter(lambda d: d[0] != d[1]).map(lambda d: Depth(max(d), min(d))),
    st.builds(Ellipse, PLACES, PLACES, RADII, RADII),
    st.builds(Line, PLACES, PLACES, PLACES, PLACES).filter(
        lambda line: (line.x, line.y) != (line.to_x, line.to_y)
    ),
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26).map(Clicked),
    st.sets(st.sampled_from(CLASSES), min_size=1, max_size=3).map(
        lambda c: Things(tuple(sorted(c)))
    ),
)


def touch(text: str) -> Touch:
    read = parse_options(text)
    assert not read.unknown
    assert read.options.touch is not None
    return read.options.touch


@given(st.lists(TARGETS, min_size=1, max_size=5))
def test_targets_survive_being_written_and_read_in_any_order(meant: list[Target]) -> None:
    once = [each for each in meant if not isinstance(each, Things)]
    once += (
        [next(each for each in meant if isinstance(each, Things))] if len(once) < len(meant) else []
    )
    read = targets(targets_text(tuple(once)))
    assert set(read) == set(once)
    assert targets(targets_text(tuple(reversed(once)))) == read
    assert targets(targets_text(read)) == read


@given(st.lists(TARGETS, min_size=1, max_size=3), st.floats(0.01, 250))
def test_a_url_with_a_mask_says_the_same_when_it_is_written_anew(
    meant: list[Target], length: float
) -> None:
    text = targets_text(targets(targets_text(tuple(meant[:1]))))
    options = parse_options(f"mask={text},effect.blur={length!r},effect.invert=true").options
    assert parse_options(format_options(options)).options == options


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Subject", (Seen.SUBJECT,)),
        ("face|subject|face", (Seen.FACE, Seen.SUBJECT)),
        ("object:dog|Dining-Table|face", (Seen.FACE, Things(("dining table", "dog")))),
        ("object:dog|object:cat", (Things(("cat", "dog")),)),
        ("object", (Things((ANY,)),)),
        ("depth:0.4:1", (Depth(1.0, 0.4),)),
        ("ellipse:.5x.5x.2x.3", (Ellipse(0.5, 0.5, 0.2, 0.3),)),
        ("line:0.5x0x0.5x0.4", (Line(0.5, 0.0, 0.5, 0.4),)),
        (f"select:{CLICKED}", (Clicked(CLICKED),)),
        (CLICKED.upper(), (Clicked(CLICKED),)),
    ],
)
def test_what_can_be_meant(text: str, meant: tuple[Target, ...]) -> None:
    assert targets(text) == meant


def test_one_mask_is_one_rendition_however_it_is_written() -> None:
    texts = [f"mask={CLICKED}|face", f"mask=Face|select:{CLICKED}", f"mask=face|{CLICKED}|face"]
    keys = {cache_key(parse_options(f"{text},effect.lens=8").options) for text in texts}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("elipse:0.5x0.5x1x1", r"got 'elipse:0.5x0.5x1x1' \(did you mean ellipse\?\)"),
        ("face|elipse:1", r"as number 2 of 2"),
        ("cat", r"did you mean object:cat\?"),
        ("object:hrse", r"did you mean horse\?"),
        ("ellipse:0.5x0.5x0.2", "expected ellipse:XxYxRXxRY"),
        ("ellipse:0.5x0.5x0x0.2", "expected ellipse:XxYxRXxRY"),
        ("line:0.5x0.5x0.5x0.5", "two places that differ"),
        ("line:nanx0x1x1", "two places that differ"),
        ("depth:0.5", "expected depth:NEAR:FAR"),
        ("depth:0.5:0.5", "expected depth:NEAR:FAR"),
        ("depth:0:2", "expected depth:NEAR:FAR"),
        ("select:abc", "the 26 letters and digits"),
        ("", "expected subject, face"),
        ("face|", "as number 2 of 2"),
        ("|".join(["face"] * (MOST + 1)), f"at most {MOST} targets, got {MOST + 1}"),
    ],
)
def test_what_means_nothing_is_refused_where_it_stands(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        targets(text)


def test_a_url_says_which_option_and_how_it_is_written() -> None:
    with pytest.raises(
        BadOption, match=r"Option effect.mask: expected .* Write effect.mask=TARGET"
    ):
        parse_options("effect.mask=face|nobody-knows:1")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("effect.blur=2.5", Touch(blur=2.5)),
        ("effect.lens=8,effect.feather=20", Touch(lens=8, feather=20)),
        ("effect.saturation=0", Touch(saturation=0)),
        ("effect.grayscale=true", Touch(grayscale=True)),
        (
            "effect.duotone=navy:%23ffd9a0",
            Touch(duotone=Duotone(Colour(0, 0, 128), Colour(255, 217, 160))),
        ),
        (
            "effect.duotone=rgb(0,0,128):white",
            Touch(duotone=Duotone(Colour(0, 0, 128), Colour(255, 255, 255))),
        ),
        ("effect.tint=tomato", Touch(tint=Colour(255, 99, 71))),
        ("effect.pixelate=20,mask=face", Touch(pixelate=20, mask=(Seen.FACE,))),
    ],
)
def test_effects_survive_being_written_and_read(text: str, asked: Touch) -> None:
    assert touch(text) == asked
    assert touch(format_options(parse_options(text).options)) == asked


def test_effects_are_named_in_the_order_of_their_work_and_none_at_rest() -> None:
    asked = touch("effect.sharpen=1,effect.saturation=0,effect.lens=3")
    assert asked.effects == ("lens", "saturation", "sharpen")
    at_rest = "effect.blur=0,effect.brightness=1,effect.saturation=1,effect.grayscale=false"
    assert parse_options(at_rest).options.touch is None
    assert not changes(parse_options("mask=face").options)


def test_the_mask_of_effects_is_their_own_or_the_one_of_all() -> None:
    both = parse_options("segment=foreground,mask=face,effect.mask=subject,effect.blur=1").options
    assert (cut_by(both), changed_in(both)) == ((Seen.FACE,), (Seen.SUBJECT,))
    one = parse_options("mask=face,effect.blur=1").options
    assert (cut_by(one), changed_in(one)) == ((), (Seen.FACE,))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("effect.blur=1,effect.invert=true", "Expected mask or effect.mask beside effect.invert"),
        ("mask=face,segment.keep=dog", "Expected mask, or segment.keep"),
        ("mask=face,segment.person=1", "Expected mask, or segment.keep"),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        check_supported(parse_options(text).options)


def test_masks_are_said_in_json_as_in_a_url() -> None:
    said = options_from_json({"mask": "object:dog", "effect": {"lens": 8, "invert": True}}).options
    assert said == parse_options("mask=object:dog,effect.lens=8,effect.invert=true").options
    drawn = options_from_json({"draw": [{"url": "a.png", "effect.blur": 3}]}).options.draw
    assert drawn[0].options.touch == Touch(blur=3)
