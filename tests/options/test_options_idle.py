"""Options that change nothing beside the others are left out of the work, and named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.options.draw import options_from_json
from foveate.options.grammar import format_options, parse_options
from foveate.options.idle import idle_note, settled
from foveate.options.table import check_supported

CUT = "segment=foreground"
MATTE, DEPTH = "segment.output=matte", "segment.output=depth"
BEHIND, LENS = "segment.background", ["refocus", "refocus.aperture", "light"]
EFFECT = "effect.blur=9"


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("mask=subject", ["mask"]),
        ("mask=aaaaaaaaaaaaaaaaaaaaaaaaaa", ["mask"]),
        ("effect.invert=true", ["effect.invert"]),
        ("effect.blur=0,effect.mask=face,effect.feather=40", ["effect.mask", "effect.feather"]),
        (f"{EFFECT},effect.feather=40", ["effect.feather"]),
        (f"{EFFECT},mask=face,effect.mask=subject", ["mask"]),
        (f"{CUT},mask=face,effect.mask=subject", ["effect.mask"]),
        (f"{DEPTH},segment.keep=dog,{BEHIND}=red", [BEHIND, "segment.keep"]),
        (f"{DEPTH},segment.trim=true,segment.quality=fast", ["segment.quality", "segment.trim"]),
        (f"{DEPTH},mask=subject,{EFFECT}", ["mask", "effect.blur"]),
        (f"{DEPTH},light=1,refocus=face,refocus.aperture=4", LENS),
        (f"{DEPTH},style=poster,style.seed=3", ["style", "style.seed"]),
        (f"{MATTE},style=poster,light=1,{EFFECT}", ["style", "effect.blur", "light"]),
        (f"{MATTE},segment.shadow=0.5,{BEHIND}=blur", [BEHIND, "segment.shadow"]),
        (f"{CUT},segment.keep=dog,segment.quality=fast", ["segment.quality"]),
        (f"{CUT},mask=face,segment.quality=fast", ["segment.quality"]),
    ],
)
def test_what_changes_nothing_is_left_out_and_named(text: str, idle: list[str]) -> None:
    asked = parse_options(f"width=90,{text}").options
    left = settled(asked)
    assert list(left.idle) == idle
    assert settled(left) == left
    said = dict(each.split("=", 1) for each in format_options(asked).split(",") if "=" in each)
    kept = ",".join(f"{name}={value}" for name, value in said.items() if name not in idle)
    assert replace(left, idle=()) == parse_options(kept).options


@pytest.mark.parametrize(
    "text",
    [
        "width=90,brightness=2",
        EFFECT,
        f"{EFFECT},mask=face,effect.invert=true,effect.feather=9",
        f"{CUT},mask=face",
        f"{CUT},mask=face,{EFFECT},effect.mask=subject",
        f"{CUT},mask=subject,segment.quality=fast",
        f"{CUT},segment.keep=dog,{EFFECT},effect.mask=subject,segment.quality=fast",
        f"{CUT},segment.drop=dog,segment.quality=fast,segment.shadow=0.5,style=poster,light=1",
        f"{MATTE},mask=face,segment.trim=true,segment.drop=dog,brightness=2",
        f"{DEPTH},background=red,border.color=red,border.width=2",
    ],
)
def test_what_changes_something_stays(text: str) -> None:
    asked = parse_options(text).options
    check_supported(asked)
    assert settled(asked) is asked or settled(asked) == asked


def test_a_map_of_depth_behind_a_subject_finds_it_as_finely_as_was_asked() -> None:
    drawn = [{"url": "a.png", "behind": "subject"}]
    asked = options_from_json(
        {"segment": {"output": "depth", "quality": "fast"}, "draw": drawn}
    ).options
    assert settled(asked) == asked


def test_what_changes_nothing_is_told_in_a_sentence() -> None:
    one, three = (
        idle_note(settled(parse_options(text).options))
        for text in ("mask=face", "effect.invert=true,effect.mask=face,effect.feather=9")
    )
    assert one == "mask changes nothing beside the other options"
    assert three == (
        "effect.mask, effect.invert and effect.feather change nothing beside the other options"
    )
    assert not idle_note(parse_options("width=9").options)
