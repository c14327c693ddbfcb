"""Handlers of one dataset that run, to be ended together."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.begun import Begun
    from foveate.datasets.seams import Handler


@dataclass(slots=True)
class Crew:
    """Whoever works takes one of those that are begun. For any number of threads."""

    begun: Begun
    _running: set[Handler] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: bool = False

    @contextmanager
    def one(self, *, stays: bool = False) -> Iterator[Handler]:
        """Give a handler, which is closed; one that stays is for who comes next, if nothing failed.

        Blocks; raises HandlerFailed.
        """
        handler = self.begun.take()
        self._note(handler)
        try:
            yield handler
        except BaseException:
            stays = False
            raise
        finally:
            with self._lock:
                self._running.discard(handler)
            if stays:
                self.begun.give(handler)
            else:
                handler.close()

    def end(self) -> None:
        """End all of them, and those that are taken later, whatever they do."""
        with self._lock:
            self._ended = True
            for handler in self._running:
                handler.end()

    def _note(self, handler: Handler) -> None:
        with self._lock:
            self._running.add(handler)
            if self._ended:
                handler.end()
