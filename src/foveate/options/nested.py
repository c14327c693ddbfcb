"""Slots of options that are a part of something: `trim.left`, `border.color`, `wbreakpoints`."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.options.colours import Colour
from foveate.options.model import AutoWidth, Border, Edges, TransformOptions, Trim, TrimBorder
from foveate.options.option import Slot
from foveate.options.values import edges, expected, if_any, one_of, text_of, whole

if TYPE_CHECKING:
    from foveate.options.option import Reader, Writer

_NO_TRIM: Final = Trim(edges=Edges())
_ANY_BORDER: Final = TrimBorder()
_NO_BORDER: Final = Border(Colour(0, 0, 0), Edges())


def _width(options: TransformOptions, text: str) -> TransformOptions:
    if text.strip().lower() == "auto":
        return replace(options, width=None, auto_width=AutoWidth())
    try:
        return replace(options, width=if_any(whole(1))(text), auto_width=None)
    except ValueError as why:
        raise ValueError(str(why).replace(", got", " or auto, got", 1)) from None


def _width_text(options: TransformOptions) -> str | None:
    if options.auto_width is not None:
        return "auto"
    return None if options.width is None else str(options.width)


WIDTH: Final = Slot(_width, _width_text)


def auto_width(name: str, read: Reader, write: Writer = text_of) -> Slot:
    """Return the slot of a detail of `width=auto`; it says nothing beside a width in pixels."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        value = read(text)
        if options.auto_width is None:
            return options
        return replace(options, auto_width=replace(options.auto_width, **{name: value}))

    def show(options: TransformOptions) -> str | None:
        auto = options.auto_width or AutoWidth()
        value = getattr(auto, name)
        return None if value == getattr(AutoWidth(), name) else write(value)

    return Slot(apply, show)


def _unsaid(_: TransformOptions) -> None:
    """Say nothing: another row shows this part."""


def _trim(options: TransformOptions, text: str) -> TransformOptions:
    if text.strip().lower() == "border":
        return replace(options, trim_border=options.trim_border or _ANY_BORDER)
    try:
        return replace(options, trim=replace(options.trim or _NO_TRIM, edges=edges(text)))
    except ValueError:
        raise expected("four whole numbers top;right;bottom;left, or border", text) from None


def _trim_text(options: TransformOptions) -> str | None:
    if options.trim is not None:
        return ";".join(map(str, astuple(options.trim.edges)))
    return None if options.trim_border is None else "border"


TRIM: Final = Slot(_trim, _trim_text)


def trim_edge(side: str) -> Slot:
    """Return the slot of one edge to cut off; the row `trim` shows all four."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        trim = options.trim or _NO_TRIM
        cut = replace(trim.edges, **{side: whole(0)(text)})
        return replace(options, trim=replace(trim, edges=cut))

    return Slot(apply, _unsaid)


def trim_size(name: str) -> Slot:
    """Return the slot of a size to keep after cutting the left and top edge."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        size: dict[str, Any] = {name: whole(1)(text)}
        return replace(options, trim=replace(options.trim or _NO_TRIM, **size))

    def show(options: TransformOptions) -> str | None:
        size = getattr(options.trim, name, None)
        return None if size is None else str(size)

    return Slot(apply, show)


def trim_border(name: str, read: Reader, write: Writer = text_of) -> Slot:
    """Return the slot of a detail of `trim=border`, which it implies."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        border = replace(options.trim_border or _ANY_BORDER, **{name: read(text)})
        return replace(options, trim_border=border)

    def show(options: TransformOptions) -> str | None:
        value = getattr(options.trim_border or _ANY_BORDER, name)
        # `trim` has one text. Where edges take it, the tolerance must tell of the border.
        implied = name == "tolerance" and bool(options.trim_border and options.trim)
        usual = value == getattr(_ANY_BORDER, name)
        return None if usual and not implied else write(value)

    return Slot(apply, show)


def border_colour(read: Reader, write: Writer) -> Slot:
    """Return the slot of the border's colour, which is black when only a width is given."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        return replace(options, border=replace(options.border or _NO_BORDER, colour=read(text)))

    def show(options: TransformOptions) -> str | None:
        return None if options.border is None else write(options.border.colour)

    return Slot(apply, show)


def border_edges(*sides: str) -> Slot:
    """Return the slot of the border's width on those sides. One row takes all four of them."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        border = options.border or _NO_BORDER
        drawn = replace(border.edges, **dict.fromkeys(sides, whole(0)(text)))
        return replace(options, border=replace(border, edges=drawn))

    def show(options: TransformOptions) -> str | None:
        if options.border is None:
            return None
        drawn = options.border.edges
        even = len(set(astuple(drawn))) == 1
        width = getattr(drawn, sides[0])
        return str(width) if width and even == (len(sides) > 1) else None

    return Slot(apply, show)


def whole_part(part: str, word: str, asked: object) -> Slot:
    """Return the slot of an option that one word turns on, and whose details other rows hold."""
    read = one_of({word: asked})

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        given: Any = {part: read(text)}
        return options if getattr(options, part) else replace(options, **given)

    def show(options: TransformOptions) -> str | None:
        return word if getattr(options, part) else None

    return Slot(apply, show)


def detail(part: str, usual: Any, name: str, read: Reader, write: Writer = text_of) -> Slot:  # noqa: ANN401 - any frozen part
    """Return the slot of a detail of a part, which it implies; `usual` is the part untouched."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        whole: Any = replace(getattr(options, part) or usual, **{name: read(text)})
        return replace(options, **{part: whole})

    def show(options: TransformOptions) -> str | None:
        value = getattr(getattr(options, part) or usual, name)
        return None if value == getattr(usual, name) else write(value)

    return Slot(apply, show)
