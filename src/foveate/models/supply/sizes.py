"""How much there is to download for cards, and how much of the disk they take then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.models.supply.card import ModelCard


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of what cards bring, as the cards have it."""

    download: int
    """Of their artefacts, each counted once, whoever shares it."""
    disk: int
    """Of their files, once they are there."""


def sizes_of(cards: Iterable[ModelCard]) -> Sizes:
    """Return what these cards come to, in bytes.

    >>> sizes_of([])
    Sizes(download=0, disk=0)
    """
    every = tuple(cards)
    artefacts = {card.artefact.sha256: card.artefact.bytes for card in every}
    return Sizes(sum(artefacts.values()), sum(card.bytes_on_disk for card in every))
