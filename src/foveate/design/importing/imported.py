"""What comes of a file of another program, and what had to be left out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.scene.model import Scene, Text

MOST: Final = 100
"""Remarks that are told; the rest is counted."""


class Lines(Protocol):
    """How large a text becomes, and where its first line stands."""

    @property
    def width(self) -> float:
        """Of its longest line."""

    @property
    def baseline(self) -> float:
        """From the top of its box."""


class Measures(Protocol):
    """Lays out a text: `design.drawing.text.measure` does."""

    def __call__(self, text: Text, language: str) -> Lines:
        """Return how large it becomes. Raises UnknownFont, FontsMissing."""


class Fonts(Protocol):
    """Knows which fonts there are: `design.fonts.shelf.Shelf` does."""

    @property
    def families(self) -> Mapping[str, object]:
        """Return them by their family."""


def _nothing(name: str) -> bool:  # noqa: ARG001 - there is nobody to ask
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """What an import asks of others; where there is nobody to ask, it goes by usual letters."""

    measures: Measures | None = None
    fonts: Fonts | None = None
    beside: Callable[[str], bool] = _nothing
    """Whether a picture of a name lies beside the file."""


BLIND: Final = Eyes()


@dataclass(frozen=True, slots=True)
class Imported:
    """A design of another program."""

    scene: Scene
    remarks: tuple[str, ...] = ()
    """What is otherwise than there, a sentence each."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Those that the file holds, by the names that the scene has as their sources."""


@dataclass(slots=True)
class Notes:
    """What is to be said of an import, the same once, with how often it is so."""

    found: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: str) -> None:
        """Note something."""
        self.found[sentence] += 1

    @property
    def told(self) -> tuple[str, ...]:
        """Return the remarks, in the order in which they came."""
        rows = [f"{said} ({many} times)" if many > 1 else said for said, many in self.found.items()]
        over = len(rows) - MOST
        return (*rows[:MOST], f"And {over} more.") if over > 0 else tuple(rows)
