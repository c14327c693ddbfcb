"""Chunks made on a Ray cluster: an actor for each handler, and the process that asks them.

Samples travel, pictures do not: an actor reads them where they are, and writes files where they
stay. An actor that is gone, or its whole node, leaves its chunk to whoever is free.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate import locks
from foveate.batches.pool import error_of
from foveate.batches.process import end_with_parent
from foveate.batches.ray_data import ATTEMPTS, started, unseen
from foveate.datasets.handlers.environments import Environment, Environments
from foveate.datasets.making import Finished
from foveate.datasets.on_ray import Done, Failed, Order, Worked
from foveate.datasets.owned import Owned
from foveate.datasets.progress import TELL_S
from foveate.datasets.unchanged import MOMENTARY
from foveate.errors import BadInstallation, BadOption, FoveateError, SourceError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench
    from foveate.datasets.seams import Handler, Installed

STOPPED_S: Final = 0.5
"""How often it is looked whether the server still wants it."""
PREFIX: Final = "foveate-dataset-"
INSTALLING: Final = ".installing"


def serve() -> None:
    """Have an order made. The connection is a descriptor on argv."""
    end_with_parent()
    server = Connection(int(sys.argv[1]))
    with suppress(EOFError, OSError):  # the server is gone, or wants it no more
        try:
            for said in made(server.recv(), server):
                server.send(said)
        except Exception as why:  # noqa: BLE001 - told to the server
            server.send(Failed(_plain(why)))
        server.send(None)


def _plain(why: Exception) -> Exception:
    """Return an error that can be told: ours as they are, others by what they say."""
    return why if isinstance(why, FoveateError | OSError) else RuntimeError(repr(why))


def made(order: Order, server: Connection) -> Generator[Done | Worked]:
    """Yield what becomes of an order, until it is made or `server` says anything.

    Raises what any chunk met, and BadInstallation, BadOption and Unavailable.
    """
    ray = started(order.address, order.cores)
    room = order.need.room(ray.nodes(), "FOVEATE_DATASETS__HANDLER_MEMORY_BYTES")
    actors = Actors(ray, order, min(order.workers or room, len(order.parts)))
    try:
        while actors.is_busy and not server.poll():
            yield from actors.heard()
    except ray.exceptions.RayError as why:
        sentence = f"The cluster could not go on: {why}. Ask again to have the rest made."
        raise Unavailable(sentence, public=sentence) from why
    finally:
        actors.end()


class Task(NamedTuple):
    """What an actor does: a chunk, or to begin or to end."""

    actor: Any
    part: Part | None = None
    ends: bool = False


@dataclass(slots=True)
class Actors:
    """The actors, and which chunk each has. An actor gets one when it has begun."""

    ray: Any
    order: Order
    workers: int
    _left: deque[Part] = field(init=False)
    _tasks: dict[Any, Task] = field(default_factory=dict, init=False)
    """By what yields what each of them says."""
    _worked: Counter[str] = field(default_factory=Counter, init=False)
    """Samples that were told, of chunks that are not finished."""
    _lost: Counter[str] = field(default_factory=Counter, init=False)
    """How often the actor of a chunk was gone, or one that had none."""

    def __post_init__(self) -> None:
        """Have all of them begin."""
        self._left = deque(self.order.parts)
        for _ in range(self.workers):
            self._begin()

    @property
    def is_busy(self) -> bool:
        """Return whether a chunk is left or worked on, or somebody tidies up."""
        return bool(self._left) or any(task.part or task.ends for task in self._tasks.values())

    def heard(self) -> Iterator[Done | Worked]:
        """Yield what actors say now. Raises what any of them met."""
        ready, _ = self.ray.wait(list(self._tasks), num_returns=1, timeout=STOPPED_S)
        for says in ready:
            try:
                yield from self._told(self._tasks[says].part, self.ray.get(next(says)))
            except StopIteration:
                self._go_on(self._tasks.pop(says))
            except self.ray.exceptions.RayActorError as why:
                yield from self._replaced(self._tasks.pop(says), why)

    def end(self) -> None:
        """End all actors, and their handlers with them."""
        for task in self._tasks.values():
            self.ray.kill(task.actor)
        self.ray.shutdown()

    def _begin(self) -> None:
        need = self.order.need
        takes = {"num_cpus": need.cpus, "num_gpus": need.gpus or None, "memory": need.memory}
        actor = self.ray.remote(**takes)(Actor).remote(_for_one(self.order))
        self._ask(actor.begin, (), Task(actor))

    def _ask(self, method: Any, words: tuple[Any, ...], task: Task) -> None:  # noqa: ANN401
        self._tasks[method.options(num_returns="streaming").remote(*words)] = task

    def _go_on(self, task: Task) -> None:
        """Give an actor that is through with something the next chunk, or let it end."""
        if task.ends:
            self.ray.kill(task.actor)
        elif self._left:
            part = self._left.popleft()
            self._ask(task.actor.chunk, (part,), Task(task.actor, part))
        else:
            self._ask(task.actor.end, (), Task(task.actor, ends=True))

    def _told(self, part: Part | None, said: int | Finished | Failed) -> Iterator[Done | Worked]:
        if isinstance(said, Failed):
            raise said.why
        assert part is not None  # noqa: S101 - nobody else says anything
        if isinstance(said, Finished):
            del self._worked[part.stem]
            yield Done(part.stem, said)
        else:
            self._worked[part.stem] += said
            yield Worked(said)

    def _replaced(self, task: Task, why: Exception) -> Iterator[Worked]:
        """Have another actor begin, and somebody make the chunk of the one that is gone."""
        self.ray.kill(task.actor)  # it may be out of reach alone, and come back
        if task.ends:
            return
        what = task.part.stem if task.part else ""
        self._lost[what] += 1
        if self._lost[what] > ATTEMPTS * (1 if task.part else self.workers):
            sentence = f"The cluster lost a worker again and again: {why}"
            raise Unavailable(sentence, public=sentence) from why
        if task.part is not None:
            self._left.appendleft(task.part)
            yield Worked(-self._worked.pop(what, 0))
        self._begin()


def _for_one(order: Order) -> Order:
    """Return an order as an actor gets it: of the pictures the first alone, to be looked for."""
    first = order.parts[0]
    return order._replace(parts=[replace(first, samples=first.samples[:1])])


class Actor:
    """A worker of the cluster, with a handler of its own. What it raises it says."""

    def __init__(self, order: Order) -> None:
        self._order, self._node = order, socket.gethostname()
        self._home: Home | None = None
        self._bench: Bench | None = None
        self._handler: Handler | None = None

    def begin(self) -> Iterator[Failed]:
        """Look whether all is here that is needed, and start a handler."""
        with suppress(OSError):
            os.chdir(self._order.folder)
        try:
            self._check()
            self._home = Home.own()
            bench = self._order.bench
            installed = here(bench.installed, self._order.handlers_from)
            if installed.pin_for(bench.dataset.config) != bench.dataset.pin:
                raise self._other(f"{bench.dataset.handler} {bench.dataset.version}")
            # On the disk of the shelf, where that is on one, so that nothing is copied.
            work = self._home.folder if bench.shelf.files.is_bucket else bench.work
            self._bench = replace(bench, installed=installed, work=work / secrets.token_hex(8))
            self._handler = self._bench.start()
        except (FoveateError, OSError) as why:
            yield Failed(why)

    def chunk(self, part: Part) -> Iterator[int | Finished | Failed]:
        """Yield now and then how many samples more, and at the end what is finished."""
        assert self._bench is not None  # noqa: S101 - it has begun
        assert self._handler is not None  # noqa: S101
        count, told = 0, time.monotonic()
        try:
            for finished in self._bench.chunk(part, self._order.labels, self._handler):
                count += finished is None
                if finished is not None or time.monotonic() - told >= TELL_S:
                    yield count
                    count, told = 0, time.monotonic()
                if finished is not None:
                    yield finished
        except (FoveateError, OSError) as why:
            yield Failed(why)

    def end(self) -> Iterator[Failed]:
        """End the handler, and leave nothing."""
        if self._handler is not None:
            self._handler.close()
        if self._home is not None:
            self._home.remove()
        yield from ()

    def _check(self) -> None:
        if self._order.release != version("foveate"):
            raise self._other("release of Foveate")
        refusal = unseen(self._order.marked, self._node)
        if refusal is not None:
            raise error_of(refusal)
        source = self._order.parts[0].samples[0].source
        try:
            self._order.bench.pictures.read(source)
        except SourceError as why:
            if isinstance(why, MOMENTARY):
                raise
            cure = "share the folder under the same name, or register raw data of a bucket"
            told = f"Expected the raw data on each node, got no {source} on {self._node}: {cure}."
            raise BadOption(told) from why

    def _other(self, what: str) -> BadInstallation:
        told = f"Expected the same {what} on each node, got another one on {self._node}."
        return BadInstallation(told, public=told)


class Home(NamedTuple):
    """A folder of an actor on its machine, in which handlers have theirs."""

    owned: Owned

    @classmethod
    def own(cls) -> Home:
        """Return a new one."""
        own = Owned.begun(PREFIX)
        own.folder.chmod(0o711)
        tempfile.tempdir = str(own.folder)
        return cls(own)

    @property
    def folder(self) -> Path:
        """Return where it is."""
        return self.owned.folder

    def remove(self) -> None:
        """Leave nothing of it."""
        tempfile.tempdir = None
        self.owned.remove()


def here(installed: Installed, allowed: Sequence[str]) -> Installed:
    """Return a handler as this machine has it, installed from where it came if it was not here.

    Raises BadConfiguration, HandlerFailed, BadInstallation.
    """
    if not isinstance(installed, Environment):
        return installed
    folder = installed.folder.parent
    known = Environments(folder, allowed, installed.limits)
    wanted = (installed.name, installed.version)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / INSTALLING).open("w") as file:
        locks.wait(file.fileno())  # one installs it, and the others have it then
        found = next((each for each in known.all() if (each.name, each.version) == wanted), None)
        found = found or known.install(*wanted, installed.source)
    return replace(found, limits=installed.limits)
