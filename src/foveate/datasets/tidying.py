"""Which datasets go, and what other servers with the same place made, kept and deleted."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foveate.datasets.dataset import State
from foveate.datasets.keeping import DAY_S, doomed
from foveate.errors import DatasetConflict, UnknownDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.removal import Removal
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store
    from foveate.settings import Datasets as Settings

log = logging.getLogger("foveate.datasets")


@dataclass(frozen=True, slots=True)
class Tidying:
    """Brings the books of one server and the shelf of all together."""

    store: Store
    shelf: Shelf
    removal: Removal
    settings: Settings

    def run(self, ends: Callable[[], bool] = lambda: False) -> bool:
        """Learn what other servers made, kept and deleted, and delete what is not kept. Blocks.

        Returns whether somebody else still deletes, or was killed just now. Stops early once it
        `ends`.
        """
        self._learn()
        self._keep(ends)
        self._sweep(ends)
        return self._go_on(ends)

    def _learn(self) -> None:
        # The books first: what is on the shelf in between is not forgotten. Then what failed: what
        # is made in between is there before that is not noted any more.
        ended = self.store.by_use() if self.store.exists else []
        ready = {each.id: each for each in ended if each.state is State.READY}
        failed = {each.id: each for each in ended if each.state is State.FAILED}
        asked = self.shelf.all_asked() if failed else set()
        there = self.shelf.ids()
        for dataset_id in sorted(there - ready.keys()):
            if (about := self.shelf.about(dataset_id)) is not None:
                with suppress(DatasetConflict):  # another one of the same beginning of a digest
                    self.store.adopt(self.shelf.identity(about), about)
        for dataset_id in ready.keys() - there:
            self.store.delete(ready[dataset_id])
        for dataset_id in failed.keys() - there - asked:
            self.store.delete(failed[dataset_id])

    def _go_on(self, ends: Callable[[], bool]) -> bool:
        """Delete what others began to; return whether anything is left that somebody may be at."""
        left = False
        for dataset_id in sorted(self.shelf.going()):
            if ends():
                return True
            if self.removal.of_going(dataset_id):
                log.info("What was left of %s went: who deleted it was stopped.", dataset_id)
            else:
                left = True
        return left

    def _keep(self, ends: Callable[[], bool]) -> None:
        if not self.store.exists:
            return
        # The books first: who pins one in between does it on the shelf before he does in them.
        ended = self.store.by_use()
        pins, uses = self.shelf.pins(), self.shelf.uses()
        for dataset in ended:
            if dataset.pinned != (dataset.id in pins):
                self.store.pin(dataset, pinned=dataset.id in pins)
            self.store.used_at(dataset, uses.get(dataset.id, 0.0))
        keep, budget = self.settings.keep_days, self.settings.budget_bytes
        for dataset in doomed(self._sized(self.store.by_use()), time.time(), keep, budget):
            if ends():
                return
            with suppress(UnknownDataset):
                if self.removal.of(dataset, if_unused=True):
                    log.info("Dataset %s went: nobody asked for it in a long time.", dataset.id)

    def _sized(self, ended: Sequence[Dataset]) -> list[Dataset]:
        """Return datasets, those that failed with the bytes of what is half made of them."""
        if not self.settings.budget_bytes:
            return list(ended)
        return [
            replace(each, bytes=sum(self.shelf.sizes(each.id).values()))
            if each.state is State.FAILED
            else each
            for each in ended
        ]

    def _sweep(self, ends: Callable[[], bool]) -> None:
        """Delete what is half made of datasets that nobody asked for in a long time.

        Those that this server knows are not meant: its books have more to say of them.
        """
        half = self.shelf.half_made() if self.settings.keep_days else {}
        uses = self.shelf.uses() if half else {}
        oldest = time.time() - self.settings.keep_days * DAY_S
        for dataset_id, noted in sorted(half.items()):
            used = uses.get(dataset_id, noted)
            if used >= oldest or self.store.find(dataset_id) is not None:
                continue
            if ends():
                return
            if self.removal.of_left(dataset_id, used):
                log.info("What was half made of %s went: its server is gone.", dataset_id)
