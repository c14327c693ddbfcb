"""What is asked of the datasets of a server: to have, give out, keep and delete them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from foveate.datasets.dataset import State
from foveate.datasets.failure import CANCELLED
from foveate.datasets.identity import ID, Identity
from foveate.errors import DatasetConflict, SourceError, UnknownDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.identity import Request
    from foveate.datasets.raw.raw import Raw
    from foveate.datasets.raw.registry import Registered, Registry
    from foveate.datasets.removal import Removal
    from foveate.datasets.seams import Handlers, Installed
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store


class Plan(NamedTuple):
    """What is to be made, of raw data that may be another one each time."""

    raw: Raw
    installed: Installed
    config: bytes
    """`canonical`."""
    pin: str
    """Of the handler, for this configuration."""

    def of(self, raw_digest: str) -> Identity:
        """Return what is asked for, to the last bit, where that is what the raw data is."""
        return Identity(
            name=self.raw.name,
            handler=self.installed.name,
            version=self.installed.version,
            pin=self.pin,
            config=self.config,
            raw_digest=raw_digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Notes in the books, and on the shelf for all servers, what is wanted. Its methods block."""

    store: Store
    shelf: Shelf
    registry: Registry
    installed: Handlers
    removal: Removal
    ring: Callable[[str], object]
    """Tells those who follow a dataset that something happened to it."""
    wake: Callable[[], object]
    """Has whoever makes datasets look for new ones."""
    makes: Callable[[str], bool]
    """Says whether this server makes that one now."""

    def planned(self, plan: Plan, raw_digest: str) -> Dataset:
        """Return the dataset of raw data of that digest, as `have` does. Blocks.

        Raises BadConfiguration where the raw data has not what is to be made of it.
        """
        classes = self.registry.classes(plan.raw, raw_digest)
        if classes is not None:
            plan.installed.check_classes(json.loads(plan.config), classes)
        return self.have(plan.of(raw_digest))

    def have(self, identity: Identity) -> Dataset:
        """Return the dataset, which is made from now on if it is not there. Blocks."""
        looked = self.store.now()
        # First of all, so that no other server deletes it any more.
        self.shelf.use(identity.id)
        about = self.shelf.about(identity.id)
        if about is not None:
            dataset = self.store.adopt(identity, about)
            self.store.touch(dataset)
            self.ring(identity.id)
            return self.store.of(identity.id)
        # Before the books: else a failure that another one noted would be taken for its own.
        self.shelf.ask(identity)
        dataset, fresh = self.store.ask(identity, looked)
        if fresh:
            self.wake()
        return dataset

    def elsewhere(self, dataset_id: str) -> Dataset:
        """Return a dataset that is not there, or not known here, as other servers know it.

        One that others were asked for is waited for here, too, and made where they are gone and
        this server has what it is made of. Blocks; raises UnknownDataset, DatasetsUnusable, and a
        SourceError.
        """
        if not ID.fullmatch(dataset_id):
            raise UnknownDataset
        if (made := self._adopted(dataset_id)) is not None:
            return made
        asked, own = self.shelf.asked(dataset_id), self.store.find(dataset_id)
        if asked is None:
            return self._unasked(dataset_id, own)
        if asked["failure"] and own is not None:
            return own
        identity = self.shelf.identity(asked)
        dataset, _ = self.store.ask(identity, self.store.now(), heard=True)
        if asked["failure"]:
            self.store.fail(dataset, **asked["failure"])
        self.wake()
        return self.store.of(dataset_id)

    def _adopted(self, dataset_id: str) -> Dataset | None:
        about = self.shelf.about(dataset_id)
        return None if about is None else self.store.adopt(self.shelf.identity(about), about)

    def _unasked(self, dataset_id: str, own: Dataset | None) -> Dataset:
        """Return one of which it is not noted that it is wanted, or why it failed.

        It was made just now; or another server deleted it, so that its failure is forgotten here.
        """
        if (made := self._adopted(dataset_id)) is not None:
            return made
        if own is None:
            raise UnknownDataset
        if own.state is State.FAILED and not self.shelf.is_asked(dataset_id):
            self.store.delete(own)
            raise UnknownDataset
        return own

    def there(self, dataset: Dataset) -> Dataset | None:
        """Return a dataset that is ready, pinned as it is for all; None, forgotten, where it went.

        Blocks, and raises a SourceError.
        """
        if not self._has(dataset.id):
            self.store.delete(dataset)
            return None
        pinned = self.shelf.is_pinned(dataset.id)
        if pinned == dataset.pinned:
            return dataset
        self.store.pin(dataset, pinned=pinned)
        return self.store.find(dataset.id)

    def _has(self, dataset_id: str) -> bool:
        """Return whether a dataset is there, or may be again in a moment."""
        if self.shelf.has(dataset_id):
            return True
        # Who looks whether it may go hides it first, and leaves what is noted of it.
        if not self.shelf.is_noted(dataset_id):
            return False
        return self.removal.is_under_way(dataset_id) or self.shelf.has(dataset_id)

    def plan(self, request: Request) -> Plan:
        """Return what a request asks for, whatever the raw data is now. Blocks.

        Raises BadConfiguration, BadRaw, UnknownRaw, UnknownHandler, DatasetsUnusable.
        """
        raw = self.registry.of(request.name)
        installed = self.installed.of(request.handler, request.version)
        config = installed.canonical(request.config)
        filled = json.loads(config)
        installed.check(filled)
        return Plan(raw, installed, config, installed.pin_for(filled))

    def look(self, plan: Plan) -> Future[str]:
        """Return the digest of the raw data as a look will find it that begins now."""
        return self.registry.looked(plan.raw)

    def cancel(self, dataset: Dataset) -> Dataset:
        """Return a dataset that nobody makes any more in a moment, unless it has ended. Blocks."""
        if not dataset.has_ended:
            # First for all servers: the one that makes it looks there.
            self.shelf.ask(Identity.of(dataset), CANCELLED._asdict())
            self.store.fail(dataset, *CANCELLED)
            self.ring(dataset.id)
            self.wake()
        return self.store.of(dataset.id)

    def delete(self, dataset: Dataset) -> None:
        """Delete a dataset, its files, and what is half made of it. Blocks.

        Raises DatasetConflict for one that is being made, DatasetsUnusable.
        """
        running = self.makes(dataset.id) or self.store.of(dataset.id).state is State.RUNNING
        if running or not self.removal.of(dataset):
            sentence = "Expected a dataset that nobody makes, got one that is being made."
            raise DatasetConflict(sentence, public=sentence)

    def pin(self, dataset: Dataset, *, pinned: bool) -> None:
        """Keep a dataset whatever there is room for, or no more. Blocks."""
        self.shelf.pin(dataset.id, pinned=pinned)
        self.store.pin(dataset, pinned=pinned)

    def downloaded(self, dataset: Dataset) -> None:
        """Note that somebody fetched it. Blocks."""
        self.store.touch(dataset, downloads=1)
        self.shelf.use(dataset.id)

    def serve(self, dataset: Dataset) -> None:
        """Let all servers see that somebody fetches of it, as far as they can. Blocks."""
        with suppress(SourceError):
            self.shelf.use(dataset.id)

    def read(self, dataset: Dataset, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` until before `stop`. Blocks."""
        for piece in self.shelf.pieces(dataset.id, name, start, stop):
            self.serve(dataset)  # who fetches slowly does so for hours
            yield piece

    def handlers(self) -> Sequence[Installed]:
        """Return the handlers that may be asked for."""
        return self.installed.all()

    def broken_handlers(self) -> Mapping[str, str]:
        """Return which handlers cannot be used, and why."""
        return self.installed.broken()

    def raw(self) -> Registered:
        """Return the raw data that may be asked for, and what is broken of it. Blocks."""
        return self.registry.all()
