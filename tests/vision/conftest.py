from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.imaging import Image
from foveate.models.runtime.sessions import open_model
from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import Runtime, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]


def _need(name: str) -> None:
    (card,) = choose(CARDS, [name])
    if verify(card, load().models) is not FileState.OK:
        pytest.skip(f"{name} is not here: foveate models pull {name}")


@pytest.fixture
def network() -> Callable[[str], Session]:
    """Opens the network of a card, or skips the test where its weights are not."""

    def opened(name: str) -> Session:
        _need(name)
        # The values to compare with are of this engine.
        return open_model(name, load().models, Runtime(engine="onnxruntime"))

    return opened


@pytest.fixture
def portrait() -> Array:
    """The astronaut, 512 x 512."""
    _need("astronaut")
    (card,) = choose(CARDS, ["astronaut"])
    pixels: Array = Image.new_from_file(str(where(card, load().models))).numpy()[..., :3]
    return pixels
