"""The identity of a dataset: one for all spellings of a configuration, another for another one."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from foveate.datasets.identity import ID, Identity, canonical, request_from_json, whole
from foveate.datasets.schema import checked_schema, filled
from foveate.errors import BadConfiguration

SCHEMA = whole(
    {
        "$defs": {"side": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 256}},
        "properties": {
            "label": {"type": "string", "default": "café"},
            "exposure": {"type": "number", "minimum": -4, "maximum": 4, "default": 0},
            "flip": {"type": "boolean", "default": False},
            "any": {},
            "classes": {
                "type": "array",
                "uniqueItems": True,
                "x-foveate-set": True,
                "items": {"type": "string"},
                "default": ["cat", "dog"],
            },
            "sizes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "width": {"$ref": "#/$defs/side"},
                        "height": {"$ref": "#/$defs/side"},
                        "blur": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None},
                    },
                    "additionalProperties": False,
                },
            },
        },
    }
)
CONFIG = {
    "label": "Café Å",
    "exposure": 1,
    "any": {"b": 2, "a": [1, 2.5]},
    "classes": ["dog", "bird", "cat"],
    "sizes": [{"width": 100, "blur": 2.0}, {"width": 30, "height": 256}],
    "shards": {"samples": 20},
}


def spelt(value: Any, random: Random, name: str = "") -> str:
    """Return JSON of a value as somebody else might write it."""
    space = random.choice(("", " ", "\n"))
    if isinstance(value, dict):
        rows = [f"{spelt(key, random)}:{space}{spelt(value[key], random, key)}" for key in value]
        return "{" + f",{space}".join(random.sample(rows, len(rows))) + "}"
    if isinstance(value, list):
        rows = [spelt(each, random) for each in value]
        rows = random.sample(rows, len(rows)) if name == "classes" else rows
        return "[" + f"{space},".join(rows) + "]"
    if isinstance(value, str):
        form = unicodedata.normalize(random.choice(("NFC", "NFD")), value)
        return json.dumps(form, ensure_ascii=random.random() < 0.5)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    forms = [repr(value), f"{value:.3e}", f"{value:.2f}", f"{value * 10}e-1"]
    return random.choice(forms)


def with_some_defaults(config: dict[str, Any], random: Random) -> dict[str, Any]:
    told = {**config, "sizes": [dict(each) for each in config["sizes"]]}
    for where, name, value in (
        (told, "flip", False),
        (told, "seed", 0),
        (told["sizes"][0], "height", 256),
        (told["sizes"][1], "blur", None),
    ):
        if random.random() < 0.5:
            where[name] = value
    if random.random() < 0.5:
        told["shards"] = {**told["shards"], "format": "webdataset"}
    return told


def identity(config: bytes) -> str:
    return Identity(
        name="coco", handler="crop", version="1.0", pin="ab", config=config, raw_digest="cd"
    ).id


def test_a_thousand_spellings_of_one_configuration_are_one_dataset() -> None:
    random = Random(7)  # noqa: S311
    texts = {spelt(with_some_defaults(CONFIG, random), random) for _ in range(1000)}
    assert len(texts) == 1000
    assert len({canonical(json.loads(text), SCHEMA) for text in texts}) == 1
    assert len({identity(canonical(json.loads(text), SCHEMA)) for text in texts}) == 1


def test_two_configurations_that_differ_by_one_number_are_two_datasets() -> None:
    other = {**CONFIG, "sizes": [{"width": 101, "blur": 2.0}, CONFIG["sizes"][1]]}  # type: ignore[index]
    assert len({identity(canonical(each, SCHEMA)) for each in (CONFIG, other)}) == 2


def test_every_part_of_what_a_dataset_is_made_of_is_part_of_what_it_is_called() -> None:
    one = Identity(name="a", handler="b", version="1", pin="c", config=b"{}", raw_digest="d")
    names = ("name", "handler", "version", "pin", "raw_digest")
    others = [replace(one, **{name: "other"}) for name in names]
    others.append(replace(one, config=b'{"a":1}'))
    # Where one word ends and the next begins is not lost.
    others.append(replace(one, version="1c", pin=""))
    assert len({each.digest for each in (one, *others)}) == 8
    assert all(ID.fullmatch(each.id) for each in (one, *others))


def test_numbers_are_what_the_schema_says_and_defaults_are_filled_in() -> None:
    told = filled(CONFIG, SCHEMA)
    assert repr(told["exposure"]) == "1.0"
    assert [repr(size["width"]) for size in told["sizes"]] == ["100", "30"]
    assert told["sizes"] == [
        {"blur": 2.0, "height": 256, "width": 100},
        {"blur": None, "height": 256, "width": 30},
    ]
    assert told["classes"] == ["bird", "cat", "dog"]
    assert told["shards"] == {"format": "webdataset", "max_bytes": 256 << 20, "samples": 20}
    assert repr(filled({"exposure": -0.0}, SCHEMA)["exposure"]) == "0.0"
    assert repr(filled({"any": [2.0, 2**60 + 1]}, SCHEMA)["any"]) == f"[2, {2**60 + 1}]"


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"exposure": 9}, r"config\.exposure: expected at most 4, got 9\.0"),
        ({"exposure": "9"}, r"config\.exposure: expected number, got '9'"),
        ({"sizes": [{"width": 0}]}, r"config\.sizes\[0\]\.width: expected at least 1, got 0"),
        ({"sizes": [{"wide": 1}]}, r"nothing but blur, height, width, got wide\.$"),
        ({"sizes": [{"blur": "x"}]}, r"config\.sizes\[0\]\.blur: expected"),
        ({"flips": True}, r"expected a name that is known, got flips \(did you mean flip\?\)\.$"),
        ({"shards": {"format": "zip"}}, "expected one of webdataset, tfrecord"),
        ({"exposure": float("nan")}, "Expected what JSON has"),
        ({"any": 10**30}, "Expected what JSON has"),
        ({"any": "\ud800"}, "half of a pair"),
        ({"any": {"\u00e9": 1, "e\u0301": 2}}, "two spellings"),
        ({"any": deep(40)}, "levels"),
        ({"any": [1] * 20_000}, "values"),
        ([], "object"),
        ({"flip": 1}, "expected boolean, got 1"),
    ],
)
def test_what_a_handler_does_not_take_is_refused_by_its_place(config: Any, said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        canonical(config, SCHEMA)


def nested(levels: int) -> Any:
    schema: Any = {}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"properties": {"a": {"$ref": "https://example.com/schema"}}},
        {"properties": {"shards": {}}},
        {"properties": {"a": {"$ref": "#/$defs/nowhere"}}},
        {"properties": {"a": {"$ref": "#/title/x"}}, "title": "a text"},
        {"properties": {"a": {"$ref": "#/allOf/3"}}, "allOf": [{}]},
        {"properties": {"a": {"$ref": "#nobody"}}},
        {"properties": {"a": {"$ref": "#/properties/b/title"}, "b": {"title": "c"}}},
        {"properties": {"a": {"$id": "https://example.com/a", "$ref": "#/properties/a"}}},
        {"properties": {"a": {"pattern": "("}}},
        {"patternProperties": {"[": {}}},
        {"properties": {"default": {"$ref": "https://example.com/schema"}}},
        {"dependencies": {"default": {"pattern": "("}}},
        # What is not checked as a schema is none.
        {"properties": {"a": {"$ref": "#/default"}}, "default": {"$ref": "https://example.com"}},
        {"properties": {"a": {"$ref": "#/enum/0"}}, "enum": [{"pattern": "("}]},
        nested(2000),
        [],
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema: Any) -> None:
    with pytest.raises(BadConfiguration):
        whole(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"default": {"$ref": "x.json"}, "type": "object"},
        {"const": {"$ref": "x.json"}},
        {"enum": [{"pattern": "("}]},
        {"examples": [{"$id": "a", "$ref": "x.json"}]},
        {"type": "object", "properties": {"$ref": {"type": "string"}}},
        {"dependentRequired": {"$ref": ["$id"]}},
    ],
)
def test_data_and_names_may_look_like_references(schema: Any) -> None:
    whole = {"properties": {"a": schema}}
    assert checked_schema(whole) == whole


@pytest.mark.parametrize("reference", ["#/$defs/a%20b~1c", "#named", "#/prefixItems/0"])
def test_a_reference_leads_to_defaults_however_it_is_written(reference: str) -> None:
    inner = {"type": "object", "properties": {"size": {"default": 1}}}
    schema = {
        "$defs": {"a b/c": inner, "d": {"$anchor": "named", **inner}},
        "prefixItems": [inner],
        "properties": {"a": {"$ref": reference}},
    }
    assert filled({"a": {}}, checked_schema(schema)) == {"a": {"size": 1}}


def test_a_schema_of_itself_alone_is_refused_with_a_sentence() -> None:
    schema = checked_schema({"properties": {"a": {"$ref": "#/properties/a"}}})
    with pytest.raises(BadConfiguration, match="a schema that ends"):
        filled({"a": 1}, schema)


def test_a_schema_that_refers_to_itself_ends_with_the_configuration() -> None:
    tree = {"$ref": "#/$defs/tree"}
    node = {"type": "object", "properties": {"left": tree, "size": {"default": 1}}}
    schema = checked_schema({"$defs": {"tree": node}, **tree})
    assert filled({"left": {}}, schema) == {"left": {"size": 1}, "size": 1}


@pytest.mark.parametrize(
    "said",
    [None, {"name": "../x", "handler": "a"}, {"name": "a", "handler": ""}, {"name": "a", "x": 1}],
)
def test_a_request_that_asks_for_nothing_is_refused(said: Any) -> None:
    with pytest.raises(BadConfiguration):
        request_from_json(said)


def test_of_a_request_the_word_that_was_meant_is_said() -> None:
    words = "name, handler, version, config, webhook"
    said = rf"with {words}, got 'confg' \(did you mean config\?\)\."
    with pytest.raises(BadConfiguration, match=said):
        request_from_json({"name": "a", "confg": {}})


def test_what_a_pattern_is_about_is_said_in_words() -> None:
    about = "A colour in six hex digits."
    fill = {"type": "string", "pattern": "^[0-9a-f]{6}$", "description": about}
    with pytest.raises(BadConfiguration, match=rf"got 'red'\. {about}"):
        filled({"fill": "red"}, checked_schema({"properties": {"fill": fill}}))


def test_instead_of_a_pattern_examples_are_told_where_there_are_some() -> None:
    fill = {"type": "string", "pattern": "^[0-9a-f]{6}$", "examples": ["00ff00", "000000"]}
    said = r"config\.fill: expected a text such as '00ff00' or '000000', got 'red'\."
    with pytest.raises(BadConfiguration, match=said):
        filled({"fill": "red"}, checked_schema({"properties": {"fill": fill}}))
