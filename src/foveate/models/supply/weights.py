"""Weights on this machine: where they lie, whether they are right, and whether they may be used.

A file under its final name is always whole and checked.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING

from foveate.configuration.folder import data_folder, named_folder
from foveate.errors import LicenceNotAcknowledged
from foveate.models.supply.built import recorded
from foveate.models.supply.cards import CARDS, read_cards

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.models.supply.card import ModelCard
    from foveate.settings import Models


class FileState(StrEnum):
    """What is known of a card's file on this machine."""

    OK = "ok"
    MISSING = "missing"
    CORRUPT = "corrupt"


def folder(settings: Models) -> Path:
    """Return the folder of all weights: the setting, or the user's data folder."""
    if settings.folder:
        return named_folder("models.folder", settings.folder)
    return data_folder("models.folder") / "models"


def catalogue(settings: Models) -> tuple[ModelCard, ...]:
    """Return the built-in cards and the operator's own, who win where a name is the same."""
    own = read_cards(folder(settings) / "cards")
    return tuple({card.name: card for card in (*CARDS, *own)}.values())


def where(card: ModelCard, settings: Models) -> Path:
    """Return where the card's file lies, or would lie."""
    return folder(settings) / card.file


def sha256_of(path: Path) -> str:
    """Return the digest of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(card: ModelCard, settings: Models) -> FileState:
    """Return whether the card's file is here and has the right bytes.

    They are those that the card names; of a file that was built here, those of its record.
    """
    path = where(card, settings)
    if not path.is_file():
        return FileState.MISSING
    facts = _facts(card, path)
    if facts is None:
        return FileState.CORRUPT
    sha256, size = facts
    right = path.stat().st_size == size and sha256_of(path) == sha256
    return FileState.OK if right else FileState.CORRUPT


def has_its_length(card: ModelCard, settings: Models) -> bool:
    """Return whether the card's file is here and as long as it should be; its bytes are not read.

    That is quickly known, and tells a file that was cut off, or written over by another.
    """
    path = where(card, settings)
    facts = _facts(card, path)
    return facts is not None and path.is_file() and path.stat().st_size == facts[1]


def _facts(card: ModelCard, path: Path) -> tuple[str, int] | None:
    """Return sha256 and size that a card's file should have; None of one built by another card."""
    return recorded(card, path) if card.build else (card.sha256, card.bytes)


def allowed(card: ModelCard, settings: Models) -> bool:
    """Return whether its licence is free, or was acknowledged in the settings."""
    return not card.acknowledge or card.acknowledge in settings.acknowledged_licences


def check_licence(card: ModelCard, settings: Models) -> None:
    """Raise LicenceNotAcknowledged, with the setting to make, unless the card is allowed."""
    if not allowed(card, settings):
        accepted = " ".join((*settings.acknowledged_licences, card.acknowledge))
        sentence = (
            f"{card.name} is not free for every use ({card.licence}; {card.upstream}). If your "
            f"use is allowed, set FOVEATE_MODELS__ACKNOWLEDGED_LICENCES='{accepted}', run foveate "
            f"models pull {card.name}, and start the server again. {card.instead}"
        ).rstrip()
        raise LicenceNotAcknowledged(sentence, public=sentence)
