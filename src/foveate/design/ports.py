"""What checks and new sizes ask of others: how large texts become, and what pictures show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.scene.model import Text
    from foveate.geometry.box import Box


class Extent(Protocol):
    """How large a text becomes, in pixels of its box."""

    @property
    def width(self) -> float:
        """Of its longest line."""

    @property
    def height(self) -> float:
        """Of all lines."""

    @property
    def longest(self) -> float:
        """Of its longest word: the width that it needs for none to be broken."""

    @property
    def size(self) -> float:
        """Of its letters, after they were made to fit."""

    @property
    def over(self) -> tuple[float, float]:
        """By how much it is wider and higher than its box."""

    @property
    def lacking(self) -> str:
        """Which letters no font has, as a sentence; nothing where all are drawn."""


class Measures(Protocol):
    """Lays out a text: `design.drawing.text.measure` does."""

    def __call__(self, text: Text, language: str) -> Extent:
        """Return how large it becomes. Raises UnknownFont, FontsMissing."""


class Faces(Protocol):
    """Sees faces."""

    def __call__(self, src: str, options: str, width: int, height: int) -> Sequence[Box]:
        """Return where faces are in a picture that covers a box of that size, in its pixels."""


class Sources(Protocol):
    """Knows which pictures there are, and which may be used."""

    def __call__(self, src: str) -> str:
        """Return why a picture cannot be used, as a sentence; nothing where it can."""
