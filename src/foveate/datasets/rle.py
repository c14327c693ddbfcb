"""Runs of pixels as the short text that COCO has for them, and back.

Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (the format alone).
A run is told as how much it differs from the one before the last, in base 32: five bits and one
that says whether more follow, the lowest first, as a letter from `0` on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BadRaw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST: Final = 48
"""The letter that stands for no bits."""
BITS: Final = 5
LOW, MORE, SIGN = 0x1F, 0x20, 0x10
ABSOLUTE: Final = 3
"""So many runs are told as they are."""
BEFORE: Final = 2
"""The others are told by what they have more than the one so far before them."""
MOST_SHIFT: Final = 35
LETTERS: Final = 7
"""Of one run: as many as their bits go up to."""


def compressed(counts: Sequence[int]) -> str:
    """Return runs as COCO's text.

    >>> compressed([5, 2, 5]), compressed([0, 100, 7, 90])
    ('525', '0T37F')
    """
    return "".join(
        letter
        for at, run in enumerate(counts)
        for letter in _letters(run - counts[at - BEFORE] if at >= ABSOLUTE else run)
    )


def _letters(number: int) -> Iterator[str]:
    while True:
        low, number = number & LOW, number >> BITS
        ended = number == (-1 if low & SIGN else 0)
        yield chr(FIRST + (low if ended else low | MORE))
        if ended:
            return


def decoded(text: str) -> list[int]:
    """Return the runs of a compressed text, five bits a letter.

    From the fourth on each is written as what it has more than the one before the last.

    >>> decoded("05203")
    [0, 5, 2, 5, 5]
    """
    runs: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - FIRST
        if not 0 <= bits < 2 * MORE or shift > MOST_SHIFT:
            raise BadRaw(f"Expected runs as COCO compresses them, got {text!r:.40}.")
        value |= (bits & LOW) << shift
        shift += BITS
        if bits & MORE:
            continue
        value -= (1 << shift) if bits & SIGN else 0
        runs.append(value + (runs[-BEFORE] if len(runs) >= ABSOLUTE else 0))
        value = shift = 0
    if shift:
        raise BadRaw(f"Expected whole runs, got a text that ends within one: {text!r:.40}.")
    return runs
