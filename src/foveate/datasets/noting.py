"""How datasets stand, noted in the books of one server as the shelf of all has it."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.datasets.failure import failure_of
from foveate.datasets.identity import Identity
from foveate.errors import DatasetsUnusable, FoveateError, UnknownDataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store

log = logging.getLogger("foveate.datasets")


@dataclass(frozen=True, slots=True)
class Noting:
    """Notes what became of datasets that were not there. Its methods block."""

    store: Store
    shelf: Shelf
    ring: Callable[[str], object]
    """Tells those who follow a dataset that something happened to it."""

    def is_there(self, dataset: Dataset) -> bool:
        """Return whether a dataset is there, whoever made it, which is noted then."""
        about = self.shelf.about(dataset.id)
        if about is None:
            return False
        self.store.ready(dataset, about)
        self.ring(dataset.id)
        return True

    def has_failed(self, dataset: Dataset) -> bool:
        """Note where another server could not make a dataset, since anybody asked for it."""
        asked = self.shelf.asked(dataset.id)
        if asked is None or not asked["failure"]:
            return False
        self.store.fail(dataset, **asked["failure"])
        self.ring(dataset.id)
        return True

    def see_progress(self, dataset: Dataset) -> None:
        """Note how far another server is with a dataset, as far as can be seen from here."""
        chunks = self.shelf.count_finished(dataset.id)
        if chunks > dataset.progress.get("chunks", 0):
            self.store.begin(dataset)
            # How long the rest takes is not to be seen from here, nor does it wait for anything.
            left_out = ("eta_s", "waits")
            known = {n: each for n, each in dataset.progress.items() if n not in left_out}
            self.store.progress(dataset, {**known, "chunks": chunks})
            self.ring(dataset.id)

    def rest(self, dataset: Dataset, waits: str) -> None:
        """Note what a dataset waits for that was being made, as far as that can be written now."""
        with suppress(DatasetsUnusable, UnknownDataset):
            self.store.rest(dataset, waits)

    def fail(self, dataset: Dataset, why: Exception) -> None:
        """Note for all servers that a dataset cannot be made."""
        odd = None if isinstance(why, FoveateError | OSError) else why
        log.warning("Dataset %s failed: %s", dataset.id, why, exc_info=odd)
        failure = failure_of(why)
        self.shelf.ask(Identity.of(dataset), failure._asdict())
        self.store.fail(dataset, *failure)
