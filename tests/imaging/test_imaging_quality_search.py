"""Which quality is tried next: with pictures that are curves from quality to score."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.imaging.quality_search import (
    LEAST,
    MOST_TRIES,
    QUALITIES,
    Tried,
    Weighed,
    as_set,
    best_of,
    largest_within,
    next_quality,
    next_smaller,
    usual_quality,
    usual_score,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Curve = Callable[[int], float]

FORMATS = ("jpeg", "webp", "avif", "jxl")


def searched(format_: str, score: float, curve: Curve, own: int | None = None) -> list[Tried]:
    tried: list[Tried] = []
    while (quality := next_quality(format_, score, tried, own=own)) is not None:
        assert QUALITIES[0] <= quality <= QUALITIES[1]
        tried.append(Tried(quality, curve(quality)))
    return tried


@pytest.mark.parametrize("format_", FORMATS)
def test_a_better_score_takes_more_quality(format_: str) -> None:
    told = [usual_quality(format_, score) for score in range(35, 96, 5)]
    assert told == sorted(set(told))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("score", [50, 60, 66, 75, 80, 85])
@pytest.mark.parametrize("better", [-9, -4, 0, 3, 7])
@pytest.mark.parametrize("slope", [0.75, 1, 1.3])
def test_a_picture_that_is_better_or_worse_than_most_is_found_in_three_tries(
    format_: str, score: int, better: float, slope: float
) -> None:
    middle = usual_score(format_, 60)

    def curve(quality: int) -> float:
        return middle + better + slope * (usual_score(format_, quality) - middle)

    tried = searched(format_, score, curve)
    assert len(tried) <= MOST_TRIES
    best = best_of(tried, score)
    if curve(QUALITIES[1]) < score:  # as far as it goes
        assert best.quality == QUALITIES[1]
        return
    # A step of quality is worth several points where that is low.
    step = abs(curve(best.quality + 2) - curve(best.quality - 2)) / 2
    assert abs(best.score - score) <= max(1.2, step)


def test_the_first_try_is_what_most_pictures_need_or_what_this_one_has_taught() -> None:
    assert next_quality("jpeg", 75, []) == usual_quality("jpeg", 75)
    assert next_quality("jpeg", 75, [], 1.25) == usual_quality("jpeg", 80)


def test_nobody_looks_further_than_near_enough() -> None:
    assert next_quality("webp", 75, [Tried(80, 75.8)]) is None
    assert next_quality("webp", 75, [Tried(80, 74.4)]) is None
    assert next_quality("webp", 75, [Tried(80, 76.2)]) == 78
    assert next_quality("webp", 75, [Tried(80, 73.8)]) == 81


def test_these_qualities_of_avif_make_other_files_and_those_between_do_not() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3)).astype(np.uint8)
    way = EncodeOptions(format="avif", avif_effort=1, half_chroma=True)
    files = [encode(from_array(noise), replace(way, quality=each)) for each in range(1, 100)]
    for quality, (file, following) in enumerate(pairwise(files), 2):
        assert (file != following) == (as_set("avif", quality) == quality), quality


def test_no_file_is_made_twice() -> None:
    tried = [Tried(60, 74.2)]
    following = next_quality("avif", 75, tried)
    assert following is not None
    assert following >= 62


def test_a_jpeg_that_meets_itself_is_found_where_it_loses_less() -> None:
    """As 1404.jpg of OSIE, which was compressed at 75: once more at its own size, and shrunk."""
    scores = {60: 67.4, 64: 73.9, 66: 76.7, 68: 78.0, 70: 82.1, 71: 85.1, 76: 86.0}

    def curve(quality: int) -> float:
        return float(np.interp(quality, [*scores], [*scores.values()]))

    blind, knowing = (searched("jpeg", 75, curve, own=each) for each in (None, 75))
    assert best_of(blind, 75).score > 75 + 2  # else this test says nothing
    assert best_of(knowing, 75).score == pytest.approx(75, abs=1)


def test_the_best_so_far_stays_the_best_where_more_quality_looks_worse() -> None:
    """A JPEG encoded anew at its own size meets its own quantisation at one quality."""

    def curve(quality: int) -> float:
        return 91 if quality == 76 else usual_score("jpeg", quality) + 4 * math.sin(quality)

    for score in range(60, 86):
        tried = searched("jpeg", score, curve)
        reached = [each for each in tried if each.score >= score + LEAST]
        assert best_of(tried, score) == min(
            reached or tried,
            key=lambda each: abs(each.score - score) if reached else -each.score,
        )


@pytest.mark.parametrize("score", [30, 95])
@pytest.mark.parametrize("flat", [-20.0, 99.0])
def test_a_picture_that_no_quality_changes_ends_the_search(score: int, flat: float) -> None:
    for format_ in FORMATS:
        assert 1 <= len(searched(format_, score, lambda _: flat)) <= MOST_TRIES


def test_what_misses_a_little_comes_before_what_is_far_beyond() -> None:
    tried = [Tried(70, 74.1), Tried(71, 77.0)]
    assert best_of(tried, 75) == tried[0]
    assert best_of([Tried(70, 73.9), Tried(71, 77.0)], 75) == Tried(71, 77.0)
    assert best_of([Tried(70, 60.0), Tried(71, 62.0)], 75) == Tried(71, 62.0)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("share", [0.9, 0.6, 0.3, 0.2])
@pytest.mark.parametrize("growth", [0.02, 0.035, 0.06])
def test_bytes_are_bounded_in_three_more_tries(format_: str, share: float, growth: float) -> None:
    def weigh(quality: int) -> Weighed:
        return Weighed(quality, round(1000 * math.exp(growth * usual_score(format_, quality))))

    weighed = [weigh(85)]
    most = round(weighed[0].bytes * share)
    while (quality := next_smaller(format_, most, weighed)) is not None:
        weighed.append(weigh(quality))
    assert len(weighed) <= 2 + MOST_TRIES
    best = largest_within(most, weighed)
    if weigh(QUALITIES[0]).bytes <= most:
        assert most * 0.8 <= best.bytes <= most


def test_bytes_that_cannot_be_had_end_with_the_least_quality() -> None:
    weighed = [Weighed(85, 1000)]
    while (quality := next_smaller("webp", 10, weighed)) is not None:
        weighed.append(Weighed(quality, 500 + quality))
    assert weighed[-1].quality == QUALITIES[0]
    assert largest_within(10, weighed) == weighed[-1]


@pytest.mark.parametrize("most", [9_000, 12_000, 14_000])
def test_few_bytes_are_come_near_to_by_little_quality(most: int) -> None:
    """Bytes of a photo at 600 pixels, by its quality as JPEG."""
    known = {5: 5516, 7: 7150, 9: 8641, 11: 10120, 13: 11518, 15: 12833, 18: 14811, 85: 62000}

    def weighed(quality: int) -> Weighed:
        return Weighed(quality, round(np.interp(quality, list(known), list(known.values()))))

    tried = [weighed(85)]
    while (quality := next_smaller("jpeg", most, tried)) is not None:
        tried.append(weighed(quality))
    assert 0.8 * most <= largest_within(most, tried).bytes <= most
    assert len(tried) <= 1 + MOST_TRIES
