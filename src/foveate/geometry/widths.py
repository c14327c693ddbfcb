"""Widths of one picture, for browsers to choose from."""

from __future__ import annotations

import math
from typing import Final

DENSITIES: Final = (1, 2)
"""Device pixels to a CSS pixel, from the coarsest screens to those that most look at."""
STEP: Final = 2.0
"""So many times the pixels of a file has the next one at most, as long as there are enough."""


def widths(slots: tuple[float, float], widest: int, most: int) -> list[int]:
    """Return widths for what is shown that wide, in CSS pixels: the least first, none repeated.

    Neighbours differ by the same share of pixels. None is wider than `widest`, and there are `most`
    of them, or fewer where the share is smaller than `STEP` with fewer.

    >>> widths((320, 1920), 5000, 8)
    [320, 456, 651, 928, 1324, 1888, 2693, 3840]
    >>> widths((300, 300), 5000, 8), widths((320, 1920), 640, 8), widths((320, 1920), 200, 8)
    ([300, 424, 600], [320, 453, 640], [200])
    """
    least, greatest = (slot * density for slot, density in zip(slots, DENSITIES, strict=True))
    high = min(widest, math.ceil(greatest))
    low = min(high, math.ceil(least))
    steps = min(most - 1, math.ceil(2 * math.log(high / low) / math.log(STEP) - 1e-9))
    if steps < 1:
        return [high]
    return sorted({round(low * (high / low) ** (step / steps)) for step in range(steps + 1)})
