from __future__ import annotations

import math
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest
from models_stand import SCALED, card_for, scaling
from onnx import TensorProto, helper

from foveate.models.supply.card import Member, Reference
from foveate.models.supply.recipes import RECIPES, build, deviation, fingerprint, pattern

if TYPE_CHECKING:
    import onnx

CARD = card_for(b"", "file:/x", build=("onnx", "any-batch"), reference=SCALED)


@pytest.mark.parametrize("name", RECIPES)
def test_every_word_names_a_function(name: str) -> None:
    recipe = RECIPES[name]
    assert callable(
        getattr(import_module(f"foveate.models.supply.{recipe.module}"), recipe.function)
    )


def test_words_are_done_in_order_with_their_arguments() -> None:
    made = build(("onnx", "expose:y:again", "prune:again"), [scaling()])
    assert deviation(made, SCALED) == 0


@pytest.mark.parametrize("words", [("melt",), ("onnx", "melt")])
def test_a_word_that_is_no_recipe_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected build to be of onnx, .*; got melt"):
        build(words, [scaling()])


def graph_of(*nodes: onnx.NodeProto, shape: tuple[int, ...] | None = (1, 3, 4, 4)) -> bytes:
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy")
    graph = helper.make_graph([*nodes], "odd", [x], [y])
    made: bytes = helper.make_model(graph).SerializeToString()
    return made


node = helper.make_node
ODD = {
    "any-batch": graph_of(node("Reshape", ["x"], ["y"])),  # to no shape
    "any-size": graph_of(node("Resize", ["x"], ["y"])),  # to no size
    "any-sides": graph_of(node("Relu", ["x"], ["y"]), shape=()),
    "prune:y": graph_of(node("Add", ["x", "y"], ["z"]), node("Relu", ["z"], ["y"])),  # a circle
}


@pytest.mark.parametrize("word", ODD)
def test_a_network_of_another_shape_than_a_word_is_for_is_a_value_error(word: str) -> None:
    with pytest.raises(ValueError, match=r"expects another network|to double|in a cycle"):
        build(("onnx", word), [ODD[word]])


def test_the_input_of_a_reference_runs_up_and_starts_again_after_251() -> None:
    x = pattern(Reference(shape=(2, 252), mul=4, add=-2, firsts=()))
    assert x.dtype == np.float32
    assert (x[0, 0], x[0, 125], x[0, 250], x[0, 251], x[1, 0]) == (-2, 0, 2, -2, np.float32(-1.984))


@pytest.mark.parametrize(
    ("reference", "off"),
    [
        (SCALED, 0),
        (replace(SCALED, firsts=((0, 2.5),)), 0.5),
        (replace(SCALED, means=(0.75,)), 0.25),
        (replace(SCALED, firsts=((math.nan,),)), math.nan),
    ],
)
def test_the_deviation_is_the_worst_of_first_values_and_means(
    reference: Reference, off: float
) -> None:
    assert deviation(scaling(), reference) == pytest.approx(off, nan_ok=True)


def test_a_reference_names_every_output() -> None:
    with pytest.raises(ValueError, match="expected 2 outputs, got 1"):
        deviation(scaling(), replace(SCALED, firsts=((), ())))


def test_the_fingerprint_of_a_file_as_it_is_starts_its_sha256() -> None:
    assert fingerprint(replace(CARD, build=())) == CARD.sha256[:12]


def test_the_fingerprint_changes_with_what_decides_about_the_answers() -> None:
    others = [
        CARD,
        replace(CARD, build=("onnx",)),
        replace(CARD, build=("onnx", "any-batch", "prune:y")),
        replace(CARD, build=("onnx", "any-batch", "prune:z")),
        replace(CARD, sha256="0" * 64),
        replace(CARD, beside=(Member(path="a.bin", sha256="0" * 64),)),
    ]
    assert len({fingerprint(card) for card in others}) == len(others)
    assert fingerprint(replace(CARD, name="renamed", licence="none")) == fingerprint(CARD)
