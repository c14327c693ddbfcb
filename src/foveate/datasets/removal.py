"""Deleting a dataset, while no server makes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foveate.errors import DatasetsUnusable, NotKept
from foveate.storage.shared import Watch, claim

if TYPE_CHECKING:
    from foveate.datasets.dataset import Dataset
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store
    from foveate.storage.shared import SharedStore


@dataclass(frozen=True, slots=True)
class Removal:
    """What a dataset is deleted from, for one thread without an event loop."""

    store: Store
    shelf: Shelf
    shared: SharedStore

    def of(self, dataset: Dataset, *, if_unused: bool = False) -> bool:
        """Return whether a dataset is gone now: not while somebody makes it. Blocks.

        Nor, `if_unused`, where it was asked for or pinned since it was as `dataset` says.
        Raises UnknownDataset, DatasetsUnusable.
        """
        try:
            return asyncio.run(self._claimed(dataset, if_unused=if_unused))
        except NotKept as why:
            raise DatasetsUnusable(str(why)) from why

    async def _claimed(self, dataset: Dataset, *, if_unused: bool) -> bool:
        held = await claim(replace(self.shared), dataset.id, Watch())
        if held is None:
            return False
        keeping = asyncio.ensure_future(held.keep())
        try:
            return await asyncio.to_thread(self._go, dataset, if_unused=if_unused)
        finally:
            await held.end(keeping)

    def _go(self, dataset: Dataset, *, if_unused: bool) -> bool:
        now = self.store.of(dataset.id)
        if if_unused and self._is_used(now, dataset):
            return False
        self.shelf.remove(dataset.id)
        self.store.delete(now)
        return True

    def _is_used(self, now: Dataset, before: Dataset) -> bool:
        used = max(now.used, self.shelf.used(now.id))
        return used > before.used or not now.has_ended or self.shelf.is_pinned(now.id)
