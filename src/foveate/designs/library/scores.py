"""How surely a picture shows what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.designs.library.words import telling, wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.designs.library.index import Known
    from foveate.designs.library.words import Wanted

WRITTEN: Final = 0.95
"""How sure a word is that somebody has written of the picture."""
UNLIKE: Final = 0.86
"""Of cosines, up to which two sentences have nothing to do with each other."""
ALIKE: Final = 0.94
"""From which on they say the same."""
BY_VECTOR: Final = 0.9
"""How sure what such a sentence says is."""
BROAD: Final = 0.4
"""How sure a thing is that is small in the picture, of itself."""
GROWS: Final = 3.0
"""Times its share of the picture, which adds to that."""


def words_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the words that are written, and the tags that they mean by our tables."""
    words = [word for text in texts for word in telling(text)]
    meant = [tag for text in texts for each in wanted(text) for tag in each.tags]
    return tuple(dict.fromkeys((*words, *meant)))


def sure(known: Known, asked: Sequence[Wanted], vector: NDArray[np.float32] | None = None) -> float:
    """Return how surely a picture shows all of that, 0..1."""
    total = sum(each.weight for each in asked)
    if not total:
        return 0.0
    by_words = sum(_of_word(known, each) * each.weight for each in asked) / total
    return max(by_words, _of_sentences(known, vector))


def _of_word(known: Known, asked: Wanted) -> float:
    seen = (part * known.labels.get(tag, 0.0) for tag, part in asked.tags.items())
    there = asked.word in known.words or any(
        part == 1.0 and tag in known.words for tag, part in asked.tags.items()
    )
    return max(*seen, WRITTEN * there, 0.0)


def _of_sentences(known: Known, vector: NDArray[np.float32] | None) -> float:
    if vector is None or not len(known.vectors):
        return 0.0
    near = float(np.max(known.vectors.astype(np.float32) @ vector))
    return BY_VECTOR * min(1.0, max(0.0, (near - UNLIKE) / (ALIKE - UNLIKE)))
