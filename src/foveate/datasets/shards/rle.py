"""Masks as runs, in the short text that COCO has for them; `raw.rle` reads it.

Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (the format alone).
A run is told as how much it differs from the one before the last, in base 32: five bits and one
that says whether more follow, the lowest first, as a letter from `0` on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST: Final = 48
"""The letter that stands for no bits."""
BITS: Final = 5
LOW, MORE, SIGN = 0x1F, 0x20, 0x10
ABSOLUTE: Final = 3
"""So many runs are told as they are."""


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
