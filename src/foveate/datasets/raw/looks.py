"""Looks at raw data, however long they take: in threads of their own, each for all who wait."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from foveate.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.datasets.raw.raw import Raw

AT_ONCE: Final = 8
"""Raw data that is looked at at once; each has its own readers."""


class Looks:
    """What looks at raw data find. Thread-safe; nothing but `Future.result` blocks."""

    def __init__(self, look: Callable[[Raw], str]) -> None:
        """Take what returns the digest of raw data as it is when it is called."""
        self._look = look
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="raw-look")
        self._next: dict[Raw, Future[str]] = {}
        """Of looks that have not begun."""
        self._looking: set[Raw] = set()
        self._lock = threading.Lock()

    def at(self, raw: Raw) -> Future[str]:
        """Return what a look will find that begins after this, once no other one is under way.

        Raises Unavailable after the end.
        """
        with self._lock:
            if raw not in self._looking:
                try:
                    self._threads.submit(self._some, raw)
                except RuntimeError as why:
                    raise Unavailable("the server is stopping") from why
                self._looking.add(raw)
            return self._next.setdefault(raw, Future())

    def end(self) -> None:
        """Begin no more."""
        self._threads.shutdown(wait=False)

    def _some(self, raw: Raw) -> None:
        """Look until nobody came meanwhile."""
        while (found := self._taken(raw)) is not None:
            try:
                digest = self._look(raw)
            except BaseException as why:  # noqa: BLE001 - it is raised where somebody waits
                found.set_exception(why)
            else:
                found.set_result(digest)

    def _taken(self, raw: Raw) -> Future[str] | None:
        with self._lock:
            if raw not in self._next:
                self._looking.discard(raw)
            return self._next.pop(raw, None)
