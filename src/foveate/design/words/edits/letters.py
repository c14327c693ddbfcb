"""How letters look: bold, italic, size, family, lines and spaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Block, Decoration, Run, Text, joined
from foveate.design.tree import replaced
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.edits.sizes import tidy
from foveate.design.words.frames import added, family_of
from foveate.design.words.values import blanked
from foveate.design.words.work import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.scene.model import Scene
    from foveate.design.words.work import Done, Work

BOLD: Final = 700
_HEAVIEST: Final = 900
_SPACED: Final = {-1.0: 0.02, 0.0: 0.05, 1.0: 0.12}
"""Of the size of letters."""
_LED: Final = {-1.0: 1.08, 0.0: 1.15, 1.0: 1.35}


def _set(work: Work, **held: Any) -> Scene:  # noqa: ANN401 - of any field
    """Return the scene with looks of letters set, in all of each text."""
    plain: dict[str, Any] = dict.fromkeys(held)

    def one(text: Text) -> Text:
        runs = tuple(replace(run, **plain) for run in text.runs)
        return replace(text, runs=joined(runs), **held)

    return _each(work, one)


def _each(work: Work, change: Callable[[Text], Text]) -> Scene:
    blocks: dict[str, Block | None] = {text.id: change(text) for text in work.texts()}
    return replaced(work.scene, blocks)


def bold(work: Work) -> Done:
    """Make letters bold; bolder where they are."""

    def one(text: Text) -> Text:
        new = BOLD if text.weight < BOLD else min(_HEAVIEST, text.weight + 100)
        runs = tuple(replace(run, weight=None) for run in text.runs)
        return replace(text, weight=new, runs=joined(runs))

    return _each(work, one), f"Set {work.names()} in bold."


def unbold(work: Work) -> Done:
    """Give letters their normal weight."""
    return _set(work, weight=400), f"Set {work.names()} in normal weight."


def plain(work: Work) -> Done:
    """Take from letters the looks that are named: that they are bold, lean, or have a line."""
    held: dict[str, Any] = {}
    if work.said.cue("bold"):
        held["weight"] = 400
    if work.said.cue("italic"):
        held["italic"] = False
    if work.said.cue("underline strike"):
        held["decoration"] = Decoration.NONE
    return _set(work, **held), f"Set {work.names()} without that."


def italic(work: Work) -> Done:
    """Let letters lean."""
    return _set(work, italic=True), f"Set {work.names()} in italics."


def underline(work: Work) -> Done:
    """Draw a line under letters."""
    return _set(work, decoration=Decoration.UNDERLINE), f"Underlined {work.names()}."


def strike(work: Work) -> Done:
    """Draw a line through letters."""
    return _set(work, decoration=Decoration.LINE_THROUGH), f"Struck {work.names()} through."


def upper(work: Work) -> Done:
    """Write texts in capitals."""
    return _each(work, lambda text: _written(text, str.upper)), f"Set {work.names()} in capitals."


def lower(work: Work) -> Done:
    """Write texts in small letters."""
    return _each(
        work, lambda text: _written(text, str.lower)
    ), f"Set {work.names()} in small letters."


def _written(text: Text, change: Callable[[str], str]) -> Text:
    runs: tuple[Run, ...] = tuple(replace(run, text=change(run.text)) for run in text.runs)
    return replace(text, runs=joined(runs))


def size(work: Work) -> Done:
    """Set letters in a size."""
    number = work.said.number("px", "pt", "mm", "cm", "in", "%", "")
    if number is None:
        raise Unclear("In what size are the letters to be?")
    more = added(work.said, number)

    def one(text: Text) -> Text:
        told = work.length(number, text.size)
        less = work.said.less
        new = tidy(text.size + told * (-1 if less else 1) if more else told)
        if new <= 0:
            raise CannotBe(f"Letters have no size of {number.text}.")
        runs = tuple(replace(run, size=None) for run in text.runs)
        return replace(text, size=new, runs=joined(runs))

    of = f"that are {number.text} {'smaller' if work.said.less else 'larger'}"
    return _each(work, one), f"Set {work.names()} in letters {of if more else f'of {number.text}'}."


def family(work: Work) -> Done:
    """Set letters in a family, by its name: words that begin with a capital."""
    name = _family(work)
    if not name:
        raise Unclear("Which font is it to be? Write its name in quotation marks.")
    return _set(work, font=name), f"Set {work.names()} in {name}."


def _family(work: Work) -> str:
    if work.said.quotes:
        return work.said.quotes[0].text
    if known := family_of(work.said):
        return known
    things = [
        (each.start, each.end)
        for each in work.said.tokens
        if each.of("thing") or "cue.font" in each.tags
    ]
    return capitalised(work.said.text) if not things else _unnamed(work.said.text, things)


def _unnamed(text: str, things: list[tuple[int, int]]) -> str:
    """Return a font's name: not what a block is called, which German begins with a capital."""
    return capitalised("." + blanked(text, things)[1:])


def capitalised(text: str) -> str:
    """Return the last words of a text that begin with capitals, after its first word.

    >>> capitalised("Use Playfair Display for the title")
    'Playfair Display'
    """
    found: list[list[str]] = [[]]
    for word in text.strip(".!?").split()[1:]:
        if word[:1].isupper() and word.isalnum():
            found[-1].append(word)
        elif found[-1]:
            found.append([])
    return " ".join(next((words for words in reversed(found) if words), []))


def spacing(work: Work) -> Done:
    """Set letters further apart, or nearer."""
    less = work.said.less or work.said.cue("delete")
    by = _SPACED[work.said.much] * (-1 if less else 1)
    number = work.said.number("px", "pt", "mm")

    def one(text: Text) -> Text:
        told = work.length(number) if number else text.letter_spacing + by * text.size
        return replace(text, letter_spacing=tidy(told))

    scene = _each(work, one)
    return scene, f"Set the letters of {work.names()} {'nearer' if less else 'further apart'}."


def leading(work: Work) -> Done:
    """Set lines further apart, or nearer."""
    factor = _LED[work.said.much]
    factor = 1 / factor if work.said.less else factor
    number = work.said.number("", "times")
    told = number.value if number else None
    scene = _each(
        work, lambda text: replace(text, line_height=tidy(told or text.line_height * factor))
    )
    return scene, f"Changed the line spacing of {work.names()}" + (
        f" to {shown(told)}." if told else "."
    )
