"""The networks of one process: each loaded on first use, and let go when nobody asks for it."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.deadline import TICK_S, current
from foveate.models.runtime.engines import choice_of, fell_back, open_model
from foveate.models.runtime.resident import resident_bytes
from foveate.models.supply.fetch import catalogue, where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.models.runtime.engines import Choice
    from foveate.ports import Session
    from foveate.settings import Models, Runtime


ANY_NETWORK_BYTES: Final = 160 * 1024 * 1024
TIMES_ITS_WEIGHTS: Final = 12
"""OpenVINO keeps code and weights in other layouts: 32 MiB of weights took 518."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much a network worked in this process, and on what."""

    runs: int
    seconds: float
    """Spent in the engine, by all threads together; loading is not counted."""
    provider: str
    """What it ran on last; empty if it was never loaded."""
    fell_back: int
    """Runs on something else than the settings ask for."""


class LazySession:
    """A Session that is loaded by the first thread that calls it, while the others wait.

    A failure is raised to who asked, and the next one tries again.
    """

    def __init__(
        self,
        load: Callable[[], Session],
        *,
        clock: Callable[[], float] = time.monotonic,
        loaded: Callable[[], None] = lambda: None,
        resident: Callable[[], int] = resident_bytes,
        most_bytes: Callable[[], int] = lambda: sys.maxsize,
        fell_back: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._load = load
        self._clock = clock
        self._tell = loaded
        self._resident = resident
        self._most_bytes = most_bytes
        self._held = 0
        self._fell_back = fell_back
        self._session: Session | None = None
        self._loading = threading.Lock()
        self._counting = threading.Lock()
        self._inside = 0
        self._runs, self._missed, self._seconds, self._provider = 0, 0, 0.0, ""
        self._asked = clock()

    def __call__(self) -> Session:
        """Return it, loaded now if need be. Raises what loading raises."""
        self._keep()
        return self

    @property
    def loaded(self) -> bool:
        """Return whether it is there already. Never waits."""
        return self._session is not None

    @property
    def held_bytes(self) -> int:
        """Return by how much the process grew while it was loaded; 0 while it is not there."""
        return self._held if self._session is not None else 0

    @property
    def provider(self) -> str:
        """Return what it really runs on."""
        return self._keep().provider

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        """Return the input shapes that it was compiled for."""
        return self._keep().shapes

    @property
    def running_on(self) -> str:
        """Return what it runs on while it is loaded, else an empty string. Never loads."""
        session = self._session
        return session.provider if session else ""

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads."""
        with self._counting:
            self._inside += 1
        try:
            return self._counted(self._keep(), inputs)
        finally:
            with self._counting:
                self._inside -= 1
                self._asked = self._clock()

    def _counted(
        self, session: Session, inputs: Mapping[str, NDArray[np.generic]]
    ) -> Sequence[NDArray[np.float32]]:
        started = self._clock()
        try:
            return session.run(inputs)
        finally:
            missed = self._fell_back(session.provider)
            with self._counting:
                self._runs += 1
                self._missed += missed
                self._seconds += self._clock() - started

    def usage(self) -> Usage:
        """Return how much it worked so far, also before it was dropped. Never loads."""
        with self._counting:
            return Usage(
                runs=self._runs,
                seconds=self._seconds,
                provider=self._provider,
                fell_back=self._missed,
            )

    def idle_s(self) -> float:
        """Return for how many seconds nobody has asked for it; 0 while it runs."""
        with self._counting:
            return 0.0 if self._inside else max(0.0, self._clock() - self._asked)

    def drop_after(self, idle_s: float) -> bool:
        """Let it go if it is loaded and idle for at least that long, and return whether it was.

        Who runs it meanwhile keeps it until done; who asks later loads it anew.
        """
        with self._counting:
            if self._session is None or self._inside or self._clock() - self._asked < idle_s:
                return False
            self._session = None
            return True

    def _keep(self) -> Session:
        with self._counting:
            self._asked = self._clock()
            session = self._session
        if session is not None:
            return session
        while not self._loading.acquire(timeout=TICK_S):
            current().check()  # who waits for another one's load keeps a worker busy
        try:
            return self._session or self._loaded_now()
        finally:
            self._loading.release()

    def _loaded_now(self) -> Session:
        before = self._resident()
        session = self._load()
        # Other threads decode pictures meanwhile, which must not be held against it for long.
        self._held = max(0, min(self._resident() - before, self._most_bytes()))
        provider = session.provider
        with self._counting:
            self._provider = provider
            self._asked = self._clock()  # loading may have taken longer than idling may
            self._session = session
        self._tell()
        return session


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


class Registry:
    """The networks of one process, each loaded at most once, and dropped when idle.

    `released` is called after networks were dropped, to give their memory back to the system.
    """

    def __init__(
        self,
        models: Models,
        runtime: Runtime,
        *,
        released: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] = after,
    ) -> None:
        self._models, self._runtime = models, runtime
        self._released = released
        self._clock = clock
        self._later = later
        self._networks: dict[str, LazySession] = {}
        self._lock = threading.Lock()
        self._watching = False

    def session(self, name: str) -> LazySession:
        """Return what loads that network on first use. Nothing is loaded here."""
        with self._lock:
            if name not in self._networks:
                self._networks[name] = LazySession(
                    lambda: open_model(name, self._models, self._runtime),
                    clock=self._clock,
                    loaded=self._watch,
                    most_bytes=lambda: self._most_bytes(name),
                    fell_back=lambda provider: fell_back(provider, self._runtime),
                )
            return self._networks[name]

    def _most_bytes(self, name: str) -> int:
        """Return the most that a network of such weights was ever measured to take, and some."""
        card = next(card for card in catalogue(self._models) if card.name == name)
        return ANY_NETWORK_BYTES + TIMES_ITS_WEIGHTS * where(card, self._models).stat().st_size

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
            self._released()
        with self._lock:
            left = [network.idle_s() for network in self._networks.values() if network.loaded]
            self._watching = bool(left)
        if left:
            # A second at least: a network that runs counts as not idle at all.
            self._later(max(1.0, limit - max(left)), self._look)
