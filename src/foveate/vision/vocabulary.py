"""The words for what a picture shows: the classes of the network, and everyday words for them.

`classes.txt` names ImageNet's 1000 classes and `words.txt` says what people call them: an Egyptian
cat is a cat, a pet and an animal.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

_HERE: Final = Path(__file__).parent
CLASSES_FILE: Final = _HERE / "classes.txt"
WORDS: Final = _HERE / "words.txt"
NOT_COUNTED: Final = "~"
SPELLED: Final[Mapping[str, str]] = {"hair drier": "hair dryer"}
"""Words of the table for classes of COCO that are spelled otherwise."""
KIND_OF: Final[Mapping[str, str]] = {"potted plant": "plant", "stop sign": "street sign"}
"""Words of the table for classes of COCO that it has no finer word for."""


class Kind(Enum):
    """What a word is to the picture."""

    NAME = "name"
    """The network's own name for a class: `Egyptian cat`."""
    THING = "thing"
    """What people call it: `cat`."""
    BROADER = "broader"
    """What that is: `pet`, `animal`; or where it is: `outdoors`."""


@dataclass(frozen=True, slots=True)
class Word:
    """One everyday word."""

    text: str
    broader: tuple[str, ...]
    """All that it is as well, nearest first."""
    classes: tuple[int, ...]
    """Those that it names; none for what is only broader."""
    counted: bool
    """Whether it is one of a number: a cup is, coffee is not, and trousers are none."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words."""

    names: tuple[str, ...]
    """Of the network's classes, in its order."""
    words: Mapping[str, Word]
    thing_of: NDArray[np.intp]
    """For each class the number, in the order of `words`, of the word that names it."""
    holds: NDArray[np.float32]
    """(words, classes): 1 where a class is one of what the word says, or of something narrower."""

    def all_words(self) -> tuple[str, ...]:
        """Return every word that a tag may be, each once."""
        return tuple(dict.fromkeys((*self.words, *self.names)))


@cache
def vocabulary() -> Vocabulary:
    """Return the words that come with this package."""
    names = tuple(_lines(CLASSES_FILE))
    words = {word.text: word for word in _with_all_broader(list(_words(_lines(WORDS))))}
    order = {text: number for number, text in enumerate(words)}
    thing_of = np.empty(len(names), np.intp)
    holds = np.zeros((len(words), len(names)), np.float32)
    for word in words.values():
        for one in word.classes:
            thing_of[one] = order[word.text]
            holds[[order[text] for text in (word.text, *word.broader)], one] = 1
    return Vocabulary(names, words, thing_of, holds)


@cache
def edition(*tables: Path) -> str:
    """Return what changes when tables do: both of ours by default."""
    known = b"".join(table.read_bytes() for table in tables or (CLASSES_FILE, WORDS))
    return hashlib.sha256(known).hexdigest()[:12]


def _lines(file: Path) -> Iterator[str]:
    """Yield the lines of a table that are no remarks."""
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _words(lines: Iterable[str]) -> Iterator[Word]:
    """Yield the words of the table, each with what is said to be broader on its own line."""
    for line in lines:
        head, _, classes = line.partition(" : ")
        text, _, broader = head.partition(" < ")
        named = tuple(number for span in classes.split() for number in _numbers(span))
        over = tuple(word.strip() for word in broader.split(",") if word.strip())
        yield Word(text.removeprefix(NOT_COUNTED), over, named, not text.startswith(NOT_COUNTED))


def _numbers(span: str) -> range:
    first, _, last = span.partition("-")
    return range(int(first), int(last or first) + 1)


def _with_all_broader(words: list[Word]) -> Iterator[Word]:
    over = {word.text: word.broader for word in words}
    for word in words:
        found: dict[str, None] = {}
        waiting = list(word.broader)
        while waiting:
            text = waiting.pop(0)
            if text not in found:
                found[text] = None
                waiting += over[text]
        yield Word(word.text, tuple(found), word.classes, word.counted)
