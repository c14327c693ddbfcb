"""Raw data at which a look ends as soon as somebody asks to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from foveate.datasets.raw.places import Found, Place
    from foveate.datasets.sample import Sample


@dataclass(frozen=True, slots=True)
class HaltingPlace:
    """Reads what another place has, unless `halt` raises."""

    place: Place
    halt: Callable[[], None]

    def pictures(self) -> Iterator[Found]:
        """Yield the pictures."""
        for each in self.place.pictures():
            self.halt()
            yield each

    def names(self, below: str, ending: str) -> list[str]:
        """Return the files below a folder of it with that ending."""
        self.halt()
        return self.place.names(below, ending)

    def read(self, name: str) -> bytes:
        """Return a picture."""
        self.halt()
        return self.place.read(name)

    def text(self, name: str) -> bytes:
        """Return a file with annotations."""
        self.halt()
        return self.place.text(name)


@dataclass(frozen=True, slots=True)
class HaltingSamples:
    """Samples, as often as they are wanted, unless `halt` raises."""

    samples: Iterable[Sample]
    halt: Callable[[], None]

    def __iter__(self) -> Iterator[Sample]:
        """Yield the samples."""
        for each in self.samples:
            self.halt()
            yield each
