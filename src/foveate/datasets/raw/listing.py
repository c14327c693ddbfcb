"""The pictures of raw data by what annotations call them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from posixpath import basename, dirname, join, normpath, splitext
from typing import TYPE_CHECKING

from foveate.datasets.raw.remarks import Remarks
from foveate.errors import BadRaw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.datasets.raw.raw import Picture


@dataclass(frozen=True, slots=True)
class Listing:
    """Pictures, by name."""

    pictures: Sequence[Picture]
    _by_name: dict[str, Picture]
    _by_end: dict[str, list[str]]
    """Names by their last part, with its ending and without."""
    halt: Callable[[], None]
    """Is called often by who reads annotations, and may raise what ends that."""
    remarks: Remarks = field(default_factory=Remarks)

    @classmethod
    def of(cls, pictures: Sequence[Picture], halt: Callable[[], None] = lambda: None) -> Listing:
        """Return the listing of pictures."""
        ends: dict[str, list[str]] = {}
        for each in pictures:
            last = basename(each.name)
            for end in {last, splitext(last)[0]}:
                ends.setdefault(end, []).append(each.name)
        return cls(pictures, {each.name: each for each in pictures}, ends, halt)

    def only(self, pictures: Sequence[Picture]) -> Listing:
        """Return it with some of its pictures."""
        return replace(Listing.of(pictures, self.halt), remarks=self.remarks)

    def find(self, said: str, where: str, file: str = "") -> Picture:
        """Return the one picture that annotations mean. Raises BadRaw for none, and several.

        They may say its whole name or the end of it, and may leave its ending out. One that lies
        beside the file that names it is meant before others.
        """
        name = normpath(said.strip().replace("\\", "/"))
        if name.startswith(("/", "..")) or "\0" in name:
            raise BadRaw(f"{where}: expected a name below the place, got {said!r:.200}.")
        for whole in (join(dirname(file), name), name):
            if whole in self._by_name:
                return self._by_name[whole]
        ends = self._by_end.get(basename(name), [])
        fits = [each for each in ends if f"/{each}".endswith(f"/{name}") or _stem(each, name)]
        if len(fits) != 1:
            got = f"several: {', '.join(fits[:3])}" if fits else "none"
            raise BadRaw(f"{where}: expected one picture called {said!r:.200}, got {got}.")
        return self._by_name[fits[0]]


def _stem(name: str, said: str) -> bool:
    return f"/{splitext(name)[0]}".endswith(f"/{said}")
