from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.models.check.checks import check, check_all, checkable, due, timed
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.parity import parity_of
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.card import Task
from foveate.settings import Engine, Models, Runtime
from network_stand import negation, network_card

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard

FEED = {"weird": np.full((1, 3, 4, 4), 250, np.float32)}
needs_openvino = pytest.mark.skipif(not installed(), reason="OpenVINO is not installed")
needs_bf16 = pytest.mark.skipif(
    not (installed() and this_processor().bf16), reason="needs OpenVINO and a bf16 processor"
)


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    return Models(folder=str(tmp_path))


@pytest.fixture
def card(settings: Models) -> ModelCard:
    """The card of a network of attributes that only negates its input, which has an odd name."""
    network = negation(None, 3, 4, 4, name=b"weird")
    Path(settings.folder, "odd.onnx").write_bytes(network)
    return network_card("odd", network, shape=(1, 3, 4, 4))


def test_each_is_timed_in_turn() -> None:
    order: list[str] = []

    def busy() -> int:
        order.append("b")
        return sum(range(50_000))

    ms = timed({"a": lambda: order.append("a"), "b": busy}, seconds=0.02)
    assert order[:4] == ["a", "b", "a", "b"]
    assert ms["a"] < ms["b"]


@needs_openvino
def test_a_check_compares_and_times_both_engines(card: ModelCard, settings: Models) -> None:
    parity = check(card, settings, Runtime(), FEED, seconds=0)
    (measure,) = parity.measures
    assert measure.what == "largest error"
    assert measure.got < 0.01
    assert parity.onnxruntime_ms > 0
    assert parity.openvino_ms > 0
    assert check(card, settings, Runtime(), seconds=0).holds, "with the ramp of its card too"


@needs_openvino
def test_the_engines_are_given_the_feed(card: ModelCard, settings: Models) -> None:
    nonsense = {"weird": FEED["weird"] * np.float32(np.nan)}
    assert not check(card, settings, Runtime(), nonsense, seconds=0).holds


@needs_openvino
def test_a_card_that_nobody_fed_gets_its_ramp(card: ModelCard, settings: Models) -> None:
    heard: list[ModelCard] = []
    (found,) = check_all([card], settings, Runtime(), {"another": FEED}, tell=heard.append)
    assert found.card == card.name
    assert heard == [card]
    assert parity_of(card, settings, Runtime()) == found


@needs_bf16
def test_cards_are_checked_once_or_again_and_what_was_found_is_kept(
    card: ModelCard, settings: Models
) -> None:
    missing = network_card("expression", b"not here")
    heard: list[ModelCard] = []
    assert due([card, missing], settings, Runtime()) == (card,)
    (parity,) = check_all([card], settings, Runtime(), tell=heard.append)
    assert heard == [card]
    assert parity_of(card, settings, Runtime()) == parity
    assert due([card, missing], settings, Runtime()) == ()
    assert due([card, missing], settings, Runtime(), again=True) == (card,)


@needs_openvino
@pytest.mark.parametrize("engine", [Engine.OPENVINO, Engine.ONNXRUNTIME])
def test_what_was_compiled_stays_for_networks_that_openvino_runs(
    card: ModelCard, settings: Models, engine: Engine
) -> None:
    check(card, settings, Runtime(engine=engine), seconds=0)
    blobs = Path(settings.folder, "compiled", card.name)
    assert list(blobs.rglob("*.blob")), "a check compiles"
    check_all([card], settings, Runtime(engine=engine))
    assert blobs.exists() == (engine is Engine.OPENVINO)


@pytest.mark.parametrize(
    "change", [{"task": Task.CUSTOM}, {"reference": None}, {"file": "missing.onnx"}]
)
def test_what_has_no_measure_or_is_not_here_is_not_checkable(
    card: ModelCard, settings: Models, change: dict[str, Any]
) -> None:
    other = replace(card, **change)
    assert not checkable(other, settings)
    assert due([other], settings, Runtime()) == ()


@needs_bf16
def test_a_licence_comes_before_a_check(card: ModelCard, settings: Models) -> None:
    assert checkable(card, settings)
    assert not checkable(replace(card, acknowledge="careful"), settings)
