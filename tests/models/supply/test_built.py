from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from models_stand import SCALED, card_for, scaling, sha256

from foveate.errors import WeightsCorrupt
from foveate.models.supply.built import build_checked, record, record_of, recorded

if TYPE_CHECKING:
    from pathlib import Path

CARD = card_for(b"", "file:/x", weights=scaling(), build=("onnx", "any-batch"), reference=SCALED)


def test_a_network_that_says_what_its_card_says_is_built() -> None:
    assert b"batch" in build_checked(CARD, [scaling()])


@pytest.mark.parametrize("value", [2.01, float("nan")])
def test_a_network_that_says_something_else_is_not_installed(value: float) -> None:
    wrong = replace(CARD, reference=replace(SCALED, firsts=((0, value),)))
    with pytest.raises(WeightsCorrupt, match=r"tiny as built .* within 0\.0001 of the reference"):
        build_checked(wrong, [scaling()])


@pytest.mark.parametrize(
    ("words", "data", "complaint"),
    [
        (("onnx",), b"<html>", "an ONNX file"),
        (("onnx",), b"", "onnxruntime cannot run it"),
        (("onnx", "any-batch:2"), scaling(), "TypeError"),
        (("tfjs",), scaling(), "TypeError"),
        (("melt",), scaling(), "expected build to be of onnx"),
    ],
)
def test_what_cannot_be_built_is_corrupt(
    words: tuple[str, ...], data: bytes, complaint: str
) -> None:
    with pytest.raises(WeightsCorrupt, match=rf"tiny cannot be built of tiny_net.*{complaint}"):
        build_checked(replace(CARD, build=words), [data])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    record_of(path).write_bytes(record(CARD, b"network"))
    return path


def test_the_record_vouches_for_what_this_card_built(path: Path) -> None:
    assert recorded(CARD, path) == (sha256(b"network"), 7)
    assert recorded(CARD, path.with_name("other.onnx")) is None


def test_another_card_or_another_version_of_a_recipe_builds_anew(path: Path) -> None:
    assert recorded(replace(CARD, build=("onnx",)), path) is None
    assert recorded(replace(CARD, sha256="0" * 64), path) is None
    facts = json.loads(record_of(path).read_bytes())
    assert facts["recipe"] == ["onnx@1", "any-batch@1"]
    record_of(path).write_text(json.dumps(facts | {"recipe": ["onnx@0", "any-batch@1"]}))
    assert recorded(CARD, path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"sha256": "x", "bytes": "many"}'])
def test_a_record_that_cannot_be_read_vouches_for_nothing(path: Path, text: str) -> None:
    record_of(path).write_text(text)
    assert recorded(CARD, path) is None
