"""The networks of one process: loaded on first use, let go when idle, and bounded together."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import WeightsCorrupt
from foveate.models.runtime.engines import card_run, choice_of, fell_back, open_model
from foveate.models.runtime.lazy_session import LazySession
from foveate.models.runtime.resident import Memory
from foveate.models.runtime.room import Held, to_drop
from foveate.models.supply.built import record_of
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import FileState, catalogue, verify, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.models.runtime.engines import Choice
    from foveate.models.runtime.lazy_session import Usage
    from foveate.models.supply.card import ModelCard
    from foveate.ports import Session
    from foveate.settings import Models, Runtime

log = logging.getLogger(__name__)

ANY_NETWORK_BYTES: Final = 160 * 1024 * 1024
TIMES_ITS_WEIGHTS: Final = 12
"""OpenVINO keeps code and weights in other layouts: 32 MiB of weights took 518."""


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of a network that was asked for: where it runs, and since when it idles."""

    choice: Choice
    provider: str
    """What it really runs on; empty while it is not loaded."""
    idle_s: float


def after(seconds: float, call: Callable[[], None]) -> None:
    """Call something later, on a thread that does not keep the process alive."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.name = "foveate-idle"
    timer.start()


def _written(file: Path) -> tuple[object, ...]:
    """Return what changes when a file, or the record of how it was built, is written anew."""
    return tuple(map(_stamp, (file, record_of(file))))


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


class Registry:
    """The networks of one process, each loaded at most once, and dropped when idle.

    Together they hold at most `memory.most_bytes`: the longest idle ones go before another is
    loaded. Those that run stay, and one alone is loaded whatever it takes.
    """

    def __init__(
        self,
        models: Models,
        runtime: Runtime,
        *,
        memory: Memory = Memory(),  # noqa: B008 - it cannot be changed
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] = after,
    ) -> None:
        self._models, self._runtime = models, runtime
        self._memory = memory
        self._clock = clock
        self._later = later
        self._networks: dict[str, LazySession] = {}
        self._corrupt: dict[Path, object] = {}
        """Files that are damaged or could not be loaded, and when each was written."""
        self._whole: dict[Path, object] = {}
        """Files whose bytes were compared and are right, and when each was written."""
        self._lock = threading.Lock()
        self._watching = False

    def session(self, name: str) -> LazySession:
        """Return what loads that network on first use. Nothing is loaded here."""
        with self._lock:
            if name not in self._networks:
                self._networks[name] = LazySession(
                    partial(self._open, name),
                    clock=self._clock,
                    loading=partial(self._loading, name),
                    resident=self._memory.resident,
                    counted=partial(self._counted, name),
                    fell_back=lambda provider: fell_back(provider, self._runtime),
                )
            return self._networks[name]

    def _open(self, name: str) -> Session:
        try:
            return open_model(name, self._models, self._runtime)
        except WeightsCorrupt:
            self._corrupt[self._file(name)] = _written(self._file(name))
            raise

    def corrupt(self, file: Path) -> bool:
        """Return whether a file, as it is now, was found to be damaged. Reads nothing of it."""
        return file in self._corrupt and self._corrupt[file] == _written(file)

    def whole(self, card: ModelCard) -> bool:
        """Return whether a card's file is here with the right bytes.

        They are compared once for each time that the file is written, before anybody chooses to
        look with it; whoever opens it compares them again, which costs little beside that.
        """
        file = where(card, self._models)
        written = _written(file)
        if self._whole.get(file) == written:
            return True
        state = FileState.CORRUPT if self.corrupt(file) else verify(card, self._models)
        if state is not FileState.MISSING:
            known = self._whole if state is FileState.OK else self._corrupt
            known[file] = written
        return state is FileState.OK

    def _counted(self, name: str, grown: int) -> int:
        """Return what a network holds by which the process grew so much while it was loaded.

        No less than its weights, which may lie in memory that was free before, and no more than
        one of such weights was ever measured to take, and some.
        """
        weights = self._weights_bytes(name)
        return max(weights, min(grown, ANY_NETWORK_BYTES + TIMES_ITS_WEIGHTS * weights))

    def _weights_bytes(self, name: str) -> int:
        """Return the size of the file that it is loaded from; 0 while that is not here."""
        path = self._file(name)
        return path.stat().st_size if path.is_file() else 0

    def _file(self, name: str) -> Path:
        """Return the file that a network is loaded from."""
        card = card_run(name, self._models, self._runtime)
        return where(choose(catalogue(self._models), [card])[0], self._models)

    @contextmanager
    def _loading(self, name: str) -> Iterator[None]:
        """Make room before, by what it took the last time or by its weights, and see after."""
        network = self._all()[name]
        self._drop_for(name, network.known_bytes or self._weights_bytes(name))
        yield
        self._drop_for(name, network.held_bytes)
        self._watch()

    def make_room(self, need: int) -> None:
        """Drop as many of those that do not run as hold `need` bytes, the longest idle first."""
        self._drop("pictures", need, self.held_bytes())

    def _drop_for(self, name: str, need: int) -> None:
        self._drop(name, need, self._memory.most_bytes)

    def _drop(self, name: str, need: int, most: int) -> None:
        """Let others than that one go, so that `need` more bytes come to `most` in all."""
        others = {each: one for each, one in self._all().items() if each != name and one.loaded}
        held = [Held(each, one.held_bytes, one.idle_s()) for each, one in others.items()]
        gone = [each for each in to_drop(held, need, most) if others[each].drop_after(0)]
        if gone:
            log.info("Unloaded %s to make room for %s.", ", ".join(gone), name)
            self._memory.release()

    def loaded(self) -> dict[str, str]:
        """Return the networks asked for so far: their provider, or an empty string before that."""
        return {name: network.running_on for name, network in self._all().items()}

    def held_bytes(self) -> int:
        """Return what the networks that are loaded hold. Never waits for a load."""
        return sum(network.held_bytes for network in self._all().values())

    def running(self) -> dict[str, Running]:
        """Return what is known of each network asked for so far. Loads nothing, reads the cards."""
        return {
            name: Running(
                choice_of(name, self._models, self._runtime), network.running_on, network.idle_s()
            )
            for name, network in self._all().items()
        }

    def usage(self) -> dict[str, Usage]:
        """Return how much each network asked for so far has worked. Never waits for a load."""
        return {name: network.usage() for name, network in self._all().items()}

    def _all(self) -> dict[str, LazySession]:
        with self._lock:
            return dict(self._networks)

    def _watch(self) -> None:
        """See to it that somebody looks for idle networks: one timer, while any is loaded."""
        with self._lock:
            if self._watching or not self._runtime.idle_s:
                return
            self._watching = True
        self._later(self._runtime.idle_s, self._look)

    def _look(self) -> None:
        """Drop what is idle, and come again when the next one may be."""
        limit = self._runtime.idle_s
        dropped = [network.drop_after(limit) for network in self._all().values()]
        if any(dropped):
            self._memory.release()
        with self._lock:
            left = [network.idle_s() for network in self._networks.values() if network.loaded]
            self._watching = bool(left)
        if left:
            # A second at least: a network that runs counts as not idle at all.
            self._later(max(1.0, limit - max(left)), self._look)
