from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.sizes import Sizes, sizes_of
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard


def test_an_artefact_is_downloaded_once_and_each_file_takes_its_place() -> None:
    one, two, other = choose(CARDS, ["selfie", "gear", "retinaface"])
    assert one.artefact == two.artefact
    download = one.artefact.bytes + other.artefact.bytes
    disk = one.bytes_on_disk + two.bytes_on_disk + other.bytes
    assert sizes_of([one, two, other]) == Sizes(download, disk)


def test_a_file_is_as_large_as_it_is_built_or_as_it_comes() -> None:
    (card,) = choose(CARDS, ["selfie"])
    assert card.bytes_on_disk == card.built_bytes > card.bytes
    assert replace(card, built_bytes=0).bytes_on_disk == card.bytes


@pytest.mark.models
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_what_is_told_before_is_what_lies_there_after(card: ModelCard) -> None:
    models = load().models
    if verify(card, models) is not FileState.OK:
        pytest.skip(f"{card.name} is not here: foveate models pull {card.name}")
    assert card.bytes_on_disk == pytest.approx(where(card, models).stat().st_size, rel=0.02)
