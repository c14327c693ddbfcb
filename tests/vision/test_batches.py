from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vision_fakes import Network

from foveate.vision.batches import ON_DEVICE, batch_sizes, run_all

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, np.dtype[Any]]


def stacked(numbers: Sequence[float]) -> dict[str, Array]:
    return {"in": np.array(numbers, np.float32)[:, None]}


def twice_and_square(tensor: Array) -> Sequence[Array]:
    return tensor * 2, tensor**2


@given(st.integers(0, 200), st.sets(st.integers(1, 16), min_size=1))
def test_batches_hold_everything_and_have_sizes_that_are_offered(
    count: int, offered: set[int]
) -> None:
    sizes = list(batch_sizes(count, sorted(offered)))
    assert set(sizes) <= offered
    assert count <= sum(sizes) < count + min(offered)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("shapes", "batches"),
    [
        ([], [8, 8]),
        ([(1, 1)], [1] * 11),
        ([(1, 1), (4, 1)], [4, 4, 4]),
        ([(4, 1)], [4, 4, 4]),
    ],
)
def test_a_network_sees_batches_that_it_was_compiled_for(
    shapes: list[tuple[int, ...]], batches: list[int]
) -> None:
    network = Network(twice_and_square, shapes)
    twice, square = run_all(network, range(11), stacked)
    assert twice.ravel().tolist() == [2 * n for n in range(11)]
    assert square.ravel().tolist() == [n * n for n in range(11)]
    assert [len(tensor) for tensor in network.seen] == batches


def test_memory_is_bounded_where_any_shape_is_as_good() -> None:
    network = Network(twice_and_square)
    run_all(network, range(1000), stacked)
    assert max(len(tensor) for tensor in network.seen) == max(ON_DEVICE)
