from __future__ import annotations

import pytest

from foveate.errors import BadOption, BadSettings, UnknownPreset
from foveate.options.draw import options_from_json
from foveate.options.grammar import cache_key, parse_options, redirects_on_error
from foveate.options.model import Fit, Redact
from foveate.options.presets import read_presets

PRESETS = read_presets(
    {
        "avatar": "w=200,h=200,fit=cover",
        "sharp": "sharpen=1,width=300",
        "hidden": "redact=faces",
        "lenient": "onerror=redirect",
    }
)


def test_a_preset_asks_for_what_it_says() -> None:
    options = parse_options("preset=Avatar", PRESETS).options
    assert (options.width, options.height, options.fit) == (200, 200, Fit.COVER)


@pytest.mark.parametrize("text", ["width=90,preset=avatar", "preset=avatar,w=90"])
def test_options_beside_a_preset_win_wherever_they_stand(text: str) -> None:
    options = parse_options(text, PRESETS).options
    assert (options.width, options.height) == (90, 200)


@pytest.mark.parametrize("text", ["preset=avatar;sharp", "preset=avatar,preset=sharp"])
def test_several_presets_add_up_and_the_later_wins(text: str) -> None:
    options = parse_options(text, PRESETS).options
    assert (options.width, options.height, options.sharpen) == (300, 200, 1)


def test_two_spellings_are_one_rendition_and_a_changed_preset_is_another() -> None:
    key = cache_key(parse_options("preset=avatar", PRESETS).options)
    assert key == cache_key(parse_options("width=200,height=200,fit=cover").options)
    changed = read_presets({"avatar": "w=201,h=200,fit=cover"})
    assert key != cache_key(parse_options("preset=avatar", changed).options)


def test_a_preset_that_there_is_not_is_named_with_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownPreset, match=r"no preset 'avatars' \(did you mean avatar\?"):
        parse_options("preset=avatars", PRESETS)
    with pytest.raises(UnknownPreset):
        parse_options("preset=avatar")


def test_an_object_and_its_overlays_may_name_presets() -> None:
    parsed = options_from_json(
        {"preset": "sharp", "draw": [{"url": "/a.png", "preset": "hidden"}]}, presets=PRESETS
    )
    assert parsed.options.sharpen == 1
    assert parsed.options.draw[0].options.redact == Redact()


@pytest.mark.parametrize(
    ("text", "redirects"),
    [
        ("preset=lenient", True),
        ("preset=avatar,onerror=redirect", True),
        ("preset=hidden,onerror=redirect", False),
        ("preset=lenient;hidden", False),
        ("preset=lenient,preset=hidden", False),
        ("preset=misspelt,onerror=redirect", False),
        ("preset%3Dhidden,onerror=redirect", False),
    ],
)
def test_errors_never_lead_to_a_source_whose_faces_a_preset_hides(
    text: str, redirects: bool
) -> None:
    assert redirects_on_error(text, PRESETS) is redirects


def test_all_that_is_wrong_with_presets_is_reported_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        read_presets({"a": "width=-1", "b": "widht=80", "c": "preset=a", "d": "w=80", "e": "w"})
    problems = caught.value.public.split("\n")
    assert [problem.partition(":")[0] for problem in problems] == [
        "presets.a",
        "presets.b",
        "presets.c",
        "presets.e",
    ]
    assert "did you mean width?" in problems[1]


MODERATED = read_presets({"block": "moderate=block", "blur": "moderate=blur,width=9"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("preset=block", "block"),
        ("preset=block,moderate=blur", "block"),
        ("moderate=BLUR,preset=block", "block"),
        ("preset=blur,moderate=block", "block"),
        ("preset=block;blur", "block"),
        ("preset=blur;block", "block"),
        ("preset=blur", "blur"),
    ],
)
def test_nothing_beside_a_preset_lets_more_through_than_it_does(text: str, expected: str) -> None:
    assert parse_options(text, MODERATED).options.moderate == expected


@pytest.mark.parametrize("said", ["moderate=", "moderate=off", "moderate=false", "moderat=blur"])
def test_a_preset_that_moderates_is_not_taken_back(said: str) -> None:
    with pytest.raises(BadOption):
        parse_options(f"preset=block,{said}", MODERATED)
    assert not redirects_on_error(f"preset=block,{said},onerror=redirect", MODERATED)


def test_moderation_is_part_of_the_key() -> None:
    keys = {cache_key(parse_options(t).options) for t in ("", "moderate=blur", "moderate=block")}
    assert len(keys) == 3
