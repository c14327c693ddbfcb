"""What a picture shows, in words, and what it is like, as a vector: one look of one network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.vision.inputs import softmax
from foveate.vision.vocabulary import Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from foveate.ports import Session

SIDE: Final = 224
MIDDLE: Final = 127
SCALE: Final = 128
FEATURES: Final = 1280
TEMPERATURE: Final = 1.0
"""By which logits are divided. Under 1 what is said is there at least as often as its score says;
`python benchmarks/tags.py --fit` shows others."""
LEAST: Final = 0.05
"""Words less probable than this are not said."""
MOST: Final = 5
"""Things that are said of a picture; each brings its finest name and its broader words."""
DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """A word for what a picture shows, and how probable it is that it does, 0..1."""

    label: str
    score: float
    kind: Kind


class EfficientNetLite:
    """A Glancer. `session` loads the network on first use."""

    name = "efficientnet-lite"

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def input_size(self, size: Size) -> Size:  # noqa: ARG002 - it is stretched
        """Return the size to bring a picture to: 224 x 224, whatever its shape."""
        return Size(SIDE, SIDE)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (2280,): 1280 features of a (224, 224, 3) RGB picture, then 1000 logits."""
        features, logits = self._session().run({"input": tensor(rgb)})
        return np.concatenate([features[0], logits[0]])


def tensor(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a (height, width, 3) picture as (1, 3, height, width) about 0, for the network."""
    planes = (rgb.astype(np.float32) - MIDDLE) / SCALE
    return np.ascontiguousarray(planes.transpose(2, 0, 1)[None])


def features(glance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a picture is like as a unit vector of 1280 numbers, none below 0."""
    raw = glance[:FEATURES]
    unit: NDArray[np.float32] = raw / max(float(np.linalg.norm(raw)), 1e-12)
    return unit


def probabilities(
    glance: NDArray[np.float32], temperature: float = TEMPERATURE
) -> NDArray[np.float64]:
    """Return how probable each of 1000 classes is; they sum to 1.

    Temperature scaling: Guo et al., "On Calibration of Modern Neural Networks" (2017).
    """
    logits = glance[FEATURES:].astype(np.float64) / temperature
    return softmax(logits)


def tags(probable: NDArray[np.float64], least: float = LEAST) -> tuple[Tag, ...]:
    """Return the words for a picture, the most probable first, of two alike the finer one.

    A word is as probable as all classes together that are of its kind.
    """
    found = [tag for tag in _found(probable, least) if tag.score >= least]
    fineness = list(Kind)
    return tuple(sorted(found, key=lambda tag: (-round(tag.score, 2), fineness.index(tag.kind))))


def _found(probable: NDArray[np.float64], least: float) -> Iterator[Tag]:
    """Yield the words for the likeliest things: each, its likeliest name, and what is broader."""
    known = vocabulary()
    texts, words = list(known.words), known.holds @ probable
    things = np.bincount(known.thing_of, weights=probable, minlength=len(texts))
    said: set[str] = set()
    for number in np.argsort(-things, kind="stable")[:MOST]:
        if things[number] < least:
            break
        word = known.words[texts[number]]
        best = max(word.classes, key=lambda one: float(probable[one]))
        yield from _unsaid(said, known.names[best], probable[best], Kind.NAME, but=word.text)
        yield from _unsaid(said, word.text, words[number], Kind.THING)
        for text in word.broader:
            yield from _unsaid(said, text, words[texts.index(text)], Kind.BROADER)


def _unsaid(said: set[str], text: str, score: float, kind: Kind, *, but: str = "") -> Iterator[Tag]:
    if text not in said and text != but:
        said.add(text)
        yield Tag(text, round(float(score), DIGITS), kind)
