"""Every network that was pulled answers its reference, alone and in a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.models.quiet import onnxruntime
from foveate.models.supply.networks import NETWORKS
from foveate.models.supply.recipes import deviation, pattern
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard

SETTINGS = load().models
ONE_OF_MANY = (
    *("selfie", "mobilefacenet", "faceres", "emotion", "gear", "head-pose", "liveness"),
    *("centernet", "nanodet"),
)


@pytest.fixture
def network(request: pytest.FixtureRequest) -> bytes:
    """The file of a card, if it is here."""
    card: ModelCard = request.param
    if verify(card, SETTINGS) is not FileState.OK:
        pytest.skip(f"{card.name} is not here; foveate models pull {card.name}")
    return where(card, SETTINGS).read_bytes()


def cards(*names: str) -> pytest.MarkDecorator:
    chosen = [card for card in NETWORKS if not names or card.name in names]
    return pytest.mark.parametrize(
        ("network", "card"),
        [(card, card) for card in chosen],
        ids=[card.name for card in chosen],
        indirect=["network"],
    )


def test_every_network_has_a_reference_that_sees_more_than_one_corner() -> None:
    for card in NETWORKS:
        assert card.reference is not None, card.name
        assert card.reference.means or max(map(len, card.reference.firsts)) < 4, card.name


@pytest.mark.models
@cards()
def test_a_pulled_network_answers_its_reference(network: bytes, card: ModelCard) -> None:
    assert card.reference is not None
    assert deviation(network, card.reference) <= card.reference.tolerance


@pytest.mark.models
@cards(*ONE_OF_MANY)
def test_a_picture_gets_the_same_answer_in_a_batch(network: bytes, card: ModelCard) -> None:
    assert card.reference is not None
    session = onnxruntime().InferenceSession(network)
    one = pattern(card.reference)
    name = session.get_inputs()[0].name
    three = session.run(None, {name: np.concatenate([one, one * 0.5, one * 0.25])})
    alone = session.run(None, {name: one * 0.5})
    for batch, single in zip(three, alone, strict=True):
        np.testing.assert_allclose(batch[1:2], single, atol=2e-5 * max(1, np.abs(single).max()))


@pytest.mark.models
@cards("isnet")
def test_isnet_takes_sides_of_any_multiple_of_64(network: bytes, card: ModelCard) -> None:
    assert "multiples of 64" in card.input
    session = onnxruntime().InferenceSession(network)
    (matte,) = session.run(None, {"input": np.zeros((1, 3, 128, 192), np.float32)})
    assert matte.shape == (1, 1, 128, 192)
