"""What a picture is to show, in the words of tags: by tables first, by vectors of sentences last.

Tags are English words. The table beside this file has what people of five languages call the most
usual of them; what it does not have counts where its vector is surely near to that of a tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.classes import CLASSES
from foveate.models import sentences
from foveate.service.english import plural, regular_plural
from foveate.service.wording import SMALL
from foveate.vision.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Vectors = Callable[[Sequence[str]], NDArray[np.float32] | None]
    """Returns vectors of words, or None where those have not been made yet."""

LONGEST: Final = 4
"""Words that one phrase of the table may have."""
NEAR: Final = 0.45
"""Of cosines about their mean, from which on a word may mean a tag."""
SURE: Final = 0.65
"""From which on it surely does."""
UNKNOWN: Final = 0.5
"""What a word counts that no tag says: `red`, or `Lisbon`."""
_EMPTY: Final = frozenset(
    {
        *("something", "somebody", "some", "this", "that", "photo", "picture", "image", "one"),
        *("with", "foto", "bild", "eines", "etwas", "cette", "imagen", "alguna", "写真", "画像"),
    }
)
"""Words that say nothing of what is seen."""
_KANA: Final = "\u3040-\u30ff\u3400-\u9fff\u3005"
_WORD: Final = re.compile(rf"[{_KANA}]+|[^\W_{_KANA}]+(?:['-][^\W_{_KANA}]+)*")
_CJK: Final = re.compile(rf"[{_KANA}]")
_PARTICLES: Final = re.compile("[のとがにをでは、]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word of what is searched for: which tags say it, and how surely, 0..1 each."""

    word: str
    tags: Mapping[str, float]

    @property
    def weight(self) -> float:
        """Return what it counts beside the others."""
        return 1.0 if self.tags else UNKNOWN


@cache
def tags() -> tuple[str, ...]:
    """Return every word that is said of pictures, by tags or by detectors."""
    return tuple(dict.fromkeys((*vocabulary().all_words(), *CLASSES)))


@cache
def near_tags() -> tuple[str, ...]:
    """Return those that a word may mean by its vector: everyday words, and no breeds of dogs."""
    return tuple(dict.fromkeys((*vocabulary().words, *CLASSES)))


@cache
def _phrases() -> Mapping[str, str]:
    """Return the tag of every phrase, in lower case."""
    found = {form(tag).lower(): tag for form in (regular_plural, plural) for tag in tags()}
    for line in filter(None, _table().splitlines()):
        tag, _, said = line.partition(": ")
        found |= {phrase.strip(): tag for phrase in said.split("|")}
        found |= {regular_plural(phrase.strip()): tag for phrase in said.split("|")[:1]}
    return {**found, **{tag.lower(): tag for tag in tags()}}


def _table() -> str:
    return (files("foveate.designs.library") / "words.txt").read_text("utf-8")


def spoken(text: str) -> list[str]:
    """Return the words of a text, in lower case; of Japanese what stands between particles.

    >>> spoken("Two dogs, at the beach"), spoken("海辺の犬")
    (['two', 'dogs', 'at', 'the', 'beach'], ['海辺', '犬'])
    """
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        found += filter(None, _PARTICLES.split(word)) if _CJK.match(word) else [word]
    return found


def telling(text: str) -> list[str]:
    """Return the words of a text that say something of what is seen."""
    return [word for word in spoken(text) if word not in SMALL and word not in _EMPTY]


def wanted(text: str, vectors: Vectors | None = None) -> list[Wanted]:
    """Return what is searched for, word by word, the longest phrases of the table first."""
    return list(_wanted(spoken(text), vectors))


def _wanted(words: list[str], vectors: Vectors | None) -> Iterator[Wanted]:
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in _phrases() and not (phrase in SMALL or phrase in _EMPTY):
                yield Wanted(phrase, {_phrases()[phrase]: 1.0})
                break
        else:
            length = 1
            if words[at] not in SMALL and words[at] not in _EMPTY:
                yield Wanted(words[at], _near(words[at], vectors))
        at += length


def _near(word: str, vectors: Vectors | None) -> dict[str, float]:
    """Return the tag that a word means which no table has; none where that is not sure."""
    known = vectors(near_tags()) if vectors else None
    if known is None:
        return {}
    mean = known.mean(axis=0)
    away, own = known - mean, sentences.vector_of(word) - mean
    near = away @ own / (np.linalg.norm(away, axis=1) * np.linalg.norm(own) + 1e-9)
    best = int(np.argmax(near))
    sure = min(1.0, (float(near[best]) - NEAR) / (SURE - NEAR))
    return {near_tags()[best]: sure} if sure > 0 else {}
