"""A process that draws the rows of a batch: skia holds Python's lock, so threads would not do.

Values of a row go there, and the name and size of a file come back; pixels stay where they are.
"""

from __future__ import annotations

import queue
import secrets
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.background import default_app, waited
from foveate.batches.pool import GONE, POSSIBLE
from foveate.batches.process import end_with_parent
from foveate.cores import share_cores
from foveate.design.filling import Filling
from foveate.design.xml import reading
from foveate.designs.easel import OwnEasel
from foveate.designs.journal import FOLDER, UNFINISHED
from foveate.errors import FoveateError, NotWritten
from foveate.storage.memory import MemoryCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.design.scene.model import Scene
    from foveate.rendition import Rendition
    from foveate.service.draw import Drawing, Pixels

COMMAND: Final = (sys.executable, "-P", "-c", "from foveate.designs.process import serve; serve()")
KEPT_BYTES: Final = 128 * 1024 * 1024
"""Of pictures that the next row may show as well."""
END_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A batch, as a process is told of it."""

    xml: str
    folder: Path
    """Where the pictures of the design are."""
    beside: Path
    """Where those are that rows name."""
    out: Path
    drawing: Drawing
    processes: int


class Row(NamedTuple):
    """One rendition that is wanted."""

    number: int
    name: str
    """Of its file, in the folder of results."""
    values: Mapping[str, str]
    asked: str = ""
    """What stands for all of it, for the next run."""
    problem: str = ""
    """Why nothing can be made of it, where that is known already."""


class Made(NamedTuple):
    """What became of a row."""

    row: Row
    bytes: int = 0
    note: str = ""
    error: str = ""
    message: str = ""
    before: bool = False
    """Whether it was there already."""


def work_of(setup: Setup) -> Callable[[Row], Made]:
    """Return what draws rows in this process."""
    share_cores(setup.processes)
    fill = Filling.of(reading.loads(setup.xml), setup.beside)
    kept: MemoryCache[Pixels] = MemoryCache(KEPT_BYTES, _size_of)

    def work(row: Row) -> Made:
        if row.problem:
            return Made(row, error="BadOption", message=row.problem)
        try:
            return _drawn(fill(row.values), row, setup, kept)
        except FoveateError as why:
            return Made(row, error=type(why).__name__, message=str(why))

    return work


def _drawn(scene: Scene, row: Row, setup: Setup, kept: MemoryCache[Pixels]) -> Made:
    made = waited(_draw(scene, setup, kept))
    file = setup.out / row.name
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = setup.out / FOLDER / f"{secrets.token_hex(8)}{UNFINISHED}"
    try:
        fresh.write_bytes(made.data)
        fresh.replace(file)
    finally:
        with suppress(OSError):  # it is in its place, or why it is not is raised
            fresh.unlink()
    return Made(row, bytes=len(made.data), note=made.headers.get("Foveate-Note", ""))


async def _draw(scene: Scene, setup: Setup, kept: MemoryCache[Pixels]) -> Rendition:
    return await OwnEasel.of(default_app(), setup.folder, kept).draw(scene, setup.drawing)


def _size_of(pixels: Pixels) -> int:
    return pixels().nbytes


def serve() -> None:
    """Draw rows until nobody sends any more. The connection is a descriptor on argv."""
    end_with_parent()
    connection = Connection(int(sys.argv[1]))
    with suppress(*GONE):  # nobody is in front any more
        work = work_of(connection.recv())
        while True:
            connection.send(_answer(work, connection.recv()))


def _answer(work: Callable[[Row], Made], row: Row) -> Made | str:
    try:
        return work(row)
    except OSError as why:
        return f"Expected a place to write to, got {why}."


class _Process:
    """One of them, as the process in front has it."""

    def __init__(self, setup: Setup) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [*COMMAND, str(descriptor)], pass_fds=[descriptor], stdin=subprocess.DEVNULL
            )
        with suppress(*GONE):  # one that ended at once says so when it is asked
            self._connection.send(setup)

    def ask(self, row: Row) -> Made:
        """Return what became of a row. Raises NotWritten, and any of `GONE`."""
        self._connection.send(row)
        said = self._connection.recv()
        if isinstance(said, str):
            raise NotWritten(said)
        made: Made = said
        return made

    def close(self) -> None:
        """Have it end."""
        self._connection.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Pool:
    """So many processes; any thread may have a row drawn by one that is free."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._processes: list[_Process | None] = [None] * setup.processes
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(setup.processes):
            self._free.put(number)

    def __call__(self, row: Row) -> Made:
        """Return what became of a row: failed, where it ended two processes that drew it."""
        number = self._free.get()
        try:
            return self._asked(number, row) or self._asked(number, row) or _ended(row)
        finally:
            self._free.put(number)

    def _asked(self, number: int, row: Row) -> Made | None:
        # Begun when there is work: often all is done, and they take a second to begin.
        process = self._processes[number] or _Process(self._setup)
        self._processes[number] = process
        try:
            return process.ask(row)
        except GONE:
            process.close()
            self._processes[number] = None
            return None

    def close(self) -> None:
        """End all of them."""
        for process in filter(None, self._processes):
            process.close()


class Here:
    """The same in this process, where none can be handed a descriptor."""

    def __init__(self, setup: Setup) -> None:
        self._work = work_of(setup)

    def __call__(self, row: Row) -> Made:
        """Return what became of a row."""
        return self._work(row)

    def close(self) -> None:
        """Have nothing to end."""


def drawers(setup: Setup) -> Pool | Here:
    """Return what draws rows, in processes where that can be."""
    return Pool(setup) if POSSIBLE else Here(setup)


def _ended(row: Row) -> Made:
    return Made(row, error="DecoderKilled", message="The processes that drew it were ended.")
