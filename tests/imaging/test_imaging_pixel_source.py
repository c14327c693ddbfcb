"""How fine a source is decoded, and that it is decoded once where its decoder gives it whole."""

from __future__ import annotations

import pytest

from foveate.imaging.pixel_source import shrink_for


@pytest.mark.parametrize(
    ("scale", "fast", "careful"),
    [
        (1.0, 1, 1),
        (0.5, 2, 1),
        (0.49, 2, 1),
        (0.25, 4, 2),
        (0.2, 4, 2),
        (0.125, 8, 4),
        (0.01, 8, 8),
        (3, 1, 1),
        (0, 8, 8),
    ],
)
def test_the_decoder_shrinks_as_far_as_the_answer_allows(
    scale: float, fast: int, careful: int
) -> None:
    assert shrink_for(scale, careful=False) == fast
    assert shrink_for(scale, careful=True) == careful
