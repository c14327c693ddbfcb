"""The fonts of cards: opened when the first are drawn with, and known by their digests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from foveate.design.drawing.engine import skia
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.models.supply.recipes import fingerprint
from foveate.models.supply.weights import catalogue, has_its_length

if TYPE_CHECKING:
    from foveate.design.fonts.shelf import Shelf
    from foveate.options.laid import Lettering
    from foveate.settings import Models


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts that are here. What is fetched meanwhile is there from the next drawing on."""

    models: Models

    @property
    def typefaces(self) -> Typefaces:
        """Return them as a drawing takes them. Raises BadInstallation without the extra."""
        return _opened(self.models, self.fingerprint)

    def check(self, asked: Lettering) -> None:
        """Raise what keeps words from being set: UnknownFont, FontsMissing, BadInstallation."""
        _shelved(self.models, self.fingerprint).match(asked.font, asked.weight)
        skia()

    @property
    def fingerprint(self) -> str:
        """Return what changes with any font that is here: what one lacks comes from others."""
        here = sorted(
            f"{card.name}:{fingerprint(card)}"
            for card in catalogue(self.models)
            if card.faces and has_its_length(card, self.models)
        )
        return f"fonts:{sha256(' '.join(here).encode()).hexdigest()[:16]}"


@lru_cache(maxsize=2)
def _shelved(models: Models, here: str) -> Shelf:  # noqa: ARG001 - forgotten with what is here
    return shelf(models)


@lru_cache(maxsize=2)
def _opened(models: Models, here: str) -> Typefaces:
    return Typefaces(_shelved(models, here))
