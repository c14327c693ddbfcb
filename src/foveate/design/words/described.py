"""By what people may call a block: its name, what it is for, its kind, its colour, what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import (
    Block,
    Ellipse,
    Group,
    Line,
    Page,
    Painted,
    Path,
    Picture,
    Rectangle,
    Role,
    Text,
)
from foveate.design.scene.paint import Linear, Radial, Solid
from foveate.design.tones import distance
from foveate.design.words.lexicon import stem, tokens
from foveate.design.words.tones import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.scene.paint import Fill
    from foveate.design.words.lexicon import Token
    from foveate.options.colours import Colour

_KINDS: Final[dict[type[Block], tuple[str, ...]]] = {
    Text: ("text",),
    Picture: ("photo", "drawing"),
    Rectangle: ("box",),
    Ellipse: ("circle",),
    Line: ("line",),
    Path: ("shape",),
    Group: ("group",),
}
_ROLES: Final = {
    Role.LOGO: ("logo",),
    Role.TITLE: ("title",),
    Role.SUBTITLE: ("subtitle",),
    Role.BODY: ("body",),
    Role.PRICE: ("price",),
    Role.BUTTON: ("button",),
    Role.BACKGROUND: ("background",),
    Role.PHOTO: ("photo", "portrait"),
    Role.LEGAL: ("legal",),
}
CALLED_BY: Final = 0.17
"""In OKLab: as far a colour may be from that of its name."""
_COVERS: Final = 0.6
"""Of a page, from which on a block is what all else stands on."""
_LONGEST: Final = 60
"""Letters of a text by which it is compared with what is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One block, as words."""

    id: str
    name: str
    things: frozenset[str]
    """Things in its name."""
    words: frozenset[str]
    """Other words in its name."""
    roles: frozenset[str]
    kinds: frozenset[str]
    colours: frozenset[str]
    """Names of colours in its name."""
    content: frozenset[str]
    """Words that it says, or its picture is described by."""
    block: Block

    def said_by(self, spoken: Iterable[Token]) -> bool:
        """Return whether every word of its name is among those that are spoken, in any language."""
        spoken = tuple(spoken)
        tags = {tag for token in spoken for tag in token.tags}
        words = {stem(token.text) for token in spoken}
        parts = {part for token in spoken for part in token.of("part")}
        return all(
            stem(each.text) in words or (each.tags & tags and set(each.of("part")) <= parts)
            for each in tokens(self.name.lower())
        )

    def phrases(self) -> list[str]:
        """Return what is compared with what is said."""
        said = [self.name, *self.roles]
        if isinstance(self.block, Text) and len(self.block.words) <= _LONGEST:
            said.append(self.block.words)
        if isinstance(self.block, Picture):
            said.append(self.block.alt)
        return [each for each in said if each]


def described(block: Block) -> Described:
    """Return by what a block may be called."""
    name = tokens((block.name or block.id).lower())
    return Described(
        id=block.id,
        name=block.name or block.id,
        things=_tags(name, "thing"),
        words=frozenset(stem(each.text) for each in name) | _of_id(block.id),
        roles=frozenset(_ROLES.get(block.role, ())),
        kinds=frozenset(_KINDS[type(block)]),
        colours=_tags(name, "colour"),
        content=frozenset(stem(each.text) for each in tokens(_content(block).lower())),
        block=block,
    )


def _of_id(name: str) -> frozenset[str]:
    """Return the words of an id that say more than its kind, as of `hero-2`."""
    known = tokens(name.lower())
    return frozenset(stem(each.text) for each in known if each.unknown)


def _tags(name: list[Token], kind: str) -> frozenset[str]:
    return frozenset(one for each in name for one in each.of(kind))


def _content(block: Block) -> str:
    if isinstance(block, Text):
        return block.words
    return block.alt if isinstance(block, Picture) else ""


def inks(block: Block) -> list[Colour]:
    """Return the colours by which people call a block: of its inside, its letters, or its line."""
    inside = fill_colours(block.fill) if isinstance(block, Painted) else []
    if inside or isinstance(block, Picture | Group):
        return inside
    if isinstance(block, Text):
        return [block.colour]
    stroke = getattr(block, "stroke", None)
    return [stroke.colour] if stroke else []


def fill_colours(fill: Fill | None) -> list[Colour]:
    """Return the colours of a fill; a picture has none that are told."""
    if isinstance(fill, Solid):
        return [fill.colour]
    return [stop.colour for stop in fill.stops] if isinstance(fill, Linear | Radial) else []


def covers(block: Block, page: Page) -> bool:
    """Return whether a block covers most of its page: a band along an edge is not what lies below.

    Both are backgrounds.
    """
    across = min(block.x + block.width, page.width) - max(block.x, 0.0)
    along = min(block.y + block.height, page.height) - max(block.y, 0.0)
    return max(across, 0.0) * max(along, 0.0) >= _COVERS * page.width * page.height


def looks(block: Block, colour: str) -> bool:
    """Return whether a block has about the colour of a name."""
    return any(distance(each, named(colour)) <= CALLED_BY for each in inks(block))
