from __future__ import annotations

from itertools import pairwise

import pytest

from foveate.vision.similarity import (
    POSSIBLY,
    SAME,
    confidence,
    probability,
    threshold,
    verdict,
)


def test_the_more_alike_the_likelier() -> None:
    chances = [probability(cosine / 20) for cosine in range(-20, 21)]
    assert all(low < high for low, high in pairwise(chances))
    assert all(0 < chance < 1 for chance in chances)


@pytest.mark.parametrize(
    ("cosine", "low", "high"),
    [(0.0, 0.0, 0.01), (POSSIBLY, 0.48, 0.52), (SAME, 0.75, 0.9)],
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


def test_among_more_people_the_same_likeness_says_less() -> None:
    sure = [confidence(0.45, among) for among in (1, 10, 1_000, 100_000)]
    assert all(more > less for more, less in pairwise(sure))
    assert sure[0] > 0.9999
    assert sure[-1] < 0.1


@pytest.mark.parametrize("among", [1, 160, 100_000, 1_000_000])
@pytest.mark.parametrize("least", [0.5, 0.99, 0.999])
def test_the_threshold_is_where_the_confidence_is_reached(least: float, among: int) -> None:
    assert confidence(threshold(least, among), among) == pytest.approx(least, abs=1e-6)


def test_nothing_and_everything_are_confidences_too() -> None:
    assert threshold(0.0, 100) <= 0.3
    assert threshold(1.0, 100) == 1.0
    assert confidence(-1.0, 100) == 0.0
    assert confidence(1.0, 1_000_000) > 0.999
