"""What is read of a file before any library sees it: what it shall not see, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.geometry.orientation import Orientation
    from foveate.values import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the bytes of a file say by themselves."""

    edits: tuple[Edit, ...] = ()
    """What decoders must not get to see, in the order of the file."""
    orientation: Orientation | None = None
    """What EXIF says that decoders do not get to see; None where they tell."""
    held_a_pixel: float = 0.0
    """Bytes that the decoder holds for each pixel of the picture, beside the decoded ones."""
    held_bytes: int = 0
    """Bytes that it holds whatever the size."""
    elsewhere: bool = False
    """Whether libvips has no decoder for it, but the sandbox."""


NOTHING_SAID: Final = Header()
ELSEWHERE: Final = Header(elsewhere=True)
SLICE: Final = 1024 * 1024
"""Bytes that are searched at a time: no other Python thread runs meanwhile."""


def occurrences(data: bytes, mark: bytes, start: int = 0, end: int | None = None) -> int:
    """Return how often that mark stands in the file, or in that part of it."""
    end = len(data) if end is None else end
    beyond = SLICE + len(mark) - 1
    return sum(data.count(mark, at, min(at + beyond, end)) for at in range(start, end, SLICE))


def places(data: bytes, mark: bytes) -> Iterator[int]:
    """Yield where that mark stands."""
    beyond = SLICE + len(mark) - 1
    for start in range(0, len(data), SLICE):
        at = data.find(mark, start, start + beyond)
        while at >= 0:
            yield at
            at = data.find(mark, at + 1, start + beyond)


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the file with its edits; without any it is not copied."""
    if not edits:
        return data
    view, at = memoryview(data), 0
    parts: list[bytes | memoryview] = []
    for edit in edits:
        parts += [view[at : edit.start], edit.instead]
        at = edit.end
    return b"".join((*parts, view[at:]))
