"""The decoded pixels of one picture, for all the renditions of it that are made now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from foveate.imaging.mezzanine import coarser

if TYPE_CHECKING:
    from foveate.imaging.engine import Image
    from foveate.imaging.mezzanine import Undecoded

MOST_BYTES: Final = 256 * 1024 * 1024
"""A picture that takes more is decoded for each of its renditions, as it is read: in little."""


class Decodes(Protocol):
    """What lets several who want a source's pixels have them of one decode."""

    def pixels(self, source: Undecoded, shrink: int) -> Image | None:
        """Return them, shrunk by so much; None where whoever asks is to decode for himself."""
        ...


class OneDecode:
    """Decodes a picture as finely as the first one wants it, and makes the coarser ones of that.

    What it gives follows from who asked before, and from nothing that others do: the same
    renditions in the same order are the same bytes. For one thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._levels: dict[int, Image] = {}

    def pixels(self, source: Undecoded, shrink: int) -> Image | None:
        """Return pixels of the picture; None of any other one. Raises what decoding raises."""
        if source.name != self._name:
            return None
        fine = max((each for each in self._levels if each <= shrink), default=None)
        if fine is None:
            if source.size_of(shrink) > MOST_BYTES:
                return None
            self._levels[shrink] = source.decode(shrink)
        elif fine != shrink:
            self._levels[shrink] = coarser(self._levels[fine], shrink // fine, source.deadline)
        return self._levels[shrink]
