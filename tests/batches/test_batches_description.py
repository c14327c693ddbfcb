"""What a batch is to do, as JSON says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foveate.batches.description import OnError, Rendered, description_from_json
from foveate.batches.library import description_of
from foveate.errors import BadOption

ASKED: dict[str, Any] = {
    "sources": ["photos"],
    "out": "small",
    "renditions": [{"options": "width=40"}, {"options": "width=80", "name": "{stem}.jpg"}],
    "parts": ["faces"],
    "on_error": "stop",
}


def test_json_says_all_that_a_program_can() -> None:
    asked = description_from_json(ASKED)
    assert asked.renditions[1] == Rendered(options="width=80", name="{stem}.jpg")
    assert asked.on_error is OnError.STOP
    assert description_from_json(json.loads(json.dumps(asked.to_json()))) == asked


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sources": []}, "a source"),
        ({"sources": "photos"}, "sources as a list"),
        ({"sources": [1]}, "sources as text"),
        ({"out": ""}, "where to write"),
        ({"out": 3}, "out as text"),
        ({"renditions": [], "parts": []}, "renditions, parts or crops"),
        ({"renditions": ["width=40"]}, "a rendition as an object"),
        ({"renditions": [{"option": "width=40"}]}, "'option'"),
        ({"renditions": [{"options": "width=1"}] * 51}, "at most 50"),
        ({"renditions": [{"name": "{stem}.jpg"}] * 2}, "a name for each rendition"),
        ({"tables": "csv"}, "tables and on_error"),
        ({"format": "webp"}, "'format'"),
    ],
)
def test_what_no_batch_can_do_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(BadOption, match=told):
        description_from_json({**ASKED, **change})


def test_one_name_serves_all_renditions_where_it_tells_them_apart() -> None:
    asked = description_of(["a"], "out", ["width=1", "width=2"], names=["{path}-{width}.{ext}"])
    assert [each.text for each in asked.templates] == ["{path}-1.{ext}", "{path}-2.{ext}"]
    asked = description_of(["a"], "out", ["width=1", "width=2"])
    assert [each.text for each in asked.templates] == ["{path}-1.{ext}", "{path}-2.{ext}"]
    with pytest.raises(BadOption, match="one for each, got 3"):
        description_of(["a"], "out", ["width=1", "width=2"], names=["a", "b", "c"])


@pytest.mark.parametrize("source", ["photos", "a/*.csv", "s3://shop/raw/", "https://b.com/l.csv"])
def test_a_word_that_no_picture_of_a_source_has_is_refused(source: str) -> None:
    with pytest.raises(BadOption, match=r"in braces, got '\{steem\}' \(did you mean stem\?\)"):
        description_of([source], "out", ["width=1"], names=["{steem}.jpg"])


@pytest.mark.parametrize("source", ["-", "shop.csv", "shop.parquet"])
def test_a_word_may_be_a_column_of_a_list(source: str) -> None:
    asked = description_of(["photos", source], "out", ["width=1"], names=["{sku}.jpg"])
    assert asked.templates[0].words == ("sku",)


def test_parts_alone_make_no_rendition() -> None:
    assert description_of(["a"], "out", [], parts=["faces"]).renditions == ()


def test_a_batch_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(BadOption, match="got none of them: say options such as width=800"):
        description_of(["photos"], "out", [])
    assert description_of(["photos"], "out", [""]).renditions == (Rendered(),)


def test_names_and_rows_of_a_list_may_ask_by_themselves() -> None:
    named = description_of(["photos"], "out", [], names=["{path}.webp"])
    assert named.renditions == (Rendered(name="{path}.webp"),)
    assert description_of(["shop.csv"], "out", []).renditions == (Rendered(),)
