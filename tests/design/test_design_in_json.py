from __future__ import annotations

import json
from typing import Any

import pytest
from design_stand import story, with_words

from foveate.design import in_json
from foveate.design.nodes.limits import Limits
from foveate.errors import BadDesign, DesignTooLarge


def test_numbers_are_numbers_and_runs_a_list() -> None:
    title = in_json.scene_to_json(story())["pages"][0]["blocks"][1]
    assert title["size"] == 96
    assert title["runs"] == ["Summer ", {"text": "sale", "color": "#ff6347"}, "\n50 % off & more"]


def test_lengths_of_json_may_have_units() -> None:
    told = in_json.scene_to_json(story())
    told["pages"][0]["blocks"][0]["width"] = "50%"
    expected = with_words('width="1080" height="1152"', 'width="540" height="1152"')
    assert in_json.scene_from_json(told) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "got what is none"),
        ("[" * 100_000, "got what is none"),
        ("[]", "design: expected an object, got '[]'"),
        ('{"pages": {}}', "design.pages: expected a list"),
        ('{"pages": [{"width": null, "height": 1}]}', "pages[0].width: expected a number, a text"),
        ('{"pages": [{"width": NaN, "height": 1}]}', "expected a length"),
        (f'{{"pages": [{{"width": 1{"0" * 400}, "height": 1}}]}}', "expected a smaller number"),
        ('{"pages": [{"width": 1, "height": 1, "blocks": [{"type": "x"}]}]}', "no element 'x'"),
        ('{"pages": [{"width": 1, "height": 1, "blocks": [{"type": 1}]}]}', "expected the type"),
    ],
)
def test_what_is_no_design_is_refused(text: str, told: str) -> None:
    with pytest.raises(BadDesign) as refused:
        in_json.loads(text)
    assert told in refused.value.public


def nested(depth: int) -> dict[str, Any]:
    group: dict[str, Any] = {"type": "group", "width": 1, "height": 1}
    return group | ({"blocks": [nested(depth - 1)]} if depth else {})


def test_what_is_too_large_is_refused() -> None:
    page = {"width": 1, "height": 1, "blocks": [nested(50)]}
    with pytest.raises(DesignTooLarge, match="within each other"):
        in_json.scene_from_json({"version": 1, "pages": [page]})
    with pytest.raises(DesignTooLarge, match="bytes"):
        in_json.loads(json.dumps(in_json.scene_to_json(story())), Limits(bytes=100))
