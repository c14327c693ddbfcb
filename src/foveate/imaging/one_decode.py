"""The decoded pixels of one picture, for all the renditions of it that are made now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from foveate.imaging.mezzanine import coarser

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.deadline import Deadline
    from foveate.imaging.engine import Image

MOST_BYTES: Final = 256 * 1024 * 1024
"""A picture that takes more is decoded for each of its renditions, as it is read: in little."""


class Decodes(Protocol):
    """Whoever decodes a source for several who ask for its pixels."""

    def pixels(
        self,
        name: str,
        shrink: int,
        decode: Callable[[int], Image],
        size_of: Callable[[int], int],
        deadline: Deadline,
    ) -> Image | None:
        """Return pixels of the source of that name in memory, shrunk by so much.

        `decode` is given a shrink and returns pixels in memory, `size_of` tells before what they
        take. None where they are not to be kept.
        """
        ...


class OneDecode:
    """Decodes a picture as finely as the first one wants it, and makes the coarser ones of that.

    What it gives follows from who asked before, and from nothing that others do: the same
    renditions in the same order are the same bytes. For one thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._levels: dict[int, Image] = {}

    def pixels(
        self,
        name: str,
        shrink: int,
        decode: Callable[[int], Image],
        size_of: Callable[[int], int],
        deadline: Deadline,
    ) -> Image | None:
        """Return what `Decodes` says; None of any other source. Raises what `decode` raises."""
        if name != self._name:
            return None
        fine = max((each for each in self._levels if each <= shrink), default=None)
        if fine is None:
            if size_of(shrink) > MOST_BYTES:
                return None
            self._levels[shrink] = decode(shrink)
        elif fine != shrink:
            self._levels[shrink] = coarser(self._levels[fine], shrink // fine, deadline)
        return self._levels[shrink]
