"""Who makes datasets on one server, while no other server with the same place makes the same one.

Who makes one has a claim on it, and renews it: `storage.shared`. When the claim is left, another
server goes on from the last chunk that is finished.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.datasets.dataset import State
from foveate.datasets.identity import ID, Identity, canonical, whole
from foveate.datasets.keeping import doomed
from foveate.datasets.making import Bench, Halted
from foveate.datasets.places import WORK
from foveate.datasets.prepare import Preparation
from foveate.datasets.removal import Removal
from foveate.datasets.unwritten import wants_room
from foveate.errors import (
    DatasetConflict,
    DatasetsUnusable,
    FoveateError,
    NotKept,
    NotWritten,
    SourceError,
    UnknownDataset,
    UnknownHandler,
)
from foveate.storage.shared import Watch, claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.identity import Request
    from foveate.datasets.making import Engine
    from foveate.datasets.raw.registry import Registered, Registry
    from foveate.datasets.seams import Formats, Handlers, Installed
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store, Tally
    from foveate.settings import Datasets as Settings
    from foveate.storage.shared import Claim, SharedStore

log = logging.getLogger("foveate.datasets")
LOOK_S: Final = 1.0
"""How often it is looked for what other servers do."""
TIDY_S: Final = 600.0
REST_S: Final = 30.0
"""After how long it is tried again to write where there was no room."""
MOST_WAITING: Final = 32
"""Datasets that are looked at in one go, of those that are not there."""


@dataclass(slots=True)
class _Run:
    """A dataset that is made now."""

    dataset: Dataset
    stop: threading.Event = field(default_factory=threading.Event)
    is_made: bool = False


class _Failure(NamedTuple):
    """Why a dataset cannot be made."""

    error: str
    message: str
    log: str = ""


def _failure(why: Exception) -> _Failure:
    if isinstance(why, FoveateError):
        return _Failure(type(why).__name__, why.public, getattr(why, "log", ""))
    if isinstance(why, OSError):
        got = why.strerror or type(why).__name__
        return _Failure(NotWritten.__name__, f"{NotWritten.summary.removesuffix('.')}: {got}.")
    return _Failure(FoveateError.__name__, FoveateError.summary)


@dataclass(slots=True)
class Preparer:
    """Makes what is asked for, and has the files of what is made. Of one event loop."""

    store: Store
    shelf: Shelf
    shared: SharedStore
    registry: Registry
    installed: Handlers
    formats: Formats
    engine: Engine
    """Has chunks made."""
    settings: Settings
    work: Path
    """A folder of this machine, for datasets in a bucket; nothing in it is needed later."""
    ring: Callable[[str], object]
    """Tells those who follow a dataset that something happened to it, from any thread."""
    ended: Counter[str] = field(default_factory=Counter)
    """How many it made, `ready`, and how many it could not, `failed`."""
    tally: Mapping[str, Tally] = field(default_factory=dict)
    """By state, as this server knew them a moment ago."""
    rest_s: float = REST_S
    _runs: dict[str, _Run] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _watches: dict[str, Watch] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _going: asyncio.Task[None] | None = None
    _tidied: float = 0.0
    _said: str = ""
    _rests: float = 0.0
    """Until when nothing is begun: the disk was full."""

    async def begin(self) -> None:
        """Work from now on, on what an earlier server left, too."""
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        self._going = self._going or self._loop.create_task(self._go())

    async def end(self) -> None:
        """Stop; what is half made goes on when a server begins."""
        if self._going is not None:
            self._going.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._going
            self._going = None
        for run in self._runs.values():
            run.stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def ask(self, request: Request) -> Dataset:
        """Return the dataset, which is made from now on if it is not there. Blocks.

        Raises BadConfiguration, BadRaw, UnknownRaw, UnknownHandler, DatasetsUnusable.
        """
        identity = self.identity(request)
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
            self._wake()
        return dataset

    def elsewhere(self, dataset_id: str) -> Dataset:
        """Return a dataset that is not there, or not known here, as other servers know it.

        One that others were asked for is waited for here, too, and made where they are gone.
        Blocks; raises UnknownDataset, DatasetsUnusable, and a SourceError.
        """
        if not ID.fullmatch(dataset_id):
            raise UnknownDataset
        about = self.shelf.about(dataset_id)
        if about is not None:
            return self.store.adopt(self.shelf.identity(about), about)
        asked, own = self.shelf.asked(dataset_id), self.store.find(dataset_id)
        if asked is None or (asked["failure"] and own):
            if own is None:
                raise UnknownDataset
            return own
        dataset, _ = self.store.ask(self.shelf.identity(asked), self.store.now())
        if asked["failure"]:
            self.store.fail(dataset, **asked["failure"])
        self._wake()
        return self.store.of(dataset_id)

    def identity(self, request: Request) -> Identity:
        """Return what a request asks for, to the last bit. Blocks; raises as `ask`."""
        raw = self.registry.of(request.name)
        installed = self.installed.of(request.handler, request.version)
        config = canonical(request.config, whole(installed.schema))
        installed.check(json.loads(config))
        return Identity(
            name=request.name,
            handler=installed.name,
            version=installed.version,
            pin=installed.pin,
            config=config,
            raw_digest=self.registry.digest(raw),
        )

    def delete(self, dataset: Dataset) -> None:
        """Delete a dataset, its files, and what is half made of it. Blocks.

        Raises DatasetConflict for one that is being made, DatasetsUnusable.
        """
        running = dataset.id in self._runs or self.store.of(dataset.id).state is State.RUNNING
        if running or not self._removal.of(dataset):
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

    def read(self, dataset: Dataset, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` until before `stop`. Blocks."""
        return self.shelf.pieces(dataset.id, name, start, stop)

    def handlers(self) -> Sequence[Installed]:
        """Return the handlers that may be asked for."""
        return self.installed.all()

    def raw(self) -> Registered:
        """Return the raw data that may be asked for, and what is broken of it. Blocks."""
        return self.registry.all()

    def _wake(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it is closed: nobody works any more
                self._loop.call_soon_threadsafe(self._woken.set)

    async def _go(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._look()
                self._said = ""
            except (DatasetsUnusable, SourceError, NotKept) as why:
                self._warn(str(why))
            except Exception:
                log.exception("Datasets met what nobody expected, and go on")
            # Not wait_for: before Python 3.12 it loses a cancellation that comes as it is woken.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()

    def _warn(self, why: str) -> None:
        """Log it once, for as long as it stays so."""
        if why != self._said:
            log.warning("%s", why)
        self._said = why

    async def _look(self) -> None:
        if time.monotonic() - self._tidied > TIDY_S or not self._tidied:
            self._tidied = time.monotonic()
            await asyncio.to_thread(self.tidy)
        if not self.store.exists:
            return
        self.tally = await asyncio.to_thread(self.store.tally)
        for dataset in await asyncio.to_thread(self.store.waiting, MOST_WAITING):
            if dataset.id not in self._runs:
                await self._see(dataset)

    async def _see(self, dataset: Dataset) -> None:
        """Begin with a dataset, or see how far another server is."""
        if await asyncio.to_thread(self._is_there, dataset):
            return
        if len(self._runs) < self.settings.at_once and time.monotonic() >= self._rests:
            watch = self._watches.setdefault(dataset.id, Watch())
            held = await claim(self.shared, dataset.id, watch)
            if held is not None:
                self._begin(dataset, held)
                return
        if dataset.id in self._watches or not self.settings.at_once:
            await asyncio.to_thread(self._see_elsewhere, dataset)

    def _is_there(self, dataset: Dataset) -> bool:
        about = self.shelf.about(dataset.id)
        if about is None:
            return False
        self.store.ready(dataset, about)
        self.ring(dataset.id)
        return True

    def _has_failed(self, dataset: Dataset) -> bool:
        """Note where another server could not make a dataset, since anybody asked for it."""
        asked = self.shelf.asked(dataset.id)
        if asked is None or not asked["failure"]:
            return False
        self.store.fail(dataset, **asked["failure"])
        self.ring(dataset.id)
        return True

    def _see_elsewhere(self, dataset: Dataset) -> None:
        """Note how far another server is with a dataset, as far as can be seen from here."""
        if self._has_failed(dataset):
            return
        chunks = self.shelf.count_finished(dataset.id)
        if chunks > dataset.progress.get("chunks", 0):
            self.store.begin(dataset)
            # How long the rest takes is not to be seen from here.
            known = {name: each for name, each in dataset.progress.items() if name != "eta_s"}
            self.store.progress(dataset, {**known, "chunks": chunks})
            self.ring(dataset.id)

    def _begin(self, dataset: Dataset, held: Claim) -> None:
        run = self._runs[dataset.id] = _Run(dataset)
        self._watches.pop(dataset.id, None)
        task = asyncio.get_running_loop().create_task(self._make(run, held))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make(self, run: _Run, held: Claim) -> None:
        keeping = asyncio.get_running_loop().create_task(self._hold(run, held))
        try:
            met = await asyncio.to_thread(self._made, run)
            # Another one goes on with what was lost, and meets for himself whatever is wrong.
            if met and not (run.stop.is_set() or await held.is_lost()):
                await asyncio.to_thread(self._fail, run.dataset, met)
                self.ended[State.FAILED] += 1
            self.ended[State.READY] += run.is_made
        except (DatasetsUnusable, NotKept) as why:
            if isinstance(why, DatasetsUnusable):
                # Not the fault of this one, and the next would meet it too: all wait.
                self._rests = time.monotonic() + self.rest_s
            log.warning("Dataset %s: %s", run.dataset.id, why)
        finally:
            await held.end(keeping)
            del self._runs[run.dataset.id]
            self.ring(run.dataset.id)
            self._woken.set()

    def _fail(self, dataset: Dataset, why: Exception) -> None:
        odd = None if isinstance(why, FoveateError | OSError) else why
        log.warning("Dataset %s failed: %s", dataset.id, why, exc_info=odd)
        failure = _failure(why)
        self.shelf.ask(Identity.of(dataset), failure._asdict())
        self.store.fail(dataset, *failure)

    async def _hold(self, run: _Run, held: Claim) -> None:
        """Keep a claim, and stop what is made where that is another's now."""
        await held.keep()
        log.warning("Dataset %s is made by another server now.", run.dataset.id)
        run.stop.set()

    def _made(self, run: _Run) -> Exception | None:
        """Make a dataset; return why that failed, if it did."""
        dataset = run.dataset
        # Whoever had the claim before may have finished it meanwhile, or may have failed.
        if self._is_there(dataset) or self._has_failed(dataset):
            return None
        self.store.begin(dataset)
        self.ring(dataset.id)
        try:
            self._preparation(dataset).run(self._tell(dataset), run.stop)
        except Halted:
            log.info("Dataset %s goes on when a server begins with it.", dataset.id)
        except DatasetsUnusable:
            raise
        except Exception as why:
            if wants_room(why):
                raise DatasetsUnusable(f"It waits for room: {why}") from why
            return why
        else:
            run.is_made = self._is_there(dataset)
        return None

    def _tell(self, dataset: Dataset) -> Callable[[Mapping[str, Any]], None]:
        def tell(told: Mapping[str, Any]) -> None:
            self.store.progress(dataset, told)
            self.ring(dataset.id)

        return tell

    def _preparation(self, dataset: Dataset) -> Preparation:
        raw = self.registry.of(dataset.name)
        installed = self.installed.of(dataset.handler, dataset.version)
        if installed.pin != dataset.pin:
            sentence = f"{dataset.handler} {dataset.version} is another one than was asked for."
            raise UnknownHandler(sentence)
        bench = Bench(
            dataset=dataset,
            pictures=self.registry.place(raw),
            installed=installed,
            formats=self.formats,
            shelf=self.shelf,
            # On the same disk, so that nothing is copied to where it stays.
            work=self.shelf.files.path(WORK) or self.work,
        )
        return Preparation(bench=bench, survey=lambda: self.registry.look(raw), engine=self.engine)

    def tidy(self) -> None:
        """Learn what other servers made, kept and deleted, and delete what is not kept. Blocks."""
        # The books first: what is on the shelf in between is not forgotten.
        ended = self.store.by_use() if self.store.exists else []
        known = {each.id: each for each in ended if each.state is State.READY}
        there = self.shelf.ids()
        for dataset_id in sorted(there - known.keys()):
            if (about := self.shelf.about(dataset_id)) is not None:
                self.store.adopt(self.shelf.identity(about), about)
        for dataset_id in known.keys() - there:
            self.store.delete(known[dataset_id])
        if there or ended:
            self._keep()

    def _keep(self) -> None:
        # The books first: who pins one in between does it on the shelf before he does in them.
        ended = self.store.by_use()
        pins, uses = self.shelf.pins(), self.shelf.uses()
        for dataset in ended:
            if dataset.pinned != (dataset.id in pins):
                self.store.pin(dataset, pinned=dataset.id in pins)
            self.store.used_at(dataset, uses.get(dataset.id, 0.0))
        keep, budget = self.settings.keep_days, self.settings.budget_bytes
        for dataset in doomed(self.store.by_use(), time.time(), keep, budget):
            with contextlib.suppress(UnknownDataset):
                if self._removal.of(dataset, if_unused=True):
                    log.info("Dataset %s went: nobody asked for it in a long time.", dataset.id)

    @property
    def _removal(self) -> Removal:
        return Removal(self.store, self.shelf, self.shared)
