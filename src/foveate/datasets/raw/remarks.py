"""What whoever registers raw data is told of it, beside what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST: Final = 20
"""Columns of a file that are named."""


@dataclass(slots=True)
class Remarks:
    """What of raw data is left, so that nobody looks for it in a dataset."""

    nothing: int = 0
    """Things of which no pixel is in their picture."""
    _said: list[str] = field(default_factory=list)
    _unread: dict[str, dict[str, None]] = field(default_factory=dict)
    """Columns by file, in their order."""

    def say(self, sentence: str) -> None:
        """Add a sentence."""
        self._said.append(sentence)

    def unread(self, file: str, columns: Iterable[str]) -> None:
        """Add columns of a list that mean nothing here."""
        known = self._unread.setdefault(file, {})
        known.update(dict.fromkeys(columns) if len(known) < MOST else {})

    def told(self) -> Sequence[str]:
        """Return all of it as sentences.

        >>> remarks = Remarks(nothing=2)
        >>> remarks.unread("a.csv", ["weather", "camera"])
        >>> remarks.told()
        ['a.csv: nobody reads weather, camera.', 'Things without a pixel, left out: 2.']
        """
        columns = [
            f"{file}: nobody reads {', '.join(f'{each:.40}' for each in [*names][:MOST])}."
            for file, names in self._unread.items()
            if names
        ]
        nothing = [f"Things without a pixel, left out: {self.nothing:,}."] if self.nothing else []
        return [*self._said, *columns, *nothing]
