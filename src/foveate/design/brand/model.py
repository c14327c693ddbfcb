"""A brand: what a design of it looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.colours import Colour


class Part(StrEnum):
    """What a colour of a brand is for."""

    BACKGROUND = "background"
    SURFACE = "surface"
    TEXT = "text"
    MUTED = "muted"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ACCENT = "accent"
    TITLE = "title"
    PRICE = "price"
    BUTTON = "button"
    ON_BUTTON = "on-button"


INSTEAD: Final[Mapping[Part, tuple[Part, ...]]] = {
    Part.SURFACE: (Part.SECONDARY, Part.BACKGROUND),
    Part.MUTED: (Part.TEXT,),
    Part.SECONDARY: (Part.PRIMARY,),
    Part.ACCENT: (Part.PRIMARY,),
    Part.TITLE: (Part.PRIMARY, Part.TEXT),
    Part.PRICE: (Part.ACCENT, Part.PRIMARY),
    Part.BUTTON: (Part.PRIMARY, Part.ACCENT),
    Part.ON_BUTTON: (Part.BACKGROUND,),
}
"""What stands in for a colour that a brand does not name, the nearest first."""

FONT_ROLES: Final = (
    Role.TITLE,
    Role.SUBTITLE,
    Role.BODY,
    Role.PRICE,
    Role.BUTTON,
    Role.LEGAL,
    Role.LOGO,
)
"""Roles of which a brand may name fonts and least sizes; of all others those of `body` are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """The picture by which a brand is known."""

    src: str
    on_dark: str = ""
    """What is shown on dark colours; empty for the same."""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What a brand says; what it does not say stays as a design has it."""

    name: str = ""
    tone: str = ""
    """How its texts speak, for whoever writes them."""
    colours: Mapping[Part, Colour] = field(default_factory=dict)
    fonts: Mapping[Role, str] = field(default_factory=dict)
    sizes: Mapping[Role, float] = field(default_factory=dict)
    """Points below which letters are not."""
    logo: Logo | None = None

    def colour(self, part: Part) -> Colour | None:
        """Return the colour of a part, or what stands in for it; None where there is neither."""
        for each in (part, *INSTEAD.get(part, ())):
            if each in self.colours:
                return self.colours[each]
        return None

    def font(self, role: Role) -> str:
        """Return the family of a role; empty where the brand names none."""
        return self.fonts.get(role) or self.fonts.get(Role.BODY, "")

    def least(self, role: Role) -> float:
        """Return the points below which letters of a role are not."""
        return self.sizes.get(role, self.sizes.get(Role.BODY, 0.0) if role not in FONT_ROLES else 0)
