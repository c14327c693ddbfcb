"""Datasets of a server, from a machine that trains: ask, wait, download, and read.

>>> client = Client("http://data:8100")  # doctest: +SKIP
>>> dataset = client.wait(client.request("shoes", "foveate", config={"width": 224}))
...  # doctest: +SKIP
>>> for sample in client.download(dataset, "data").samples("train"): ...  # doctest: +SKIP
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from foveate.datasets.described import Described
from foveate.datasets.download import PARALLEL, Download, checked, distinct, wanted_of
from foveate.datasets.following import ENDED, Patience, follow, persist
from foveate.errors import BadConfiguration, DatasetFailed, SourceFailed
from foveate.storage.dataset_server import DatasetServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.datasets.download import Progress, Wanted
    from foveate.datasets.local import Local

    OnEvent = Callable[[Mapping[str, Any]], None]
    OnReady = Callable[[Described], object]

Asked: TypeAlias = "str | Described"
"""A dataset, or its id."""
Rows: TypeAlias = "list[dict[str, Any]]"
FOREVER: Final = float("inf")
PAGE: Final = 100
"""Datasets in an answer: each has its configuration, and where it failed its log."""
SERVER, KEY = "FOVEATE_SERVER", "FOVEATE_KEY"
USUAL: Final = "http://127.0.0.1:8100"


class Client:
    """A server, and the key with which it is asked. Threads may share one; every call blocks."""

    def __init__(self, url: str = "", token: str = "") -> None:
        """Take its address and a key; else what FOVEATE_SERVER and FOVEATE_KEY name."""
        address = url or os.environ.get(SERVER, USUAL)
        self._server = DatasetServer(address, token or os.environ.get(KEY, ""))

    def request(
        self,
        name: str,
        handler: str = "foveate",
        version: str = "",
        config: Mapping[str, Any] | None = None,
        *,
        webhook: str = "",
        on_ready: OnReady | None = None,
    ) -> Described:
        """Ask for a dataset, and return how it stands, without waiting until it is made.

        The answer comes once the server has looked at the raw data: in a moment where nothing of it
        changed, after minutes where many pictures are new.
        What is asked for twice is made once. `on_ready` is called with it, on a thread of its own,
        once it is ready; where that fails, the thread ends with the error. Raises BadConfiguration.
        """
        if not isinstance(config, Mapping | None):
            raise BadConfiguration(f"Expected a configuration as a mapping, got {config!r:.80}.")
        said = {"name": name, "handler": handler, "version": version, "config": dict(config or {})}
        said |= {"webhook": webhook} if webhook else {}
        told = Described(self._server.request(said))
        if on_ready is not None:
            self._when_ready(told, on_ready)
        return told

    def wait(
        self,
        dataset: Asked,
        timeout_s: float = FOREVER,
        on_event: OnEvent | None = None,
        *,
        patience: Patience | None = None,
    ) -> Described:
        """Return a dataset once it is ready, however often the server is away meanwhile.

        `on_event` is told what happens from now on, or the end of what has ended. Raises
        DatasetFailed with its log, UnknownDataset where it was deleted, TimedOut.
        """
        patience = patience or Patience(timeout_s)
        name = _id(dataset)
        told = persist(partial(self.get, name), patience)
        if on_event is not None and told.state in ENDED:
            before = max(0, told.last_event - 1)
            for event in persist(partial(self._server.get, name, before), patience)["events"]:
                on_event(event)
        while told.state not in ENDED:
            for event in follow(self._server, name, told.last_event, patience):
                if on_event is not None:
                    on_event(event)
            told = persist(partial(self.get, name), patience)
        if told.state == "failed":
            raise DatasetFailed(told.why, public=told.why, log=told.log)
        return told

    def get(self, dataset: Asked) -> Described:
        """Return how a dataset stands."""
        return Described(self._server.get(_id(dataset)))

    def list(self, state: str = "", search: str = "") -> Iterator[Described]:
        """Yield datasets, the newest first: in a state, and with words in their ids."""
        for page in _pages(partial(self._server.page, state, search, PAGE)):
            yield from map(Described, page["datasets"])

    def manifest(self, dataset: Asked) -> dict[str, Any]:
        """Return what a dataset that is ready consists of: splits, classes, shards, digests."""
        return self._server.manifest(_id(dataset))

    def pin(self, dataset: Asked) -> Described:
        """Keep a dataset, whatever its age and the room that it takes."""
        return Described(self._server.pin(_id(dataset), pinned=True))

    def unpin(self, dataset: Asked) -> Described:
        """Let a dataset go in its time."""
        return Described(self._server.pin(_id(dataset), pinned=False))

    def cancel(self, dataset: Asked) -> Described:
        """Have a dataset made no further: what is finished stays for whoever asks again."""
        return Described(self._server.cancel(_id(dataset)))

    def delete(self, dataset: Asked) -> None:
        """Delete a dataset: it is made again, byte by byte, when somebody asks for it."""
        self._server.delete(_id(dataset))

    def handlers(self) -> Rows:
        """Return the handlers that may be asked for, with the schemas of their configurations."""
        return self._server.handlers()

    def raw(self) -> Rows:
        """Return the raw data that may be asked for."""
        return self._server.raw()

    def download(
        self,
        dataset: Asked,
        folder: str | Path = ".",
        *,
        parallel: int = PARALLEL,
        progress: Progress | None = None,
        patience: Patience | None = None,
    ) -> Local:
        """Return a dataset that is ready, in a folder by its id below this one.

        Whoever is killed meanwhile goes on where he was. Every file is verified by its sha256; one
        that was is not fetched again. Raises a SourceError, NotWritten.
        """
        from foveate.datasets.local import Local  # noqa: PLC0415 - it reads all formats

        name = _id(dataset)
        place = Path(folder) / checked(name)
        patience = patience or Patience()
        wanted = distinct([*self._wanted(name, patience)])
        told = progress or (lambda _here, _all: None)
        Download(self._server, name, place, told, patience).run(wanted, parallel)
        return Local(place)

    def _wanted(self, name: str, patience: Patience) -> Iterator[Wanted]:
        """Yield the files of a dataset, of which there may be millions."""

        def ask(after: str) -> dict[str, Any]:
            return persist(partial(self._server.files, name, after), patience)

        for page in _pages(ask):
            yield from wanted_of(page["files"])

    def _when_ready(self, dataset: Described, on_ready: OnReady) -> None:
        def waits() -> None:
            on_ready(self.wait(dataset))

        threading.Thread(target=waits, name=f"wait for {dataset.id}").start()

    def close(self) -> None:
        """Close connections."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _pages(ask: Callable[[str], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield pages, each after the `next` of the one before. Raises SourceFailed for no end."""
    after: str | None = ""
    seen = set[str]()
    while after is not None:
        if after in seen:
            raise SourceFailed("Expected an end of the list, got a page again.")
        seen.add(after)
        page = ask(after)
        yield page
        after = page.get("next")


def _id(dataset: Asked) -> str:
    return dataset if isinstance(dataset, str) else dataset.id
