"""Datasets as torch reads them: shared out among the ranks of a training, and their workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import distributed
from torch.utils.data import IterableDataset, get_worker_info

from foveate.datasets.feeding import Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.local import Local, Transform


class Samples(IterableDataset):  # type: ignore[misc]  # torch is not here when types are checked
    """The samples of a split, transformed."""

    def __init__(self, local: Local, split: str, transform: Transform, order: Order) -> None:
        super().__init__()
        self._local, self._split, self._transform, self._order = local, split, transform, order
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Take another order, the same on all ranks: before workers begin."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Any]:
        part, parts = place()
        order = Order(self._order.shuffle, self._order.seed, self._epoch, part, parts)
        for made in self._local.samples(self._split, order):
            yield self._transform(made)


def iterable(local: Local, split: str, transform: Transform, shuffle: int, seed: int) -> Samples:
    """Return the samples of a split. Raises BadOption for one that there is not."""
    local.shards(split)
    return Samples(local, split, transform, Order(shuffle, seed))


def place() -> tuple[int, int]:
    """Return which of all readers this process is, and how many there are."""
    there = distributed.is_available() and distributed.is_initialized()
    rank, ranks = (distributed.get_rank(), distributed.get_world_size()) if there else (0, 1)
    worker = get_worker_info()
    number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
    return rank * workers + number, ranks * workers
