"""Masks as runs of pixels, as COCO writes them: https://cocodataset.org/#format-data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.datasets.sample import Bitmap
from foveate.datasets.wire import MOST_NUMBERS
from foveate.errors import BadRaw

if TYPE_CHECKING:
    from foveate.geometry.box import Size

FIRST: Final = 48
"""The character of five bits that are all 0."""
BITS: Final = 5
MORE: Final = 0x20
SIGN: Final = 0x10
LOW: Final = 0x1F
MOST_SHIFT: Final = 35
BEFORE: Final = 2
LETTERS: Final = 7
"""Of one run: as many as their bits go up to."""


def bitmap(size: Size, counts: list[int] | str) -> Bitmap:
    """Return the mask of runs, or of their text. Raises BadRaw for what is none of that size."""
    most = MOST_NUMBERS * (LETTERS if isinstance(counts, str) else 1)
    if len(counts) > most:
        raise BadRaw(f"Expected at most {MOST_NUMBERS} runs, got a list or text of {len(counts)}.")
    runs = decoded(counts) if isinstance(counts, str) else counts
    if min(runs, default=0) < 0 or sum(runs) != size.area:
        raise BadRaw(f"Expected runs of {size} pixels, got {len(runs)} of {sum(runs)} in all.")
    return Bitmap(size, tuple(runs))


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
        runs.append(value + (runs[-BEFORE] if len(runs) > BEFORE else 0))
        value = shift = 0
    if shift:
        raise BadRaw(f"Expected whole runs, got a text that ends within one: {text!r:.40}.")
    return runs
