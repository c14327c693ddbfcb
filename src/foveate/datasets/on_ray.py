"""Chunks made on a Ray cluster, seen from the server: a process asks the cluster, and we ask it.

It is not the server itself, since Ray ends the process that asks a cluster when that goes away.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.batches.ray_data import Share, mark
from foveate.cores import cores
from foveate.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from foveate.datasets.chunks import Part
    from foveate.datasets.making import Bench, Finished, Left
    from foveate.settings import Settings

COMMAND: Final = (
    *(sys.executable, "-P", "-c"),
    "from foveate.datasets.ray_work import serve; serve()",
)
LOOK_S: Final = 0.2
"""How often it is looked whether somebody asked to stop."""
END_S: Final = 15.0
"""How long it may take to end its actors."""


class Order(NamedTuple):
    """What is to be made, as the process is told of it."""

    release: str
    """Of Foveate."""
    bench: Bench
    labels: Sequence[str]
    parts: Sequence[Part]
    address: str
    """Of the cluster; empty is one that is started on this machine."""
    cores: int
    """Of that one."""
    need: Share
    """What a worker takes of a node."""
    workers: int
    """At most; 0 is as many as there is room for."""
    handlers_from: Sequence[str]
    marked: tuple[str, str]
    """A file that each worker must see, and what is in it; none for a bucket."""
    folder: str
    """In which relative names are meant."""


class Worked(NamedTuple):
    """So many samples more; fewer than none, where what was worked on is lost."""

    samples: int


class Done(NamedTuple):
    """A chunk that is finished."""

    stem: str
    finished: Finished


class Failed(NamedTuple):
    """Why none of it can be made."""

    why: Exception


@dataclass(frozen=True, slots=True)
class OnRay:
    """Workers of a cluster."""

    address: str
    need: Share
    workers: int
    handlers_from: Sequence[str]

    @classmethod
    def of(cls, settings: Settings) -> OnRay:
        """Return the cluster that settings tell of."""
        asked, cluster = settings.datasets, settings.batches
        need = Share(1, cluster.worker_gpus, asked.handler_memory_bytes)
        return cls(cluster.ray_address, need, asked.workers, asked.handlers_from)

    @property
    def here(self) -> int:
        """Return that one handler of this machine says which samples there are."""
        return 1

    def run(self, bench: Bench, left: Left) -> dict[str, Finished]:
        """Return all chunks by their stems.

        Raises Halted, what any of them met, and BadInstallation, BadOption and Unavailable for a
        cluster that cannot do it.
        """
        left.handlers.close()
        done: dict[str, Finished] = {}
        with closing(self._said(bench, left)) as heard:
            for said in heard:
                if isinstance(said, Done):
                    done[said.stem] = said.finished
                    left.progress.finished()
                elif isinstance(said, Worked):
                    left.progress.worked(said.samples)
                elif isinstance(said, Failed):
                    raise said.why
                left.halt()
        return done

    def _said(self, bench: Bench, left: Left) -> Generator[object]:
        """Yield what the process says until it has ended, and at times nothing."""
        order = self._order(bench, left)
        ours, theirs = Pipe()
        with ours:
            with theirs:
                number = theirs.fileno()
                process = subprocess.Popen(  # noqa: S603 - our own module
                    [*COMMAND, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL
                )
            try:
                ours.send(order)
                yield from _heard(ours.poll, ours.recv)
            except (EOFError, OSError) as why:
                raise _lost(process) from why
            finally:
                ours.close()  # at which it ends
                _end(process)

    def _order(self, bench: Bench, left: Left) -> Order:
        shared = bench.shelf.files
        return Order(
            release=version("foveate"),
            bench=replace(bench, digests=bench.named(left.parts)),
            labels=left.labels,
            parts=left.parts,
            address=self.address,
            cores=cores(),
            need=self.need,
            workers=self.workers,
            handlers_from=self.handlers_from,
            marked=mark(bench.work, shared.place),
            folder=str(Path.cwd()),
        )


def _heard(poll: Callable[[float], bool], recv: Callable[[], object]) -> Iterator[object]:
    """Yield what is said up to None, and None while nothing is."""
    while True:
        if not poll(LOOK_S):
            yield None
        elif (said := recv()) is None:
            return
        else:
            yield said


def _lost(process: subprocess.Popen[bytes]) -> Unavailable:
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_S)
    sentence = (
        f"Expected a cluster that answers, got the end of who asks it ({process.returncode}). "
        "Ask again to have the rest made."
    )
    return Unavailable(sentence, public=sentence)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
