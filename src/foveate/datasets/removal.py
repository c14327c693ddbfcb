"""Deleting a dataset, while no server makes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from foveate.errors import DatasetsUnusable, NotKept
from foveate.storage.shared import Watch, claim, is_claimed

if TYPE_CHECKING:
    from collections.abc import Callable

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
        return self._alone(dataset.id, partial(self._go, dataset, if_unused=if_unused))

    def of_left(self, dataset_id: str, used: float) -> bool:
        """Return whether what is half made of a dataset is gone now, which no server knows. Blocks.

        Not where somebody makes it, nor where it was asked for since then. Raises DatasetsUnusable.
        """
        return self._alone(dataset_id, partial(self._go_left, dataset_id, used))

    def of_going(self, dataset_id: str) -> bool:
        """Return whether what others began to delete is gone now; not while one does. Blocks.

        Raises DatasetsUnusable.
        """
        return self._alone(dataset_id, partial(self._go_on, dataset_id))

    def is_under_way(self, dataset_id: str) -> bool:
        """Return whether somebody deletes a dataset, or looks whether it may go. Blocks.

        Of one that is ready, nobody has a claim but for that.
        """
        try:
            return asyncio.run(is_claimed(replace(self.shared), dataset_id))
        except NotKept:
            return True  # nobody can say that it is over

    def _alone(self, dataset_id: str, go: Callable[[], bool]) -> bool:
        try:
            return asyncio.run(self._claimed(dataset_id, go))
        except NotKept as why:
            raise DatasetsUnusable(str(why)) from why

    async def _claimed(self, dataset_id: str, go: Callable[[], bool]) -> bool:
        held = await claim(replace(self.shared), dataset_id, Watch(), sole=True)
        if held is None:
            return False
        keeping = asyncio.ensure_future(held.keep())
        try:
            return await asyncio.to_thread(go)
        finally:
            await held.end(keeping)

    def _go(self, dataset: Dataset, *, if_unused: bool) -> bool:
        now = self.store.of(dataset.id)
        if if_unused and self._is_used(now, dataset):
            return False
        manifest = self.shelf.hide(dataset.id)
        # Whoever asked meanwhile marked it first, and was told that it is there.
        if if_unused and self._is_used(now, dataset):
            self.shelf.show(dataset.id, manifest)
            return False
        self.shelf.remove(dataset.id)
        self.store.delete(now)
        return True

    def _go_left(self, dataset_id: str, used: float) -> bool:
        if self.shelf.used(dataset_id) > used or self.shelf.about(dataset_id) is not None:
            return False
        self.shelf.remove(dataset_id)
        return True

    def _go_on(self, dataset_id: str) -> bool:
        self.shelf.go_on(dataset_id)
        return True

    def _is_used(self, now: Dataset, before: Dataset) -> bool:
        used = max(now.used, self.shelf.used(now.id))
        return used > before.used or not now.has_ended or self.shelf.is_pinned(now.id)
