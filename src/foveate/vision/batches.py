"""Many inputs through one network, in batches of sizes that it was compiled for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session

T = TypeVar("T")
ONE_BY_ONE: Final = (1,)
"""A processor is as fast with one, and eight would take eight times the memory."""
ON_DEVICE: Final = (1, 8)
"""Batch sizes where any shape is as good: they bound the memory, and there are but two of them."""


def batch_sizes(count: int, offered: Sequence[int]) -> Iterator[int]:
    """Return the sizes of the batches for `count` things, largest first; the last may not be full.

    >>> list(batch_sizes(11, [1, 4])), list(batch_sizes(3, [2]))
    ([4, 4, 1, 1, 1], [2, 2])
    """
    while count > 0:
        size = max((size for size in offered if size <= count), default=min(offered))
        yield size
        count -= size


def sizes_of(session: Session) -> Sequence[int]:
    """Return the batch sizes that a network is run with, smallest first."""
    usual = ONE_BY_ONE if "CPU" in session.provider else ON_DEVICE
    return sorted({shape[0] for shape in session.shapes}) or usual


def run_all(
    session: Session,
    things: Sequence[T],
    inputs: Callable[[Sequence[T]], Mapping[str, NDArray[np.generic]]],
) -> list[NDArray[np.float32]]:
    """Return the network's outputs for all things, of which there must be one, in their order.

    `inputs` makes the tensors of a batch; one that is not full is filled up with its last thing.
    """
    offered = sizes_of(session)
    start, answers = 0, []
    for size in batch_sizes(len(things), offered):
        batch = list(things[start : start + size])
        full = batch + batch[-1:] * (size - len(batch))
        answers.append([output[: len(batch)] for output in session.run(inputs(full))])
        start += size
    return [np.concatenate(parts) for parts in zip(*answers, strict=True)]
