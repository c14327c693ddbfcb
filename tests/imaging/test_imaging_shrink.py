"""By how much a decoder may shrink."""

from __future__ import annotations

import pytest

from foveate.imaging.shrink import CAREFUL, FINE, QUICK, shrink_for


@pytest.mark.parametrize(
    ("scale", "shrinks"),
    [
        (1.0, (1, 1, 1)),
        (0.5, (2, 1, 1)),
        (0.41, (2, 1, 1)),
        (0.4, (2, 2, 1)),
        (0.25, (4, 2, 2)),
        (0.16, (4, 4, 2)),
        (0.125, (8, 4, 4)),
        (0.083, (8, 8, 4)),
        (0.01, (8, 8, 8)),
        (3, (1, 1, 1)),
        (0, (8, 8, 8)),
    ],
)
def test_the_decoder_shrinks_as_far_as_the_answer_allows(
    scale: float, shrinks: tuple[int, int, int]
) -> None:
    assert tuple(shrink_for(scale, left) for left in (QUICK, FINE, CAREFUL)) == shrinks
