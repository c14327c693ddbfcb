"""The rows on what a picture is painted as."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.options.colours import Colour, backdrop, backdrop_text, colour, colour_text
from foveate.options.model import BLURRED
from foveate.options.nested import detail
from foveate.options.option import Option, Slot
from foveate.options.styles import Style, Styled
from foveate.options.values import expected, one_of, text_of, whole

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.options.option import Reader, Writer

MAX_SEED: Final = 999_999
_STYLES: Final = {style.value: style for style in Style}
_STYLE: Final = one_of(_STYLES)
_UNTOUCHED: Final = Styled(style=Style.POSTER)
"""Of which only the details are looked at."""


def _apply(options: TransformOptions, text: str) -> TransformOptions:
    return replace(options, style=Styled(style=_STYLE(text)))


def _show(options: TransformOptions) -> str | None:
    return options.style.style.value if options.style else None


def _detail(name: str, read: Reader, write: Writer = text_of) -> Slot:
    """Return the slot of a detail, which says nothing without a style."""
    slot = detail("style", _UNTOUCHED, name, read, write)

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        if options.style is None:
            raise ValueError("expected style=NAME beside it, got none")
        return slot.apply(options, text)

    return Slot(apply, slot.show)


def _ground() -> Slot:
    """Return the slot of what is behind: a picture only where the style has a second one."""
    slot = _detail("background", _behind, backdrop_text)

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        painted: Any = slot.apply(options, text)
        asked = painted.style
        if isinstance(asked.background, str) and asked.style is not Style.DOUBLE_EXPOSURE:
            raise expected(f"a CSS colour beside style={asked.style.value}", text)
        return replace(options, style=asked)

    return Slot(apply, slot.show)


def _opaque(text: str) -> Colour:
    value = colour(text)
    if value.alpha < 1:
        raise expected("an opaque colour", text)
    return value


def _behind(text: str) -> Colour | str:
    value = backdrop(text)
    if isinstance(value, Colour):
        return _opaque(text)
    if value == BLURRED:
        raise expected("a CSS colour or a source", text)
    return value


STYLE: Final = (
    Option(
        name="style",
        usage=f"style={'|'.join(_STYLES)}",
        values=", ".join(f"`{word}`" for word in _STYLES),
        default="none",
        help="Foveate's own. Paint the picture anew around its subject; see "
        "[Styles](../guides/styles.md). Animations become their first frame.",
        slot=Slot(_apply, _show),
    ),
    Option(
        name="style.color",
        usage="style.color=COLOUR",
        values="a CSS colour without alpha",
        default="the style's own",
        help="Foveate's own. The leading ink; a palette of several turns with it.",
        slot=_detail("colour", _opaque, colour_text),
    ),
    Option(
        name="style.background",
        usage="style.background=COLOUR|SOURCE",
        values="a CSS colour without alpha; for `double-exposure` also a source, percent-encoded",
        default="the style's own",
        help="Foveate's own. The paper, the wall or the night behind; of a double exposure the "
        "second picture.",
        slot=_ground(),
    ),
    Option(
        name="style.seed",
        usage="style.seed=NUMBER",
        values=f"0 to {MAX_SEED}",
        default="0",
        help="Foveate's own. Another grain, other splashes, another landscape; the same number "
        "paints the same picture.",
        slot=_detail("seed", whole(0, MAX_SEED)),
    ),
)
