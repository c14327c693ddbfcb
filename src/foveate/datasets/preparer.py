"""Who makes datasets on one server, while no other server with the same place makes the same one.

Who makes one has a claim on it, and renews it: `storage.shared`. When the claim is left, another
server goes on from the last chunk that is finished. What this one does not make, it tells of as
the others note it, however busy it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.datasets.attempt import Attempt, Lacking
from foveate.datasets.dataset import State
from foveate.datasets.desk import Desk
from foveate.datasets.noting import Noting
from foveate.datasets.removal import Removal
from foveate.datasets.tidying import Tidying
from foveate.datasets.unwritten import wants_room
from foveate.errors import BucketRefused, DatasetsAway, DatasetsUnusable, NotKept, SourceError
from foveate.jobs.loop import Loop
from foveate.jobs.threads import Threads
from foveate.storage.shared import STALE_S, Watch, claim, is_claimed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.making import Engine
    from foveate.datasets.raw.registry import Registry
    from foveate.datasets.seams import Formats, Handlers
    from foveate.datasets.shelf import Shelf
    from foveate.datasets.store import Store, Tally
    from foveate.settings import Datasets as Settings
    from foveate.storage.shared import Claim, SharedStore

log = logging.getLogger("foveate.datasets")
LOOK_S: Final = 1.0
"""How often it is looked for what other servers do."""
TIDY_S: Final = 600.0
REST_S: Final = 30.0
"""After how long it is tried again to write where there was no room, or nobody answered."""
LEFT_S: Final = 600.0
"""For how long what this server lacks the raw data or the handler for is left to others."""
ROOM: Final = "room"
RAW: Final = "raw data"
DATASETS: Final = "where datasets are"
"""What one waits for that was begun."""
MOST_WAITING: Final = 32
"""Datasets that are looked at in one go, of those that are not there: and as many others."""


@dataclass(slots=True)
class Preparer:
    """Makes what is asked for. Of one event loop."""

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
    desk: Desk = field(init=False)
    """What is asked of it."""
    _runs: dict[str, Attempt] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _watches: dict[str, Watch] = field(default_factory=dict)
    _beyond: int = 0
    """The number of the last that was looked at of those for which it is not their turn."""
    _on: asyncio.AbstractEventLoop | None = None
    _looking: Loop | None = None
    _makers: ThreadPoolExecutor | None = None
    tidying: Tidying = field(init=False)
    _tidies: Loop | None = None
    """Deletes for hours where there is much: nobody who asks for a dataset waits for that."""
    _threads: Threads = field(default_factory=lambda: Threads("dataset-look", 2))
    """Where datasets are may hang: none that pictures wait for."""
    _rests: float = 0.0
    """Until when nothing is begun: the disk was full, or the place of datasets was away."""
    _resting: dict[str, float] = field(default_factory=dict)
    """Until when these are not begun: their raw data was away."""
    _left: dict[str, float] = field(default_factory=dict)
    """Until when these are left to the servers that were asked for them."""

    def __post_init__(self) -> None:
        removal = Removal(self.store, self.shelf, self.shared)
        self.tidying = Tidying(self.store, self.shelf, removal, self.settings)
        self.desk = Desk(
            store=self.store,
            shelf=self.shelf,
            registry=self.registry,
            installed=self.installed,
            removal=removal,
            ring=self.ring,
            wake=self._wake,
            makes=self._runs.__contains__,
        )

    @property
    def _noting(self) -> Noting:
        return Noting(self.store, self.shelf, self.ring)

    async def begin(self) -> None:
        """Work from now on, on what an earlier server left, too."""
        if self._looking is None:
            self._on, self._looking = asyncio.get_running_loop(), Loop(self._look, LOOK_S)
            # Not with the threads of all: each is taken for hours.
            self._makers = ThreadPoolExecutor(max(1, self.settings.at_once), "dataset-maker")
            self._tidies = Loop(self._tidy, TIDY_S)
            self._tidies.begin()
            self._looking.begin()

    async def end(self) -> None:
        """Stop; what is half made goes on when a server begins."""
        self._halt()
        if self._looking is not None:
            # A look is not broken off: it may have a claim by now.
            await self._looking.stop()
            self._looking = None
        if self._tidies is not None:
            await self._tidies.stop()
            self._tidies = None
        self._halt()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._makers is not None:
            self._makers.shutdown(wait=False)

    def _halt(self) -> None:
        for run in self._runs.values():
            run.stop.set()

    def _ends(self) -> bool:
        return self._looking is None or self._looking.ending

    def _wake(self) -> None:
        """Look now. For any thread."""
        if self._on is not None and self._looking is not None:
            with contextlib.suppress(RuntimeError):  # it is closed: nobody works any more
                self._on.call_soon_threadsafe(self._looking.wake)

    async def _tidy(self) -> None:
        if await self._threads.run(self.tidying.run, self._ends) and self._tidies is not None:
            # The claim of who was killed is nobody's by then.
            asyncio.get_running_loop().call_later(STALE_S, self._tidies.wake)
        if self._watches or self._resting or self._left:
            waiting = await self._threads.run(self.store.waiting, -1)
            self._forget_all_but({each.id for each in waiting})

    async def _look(self) -> None:
        if not self.store.exists:
            return
        await self._threads.run(self._stop_cancelled)
        self.tally = await self._threads.run(self.store.tally)
        for dataset in await self._threads.run(self._waiting):
            if dataset.id not in self._runs and not self._ends():
                await self._seen(dataset)

    def _stop_cancelled(self) -> None:
        """Stop what is wanted no more, whichever server was told so."""
        for run in tuple(self._runs.values()):
            if not run.stop.is_set() and self._noting.has_failed(run.dataset):
                run.stop.set()

    def _waiting(self) -> list[Dataset]:
        """Return those that wait the longest, and of all others as many, in turns."""
        first = self.store.waiting(MOST_WAITING)
        if len(first) < MOST_WAITING:
            return first
        rest = self.store.waiting(MOST_WAITING, max(self._beyond, first[-1].number))
        self._beyond = rest[-1].number if len(rest) == MOST_WAITING else 0
        return first + rest

    def _forget_all_but(self, waiting: Container[str]) -> None:
        """Watch nothing any more that was made, failed, or was deleted."""
        for known in (self._watches, self._resting, self._left):
            for gone in [each for each in known if each not in waiting]:
                del known[gone]

    async def _seen(self, dataset: Dataset) -> None:
        """See to a dataset. Raises what all of them meet; others go on where it is this one's."""
        try:
            await self._see(dataset)
        except DatasetsAway as why:
            if not _is_of_one(why):
                raise
            if time.monotonic() >= self._resting.get(dataset.id, 0.0):
                self._rest(dataset)
                log.warning("Dataset %s: %s", dataset.id, why)

    async def _see(self, dataset: Dataset) -> None:
        """Begin with a dataset, or see how far another server is."""
        if await self._threads.run(self._noting.is_there, dataset):
            return
        if self._may_begin(dataset):
            watch = self._watches.setdefault(dataset.id, Watch())
            held = await claim(self.shared, dataset.id, watch, sole=True)
            if held is not None:
                self._begin(dataset, held)
                return
        if await self._threads.run(self._noting.has_failed, dataset):
            return
        # Finished chunks that nobody goes on with are no progress: it waits.
        if await is_claimed(self.shared, dataset.id):
            await self._threads.run(self._noting.see_progress, dataset)

    def _may_begin(self, dataset: Dataset) -> bool:
        left = self._left.get(dataset.id, 0.0) if dataset.heard else 0.0
        rests = max(self._rests, self._resting.get(dataset.id, 0.0), left)
        return len(self._runs) < self.settings.at_once and time.monotonic() >= rests

    def _begin(self, dataset: Dataset, held: Claim) -> None:
        run = self._runs[dataset.id] = Attempt(
            dataset=dataset,
            noting=self._noting,
            registry=self.registry,
            installed=self.installed,
            formats=self.formats,
            engine=self.engine,
            work=self.work,
        )
        self._watches.pop(dataset.id, None)
        task = asyncio.get_running_loop().create_task(self._make(run, held))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make(self, run: Attempt, held: Claim) -> None:
        loop = asyncio.get_running_loop()
        keeping = loop.create_task(self._hold(run, held))
        try:
            met = await loop.run_in_executor(self._makers, run.make)
            # Another one goes on with what was lost, and meets for himself whatever is wrong.
            if met and not (run.stop.is_set() or await held.is_lost()):
                await self._threads.run(self._noting.fail, run.dataset, met)
                self.ended[State.FAILED] += 1
            self.ended[State.READY] += run.is_made
        except NotKept as why:
            log.warning("Dataset %s: %s", run.dataset.id, why)
        except Lacking as why:
            self._left[run.dataset.id] = time.monotonic() + LEFT_S
            log.warning("Dataset %s is left to other servers: %s", run.dataset.id, why)
        except (DatasetsUnusable, SourceError) as why:
            await self._interrupt(run.dataset, why)
        except Exception:
            self._rest()
            log.exception("Dataset %s met what nobody expected; it is tried again", run.dataset.id)
        finally:
            await held.end(keeping)
            del self._runs[run.dataset.id]
            self.ring(run.dataset.id)
            self._wake()

    async def _interrupt(self, dataset: Dataset, why: Exception) -> None:
        """Have a dataset wait for what is away, and all others where they would meet that, too."""
        if isinstance(why, DatasetsUnusable | DatasetsAway):
            waits, alone = (ROOM if wants_room(why.__cause__ or why) else DATASETS), _is_of_one(why)
            log.warning("Dataset %s: %s", dataset.id, why)
        else:
            waits, alone = RAW, True
            log.warning("Dataset %s waits for its raw data: %s", dataset.id, why)
        self._rest(dataset if alone else None)
        await self._threads.run(self._noting.rest, dataset, waits)

    def _rest(self, dataset: Dataset | None = None) -> None:
        """Do not begin with a dataset for a while.

        None is all of them: it is not the fault of one, and the next would meet it too.
        """
        until = time.monotonic() + self.rest_s
        if dataset is None:
            self._rests = until
        else:
            self._resting[dataset.id] = until

    async def _hold(self, run: Attempt, held: Claim) -> None:
        """Keep a claim, and stop what is made where that is another's now."""
        await held.keep()
        log.warning("Dataset %s is made by another server now.", run.dataset.id)
        run.stop.set()


def _is_of_one(why: Exception) -> bool:
    """Return whether that is refused to one dataset, of which others know nothing.

    That is what somebody may write or read, which may be another bucket's policy for each name.
    """
    refused = isinstance(why.__cause__, BucketRefused)
    return isinstance(why, DatasetsAway) and (refused or bool(why.refused))
