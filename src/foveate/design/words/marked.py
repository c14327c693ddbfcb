"""A look for some words of a text, and not for all: `make "sale" in the headline blue`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Run, Text, joined
from foveate.design.tree import replaced, spots
from foveate.design.words.frames import verb_of
from foveate.design.words.values import Quote

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene
    from foveate.design.words.said import Said

_VERBS: Final = frozenset({"color", "bold", "italic", "underline", "strike", "plain"})
_LOOKS: Final = ("colour", "weight", "italic", "decoration")
_WORD: Final = re.compile(
    r"\b(?:the word|das wort|le mot|la palabra)\s+(?P<word>[^\W\d_]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Some words of a text, and what is said but for them."""

    said: Said
    verb: str
    text: str
    """The id of the text."""
    words: str


def marked(said: Said, scene: Scene) -> Marked | None:
    """Return which words of which one text are to look otherwise; None for none."""
    quote = _quote(said)
    if quote is None:
        return None
    tokens = (t for t in said.tokens if t.end <= quote.start or t.start >= quote.end)
    plain = replace(said, quotes=(), tokens=tuple(tokens))
    verb = verb_of(plain)
    found = [
        name
        for name, spot in spots(scene).items()
        if isinstance(spot.block, Text) and _at(spot.block, quote.text) is not None
    ]
    if verb not in _VERBS or len(found) != 1:
        return None
    return Marked(plain, verb, found[0], quote.text)


def _quote(said: Said) -> Quote | None:
    if len(said.quotes) == 1:
        return said.quotes[0]
    word = None if said.quotes else _WORD.search(said.text)
    return Quote(word["word"], *word.span("word")) if word else None


def _at(text: Text, words: str) -> int | None:
    """Return where words stand that are a part of a text; None where they are not, or are all."""
    found = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text.words, re.IGNORECASE)
    return found.start() if found and len(words) < len(text.words) else None


def on_words(before: Scene, after: Scene, name: str, words: str) -> Scene:
    """Return a scene in which a text has the look that all of it has got on some words alone."""
    old, new = spots(before)[name].block, spots(after)[name].block
    if not isinstance(old, Text) or not isinstance(new, Text):
        return after
    start = _at(old, words) or 0
    looks = {
        field: getattr(new, field) for field in _LOOKS if getattr(new, field) != getattr(old, field)
    }
    runs = tuple(_cut(old.runs, start, start + len(words), looks))
    return replaced(before, {name: replace(old, runs=joined(runs))})


def _cut(runs: tuple[Run, ...], start: int, end: int, looks: dict[str, Any]) -> list[Run]:
    """Return runs with those letters by themselves, in their new look."""
    found, passed = [], 0
    for run in runs:
        a, b = (min(max(at - passed, 0), len(run.text)) for at in (start, end))
        pieces = (run.text[:a], run.text[a:b], run.text[b:])
        found += [
            replace(run, text=piece, **(looks if at == 1 else {}))
            for at, piece in enumerate(pieces)
            if piece
        ]
        passed += len(run.text)
    return found
