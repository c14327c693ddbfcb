"""A batch on this machine: what is left of it is worked on, committed and told, until its end."""

from __future__ import annotations

import os
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Final, TextIO

from foveate import locks
from foveate.batches.arriving import arriving, first
from foveate.batches.asides import ASIDE
from foveate.batches.asked import Asking
from foveate.batches.budget import Budget
from foveate.batches.commit import Committer, aside_name
from foveate.batches.description import OnError, TableFormat
from foveate.batches.destination import open_destination
from foveate.batches.equals import Equals
from foveate.batches.executor import Plan, Threads
from foveate.batches.left import Left
from foveate.batches.made import Status
from foveate.batches.manifest import open_manifest
from foveate.batches.parquet import check_installed
from foveate.batches.pool import POSSIBLE, Pool
from foveate.batches.process import Setup
from foveate.batches.reach import Everywhere
from foveate.batches.report import BatchReport
from foveate.batches.sources import STANDARD
from foveate.batches.tables import write_tables
from foveate.batches.unwritten import writing
from foveate.batches.walk import is_pattern, root_of
from foveate.batches.worker import Worker
from foveate.configuration.folder import state_folder
from foveate.delivery.admission import worker_count
from foveate.errors import BadOption, DecoderKilled, FoveateError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from foveate.app import App
    from foveate.batches.description import Description
    from foveate.batches.destination import Destination
    from foveate.batches.executor import Engine, Executor
    from foveate.batches.made import Made
    from foveate.batches.manifest import Manifest
    from foveate.batches.reach import Reach
    from foveate.batches.row import Row

    Unread = FoveateError | OSError
    """Why sources could not be read to their end."""

LOCK: Final = "lock"
FEW: Final = 64
"""So few rows are done before other processes have begun."""


def untold(*what: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How a batch is run; what is made is the same however that is."""

    workers: int = 0
    """0 is as many as `load.workers`, or the cores."""
    apart: bool = False
    """Whether processes of their own may work on rows: they read pictures as any program does."""
    retry_failed: bool = False
    """Whether to try again what failed before."""
    told: Callable[[Made, BatchReport], object] = untold
    """Called for each row once it is committed, with how far it is."""
    missed: Callable[[Unread], object] = untold
    """Called where sources that are watched cannot be read, and are looked at again."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """To be set by whoever wants it to end after what is underway."""
    standard: TextIO | None = None
    """Where - is read from; None is standard input."""
    engine: Engine | None = None
    """Who has rows worked on elsewhere; without one it is done here."""
    settle_s: float = 0.0
    """Leave files that were changed since less than so long."""
    reach: Reach = field(default_factory=Everywhere)
    """What it may read."""
    report: BatchReport = field(default_factory=BatchReport)
    """What is counted of it, for whoever wants to know also where it ends with an error."""


class Batch:
    """A batch that is open: its manifest is locked until it is closed."""

    def __init__(self, app: App, description: Description, going: Going) -> None:
        self.report = going.report
        self._app = app
        self._description = description
        self._going = going
        self._workers = going.workers or worker_count(app.settings.load)
        self._destination = open_destination(
            description.out,
            app.settings.origins,
            state_folder("batches"),
            shared=going.engine is not None,
        )
        check_apart(description)
        going.reach.check(description.sources, app.settings.origins)
        self._asking = Asking(app, description, guarded=going.reach.guarded)
        if description.tables is TableFormat.PARQUET:
            check_installed()
        self._unread: Unread | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Have the manifest for this process alone, all that it says done in its place."""
        home = self._destination.home
        with writing(home):
            (home / ASIDE).mkdir(parents=True, exist_ok=True)
        with _locked(home), open_manifest(home) as self._manifest:
            self._committer = Committer(self._manifest, self._destination)
            self._committer.sweep()
            yield

    def go(self) -> None:
        """Do what is left of all rows once. Raises what every row would meet, as a full disk.

        Where sources cannot be read to their end, raises why once what came before is committed,
        and stands in the tables.
        """
        if (unread := self.look()) is None:
            return
        if self.report.met and not self.report.stopped:
            self.write_tables()
        raise unread

    def look(self) -> Unread | None:
        """Do what is left, and return why sources could not be read to their end, if that is so."""
        stopped = self._going.stopped
        self._manifest.begin()
        self._left = self._what_is_left(self._manifest)
        self._unread = None
        try:
            lost = self._work_on(self._left.of(self._readable()))
            while lost and self._can_look_again():
                lost = self._work_on(self._left.freed(self._readable()))
        finally:
            self.report.stopped = stopped.is_set()
            self.report.tick()
        return self._unread

    def _work_on(self, rows: Iterator[Row | None]) -> bool:
        """Do rows, and return whether some lost their names to these: others may have them now."""
        ever = False
        with closing(self._groups(rows)) as groups:
            for group in groups:
                self._take(self._committer.commit(group))
                self.report.lose(lost := self._committer.lost())
                ever = ever or bool(lost)
        return ever

    def _can_look_again(self) -> bool:
        ends = self._going.stopped.is_set() or self._unread is not None
        return not ends and STANDARD not in self._description.sources

    def _what_is_left(self, manifest: Manifest) -> Left:
        return Left(
            manifest=manifest,
            destination=self._destination,
            asking=self._asking,
            going=self._going,
            report=self.report,
        )

    def _groups(self, rows: Iterator[Row | None]) -> Generator[list[Made]]:
        """Yield what becomes of rows, whoever works on them."""
        if self._going.engine is not None:
            plan = Plan(
                self._setup(), self._left.asked, self._destination.home, self._going.stopped
            )
            yield from self._going.engine.run(plan, filter(None, rows))
            return
        if self._workers == 1 or not (self._going.apart and POSSIBLE):
            yield from self._worked(self._here(), rows)
            return
        there = list(takewhile(bool, islice(rows, FEW)))
        if len(there) < FEW:  # there are no more, or they are slow to come
            few = chain(there, first(rows, FEW - len(there)))
            yield from self._worked(self._here(), few)
            there = list(islice(filter(None, rows), 1))
        if there:
            yield from self._worked(self._apart(), chain(there, rows))

    def _worked(
        self, working: AbstractContextManager[Callable[[Row], Made]], rows: Iterator[Row | None]
    ) -> Generator[list[Made]]:
        executor: Executor = Threads(self._workers, self._going.stopped)
        with working as work, closing(executor.run(work, rows)) as groups:
            yield from groups

    @contextmanager
    def _here(self) -> Iterator[Callable[[Row], Made]]:
        """Give what works on rows in this process."""
        work = self._worker(self._destination)
        with closing(work.equals):
            yield work

    @contextmanager
    def _apart(self) -> Iterator[Callable[[Row], Made]]:
        """Give what has rows worked on by processes of their own, where rows are many."""
        pool = Pool(self._workers, self._app.settings.load.memory_bytes, self._setup())
        try:
            yield pool
        finally:
            pool.close()
            # What they took is the system's to tell from here on.
            self.report.elsewhere_s = 0.0

    def _setup(self) -> Setup:
        settings, state = self._app.settings, state_folder("batches")
        shared, reach = self._going.engine is not None, self._going.reach
        return Setup(settings, self._description, state, self._workers, shared, reach)

    def write_tables(self) -> None:
        """Write the tables of all rows that were met. Raises NotWritten, DiskFull."""
        write_tables(self._manifest, self._destination, self._description)

    def _rows(self) -> Iterator[Row]:
        asked, origins = self._description, self._app.settings.origins
        return self._going.reach.rows(asked.sources, asked.out, origins, self._going.standard)

    def _readable(self) -> Iterator[Row | None]:
        rows, waits = self._rows(), STANDARD in self._description.sources
        try:
            yield from arriving(rows) if waits else rows
        except (FoveateError, OSError) as why:
            self._unread = why

    def _worker(self, destination: Destination) -> Worker:
        load = self._app.settings.load
        return Worker(
            app=self._app,
            asking=self._asking,
            budget=Budget(load.memory_bytes, self._app.held_bytes, self._app.make_room),
            destination=destination,
            equals=Equals(destination.home),
            reach=self._going.reach,
        )

    def _take(self, group: list[Made]) -> None:
        for made in group:
            self._left.underway.discard(made.row.id)
            self.report.take(made)
            if made.error == DecoderKilled.__name__:  # nobody was left to let go of its files
                for number in range(1, self._asking.renditions + 1):
                    self._destination.asides.drop(aside_name(made.row.id, number))
            if made.status is Status.FAILED and self._description.on_error is OnError.STOP:
                self.report.stopped_at = self.report.stopped_at or made
                self._going.stopped.set()
        self.report.tick()
        for made in group:
            self._going.told(made, self.report)


def batch(app: App, description: Description, going: Going) -> BatchReport:
    """Do what is left of a batch, and return how it went. Blocks.

    Raises BadRequest for what cannot be asked, and what every picture would meet: WeightsMissing,
    BadInstallation. What a single picture meets stands in the manifest.
    """
    work = Batch(app, description, going)
    with work.opened():
        work.go()
        if not work.report.stopped:
            work.write_tables()
    return work.report


def check_apart(description: Description) -> None:
    """Raise BadOption where what is made would lie among the pictures of a source."""
    out = description.out
    for source in description.sources:
        root = root_of(source) if is_pattern(source) else source
        if "://" not in f"{source}{out}" and os.path.realpath(root) == os.path.realpath(out):
            raise BadOption(f"Expected another folder to write into than the source {source}.")


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Be the only process that writes there; the kernel lets go when it ends, however it does."""
    with writing(home):
        lock = (home / LOCK).open("w")
    with lock as file:
        if not locks.take(file.fileno()):
            raise BadOption(
                f"Expected a place to which no other batch writes now, got {home.parent}."
            )
        yield
