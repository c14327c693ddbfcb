"""What a row of the table of options is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.options.model import TransformOptions
from foveate.options.values import one_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str], Any]
    """Text in, the value of some field out; ValueError in a plain sentence."""
    Writer = Callable[[Any], str]
    """The way back: the canonical text of a value."""

DEFAULT: Final = TransformOptions()


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an option in `TransformOptions`: how its text gets in, and out again."""

    apply: Callable[[TransformOptions, str], TransformOptions]
    """Return the options with the text read. Raises ValueError in a plain sentence."""
    show: Callable[[TransformOptions], str | None]
    """Return the canonical text, or None when there is nothing to say beyond the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One row of the grammar. Parser, canonical text and the reference page all read it."""

    name: str
    aliases: tuple[str, ...] = ()
    usage: str
    """How it is written, e.g. `width=PIXELS` or `width=auto`."""
    values: str
    default: str
    help: str
    slot: Slot


def held_in(name: str, read: Reader, write: Writer = text_of) -> Slot:
    """Return the slot of an option that is one field of `TransformOptions`."""

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        return replace(options, **{name: read(text)})

    def show(options: TransformOptions) -> str | None:
        value = getattr(options, name)
        return None if value == getattr(DEFAULT, name) else write(value)

    return Slot(apply, show)


def switched_on(name: str, word: str) -> Slot:
    """Return the slot of a field that one word turns on, e.g. `onerror=redirect`."""
    return held_in(name, one_of({word: True}), lambda _: word)


def without(read: Callable[[str], float], *same_as_none: float) -> Callable[[str], float | None]:
    """Return a reader to which some numbers mean that nothing was asked."""

    def maybe(text: str) -> float | None:
        value = read(text)
        return None if value in same_as_none else value

    return maybe
