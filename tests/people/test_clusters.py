"""Who belongs together."""

from __future__ import annotations

import math
from threading import Event

import numpy as np
import pytest
from people_faces import unit

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected
from foveate.people.clusters import BLOCK, groups, neighbours


def near(centre: int, count: int, seed: int) -> np.ndarray:
    """Vectors around the same one, with a cosine of about 0.7 to each other."""
    vectors = unit(64)[centre] + 0.65 * unit(count, seed)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_faces_around_one_centre_are_a_group_and_others_alone() -> None:
    vectors = np.concatenate([near(0, 6, 1), near(1, 4, 2), unit(3, 9)])
    found = groups(vectors)
    assert found == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9], [10], [11], [12]]
    assert groups(vectors) == found


def test_order_does_not_decide_who_belongs_together() -> None:
    vectors = np.concatenate([near(0, 6, 1), near(1, 4, 2)])
    order = np.random.default_rng(5).permutation(10)
    mixed = [{int(order[row]) for row in rows} for rows in groups(vectors[order])]
    assert mixed == [{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9}]


def test_pairs_are_found_across_blocks_each_once() -> None:
    vectors = unit(BLOCK + 50)
    vectors[BLOCK + 10] = vectors[3]
    vectors[7] = vectors[8]
    assert [pair[:2] for pair in neighbours(vectors, 0.9)] == [(3, BLOCK + 10), (7, 8)]


def test_nobody_is_no_group() -> None:
    assert groups(unit(0)) == []


def test_nobody_is_compared_for_whom_nobody_waits() -> None:
    gone = Event()
    with Deadline(math.inf, gone):
        near_ones = neighbours(unit(BLOCK * 3), -1.0)
        next(near_ones)
        gone.set()
        with pytest.raises(ClientDisconnected):
            list(near_ones)
        with pytest.raises(ClientDisconnected):
            groups(unit(5))
