"""Networks that were built here: how they are checked, and what is written down beside them.

The bytes of a built file depend on the versions of the libraries that built it, so no card can
name them. It is asked its reference once, and from then on the record beside it vouches for it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from foveate.errors import WeightsCorrupt
from foveate.models.supply.recipes import build, deviation, identity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.models.supply.card import ModelCard


def record_of(path: Path) -> Path:
    """Return where the record of a built file lies."""
    return path.with_name(f"{path.name}.json")


def build_checked(card: ModelCard, files: Sequence[bytes]) -> bytes:
    """Return the network that a card's recipe makes of its files.

    Raises WeightsCorrupt when it cannot be made, or does not say what the card's reference says.
    """
    assert card.reference is not None  # noqa: S101 - ModelCard sees to it
    try:
        network = build(card.build, files)
        off = deviation(network, card.reference)
    except (KeyError, TypeError, ValueError) as why:
        raise WeightsCorrupt(
            f"{card.name} cannot be built of {card.artefact.file}: {why!r}"
        ) from why
    if not off <= card.reference.tolerance:
        raise WeightsCorrupt(
            f"{card.name} as built of {card.artefact.file} does not work: expected its outputs "
            f"within {card.reference.tolerance} of the reference, got {off:.6f}."
        )
    return network


def record(card: ModelCard, network: bytes) -> bytes:
    """Return what to write down beside a network built of a card's files."""
    own = {"sha256": hashlib.sha256(network).hexdigest(), "bytes": len(network)}
    return json.dumps({**identity(card), **own}, indent=2).encode() + b"\n"


def recorded(card: ModelCard, path: Path) -> tuple[str, int] | None:
    """Return sha256 and size of the file built by this card, or None if it was not built by it."""
    try:
        facts = json.loads(record_of(path).read_bytes())
        sha256, size = str(facts["sha256"]), int(facts["bytes"])
        ours = all(facts[key] == value for key, value in identity(card).items())
    except (OSError, KeyError, TypeError, ValueError):
        return None
    return (sha256, size) if ours else None
