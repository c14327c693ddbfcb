"""What blocks are for, by what people call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALSO: Final[Mapping[str, Role]] = {
    "headline": Role.TITLE,
    "heading": Role.TITLE,
    "subheadline": Role.SUBTITLE,
    "cta": Role.BUTTON,
    "bg": Role.BACKGROUND,
    "disclaimer": Role.LEGAL,
}
_ROLES: Final[Mapping[str, Role]] = {
    **{str(role): role for role in Role if role is not Role.NONE},
    **_ALSO,
}
_WORD: Final = re.compile(r"([a-z]+)(?:[ _-]?\d+)?", re.ASCII)


def role_of(name: str) -> Role:
    """Return the role that a name says, and nothing else.

    >>> role_of("Logo"), role_of("title 2"), role_of("the price of it")
    (<Role.LOGO: 'logo'>, <Role.TITLE: 'title'>, <Role.NONE: 'none'>)
    """
    found = _WORD.fullmatch(name.strip().casefold())
    return _ROLES.get(found[1], Role.NONE) if found else Role.NONE
