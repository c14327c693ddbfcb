"""Batches on a cluster: Ray Data hands rows to actors, each of which holds networks.

Only names, numbers and digests travel. Pixels stay in the actor that decoded them; what it made it
writes where the batch goes, without a name yet, and this machine commits and places it.
"""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.batches.pool import Pool, error_of
from foveate.batches.process import Raised
from foveate.cores import cores
from foveate.errors import (
    BadInstallation,
    BadOption,
    FoveateError,
    SourceNotFound,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from foveate.batches.description import Description
    from foveate.batches.executor import Plan
    from foveate.batches.made import Made
    from foveate.batches.process import Setup
    from foveate.batches.row import Row
    from foveate.settings.batches import Batches

ROWS: Final = 8
"""Rows that an actor takes at once: what is begun anew where it is ended."""
WINDOW: Final = 4096
"""Rows for each worker that Ray Data is given at once. It starts actors anew for the next."""
ATTEMPTS: Final = 5
"""How often rows are handed out again, where actors and nodes end: these may be what ends them."""
MARK: Final = "cluster"


@dataclass(frozen=True, slots=True)
class RayData:
    """The engine `ray`: a cluster that is there, or one of this machine's cores."""

    asked: Batches
    workers: int = 0
    """Actors at most; 0 is as many as the cluster has room for."""

    def run(self, plan: Plan, rows: Iterator[Row]) -> Generator[list[Made]]:
        """Yield what became of rows, each once, whatever ends on the way.

        Raises BadOption, BadInstallation and Unavailable for a cluster that cannot do it, and what
        every row would meet.
        """
        window = list(islice(rows, ROWS))
        if not window:
            return
        ray = started(self.asked.ray_address, plan.setup.processes)
        share = Share.of(self.asked, plan.setup)
        room = share.room(ray.nodes())
        most = self.workers or room
        told = Briefing(
            replace(plan.setup, description=_absolute(plan.setup)),
            share.cpus,
            os.getcwd(),  # noqa: PTH109 - as text
            mark(plan.home, plan.setup.description.out),
        )
        while window and not plan.stopped.is_set():
            window += islice(rows, most * WINDOW - len(window))
            with closing(_results(told, share, most, window)) as results:
                for result in results:
                    yield checked(plan, result)
                    if plan.stopped.is_set():
                        return
            window = list(islice(rows, ROWS))


class Share(NamedTuple):
    """What a worker takes of a node."""

    cpus: int
    gpus: float
    memory: int

    @classmethod
    def of(cls, asked: Batches, setup: Setup) -> Share:
        """Return what settings say."""
        return cls(asked.worker_cpus, asked.worker_gpus, setup.settings.load.memory_bytes)

    def room(
        self, nodes: Sequence[Mapping[str, Any]], memory_by: str = "FOVEATE_LOAD__MEMORY_BYTES"
    ) -> int:
        """Return how many workers all nodes have room for. Raises BadOption where none has.

        `memory_by` is the setting that says how much memory each takes.
        """
        alive = [node["Resources"] for node in nodes if node["Alive"]]
        many = sum(map(self._on, alive))
        if not many:
            took = f"{self.cpus} cores, {self.gpus:g} GPUs and {self.memory:,} bytes of memory"
            cure = f"FOVEATE_BATCHES__WORKER_* and {memory_by} ask for less"
            raise BadOption(f"Expected a node with {took} for a worker, got none: {cure}.")
        return many

    def _on(self, node: Mapping[str, float]) -> int:
        pairs = (("CPU", self.cpus), ("GPU", self.gpus), ("memory", self.memory))
        return int(min(node.get(name, 0) // need for name, need in pairs if need))


class Briefing(NamedTuple):
    """What an actor is told when it starts."""

    setup: Setup
    cpus: int
    folder: str
    """In which relative names are meant."""
    marked: tuple[str, str]
    """A file that it must see, and what is in it."""


class Result(NamedTuple):
    """What an actor returns for its rows."""

    node: str
    said: list[Made] | Raised


class Actor:
    """Works on rows with processes of its own, which a picture may end without ending others."""

    def __init__(self, told: Briefing) -> None:
        with suppress(OSError):
            os.chdir(told.folder)
        self._node = socket.gethostname()
        self._refusal = unseen(told.marked, self._node)
        setup = replace(told.setup, processes=cores())
        self._pool = Pool(told.cpus, setup.settings.load.memory_bytes, setup)
        self._threads = ThreadPoolExecutor(told.cpus)

    def __call__(self, batch: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes]]:
        """Return what became of rows, pickled as they came."""
        return {"said": [pickle.dumps(Result(self._node, self._said(r))) for r in batch["rows"]]}

    def _said(self, rows: bytes) -> list[Made] | Raised:
        if self._refusal is not None:
            return self._refusal
        try:
            return list(self._threads.map(self._pool, pickle.loads(rows)))  # noqa: S301 - our own
        except FoveateError as why:
            return Raised(type(why).__name__, str(why), why.public)


def started(address: str, cpus: int) -> Any:  # noqa: ANN401 - an extra
    """Return Ray, with a cluster. Raises BadInstallation and Unavailable."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray  # noqa: PLC0415
        import ray.data  # noqa: PLC0415
    except ModuleNotFoundError as why:
        cure = "pip install 'foveate[cluster]' brings it"
        raise BadInstallation(f"Expected Ray for this engine, got none: {cure}.") from why
    if not ray.is_initialized():
        with _own_handler():
            _joined(ray, address or os.environ.get("RAY_ADDRESS", ""), cpus)
    return ray


def _joined(ray: Any, address: str, cpus: int) -> None:  # noqa: ANN401
    words: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if not address:
        ray.init("local", num_cpus=cpus, include_dashboard=False, **words)
        return
    try:
        ray.init(address, **words)
    except (OSError, RuntimeError, ValueError) as why:
        sentence = f"Expected a Ray cluster at {address}, got none: {why}"
        raise Unavailable(sentence, public=sentence) from why


@contextmanager
def _own_handler() -> Iterator[None]:
    """Leave it to the program what SIGTERM does, where it says that: Ray takes it over."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if callable(before) and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _results(told: Briefing, share: Share, most: int, window: Sequence[Row]) -> Generator[Result]:
    """Yield what actors make of these rows, in whatever order."""
    import ray  # noqa: PLC0415

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    chunks = [{"rows": pickle.dumps(window[at : at + ROWS])} for at in range(0, len(window), ROWS)]
    most = min(most, len(chunks))
    made = ray.data.from_items(chunks, override_num_blocks=len(chunks)).map_batches(
        Actor,
        fn_constructor_args=(told,),
        batch_size=None,
        # One does until others have room: nodes may yet come, or have gone.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most, initial_size=most),
        num_cpus=share.cpus,
        num_gpus=share.gpus or None,
        memory=share.memory,
        ray_remote_args_fn=_patience,  # until Ray 2.64, which names no other way
    )
    try:
        for batch in made.iter_batches(batch_size=None, prefetch_batches=0):
            for said in batch["said"]:
                yield pickle.loads(said)  # noqa: S301 - our own
    except ray.exceptions.RayError as why:
        sentence = f"The cluster could not go on: {why}. Run it again to do the rest."
        raise Unavailable(sentence, public=sentence) from why


def _patience() -> dict[str, Any]:
    return {"max_task_retries": ATTEMPTS}


def _absolute(setup: Setup) -> Description:
    asked = setup.description
    if "://" in asked.out:
        return asked
    return replace(asked, out=str(Path(asked.out).expanduser().absolute()))


def mark(home: Path, out: str) -> tuple[str, str]:
    """Leave a file that all workers have to see, and return it; nothing for a bucket."""
    if "://" in out:
        return "", ""
    file, text = home.absolute() / MARK, secrets.token_hex()
    file.write_text(text)
    return str(file), text


def unseen(marked: tuple[str, str], node: str) -> Raised | None:
    """Return what is wrong where a node does not see the folder that is written to."""
    file, text = marked
    with suppress(OSError):
        if not file or Path(file).read_text() == text:
            return None
    place = Path(file).parent.parent
    cure = "share it by NFS or its like, or write to s3://BUCKET/PREFIX"
    told = f"Expected {place} as the same folder on each node, got another on {node}: {cure}."
    return Raised(BadOption.__name__, told, told)


def checked(plan: Plan, result: Result) -> list[Made]:
    """Return what a node made. Raises what every row would meet there."""
    if isinstance(result.said, Raised):
        raise error_of(result.said)
    for made in result.said:
        if made.asked and made.asked != plan.asked(made.row):
            told = (
                f"the same release, settings and networks on each node, got others on {result.node}"
            )
            raise BadInstallation(f"Expected {told}.")
        missing = made.error == SourceNotFound.__name__ and "://" not in made.row.key
        if missing and Path(made.row.key).exists():
            cure = "share the folder under the same name, or read from a bucket"
            told = f"Expected {made.row.key} on each node, got none on {result.node}: {cure}."
            raise BadOption(told)
    return result.said
