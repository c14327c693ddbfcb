"""From aligned faces to what a network guesses of them: age, gender, emotion, race."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.vision.attributes import ON_REQUEST
from foveate.vision.batches import sizes_of
from foveate.vision.readings import READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.ports import Session
    from foveate.service.stages.preprocess import FaceCrops
    from foveate.vision.readings import Reading


@dataclass(frozen=True, slots=True)
class Read:
    """A face in, a value for each of `words` out, as `values.Attributes` has them.

    What one network tells is one stage, so that age and gender cost one look.
    """

    reading: Reading
    words: tuple[str, ...]
    session: Callable[[], Session]

    def batch_sizes(self) -> Sequence[int]:
        """Return with how many faces at once its network runs."""
        return sizes_of(self.session())

    def __call__(self, item: FaceCrops) -> Mapping[str, Any]:
        """Return what is guessed of one face."""
        return self.batch([item])[0]

    def batch(self, items: Sequence[FaceCrops]) -> list[Mapping[str, Any]]:
        """Return that of several."""
        if not items:
            return []
        outputs = self.reading.of_crops(self.session(), [item.of(self.words[0]) for item in items])
        told = [self.reading.gives[word](outputs) for word in self.words]
        return [dict(zip(self.words, row, strict=True)) for row in zip(*told, strict=True)]


def reads_for(
    words: Sequence[str], session: Callable[[str], Callable[[], Session]]
) -> tuple[Read, ...]:
    """Return a stage for each network that tells some of these words, out of `ON_REQUEST`."""
    told = {
        reading: tuple(word for word in ON_REQUEST if word in words and word in reading.gives)
        for reading in READINGS
    }
    return tuple(Read(each, its, session(each.card)) for each, its in told.items() if its)
