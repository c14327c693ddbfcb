"""The table of verbs: to what each can be done, how it is done, and phrases that mean it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Block, Group, Line, Painted, Picture, Rectangle, Role, Text
from foveate.design.words.edits import (
    aligning,
    contents,
    inks,
    letters,
    looks,
    order,
    pictures,
    places,
    sizes,
    sought,
    turning,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.words.work import Done, Work


def anything(block: Block) -> bool:  # noqa: ARG001 - of every block
    """Return whether a block is one."""
    return True


def a_text(block: Block) -> bool:
    """Return whether a block has letters."""
    return isinstance(block, Text)


def priced(block: Block) -> bool:
    """Return whether a block is a text that says a price, or a figure."""
    return isinstance(block, Text) and (
        block.role is Role.PRICE or any(map(str.isdigit, block.words))
    )


def a_picture(block: Block) -> bool:
    """Return whether a block is a picture."""
    return isinstance(block, Picture)


def coloured(block: Block) -> bool:
    """Return whether a block has a colour of its own."""
    return isinstance(block, Painted | Line) and not isinstance(block, Picture)


def tinted(block: Block) -> bool:
    """Return whether a block has a colour, or a block in it."""
    return coloured(block) or isinstance(block, Group)


def filled(block: Block) -> bool:
    """Return whether a block is a shape, or a text with a box that is seen."""
    shape = coloured(block) and not isinstance(block, Line)
    return shape and not (isinstance(block, Text) and block.fill is None)


def toned(block: Block) -> bool:
    """Return whether a block can be darker: a picture can by its options."""
    return not isinstance(block, Group)


def cornered(block: Block) -> bool:
    """Return whether a block has corners that may be round."""
    return isinstance(block, Text | Picture | Rectangle)


def edged(block: Block) -> bool:
    """Return whether a block can have an edge and a shadow."""
    return isinstance(block, Painted)


def readable(block: Block) -> bool:
    """Return whether a block can have more contrast."""
    return isinstance(block, Text | Picture)


@dataclass(frozen=True, slots=True)
class Verb:
    """One row."""

    do: Callable[[Work], Done]
    fits: Callable[[Block], bool] = anything
    phrases: tuple[str, ...] = ()
    """What is near to what people say of it who use other words than the tables have."""
    valued: bool = False
    """Whether it takes a colour, which then names no block."""
    many: bool = False
    """Whether several blocks called alike are all meant."""


def _contrast(work: Work) -> Done:
    return pictures.contrast(work) if any(work.pictures()) else looks.more_contrast(work)


def _darker(work: Work) -> Done:
    return pictures.darker(work) if any(work.pictures()) else inks.darker(work)


def _lighter(work: Work) -> Done:
    return pictures.brighter(work) if any(work.pictures()) else inks.lighter_(work)


VERBS: Final[Mapping[str, Verb]] = {
    "bigger": Verb(sizes.bigger, phrases=("make it bigger", "enlarge it", "it should be larger")),
    "smaller": Verb(sizes.smaller, phrases=("make it smaller", "shrink it")),
    "scale": Verb(sizes.scale),
    "width": Verb(sizes.width, phrases=("make it wider",)),
    "height": Verb(sizes.height),
    "box": Verb(sizes.box),
    "thick": Verb(sizes.thick, sizes.has_line, ("make the line thicker",)),
    "thin": Verb(sizes.thin, sizes.has_line, ("make the line thinner",)),
    "move": Verb(places.move),
    "align": Verb(aligning.align, many=True),
    "flush": Verb(aligning.flush),
    "swap": Verb(aligning.swap, phrases=("swap the two", "exchange their places"), many=True),
    "front": Verb(order.front, phrases=("bring it to the front", "put it on top")),
    "back": Verb(order.back, phrases=("send it to the back", "put it behind the rest")),
    "rotate": Verb(turning.rotate, phrases=("rotate it", "tilt it")),
    "overturn": Verb(turning.overturn),
    "straighten": Verb(turning.straighten),
    "beside": Verb(places.beside),
    "layer": Verb(order.layer),
    "mirror": Verb(pictures.mirror, a_picture),
    "source": Verb(pictures.source, a_picture),
    "gradient": Verb(inks.gradient, filled, valued=True),
    "lock": Verb(contents.lock),
    "color": Verb(inks.color, tinted, valued=True),
    "match": Verb(inks.match, coloured),
    "darker": Verb(_darker, toned, ("make it darker", "darken the colour")),
    "lighter": Verb(_lighter, toned, ("make it lighter", "lighten the colour")),
    "brighter": Verb(_lighter, toned, ("make it brighter",)),
    "contrast": Verb(_contrast, readable, ("make it easier to read", "more contrast")),
    "corners": Verb(looks.corners, cornered, ("round its corners",)),
    "sharp_corners": Verb(looks.sharp_corners, cornered),
    "opacity": Verb(looks.opacity, phrases=("make it more transparent", "fade it")),
    "shadow": Verb(looks.shadow, edged, ("give it a shadow",)),
    "unshadow": Verb(looks.unshadow, edged),
    "border": Verb(looks.border, edged, ("give it an outline",), valued=True),
    "unborder": Verb(looks.unborder, edged),
    "bold": Verb(letters.bold, a_text, ("set it in bold", "make it bold")),
    "unbold": Verb(letters.unbold, a_text),
    "plain": Verb(letters.plain, a_text),
    "italic": Verb(letters.italic, a_text, ("set it in italics",)),
    "underline": Verb(letters.underline, a_text, ("underline it",)),
    "strike": Verb(letters.strike, a_text),
    "upper": Verb(letters.upper, a_text, ("write it in capitals",)),
    "lower": Verb(letters.lower, a_text),
    "letters": Verb(letters.size, a_text),
    "family": Verb(letters.family, a_text),
    "spacing": Verb(letters.spacing, a_text),
    "leading": Verb(letters.leading, a_text),
    "say": Verb(contents.say, a_text),
    "replace": Verb(contents.replace_words, a_text),
    "price": Verb(contents.price, priced),
    "describe": Verb(sought.describe, a_picture),
    "picture": Verb(sought.another, a_picture),
    "delete": Verb(contents.delete, phrases=("delete it", "remove it", "get rid of it")),
    "hide": Verb(contents.hide, phrases=("hide it", "do not show it")),
    "show": Verb(contents.show),
    "copy": Verb(contents.copy, phrases=("duplicate it", "make a copy of it")),
    "grey": Verb(pictures.grey, a_picture, ("make the picture black and white",)),
    "vivid": Verb(pictures.vivid, a_picture, ("make the colours of the picture stronger",)),
    "blur": Verb(pictures.blur, a_picture, ("blur the picture",)),
    "unblur": Verb(pictures.unblur, a_picture),
    "face": Verb(pictures.face, a_picture),
    "sharpen": Verb(pictures.sharpen, a_picture),
    "zoom": Verb(pictures.zoom, a_picture, ("zoom in on the picture",)),
    "cutout": Verb(pictures.cutout, a_picture, ("cut it out of its background",)),
}
