"""What runs in a process of a pool: it is told what a batch is, then is sent row after row."""

from __future__ import annotations

import ctypes
import pickle
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from foveate.app import create
from foveate.batches.asked import Asking
from foveate.batches.destination import open_destination
from foveate.batches.equals import Equals
from foveate.batches.reach import Everywhere
from foveate.batches.worker import Worker
from foveate.cores import share_cores
from foveate.errors import BadInstallation, FoveateError, MemoryBudgetSpent
from foveate.ledger.ledger import process_cpu_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.batches.description import Description
    from foveate.batches.made import Made
    from foveate.batches.reach import Reach
    from foveate.batches.row import Row
    from foveate.settings import Settings

DIES_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A batch, as another process is told of it."""

    settings: Settings
    description: Description
    state: Path
    """Where what is known of buckets lies."""
    processes: int
    """How many there are of them on a machine."""
    shared: bool = False
    """Whether they are on several machines, of which one alone may open the manifest."""
    reach: Reach = field(default_factory=Everywhere)


class Need(NamedTuple):
    """A picture asks for so many bytes, beside those that networks hold in its process."""

    bytes: int
    held: int


class Given(NamedTuple):
    """The bytes are given back."""


class Raised(NamedTuple):
    """What every other row would meet, too: an error by the name of its class."""

    kind: str
    message: str
    public: str


class Granted:
    """Memory that the process in front grants."""

    def __init__(
        self,
        connection: Connection,
        most: int,
        held: Callable[[], int],
        make_room: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._most = most
        self._held = held
        self._make_room = make_room

    @contextmanager
    def taking(self, need: int) -> Iterator[None]:
        """Have so many bytes. Raises MemoryBudgetSpent."""
        over = need + self._held() - self._most
        if over > 0:  # the process in front reaches no networks of this one
            self._make_room(over)
        self._connection.send(Need(need, self._held()))
        if refusal := self._connection.recv():
            raise MemoryBudgetSpent(refusal)
        try:
            yield
        finally:
            self._connection.send(Given())


def serve() -> None:
    """Work on rows until nobody sends any more. The connection is a descriptor on argv."""
    end_with_parent()
    connection = Connection(int(sys.argv[1]))
    with suppress(EOFError, OSError):  # nobody is in front any more
        work = _begun(connection)
        while True:
            connection.send(_done(work, connection.recv()))


def _begun(connection: Connection) -> Callable[[Row], Made]:
    """Return what works on rows, or raises for each why nothing here can."""
    sent = connection.recv_bytes()
    try:
        return _worker(pickle.loads(sent), connection)  # noqa: S301 - from the process in front
    except FoveateError as why:
        return partial(_refused, why)
    except Exception as why:  # noqa: BLE001 - no picture is to blame, whatever it is
        told = f"Expected a process that works on rows, got {type(why).__name__}: {why}"
        return partial(_refused, BadInstallation(told))


def _refused(why: FoveateError, row: Row) -> NoReturn:  # noqa: ARG001 - none can be worked on
    raise why


def _worker(setup: Setup, connection: Connection) -> Worker:
    share_cores(setup.processes)
    app = create(setup.settings, setup.reach.opens)
    out, origins = setup.description.out, setup.settings.origins
    most = setup.settings.load.memory_bytes
    destination = open_destination(out, origins, setup.state, shared=setup.shared)
    return Worker(
        app=app,
        asking=Asking(app, setup.description, notes=False, guarded=setup.reach.guarded),
        budget=Granted(connection, most, app.held_bytes, app.make_room),
        destination=destination,
        equals=Equals(None if setup.shared else destination.home),
        reach=setup.reach,
    )


def _done(work: Callable[[Row], Made], row: Row) -> Made | Raised:
    before = process_cpu_s()
    try:
        made = work(row)
    except FoveateError as why:
        return Raised(type(why).__name__, str(why), why.public)
    return replace(made, cpu_s=process_cpu_s() - before)


def end_with_parent() -> None:
    """Leave signals to the process in front, and end when that does: the latter on Linux."""
    # Ctrl-C goes to all processes of a terminal: the one in front decides what it means.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
