"""What somebody searches for, in his words, as tags: exactly in English, by meaning with an extra.

Tags are a few hundred English words. A word that is one, or a plural of one, means that one. Any
other means those few whose vectors are nearest, some more and some less.
"""

from __future__ import annotations

import hashlib
import re
import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.models import sentences
from foveate.service.english import plural, regular_plural
from foveate.vision.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Cache

    Weights = list[dict[str, float]]

SHARPNESS: Final = 0.01
"""Of cosines, by which far ones count less: those of unrelated words are only 0.1 lower."""
NEAREST: Final = 4
"""Tags that a word may mean."""
SURELY: Final = 0.022
"""By so much of its cosine a word is nearer to some words than to all tags if it means these: homme
and enfant are by 0.05, while white, small and young are hardly nearer to people than to others."""
SHORTEST: Final = 3
"""Letters of a word that means something, in writings that divide words."""
SMALL: Final = frozenset(
    {
        *("a", "an", "and", "are", "at", "by", "for", "from", "in", "is", "it", "near", "no"),
        *("of", "on", "or", "the", "their", "there", "to", "two", "under", "with", "am"),
        *("auf", "bei", "das", "dem", "den", "der", "die", "ein", "eine", "einem", "einen"),
        *("einer", "im", "mit", "und", "von", "vor", "zu", "zwei", "au", "aux", "avec"),
        *("dans", "de", "des", "du", "en", "et", "la", "le", "les", "sur", "un", "une"),
        *("con", "del", "el", "las", "los", "por", "una", "y", "al", "alla", "di", "gli"),
        *("il", "lo", "nel", "nella", "su", "sul", "com", "na", "o", "os", "um", "uma"),
        *("een", "het", "met", "op"),
    }
)
"""Words that say nothing of a picture, in English and in what many of its neighbours speak."""
LONGEST: Final = 3
"""Words that the name of a tag may have."""
_MAKING: Final = threading.Lock()
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


class Wording:
    """One search. Vectors of words are kept in the memo."""

    def __init__(self, text: str, memo: Cache) -> None:
        """Take what is searched for. Raises BadOption for words that cannot be understood here."""
        self.text = " ".join(text.split())
        self._memo = memo
        words = spoken(self.text)
        if not words:
            raise BadOption("Expected words to search for, got none.")
        self.exact, self.others = _divided(words)
        if self.others and not sentences.installed():
            known = vocabulary().all_words()
            named = ", ".join(f"{word}{meant(word, known)}" for word in self.others)
            raise BadOption(
                f"Expected words that tags have, in English, got {named}. To search in any words "
                f"and other languages: {sentences.CURE}"
            )
        if not self.exact and not self.others:
            raise BadOption(
                f"Expected words that say what is on the pictures, got {self.text!r}, in which "
                "all are too small to say anything."
            )

    def weights(self, tags: Sequence[str] = ()) -> Weights:
        """Return for each word that is meant how much each tag says it, 0..1; of all by default."""
        found: Weights = [{word: 1.0} for word in self.exact]
        if self.others:
            tags = tags or tuple(vocabulary().words)
            vectors = self._vectors(tags)
            found += [_shares(tags, vectors @ sentences.vector_of(word)) for word in self.others]
        return found

    def nearer_to(self, known: Sequence[str]) -> list[str]:
        """Return those of the words that are no tags which mean one of these rather than a tag."""
        if not self.others:
            return []
        tags = tuple(vocabulary().words)
        vectors = self._vectors((*tags, *known))
        nearness = {word: vectors @ sentences.vector_of(word) for word in self.others}
        many = len(tags)
        return [w for w, near in nearness.items() if near[many:].max() - near[:many].max() > SURELY]

    def _vectors(self, tags: Sequence[str]) -> NDArray[np.float32]:
        """Return (tags, 384): made once, which takes ten seconds, and kept in the memo."""
        digest = hashlib.sha256("\n".join(tags).encode()).hexdigest()[:16]
        key = f"words/{sentences.name()}/{digest}"
        with _MAKING:  # who comes meanwhile waits for them, in place of making them as well
            kept = self._memo.get_blocking(key)
            if kept is None:
                kept = np.stack([sentences.vector_of(tag) for tag in tags]).tobytes()
                self._memo.put(key, kept)
        return np.frombuffer(kept, np.float32).reshape(len(tags), -1)


def score(labels: Mapping[str, float], weights: Weights) -> float:
    """Return how well a picture with these labels fits, 0..1: the mean of all words."""
    said = (sum(part * labels.get(tag, 0.0) for tag, part in word.items()) for word in weights)
    return float(sum(said) / max(1, len(weights)))


def _shares(tags: Sequence[str], cosines: NDArray[np.float32]) -> dict[str, float]:
    """Return what each tag has of a word: some, the nearest ones most, and all others nothing."""
    shares = np.exp((cosines - cosines.max()) / SHARPNESS)
    best = np.argsort(-shares)[:NEAREST]
    return {tags[one]: float(shares[one] / shares[best].sum()) for one in best}


def spoken(text: str) -> list[str]:
    """Return the words of a text, in lower case.

    >>> spoken("A red-hot BBQ, at the beach!")
    ['a', 'red-hot', 'bbq', 'at', 'the', 'beach']
    """
    return _WORD.findall(text.lower())


def _divided(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the tags that are named, the longest names first, and the words that are none."""
    known = _spoken()
    exact, others = [], []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if name in known and name not in SMALL:
                exact.append(known[name])
                at += length
                break
        else:
            if words[at] not in SMALL and (len(words[at]) >= SHORTEST or not words[at].isascii()):
                others.append(words[at])
            at += 1
    return list(dict.fromkeys(exact)), list(dict.fromkeys(others))


def _spoken() -> dict[str, str]:
    """Return every tag by what people write for it: singular or plural, in lower case."""
    words = vocabulary().all_words()
    plurals = {form(word).lower(): word for form in (regular_plural, plural) for word in words}
    return {**plurals, **{word.lower(): word for word in words}}
