"""The fonts that there are, by family; each knows whether its file is here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.errors import FontsMissing, UnknownFont
from foveate.models.supply.weights import catalogue, has_its_length, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from foveate.models.supply.card import Face, ModelCard
    from foveate.settings import Models

_REGULAR: Final = 400
_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class Font:
    """One face of a file."""

    face: Face
    path: Path
    card: str
    """What `foveate models pull` fetches it by."""
    here: bool = True
    damaged: bool = False
    """Whether something else lies where its file would."""
    sha256: str = ""
    """Of its file, where that is known."""


@dataclass(frozen=True, slots=True)
class Match:
    """The font that stands for what was asked, and at which weight a variable one is used."""

    font: Font
    weight: int
    nearest: bool = False
    """Whether the family has none of the weight and slant that were asked for."""
    instead_of: str = ""
    """The family that was asked for, where another one stands in."""

    @property
    def name(self) -> str:
        """Return what no other font at another weight is called."""
        slant = " italic" * self.font.face.italic
        return f"{self.font.face.family} {self.weight}{slant}"


@dataclass(frozen=True)
class Shelf:
    """All fonts, those that are here and those that could be fetched."""

    fonts: tuple[Font, ...]
    substitute: str = ""
    """The family that stands in for one that is not here; empty: that is an error."""

    @cached_property
    def families(self) -> Mapping[str, tuple[Font, ...]]:
        """The fonts of each family, by its name."""
        found: dict[str, tuple[Font, ...]] = {}
        for font in self.fonts:
            found[font.face.family] = (*found.get(font.face.family, ()), font)
        return found

    @cached_property
    def _by_fold(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.families}

    def match(self, family: str, weight: int = 400, *, italic: bool = False) -> Match:
        """Return the font of a family that is nearest to a weight and slant.

        Raises UnknownFont for a family of no card, and FontsMissing, which names what fetches it.
        """
        try:
            return _nearest(self._here(family), weight, italic=italic)
        except (UnknownFont, FontsMissing):
            if not self.substitute:
                raise
        found = _nearest(self._here(self.substitute), weight, italic=italic)
        return Match(found.font, found.weight, found.nearest, instead_of=family)

    def _here(self, family: str) -> tuple[Font, ...]:
        known = self._by_fold.get(family.strip().casefold())
        if known is None:
            names = ", ".join(sorted(self.families)) or "none"
            raise UnknownFont(
                f"Expected a font of {names}; got {family}{meant(family, self.families)}."
            )
        if here := tuple(font for font in self.families[known] if font.here):
            return here
        fonts = self.families[known]
        damaged = any(font.damaged for font in fonts)
        raise FontsMissing(known, *(font.card for font in fonts), damaged=damaged)


def _nearest(fonts: tuple[Font, ...], weight: int, *, italic: bool) -> Match:
    """Return the font nearest in slant, then in weight: heavier for the heavy, as CSS has it."""

    def distance(font: Font) -> tuple[bool, int, bool]:
        got = _weight(font, weight)
        wrong_side = got < weight if weight > _REGULAR else got > weight
        return font.face.italic != italic, abs(got - weight), wrong_side

    font = min(fonts, key=distance)
    got = _weight(font, weight)
    return Match(font, got, nearest=(got, font.face.italic) != (weight, italic))


def _weight(font: Font, wanted: int) -> int:
    face = font.face
    if not face.weights:
        return face.weight
    least, most = face.weights
    # By the hundred, or one could have a thousand of them opened.
    return min(max(round(wanted / _STEP) * _STEP, least), most)


def shelf(settings: Models, *, substitute: str = "") -> Shelf:
    """Return all fonts of cards, ours and the operator's own."""
    fonts = (font for card in catalogue(settings) for font in _of_card(card, settings))
    return Shelf(tuple(fonts), substitute)


def _of_card(card: ModelCard, settings: Models) -> Iterator[Font]:
    path = where(card, settings)
    for face in card.faces:
        here = has_its_length(card, settings)
        damaged = not here and path.exists()
        yield Font(face, path, card.name, here=here, damaged=damaged, sha256=card.sha256)
