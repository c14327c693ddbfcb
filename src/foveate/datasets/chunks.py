"""Which samples are written together: the same ones, whoever works on them, and how many do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.datasets.packed import Packed
from foveate.datasets.sample import SPLIT
from foveate.errors import HandlerFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.datasets.sample import Sample

USUAL: Final = "train"
"""The split of samples of which nobody said one."""


@dataclass(frozen=True, slots=True)
class Part:
    """The samples of one chunk."""

    split: str
    number: int
    samples: Sequence[Sample]

    @property
    def stem(self) -> str:
        """Return what the names of its files begin with."""
        return f"{self.split}-{self.number:05d}"


def parts(samples: Sequence[Sample], each_of: int) -> list[Part]:
    """Return samples in chunks of so many, each of one split, in their order.

    Raises HandlerFailed for a split by which no file can be called.
    """
    packed = samples if isinstance(samples, Packed) else Packed(samples)
    by_split = packed.by(lambda sample: sample.split or USUAL)
    for split in by_split:
        if not SPLIT.fullmatch(split):
            sentence = f"Expected a split of small letters and digits, got {split!r:.40}."
            raise HandlerFailed(sentence, public=sentence)
    return [
        Part(split, number, rows[start : start + each_of])
        for split, rows in sorted(by_split.items())
        for number, start in enumerate(range(0, len(rows), each_of))
    ]
