"""Processes that work on rows, each with an interpreter of its own.

Threads of one process would wait for each other wherever Python decides something, and spend a
fifth more processor time: `docs/design/batch.md` has the figures.
"""

from __future__ import annotations

import queue
import subprocess
import sys
from contextlib import ExitStack, suppress
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Final

from foveate import errors
from foveate.batches.budget import Budget
from foveate.batches.made import Made, Status
from foveate.batches.process import Need, Raised
from foveate.errors import DecoderKilled, FoveateError, MemoryBudgetSpent

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.batches.process import Setup
    from foveate.batches.row import Row

COMMAND: Final = (sys.executable, "-P", "-c", "from foveate.batches.process import serve; serve()")
POSSIBLE: Final = sys.platform != "win32"
"""Whether a process can be handed a descriptor; without them, threads work on rows."""
END_S: Final = 5.0
GONE: Final = (EOFError, OSError)
"""What is raised where the other end of a connection is there no more."""


class RowProcess:
    """One of them, which works on one row at a time."""

    def __init__(self, setup: Setup) -> None:
        self.held = 0
        self._connection, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [*COMMAND, str(descriptor)], pass_fds=[descriptor], stdin=subprocess.DEVNULL
            )
        with suppress(*GONE):  # one that ended at once says so when it is asked
            self._connection.send(setup)

    def ask(self, row: Row, budget: Budget) -> Made:
        """Return what became of a row. Raises what every row would meet, and any of `GONE`."""
        self._connection.send(row)
        with ExitStack() as taken:
            while True:
                said = self._connection.recv()
                if isinstance(said, Made):
                    return said
                self._answer(said, budget, taken)

    def _answer(self, said: object, budget: Budget, taken: ExitStack) -> None:
        if isinstance(said, Raised):
            raise error_of(said)
        taken.close()
        if isinstance(said, Need):
            self.held = said.held
            try:
                taken.enter_context(budget.taking(said.bytes))
            except MemoryBudgetSpent as why:
                self._connection.send(str(why))
            else:
                self._connection.send("")

    def end(self) -> None:
        """Send nothing more, at which it ends."""
        self._connection.close()

    def close(self) -> None:
        """Wait for its end."""
        self.end()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Pool:
    """So many processes; any thread may have a row worked on by one that is free."""

    def __init__(self, workers: int, memory_bytes: int, setup: Setup) -> None:
        self._start: Callable[[], RowProcess] = lambda: RowProcess(setup)
        self._processes = [self._start() for _ in range(workers)]
        # Networks are in the processes, which make room by themselves before they ask.
        self._budget = Budget(memory_bytes, self._held, lambda _: None)
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(workers):
            self._free.put(number)

    def __call__(self, row: Row) -> Made:
        """Return what became of a row: failed, where it ended two processes that worked on it.

        Raises what every other row would meet, too.
        """
        number = self._free.get()
        try:
            # Whoever ended the first one may have meant another: memory is short for all.
            return self._asked(number, row) or self._asked(number, row) or _failed(row)
        finally:
            self._free.put(number)

    def _asked(self, number: int, row: Row) -> Made | None:
        try:
            return self._processes[number].ask(row, self._budget)
        except GONE:
            self._processes[number].close()
            self._processes[number] = self._start()
            return None

    def close(self) -> None:
        """End all of them."""
        for process in self._processes:
            process.end()
        for process in self._processes:
            process.close()

    def _held(self) -> int:
        return sum(process.held for process in self._processes)


def _failed(row: Row) -> Made:
    why = DecoderKilled("The processes that worked on it were ended.")
    kind = type(why).__name__
    return Made(row=row, asked=b"", status=Status.FAILED, error=kind, message=str(why))


def error_of(said: Raised) -> FoveateError:
    """Return an error that was raised elsewhere: what it says, not how it came to say it."""
    kind: type[FoveateError] = getattr(errors, said.kind, FoveateError)
    error = kind.__new__(kind)
    error.args, error.public = (said.message,), said.public
    return error
