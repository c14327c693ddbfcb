"""What the shell offers when TAB is pressed: options, their values, formats, parts, models."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from foveate.options.option import Option

Words = list[tuple[str, str]]
"""Each with what it is for."""

RATIOS: Final = ("1:1", "4:5", "9:16", "16:9", "3:2", "2:3", "4:3", "3:4", "1.91:1")
SHORT: Final = 50
"""Characters: shells take every further line for another word."""
FOR_BASH: Final = "complete_bash"
COMPLETE: Final = "_FOVEATE_COMPLETE"
"""The variable by which a shell asks."""
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_ALTERNATIVES: Final = re.compile(r"=([^ ]+)|`([^`]+)`")
_BREAKS: Final = "=:"
"""Where bash takes words apart that we do not."""


def _within(incomplete: str, words: Iterable[tuple[str, str]]) -> Words:
    """Return the words that go on what was written, of which all up to the last comma stays."""
    head, comma, last = incomplete.rpartition(",")
    said = set(head.split(","))
    return [
        (f"{head}{comma}{word}", about)
        for word, about in words
        if word.startswith(last) and word not in said
    ]


def options_words(incomplete: str) -> Words:
    """Return options as in a URL, and behind an equals sign what an option may be."""
    from foveate.options.table import BY_NAME, OPTIONS

    head, _, last = incomplete.rpartition(",")
    name, equals, _ = last.partition("=")
    row = BY_NAME.get(name)
    if equals:
        values = _values(row) if row else ()
        return _within(incomplete, ((f"{name}={value}", "") for value in values))
    used = {part.partition("=")[0] for part in head.split(",")}
    rows = (each for each in OPTIONS if not used & {each.name, *each.aliases})
    return _within(incomplete, ((f"{each.name}=", _first(each.help)) for each in rows))


def _values(row: Option) -> Iterable[str]:
    """Return the words that an option may be, out of what is told of it, each once."""
    told = _ALTERNATIVES.findall(f"{row.usage} {row.values}")
    words = dict.fromkeys(word for pair in told for word in "|".join(pair).split("|"))
    return (word for word in words if _WORD.fullmatch(word) and _reads(row, word))


def _reads(row: Option, word: str) -> bool:
    from foveate.options.option import DEFAULT

    try:
        row.slot.apply(DEFAULT, word)
    except ValueError:
        return False
    return True


def _first(text: str) -> str:
    """Return the beginning of what is told of something, on one line of a list."""
    said = text.removeprefix("Foveate's own. ").replace("`", "")
    return re.split(r"[.:;] ", said)[0].rstrip(".")[:SHORT]


def parts_words(incomplete: str) -> Words:
    """Return what can be looked for in a picture, several separated by commas."""
    from foveate.service.parts import OFFERED

    offers = (
        (name, _first(part.offer.about) if part.offer else "") for name, part in OFFERED.items()
    )
    return _within(incomplete, offers)


def aspects_words(incomplete: str) -> Words:
    """Return the formats by name, and usual ratios."""
    from foveate.service.formats import FORMATS

    rows = [(name, f"{row.size}, {row.use}") for name, row in FORMATS.items()]
    return _starting(incomplete, [*rows, *((ratio, "") for ratio in RATIOS)])


def sets_words(incomplete: str) -> Words:
    """Return the sets of formats."""
    from foveate.service.formats import SETS

    return _starting(incomplete, ((name, ", ".join(rows)) for name, rows in SETS.items()))


def kept_words(incomplete: str) -> Words:
    """Return what crops of many shapes can keep."""
    from foveate.service.aims import GRAVITIES

    return _starting(incomplete, ((kind.value, "") for kind in GRAVITIES))


def models_words(incomplete: str) -> Words:
    """Return the sets, and the cards, the operator's own as well."""
    from foveate.models.supply.sets import SETS
    from foveate.models.supply.weights import catalogue
    from foveate.settings import load

    sets = [(name, each.about) for name, each in SETS.items()]
    cards = [(card.name, f"{card.task}, {card.licence}") for card in catalogue(load().models)]
    return _starting(incomplete, [*sets, *cards])


def _starting(incomplete: str, words: Iterable[tuple[str, str]]) -> Words:
    return [(word, about) for word, about in words if word.startswith(incomplete)]


def joined(words: list[str], at: int) -> tuple[list[str], int]:
    """Return the words of a line as they were before bash took them apart, and which is meant.

    >>> joined(["f", "-o", "width", "=", "3,fit", "=", "co"], 6)
    (['f', '-o', 'width=3,fit=co'], 2)
    """
    whole: list[str] = []
    place, glued = 0, False
    for number, word in enumerate(words):
        breaks = bool(word) and not word.strip(_BREAKS)
        if whole and (glued or breaks):
            whole[-1] += word
        else:
            whole.append(word)
        glued = breaks
        place = len(whole) - 1 if number <= at else place
    return whole, place if at < len(words) else len(whole)


def in_bash(run: Callable[[], None]) -> None:
    """Answer bash, which takes words apart at = and :, and replaces what follows the last one."""
    words, at = joined(os.environ["COMP_WORDS"].split("\n"), int(os.environ["COMP_CWORD"]))
    os.environ |= {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(at)}
    current = words[at] if at < len(words) else ""
    kept = max(current.rfind(mark) for mark in _BREAKS) + 1
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            run()
    finally:
        print("\n".join(line[kept:] for line in said.getvalue().splitlines()))  # noqa: T201
