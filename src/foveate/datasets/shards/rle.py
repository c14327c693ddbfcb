"""Masks as runs, in the short text that COCO has for them.

Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (the format alone).
A run is told as how much it differs from the one before the last, in base 32: five bits and one
that says whether more follow, the lowest first, as a letter from `0` on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST: Final = 48
"""The letter that stands for no bits."""
BITS: Final = 5
LOW, MORE, SIGN = 0x1F, 0x20, 0x10
ABSOLUTE: Final = 3
"""So many runs are told as they are."""
MOST_LETTERS: Final = 13
"""Of one number: 64 bits."""


def compressed(counts: Sequence[int]) -> str:
    """Return runs as COCO's text.

    >>> compressed([5, 2, 5]), compressed([0, 100, 7, 90])
    ('525', '0T37F')
    """
    return "".join(
        letter
        for at, run in enumerate(counts)
        for letter in _letters(run - counts[at - 2] if at >= ABSOLUTE else run)
    )


def _letters(number: int) -> Iterator[str]:
    while True:
        low, number = number & LOW, number >> BITS
        ended = number == (-1 if low & SIGN else 0)
        yield chr(FIRST + (low if ended else low | MORE))
        if ended:
            return


def counts(text: str) -> tuple[int, ...]:
    """Return the runs that COCO's text tells. Raises BadOption for what tells none.

    >>> counts("0T37F")
    (0, 100, 7, 90)
    """
    runs: list[int] = []
    for number in _numbers(text):
        runs.append(number + runs[-2] if len(runs) >= ABSOLUTE else number)
    if min(runs, default=0) < 0:
        raise BadOption(f"Expected runs of 0 or more pixels, got {min(runs)}.")
    return tuple(runs)


def _numbers(text: str) -> Iterator[int]:
    number = shift = 0
    for letter in text:
        bits = ord(letter) - FIRST
        if not 0 <= bits <= LOW | MORE or shift > MOST_LETTERS * BITS:
            raise BadOption(f"Expected a mask as COCO's text of runs, got {text:.40}.")
        number |= (bits & LOW) << shift
        shift += BITS
        if not bits & MORE:
            yield number - (1 << shift) if bits & SIGN else number
            number = shift = 0
    if shift:
        raise BadOption("Expected a mask as COCO's text of runs, got one that is cut off.")
