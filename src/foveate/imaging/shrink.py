"""By how much a decoder may shrink: what it does is nearly free, and what it loses stays lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Reduction: TypeAlias = Mapping[int, float]
"""How much reduction the resampler must be left with, by what the decoder shrinks sides by."""
QUICK: Final[Reduction] = {8: 1.0, 4: 1.0, 2: 1.0}
"""As sharp does it."""
FINE: Final[Reduction] = {8: 1.5, 4: 1.5, 2: 1.25}
"""For large answers, where softness is seen: it costs a point of SSIMULACRA2 at most."""
CAREFUL: Final[Reduction] = {8: 2.0, 4: 2.0, 2: 2.0}
"""When quality goes before speed; libvips does so by itself."""
CLOSE: Final = 1e-6
"""Scales nearer to each other than this are the same."""


def shrink_for(scale: float, left: Reduction) -> int:
    """Return by how much the decoder may shrink for a result of `scale` times the source, 0 up.

    The largest of 8, 4, 2 that leaves the resampler so much of the reduction.

    >>> [shrink_for(0.2, left) for left in (QUICK, FINE, CAREFUL)]
    [4, 2, 2]
    """
    return next((k for k, least in left.items() if k * least * scale <= 1 + CLOSE), 1)
