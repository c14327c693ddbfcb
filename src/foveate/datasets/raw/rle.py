"""Masks as runs of pixels, as COCO writes them: https://cocodataset.org/#format-data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.datasets.rle import LETTERS, decoded
from foveate.datasets.sample import Bitmap
from foveate.datasets.wire import MOST_NUMBERS
from foveate.errors import BadRaw

if TYPE_CHECKING:
    from foveate.geometry.box import Size


def bitmap(size: Size, counts: list[int] | str) -> Bitmap:
    """Return the mask of runs, or of their text. Raises BadRaw for what is none of that size."""
    most = MOST_NUMBERS * (LETTERS if isinstance(counts, str) else 1)
    if len(counts) > most:
        raise BadRaw(f"Expected at most {MOST_NUMBERS} runs, got a list or text of {len(counts)}.")
    runs = decoded(counts) if isinstance(counts, str) else counts
    if min(runs, default=0) < 0 or sum(runs) != size.area:
        raise BadRaw(f"Expected runs of {size} pixels, got {len(runs)} of {sum(runs)} in all.")
    return Bitmap(size, tuple(runs))
