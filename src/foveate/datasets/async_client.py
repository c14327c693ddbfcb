"""Datasets of a server, for a program that runs an event loop: as `Client`, awaited."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from foveate.datasets.client import FOREVER, Client
from foveate.datasets.download import PARALLEL
from foveate.datasets.following import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.datasets.client import Asked, OnEvent, OnReady, Rows
    from foveate.datasets.described import Described
    from foveate.datasets.download import Progress
    from foveate.datasets.local import Local

T = TypeVar("T")
WAITS: Final = 64
"""Who may wait, or download, at once: each of them has a thread."""
CALLS: Final = 16
"""All other calls: they wait for none of those."""


class AsyncClient:
    """A server, and the key with which it is asked. Who is cancelled waits no more."""

    def __init__(self, url: str = "", token: str = "") -> None:
        """Take its address and a key; else what FOVEATE_SERVER and FOVEATE_KEY name."""
        self._client = Client(url, token)
        self._waits = ThreadPoolExecutor(WAITS, "datasets-wait")
        self._calls = ThreadPoolExecutor(CALLS, "datasets")
        self._tasks: set[asyncio.Task[object]] = set()

    async def request(
        self,
        name: str,
        handler: str = "foveate",
        version: str = "",
        config: Mapping[str, Any] | None = None,
        *,
        webhook: str = "",
        on_ready: OnReady | None = None,
    ) -> Described:
        """Ask for a dataset, and return how it stands; `on_ready` may be a coroutine function."""
        asked = partial(self._client.request, name, handler, version, config)
        told = await self._call(partial(asked, webhook=webhook))
        if on_ready is not None:
            task = asyncio.ensure_future(self._when_ready(told, on_ready))
            self._tasks.add(task)  # the loop itself remembers no task
            task.add_done_callback(self._tasks.discard)
        return told

    async def wait(
        self, dataset: Asked, timeout_s: float = FOREVER, on_event: OnEvent | None = None
    ) -> Described:
        """Return a dataset once it is ready. Raises DatasetFailed, UnknownDataset, TimedOut.

        `on_event` is called on another thread.
        """
        patience = Patience(timeout_s)
        waits = partial(self._client.wait, dataset, on_event=on_event, patience=patience)
        return await self._call(waits, patience)

    async def download(
        self,
        dataset: Asked,
        folder: str | Path = ".",
        *,
        parallel: int = PARALLEL,
        progress: Progress | None = None,
    ) -> Local:
        """Return a dataset that is ready, in a folder by its id below this one."""
        patience = Patience()
        fetches = partial(self._client.download, dataset, folder, parallel=parallel)
        return await self._call(partial(fetches, progress=progress, patience=patience), patience)

    async def get(self, dataset: Asked) -> Described:
        """Return how a dataset stands."""
        return await self._call(partial(self._client.get, dataset))

    async def manifest(self, dataset: Asked) -> dict[str, Any]:
        """Return what a dataset that is ready consists of."""
        return await self._call(partial(self._client.manifest, dataset))

    async def pin(self, dataset: Asked) -> Described:
        """Keep a dataset, whatever its age and the room that it takes."""
        return await self._call(partial(self._client.pin, dataset))

    async def unpin(self, dataset: Asked) -> Described:
        """Let a dataset go in its time."""
        return await self._call(partial(self._client.unpin, dataset))

    async def cancel(self, dataset: Asked) -> Described:
        """Have a dataset made no further."""
        return await self._call(partial(self._client.cancel, dataset))

    async def delete(self, dataset: Asked) -> None:
        """Delete a dataset."""
        await self._call(partial(self._client.delete, dataset))

    async def handlers(self) -> Rows:
        """Return the handlers that may be asked for, with the schemas of their configurations."""
        return await self._call(self._client.handlers)

    async def raw(self) -> Rows:
        """Return the raw data that may be asked for."""
        return await self._call(self._client.raw)

    async def list(self, state: str = "", search: str = "") -> tuple[Described, ...]:
        """Return datasets, the newest first."""
        return await self._call(lambda: tuple(self._client.list(state, search)))

    async def aclose(self) -> None:
        """Close connections, and wait for nothing more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for threads in (self._waits, self._calls):
            threads.shutdown(wait=False)
        self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _when_ready(self, dataset: Described, on_ready: OnReady) -> None:
        said = on_ready(await self.wait(dataset))
        if inspect.isawaitable(said):
            await said

    async def _call(self, call: Callable[[], T], patience: Patience | None = None) -> T:
        threads = self._calls if patience is None else self._waits
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, call)
        except asyncio.CancelledError:
            if patience is not None:
                patience.stop.set()
            raise
