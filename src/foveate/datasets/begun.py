"""Handlers that are begun together, before anybody needs all of them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from foveate.datasets.seams import MakesChunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.datasets.seams import Handler


MOST: Final = 1024
"""Handlers that are begun at once."""


class Begun:
    """Handlers, each of which takes a second to be ready. For any number of threads.

    Whoever takes one closes it, before this is closed.
    """

    def __init__(self, start: Callable[[], Handler], count: int = 1) -> None:
        """Begin with so many."""
        self._start = start
        # The threads stay: the kernel ends a handler with the thread that began it.
        self._threads = ThreadPoolExecutor(MOST, thread_name_prefix="dataset-begun")
        self._ready: deque[Future[Handler]] = deque()
        self.begin(count)

    def begin(self, count: int) -> None:
        """Begin with so many more."""
        self._ready.extend(self._threads.submit(self._start) for _ in range(count))

    def take(self) -> Handler:
        """Return one that nobody has, or one more. Blocks; raises HandlerFailed."""
        try:
            ready = self._ready.popleft()
        except IndexError:
            ready = self._threads.submit(self._start)
        return ready.result()

    def give(self, handler: Handler) -> None:
        """Let the next one who comes have it."""
        back: Future[Handler] = Future()
        back.set_result(handler)
        self._ready.appendleft(back)

    def make_chunks(self) -> bool:
        """Return whether they make chunks by themselves. Blocks as `take`, and raises as it."""
        handler = self.take()
        self.give(handler)
        return isinstance(handler, MakesChunks)

    def close(self) -> None:
        """Close all that nobody has."""
        while self._ready:
            with suppress(Exception):  # why one did not begin is for who takes it
                self._ready.popleft().result().close()
        self._threads.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
