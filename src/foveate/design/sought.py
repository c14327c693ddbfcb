"""Pictures that are looked for by what they show: a port, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

ENOUGH: Final = 0.6
"""How sure a picture has to be to be put in: `benchmarks/design_pictures.py` has what that costs.
"""
ALTERNATIVES: Final = 4
"""Other pictures that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A picture that may be meant."""

    src: str
    """As a design names it."""
    shows: str
    """What is known of it: its caption, or its tags."""
    sure: float
    """0..1."""

    def to_json(self) -> dict[str, Any]:
        """Return it as objects."""
        return {"src": self.src, "shows": self.shows, "sure": round(self.sure, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was found."""

    words: str
    found: Sequence[Candidate] = ()
    """The surest first."""
    pictures: int = 0
    """Of how many."""
    unseen: int = 0
    """Pictures that nobody has looked at yet."""

    @property
    def best(self) -> Candidate | None:
        """Return the picture that is to be put in; None where none is sure enough."""
        first = next(iter(self.found), None)
        return first if first is not None and first.sure >= ENOUGH else None

    def others(self, src: str = "") -> tuple[Candidate, ...]:
        """Return what else it may be, but that one."""
        return tuple(each for each in self.found if each.src != src)[:ALTERNATIVES]


class Library(Protocol):
    """Looks for pictures of the operator."""

    def __call__(self, words: str) -> Sought:
        """Return what shows what these words say. It blocks."""
