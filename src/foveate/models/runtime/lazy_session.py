"""A network that is loaded on first use, and let go when nobody asks for it."""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate import trace
from foveate.deadline import TICK_S, current
from foveate.models.runtime.resident import resident_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session

ON_PROCESSOR: Final = ("CPU", "openvino")
"""How providers are called whose time is a processor's, which threads are charged for."""


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
        loading: Callable[[], AbstractContextManager[None]] = nullcontext,
        resident: Callable[[], int] = resident_bytes,
        counted: Callable[[int], int] = lambda grown: grown,
        fell_back: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Take what loads it, and what is entered before that and left once it is there.

        `counted` makes of the bytes by which the process grew meanwhile those that it held for.
        """
        self._load = load
        self._clock = clock
        self._around_load = loading
        self._resident = resident
        self._counted_as = counted
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
    def known_bytes(self) -> int:
        """Return what it held when it was loaded last; 0 if it never was."""
        return self._held

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
            provider, seconds = session.provider, self._clock() - started
            missed = self._fell_back(provider)
            if not provider.startswith(ON_PROCESSOR):
                trace.current().charge(gpu_s=seconds)
            with self._counting:
                self._runs += 1
                self._missed += missed
                self._seconds += seconds

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
        with self._around_load():
            before = self._resident()
            session = self._load()
            # Other threads decode pictures meanwhile, which must not be held against it for long.
            self._held = self._counted_as(max(0, self._resident() - before))
            provider = session.provider
            with self._counting:
                self._provider = provider
                self._asked = self._clock()  # loading may have taken longer than idling may
                self._session = session
        return session
