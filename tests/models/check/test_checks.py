from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.models.check.checks import FEEDS, Feed, check, check_all, checkable, due, timed
from foveate.models.runtime.engines import VARIANTS
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.parity import parity_of
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import CARDS
from foveate.settings import Models, Runtime
from network_stand import negation, network_card

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard

RED = np.full((10, 20, 3), (250, 0, 50), np.uint8)
needs_openvino = pytest.mark.skipif(not installed(), reason="OpenVINO is not installed")
needs_bf16 = pytest.mark.skipif(
    not (installed() and this_processor().bf16), reason="needs OpenVINO and a bf16 processor"
)


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    return Models(folder=str(tmp_path))


@pytest.fixture
def card(settings: Models) -> ModelCard:
    """The card of a network that is fed and compared as `liveness` is, and only negates."""
    network = negation(None, 3, 4, 4, name=b"input")
    Path(settings.folder, "liveness.onnx").write_bytes(network)
    return network_card("liveness", network, shape=(1, 3, 4, 4))


def test_a_picture_becomes_planes_or_pixels_as_the_shape_says() -> None:
    planes = Feed(bgr=True, mean=(50, 0, 0), deviation=(1, 1, 250))(RED, (1, 3, 4, 6))
    assert planes.shape == (1, 3, 4, 6)
    assert planes.dtype == np.float32
    assert planes[0, :, 1, 1].tolist() == [0, 0, 1]
    pixels = Feed(mean=(50,), deviation=(2,))(RED, (1, 4, 6, 3))
    assert pixels.shape == (1, 4, 6, 3)
    assert pixels[0, 3, 5].tolist() == [100, -25, 0]


def test_one_channel_is_grey() -> None:
    grey = Feed()(RED, (1, 4, 6, 1))
    assert grey.shape == (1, 4, 6, 1)
    assert np.allclose(grey, 100)


def test_a_part_of_the_picture_is_that_part() -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    picture[2:4, 5:10] = 9
    assert (Feed(part=(0.5, 0.2, 1.0, 0.4))(picture, (1, 3, 7, 7)) == 9).all()


def test_every_network_of_ours_can_be_fed_and_says_so() -> None:
    stand_ins = {variant.card for variant in VARIANTS.values()}
    networks = {card.name: card for card in CARDS if card.reference is not None}
    assert networks.keys() - stand_ins == FEEDS.keys()
    for name, feed in FEEDS.items():
        assert networks[name].input.startswith(f"{feed.name}: ")
        reference = networks[name].reference
        assert reference is not None
        assert feed(RED, reference.shape).shape == reference.shape


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
    parity = check(card, settings, Runtime(), RED, seconds=0)
    (measure,) = parity.measures
    assert measure.what == "largest error"
    assert measure.got < 0.01
    assert parity.onnxruntime_ms > 0
    assert parity.openvino_ms > 0
    assert check(card, settings, Runtime(), seconds=0).holds, "without a picture too"


@needs_bf16
def test_cards_are_checked_once_or_again_and_what_was_found_is_kept(
    card: ModelCard, settings: Models
) -> None:
    missing = network_card("emotion", b"not here")
    heard: list[ModelCard] = []
    assert due([card, missing], settings, Runtime()) == (card,)
    (parity,) = check_all([card], settings, Runtime(), seconds=0, tell=heard.append)
    assert heard == [card]
    assert parity_of(card, settings, Runtime()) == parity
    assert due([card, missing], settings, Runtime()) == ()
    assert due([card, missing], settings, Runtime(), again=True) == (card,)


@pytest.mark.parametrize("name", ["somebody-elses", "emotion"])
def test_what_cannot_be_fed_or_is_not_here_is_not_checkable(settings: Models, name: str) -> None:
    assert not checkable(network_card(name, b"weights"), settings)
    assert due([network_card(name, b"weights")], settings, Runtime()) == ()


@needs_bf16
def test_a_licence_comes_before_a_check(card: ModelCard, settings: Models) -> None:
    assert checkable(card, settings)
    assert not checkable(replace(card, acknowledge="careful"), settings)
