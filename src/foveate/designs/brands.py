"""Brands that the operator keeps: a folder of TOML files, asked for by name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.configuration.nearest import meant
from foveate.design.brand.reading import MOST_BYTES, read_brand
from foveate.design.scene.paint_kinds import write_colour
from foveate.errors import BadDesign, UnknownBrand
from foveate.options.values import shown

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.design.brand.model import Brand

ENDING: Final = ".toml"
MOST: Final = 500
"""Brands that are listed."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Known(NamedTuple):
    """A brand of the folder, or why it is none."""

    name: str
    brand: Brand | None
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what a list says of it."""
        told: dict[str, Any] = {"name": self.name, "problems": list(self.problems)}
        if self.brand is None:
            return told
        colours = {str(part): write_colour(each) for part, each in self.brand.colours.items()}
        fonts = {str(role): family for role, family in self.brand.fonts.items()}
        return {**told, "title": self.brand.name or self.name, "colours": colours, "fonts": fonts}


@dataclass(frozen=True, slots=True)
class Brands:
    """The brands of one folder, read anew whenever they are asked for: they are small."""

    folder: Path

    def names(self) -> list[str]:
        """Return those that there are; none where there is no folder."""
        try:
            found = [each.stem for each in self.folder.iterdir() if each.suffix == ENDING]
        except OSError:
            return []
        return sorted(filter(_NAME.fullmatch, found))[:MOST]

    def all(self) -> list[Known]:
        """Return all of them; one that is wrong is in the list, with what is wrong with it."""
        return [self._known(name) for name in self.names()]

    def named(self, name: str) -> Brand:
        """Return the brand of a name. Raises UnknownBrand, BadDesign."""
        known = self.names()
        if name not in known:
            told = ", ".join(known) or "none"
            said = f"Expected a brand out of {told}, got {shown(name)}{meant(name, known)}."
            raise UnknownBrand(said, public=said)
        return read_brand(self._text(name))

    def _known(self, name: str) -> Known:
        try:
            return Known(name, read_brand(self._text(name)))
        except BadDesign as why:
            return Known(name, None, tuple(why.problems))

    def _text(self, name: str) -> str:
        try:
            with (self.folder / f"{name}{ENDING}").open("rb") as opened:
                return opened.read(MOST_BYTES + 1).decode()
        except (OSError, UnicodeDecodeError) as why:
            raise BadDesign(
                f"Expected a brand as TOML in UTF-8, got {name}, which is none."
            ) from why
