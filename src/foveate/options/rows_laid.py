"""The rows on what is laid over the finished picture: a watermark, and words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.options.colours import colour, colour_text, is_source
from foveate.options.laid import MOST_LETTERS, Lettering, Place, Watermark
from foveate.options.letters import words_of
from foveate.options.option import Option, Slot
from foveate.options.values import (
    MAX_TEXT,
    PIXELS_OR_NONE,
    expected,
    flag,
    number,
    one_of,
    text_of,
    whole,
)

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.options.option import Reader, Writer

_PLACES: Final = {place.value: place for place in Place} | {"centre": Place.CENTER}
PLACES: Final = ", ".join(f"`{place.value}`" for place in Place)
MOST_SIZE: Final = 4000
LENGTH: Final = f"1 to {MOST_SIZE} pixels, or a fraction up to 1"
_MARK: Final = Watermark(src="")
_WORDS: Final = Lettering(words="")


def _size(text: str) -> int | float:
    """Return pixels for digits alone, or a share for a fraction."""
    try:
        return whole(1, MOST_SIZE)(text) if text.strip().isdigit() else number(0.001, 1)(text)
    except ValueError:
        raise expected(f"{LENGTH} and from 0.001 on", text) from None


def _size_text(size: float) -> str:
    return repr(size)


def _family(text: str) -> str:
    if not text.isprintable() or len(text) > MAX_TEXT:
        raise expected("the name of a font", text)
    return text.strip()


def _source(text: str) -> str:
    if not is_source(text):
        raise expected("a source such as brand/logo.png, percent-encoded", text)
    return text


def _whole(part: str, usual: Any, name: str, read: Reader) -> Slot:  # noqa: ANN401 - any frozen part
    """Return the slot of what makes a part; details of it say nothing without."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        given: Any = {part: replace(usual, **{name: read(text)})}
        return replace(options, **given)

    def show(options: TransformOptions) -> str | None:
        asked = getattr(options, part)
        return None if asked is None else getattr(asked, name)

    return Slot(apply, show)


def _detail(part: str, usual: Any, name: str, read: Reader, write: Writer = text_of) -> Slot:  # noqa: ANN401 - any frozen part
    """Return the slot of a detail, which says nothing where there is no such part."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        value, asked = read(text), getattr(options, part)
        changed: Any = {} if asked is None else {part: replace(asked, **{name: value})}
        return replace(options, **changed)

    def show(options: TransformOptions) -> str | None:
        value = getattr(getattr(options, part) or usual, name)
        return None if value == getattr(usual, name) else write(value)

    return Slot(apply, show)


WATERMARK: Final = (
    Option(
        name="watermark",
        usage="watermark=SOURCE",
        values="a source, percent-encoded: `brand%2Flogo.png`",
        default="none",
        help="Foveate's own. Lay another picture of the same origins over the finished one; see "
        "[Lay over a picture](../guides/overlays.md#watermarks).",
        slot=_whole("watermark", _MARK, "src", _source),
    ),
    Option(
        name="watermark.width",
        usage="watermark.width=PIXELS or watermark.width=SHARE",
        values=LENGTH,
        default="0.25",
        help="Foveate's own. How wide it becomes: pixels, times dpr, or a share of the picture's "
        "width; never higher than the picture.",
        slot=_detail("watermark", _MARK, "width", _size, _size_text),
    ),
    Option(
        name="watermark.opacity",
        usage="watermark.opacity=OPACITY",
        values="0 to 1",
        default="1",
        help="Foveate's own. How much of what lies below it hides.",
        slot=_detail("watermark", _MARK, "opacity", number(0, 1)),
    ),
    Option(
        name="watermark.gravity",
        usage="watermark.gravity=PLACE",
        values=PLACES,
        default="`bottom-right`",
        help="Foveate's own. Where it lies.",
        slot=_detail("watermark", _MARK, "place", one_of(_PLACES)),
    ),
    Option(
        name="watermark.margin",
        usage="watermark.margin=PIXELS",
        values=PIXELS_OR_NONE,
        default="16",
        help="Foveate's own. How far from the edges, times dpr; of one that is repeated, how far "
        "from the next.",
        slot=_detail("watermark", _MARK, "margin", whole(0)),
    ),
    Option(
        name="watermark.repeat",
        usage="watermark.repeat=true|false",
        values="`true`, `false`",
        default="`false`",
        help="Foveate's own. Repeat it all over the picture.",
        slot=_detail("watermark", _MARK, "repeat", flag),
    ),
)

TEXT: Final = (
    Option(
        name="text",
        usage="text=WORDS",
        values=f"up to {MOST_LETTERS} letters, percent-encoded; `%0A` ends a line",
        default="none",
        help="Foveate's own. Set words over the finished picture, in lines that fit; what is too "
        "much becomes smaller; see [Lay over a picture](../guides/overlays.md#words). Needs "
        "`pip install 'foveate[design]'` and `foveate models pull design`.",
        slot=_whole("text", _WORDS, "words", partial(words_of, most=MOST_LETTERS)),
    ),
    Option(
        name="text.font",
        usage="text.font=FAMILY",
        values="a family: `Inter`, `Lora`, `Bebas%20Neue`, ... or of a card of your own",
        default="`Inter`",
        help="Foveate's own. In which letters; those that it lacks are taken from others.",
        slot=_detail("text", _WORDS, "font", _family),
    ),
    Option(
        name="text.size",
        usage="text.size=PIXELS or text.size=SHARE",
        values=LENGTH,
        default="0.08",
        help="Foveate's own. How large the letters are: pixels, times dpr, or a share of the "
        "picture's height.",
        slot=_detail("text", _WORDS, "size", _size, _size_text),
    ),
    Option(
        name="text.weight",
        usage="text.weight=WEIGHT",
        values="100 to 900",
        default="700",
        help="Foveate's own. How bold: 400 is regular. The nearest that the font has is taken.",
        slot=_detail("text", _WORDS, "weight", whole(100, 900)),
    ),
    Option(
        name="text.color",
        usage="text.color=COLOUR",
        values="a CSS colour, percent-encoded",
        default="white",
        help="Foveate's own. Of the letters.",
        slot=_detail("text", _WORDS, "colour", colour, colour_text),
    ),
    Option(
        name="text.gravity",
        usage="text.gravity=PLACE",
        values=PLACES,
        default="`center`",
        help="Foveate's own. Where the words lie; lines keep to the same side.",
        slot=_detail("text", _WORDS, "place", one_of(_PLACES)),
    ),
    Option(
        name="text.margin",
        usage="text.margin=PIXELS",
        values=PIXELS_OR_NONE,
        default="16",
        help="Foveate's own. How far from the edges of the picture, times dpr.",
        slot=_detail("text", _WORDS, "margin", whole(0)),
    ),
    Option(
        name="text.background",
        usage="text.background=COLOUR",
        values="a CSS colour, percent-encoded",
        default="none",
        help="Foveate's own. Of a box behind the words.",
        slot=_detail("text", _WORDS, "background", colour, colour_text),
    ),
    Option(
        name="text.padding",
        usage="text.padding=PIXELS",
        values=PIXELS_OR_NONE,
        default="a third of the letters' size in a box, else 0",
        help="Foveate's own. Between the words and the edge of their box, times dpr.",
        slot=_detail("text", _WORDS, "padding", whole(0)),
    ),
    Option(
        name="text.shadow",
        usage="text.shadow=DARKNESS",
        values="0 to 1",
        default="0",
        help="Foveate's own. How dark a soft shadow is that words, or their box, throw.",
        slot=_detail("text", _WORDS, "shadow", number(0, 1)),
    ),
)
