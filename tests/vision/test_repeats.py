"""Near-duplicates, of vectors alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foveate.vision.repeats import Repeats, cosines, groups

Array = np.ndarray[Any, np.dtype[Any]]


def at(*degrees: float) -> list[Array]:
    """Unit vectors in a plane."""
    turns = np.radians(degrees)
    return list(np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32))


def test_a_stream_is_told_which_kept_picture_comes_again() -> None:
    seen = Repeats(0.8)
    assert [seen.add(vector) for vector in at(0, 90, 10, 80, 45)] == [None, None, 0, 1, None]
    assert len(seen) == 3


def test_more_are_kept_than_there_was_room_for_at_first() -> None:
    seen = Repeats(0.999)
    vectors = at(*np.linspace(0, 350, 120))
    assert [seen.add(vector) for vector in vectors] == [None] * 120
    assert [seen.add(vector) for vector in vectors] == list(range(120))


def test_a_group_begins_with_the_first_in_order_and_the_nearest_follow() -> None:
    (group,) = groups(at(20, 0, 10, 90), order=[1, 3, 0, 2], threshold=0.9)
    assert [number for number, _ in group] == [1, 2, 0]
    assert group[1][1] > group[2][1] > 0.9


def test_a_chain_of_small_steps_joins_nothing_far_apart() -> None:
    found = groups(at(*range(0, 180, 10)), order=range(18), threshold=0.9)
    vectors = at(*range(0, 180, 10))
    for (first, _), *rest in found:
        assert all(vectors[first] @ vectors[number] >= 0.9 - 1e-3 for number, _ in rest)
    assert len(found) > 1


@given(st.lists(st.floats(0, 360), min_size=1, max_size=40), st.floats(0.1, 0.99))
def test_every_picture_is_in_at_most_one_group(degrees: list[float], threshold: float) -> None:
    found = groups(at(*degrees), range(len(degrees)), threshold)
    listed = [number for group in found for number, _ in group]
    assert len(listed) == len(set(listed))
    assert all(len(group) > 1 for group in found)


def test_cosines_are_the_same_in_blocks() -> None:
    vectors = np.stack(at(*range(1300))).astype(np.float16)
    near = cosines(vectors, vectors[7])
    assert near.shape == (1300,)
    np.testing.assert_allclose(near, vectors.astype(np.float32) @ vectors[7].astype(np.float32))
