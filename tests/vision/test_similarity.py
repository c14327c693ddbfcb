from __future__ import annotations

from itertools import pairwise

import pytest

from foveate.vision.similarity import POSSIBLY, SAME, STRICT, probability, verdict


def test_the_more_alike_the_likelier() -> None:
    chances = [probability(cosine / 20) for cosine in range(-20, 21)]
    assert all(low < high for low, high in pairwise(chances))
    assert all(0 < chance < 1 for chance in chances)


@pytest.mark.parametrize(
    ("cosine", "low", "high"),
    [(0.0, 0.0, 0.01), (POSSIBLY, 0.48, 0.52), (SAME, 0.75, 0.9), (STRICT, 0.95, 0.99)],
)
def test_thresholds_lie_where_the_curve_gives_them_meaning(
    cosine: float, low: float, high: float
) -> None:
    assert low <= probability(cosine) <= high


@pytest.mark.parametrize(
    ("cosine", "word"),
    [
        (1.0, "same"),
        (SAME, "same"),
        (SAME - 1e-6, "possibly"),
        (POSSIBLY, "possibly"),
        (POSSIBLY - 1e-6, "different"),
        (-1.0, "different"),
    ],
)
def test_verdict(cosine: float, word: str) -> None:
    assert verdict(cosine) == word
