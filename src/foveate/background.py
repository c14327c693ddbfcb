"""The thread in which the library works: its event loop, its app, and what is underway there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from foveate.app import App, create
from foveate.delivery.admission import worker_count
from foveate.delivery.delivery import Delivery
from foveate.errors import Unavailable
from foveate.forks import FORKED
from foveate.metrics import Metrics
from foveate.options.in_settings import load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
    from concurrent.futures import Future

T = TypeVar("T")


class Desk:
    """What delivers for one app on the library's loop, and how many pictures may be underway.

    Calls wait for their turn here, however many there are, and only then for their time.
    """

    def __init__(self, app: App) -> None:
        load = app.settings.load
        self.delivery = Delivery(app, Metrics())
        self.sources = asyncio.Semaphore(load.fetches + worker_count(load))
        self.workers = asyncio.Semaphore(worker_count(load))


class Background:
    """The library's own event loop, in a daemon thread until the program ends."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._app: App | None = None
        self._desks: OrderedDict[App, Desk] = OrderedDict()
        self._forked = False

    def app(self) -> App:
        """Return the service that the environment's settings describe."""
        with self._lock:
            self._app = self._app or create(load(), Anywhere)
            return self._app

    def forget_app(self) -> None:
        """Let the next call read the settings anew."""
        with self._lock:
            self._app = None

    def desk(self, app: App) -> Desk:
        """Return the desk of an app. To be called on the loop, to which it belongs."""
        desk = self._desks.pop(app, None) or Desk(app)
        self._desks[app] = desk
        if len(self._desks) > MOST_DESKS:
            self._desks.popitem(last=False)
        return desk

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start the work on the loop. Raises Unavailable where nobody would ever do it."""
        if reason := self._never():
            work.close()
            raise Unavailable(reason, public=reason)
        return asyncio.run_coroutine_threadsafe(work, self._running())

    def _never(self) -> str:
        """Return why work that is waited for here would never be done, or nothing."""
        if self._forked:
            return FORKED
        if threading.current_thread() is self._thread:
            return WITHIN
        return "" if threading.main_thread().is_alive() else ENDED

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                run = self._loop.run_forever
                self._thread = threading.Thread(target=run, name="foveate-library", daemon=True)
                self._thread.start()
            return self._loop

    def start_anew(self) -> None:
        """Forget, in a forked child, the loop and the locks of a thread that it does not have."""
        worked = self._forked or bool(self._desks)
        self.__init__()  # type: ignore[misc]
        self._forked = worked


MOST_DESKS: Final = 8
"""A program that makes apps all the time keeps no more of them alive than this."""
WITHIN: Final = (
    "A verb was called in the thread that does the work of all verbs, by a finalizer or a callback "
    "for instance, where it would wait for itself. Call it in another thread."
)
ENDED: Final = (
    "The main thread has ended, and Python's pools of threads with it. Join your own threads "
    "before it ends."
)
_background: Final = Background()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_background.start_anew)


def default_app() -> App:
    """Return the service that the environment's settings describe, made on first use."""
    return _background.app()


def forget_settings() -> None:
    """Let the next call read the environment's settings anew."""
    _background.forget_app()


def desk_of(app: App) -> Desk:
    """Return the desk of an app. To be called on the library's loop."""
    return _background.desk(app)


def waited(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work gives; whoever is interrupted while waiting leaves none behind."""
    future = _background.submit(work)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def streamed(work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]]) -> Iterator[T]:
    """Return what the work hands over, as it comes; closing it ends the work."""
    things: queue.SimpleQueue[T | Future[None]] = queue.SimpleQueue()
    future = _background.submit(work(things.put))
    future.add_done_callback(things.put)
    return _until_done(things, future)


def _until_done(
    things: queue.SimpleQueue[T | Future[None]], future: Future[None]
) -> Generator[T, None, None]:
    try:
        while (thing := things.get()) is not future:
            yield cast("T", thing)
        future.result()
    finally:
        future.cancel()


async def streamed_async(
    work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]],
) -> AsyncGenerator[T]:
    """Yield the same to whoever iterates on another loop."""
    loop = asyncio.get_running_loop()
    things: asyncio.Queue[T | Future[None]] = asyncio.Queue()

    def put(thing: T | Future[None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(things.put_nowait, thing)

    future = _background.submit(work(put))
    future.add_done_callback(put)
    try:
        while (thing := await things.get()) is not future:
            yield cast("T", thing)
        future.result()
    finally:
        future.cancel()


async def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work gives to whoever awaits it on another loop."""
    return await asyncio.wrap_future(_background.submit(work))
