"""The rows on designs: one that is filled in, and one that is laid over the finished picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.options.designed import (
    MOST_LETTERS,
    MOST_VALUES,
    VALUE,
    designed_text,
    read_designed,
    with_value,
)
from foveate.options.option import Option, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.options.designed import Designed
    from foveate.options.model import TransformOptions

DESIGN: Final = "design"
OVERLAY: Final = "overlay"
NAMES: Final = (DESIGN, OVERLAY)
"""Options that have values by any name: `design.title`."""


def _named(field: str) -> Slot:
    """Return the slot of which design is meant."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        given: Any = {field: read_designed(text)}
        return replace(options, **given)

    def show(options: TransformOptions) -> str | None:
        asked = getattr(options, field)
        return None if asked is None else designed_text(asked)

    return Slot(apply, show)


def _valued(field: str, name: str) -> Slot:
    """Return the slot of a value, which says nothing where there is no design."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        asked = getattr(options, field)
        if asked is None:
            return options
        given: Any = {field: replace(asked, values=with_value(asked, name, text))}
        return replace(options, **given)

    def show(options: TransformOptions) -> str | None:
        asked = getattr(options, field)
        return None if asked is None else dict(asked.values).get(name)

    return Slot(apply, show)


DESIGNED: Final = (
    Option(
        name=DESIGN,
        usage="design=ID, design=ID@VERSION or design=ID:PAGE",
        values="the id of a [design](../guides/designs.md#in-the-url)",
        default="none",
        help="Foveate's own. Fill in a design that is kept on this machine, and work on that as on "
        "any picture: `width` and `height` scale it, and it is drawn as large as the answer. What "
        "the URL names as the source is the photo in it, and may be left out. Needs `pip install "
        "'foveate[design]'` and `foveate models pull design`.",
        slot=_named(DESIGN),
    ),
    Option(
        name=OVERLAY,
        usage="overlay=ID, overlay=ID@VERSION or overlay=ID:PAGE",
        values="the id of a [design](../guides/overlays.md#designs)",
        default="none",
        help="Foveate's own. Lay a design over the finished picture, brought to its size: blocks "
        "keep to the edges that they are pinned to.",
        slot=_named(OVERLAY),
    ),
)
_FAMILY: Final[Mapping[str, str]] = {
    DESIGN: "Fill in",
    OVERLAY: "Fill in what is laid over the picture:",
}


def value_row(name: str) -> Option | None:
    """Return the row of a value by the name of its option; None for what is none.

    >>> value_row("design.title").usage, value_row("trim.left")
    ('design.title=VALUE', None)
    """
    family, dot, block = name.partition(".")
    if not dot or family not in NAMES or not VALUE.fullmatch(block):
        return None
    return Option(
        name=name,
        usage=f"{name}=VALUE",
        values=f"up to {MOST_LETTERS} letters, percent-encoded; at most {MOST_VALUES} values",
        default="as the design has it",
        help=f"Foveate's own. {_FAMILY[family]} a block by its id or name, an attribute of one "
        "(`price.fill`), or a word in braces (`{{price}}`).",
        slot=_valued(family, block),
    )


PATTERN: Final = "BLOCK"
_ANY: Final = Slot(lambda options, _: options, lambda _: None)
VALUES: Final = tuple(
    replace(row, name=f"{family}.{PATTERN}", usage=f"{family}.{PATTERN}=VALUE", slot=_ANY)
    for family in NAMES
    if (row := value_row(f"{family}.block"))
)
"""How values are written, for pages that list options; what is read has small letters."""


def values_of(options: TransformOptions, family: str) -> Iterator[tuple[str, str]]:
    """Yield the values of a design by the names of options; nothing where the name is another."""
    asked: Designed | None = getattr(options, family) if family in NAMES else None
    for name, text in asked.values if asked else ():
        yield f"{family}.{name}", text
