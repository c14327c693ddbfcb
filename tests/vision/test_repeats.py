"""Near-duplicates, of vectors alone."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foveate.vision.repeats import BLOCK, Repeats, cosines, groups

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


def one_by_one(vectors: Array, threshold: float) -> list[tuple[int | None, float]]:
    """The same as it is said in words: each against all kept ones, in turn."""
    kept, count = np.zeros_like(vectors), 0
    told: list[tuple[int | None, float]] = []
    for vector in vectors:
        near = kept[:count] @ vector
        best = int(near.argmax()) if count else 0
        if count and near[best] >= threshold:
            told.append((best, float(near[best])))
        else:
            kept[count] = vector
            count += 1
            told.append((None, 1.0))
    return told


def test_many_at_once_are_told_as_one_by_one_across_blocks() -> None:
    chance = np.random.default_rng(5)
    vectors = chance.normal(size=(2 * BLOCK + 100, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    seen, threshold = Repeats(0.995), 0.995
    told = [*seen.add_all(vectors[:70]), *seen.add_all(vectors[70:])]
    wanted = one_by_one(vectors, threshold)
    assert [number for number, _ in told] == [number for number, _ in wanted]
    np.testing.assert_allclose([c for _, c in told], [c for _, c in wanted], atol=1e-6)
    assert len(seen) > BLOCK
    assert seen.add_all(vectors[:0]) == []


def test_thousands_of_different_pictures_take_a_moment_and_little_memory() -> None:
    chance = np.random.default_rng(6)
    vectors = chance.normal(size=(2 * BLOCK, 1280)).astype(np.float16)
    vectors /= np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True).astype(np.float16)
    tracemalloc.start()
    spent = time.thread_time()
    assert groups(list(vectors), range(len(vectors))) == []
    spent = time.thread_time() - spent
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 5 kB of each that is kept, and what one block takes. One by one in halves it is a minute.
    assert spent < 5
    assert peak < 5200 * len(vectors) + 25e6
