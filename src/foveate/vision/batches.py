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
ON_DEVICE: Final = (1, 8, 32)
"""Batch sizes on a GPU, which takes for eight hardly longer than for one: few, since each size has
a session of its own."""


def batch_sizes(count: int, offered: Sequence[int], *, filled: bool = False) -> Iterator[int]:
    """Return the sizes of the batches for `count` things, largest first; the last may not be full.

    `filled` takes one that is not full rather than several small ones: places in it cost nothing.

    >>> list(batch_sizes(11, [1, 4])), list(batch_sizes(3, [2]))
    ([4, 4, 1, 1, 1], [2, 2])
    >>> [list(batch_sizes(count, [1, 8, 32], filled=True)) for count in (1, 3, 43)]
    [[1], [8], [32, 8, 8]]
    """
    smallest = 2 if filled and count > 1 else 1
    while count > 0:
        within = [size for size in offered if smallest <= size <= count]
        enough = [size for size in offered if size >= count]
        size = max(within, default=min(enough, default=max(offered)))
        yield size
        count -= size


def sizes_of(session: Session) -> Sequence[int]:
    """Return the batch sizes that a network is run with, smallest first."""
    return sorted({shape[0] for shape in session.shapes}) or _usual(session)


def _usual(session: Session) -> Sequence[int]:
    return ONE_BY_ONE if _is_processor(session) else ON_DEVICE


def _is_processor(session: Session) -> bool:
    return "CPU" in session.provider


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
    for size in batch_sizes(len(things), offered, filled=not _is_processor(session)):
        batch = list(things[start : start + size])
        full = batch + batch[-1:] * (size - len(batch))
        answers.append([output[: len(batch)] for output in session.run(inputs(full))])
        start += size
    return [np.concatenate(parts) for parts in zip(*answers, strict=True)]
