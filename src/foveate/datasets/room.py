"""All of datasets for one server: asked for, listed, followed, fetched, kept and deleted."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, ParamSpec, Protocol, TypeVar

from foveate.datasets.asked import asked_from_json
from foveate.datasets.dataset import State
from foveate.errors import DatasetConflict, QueueFull, SourceError
from foveate.jobs.threads import Threads
from foveate.jobs.webhooks import Letter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from foveate.datasets.dataset import Dataset, Event
    from foveate.datasets.desk import Desk, Plan
    from foveate.datasets.listings import Listings
    from foveate.datasets.store import Due, Store, Tally
    from foveate.jobs.callers import Callers
    from foveate.jobs.followers import Followers
    from foveate.jobs.links import Links
    from foveate.jobs.webhooks import Webhooks

P = ParamSpec("P")
T = TypeVar("T")
LOOK_S: Final = 10.0
"""How long who asks for datasets waits for where they are."""
GLANCE_S: Final = 1.0
"""How long who asks for what is noted here waits for whether another server deleted it."""
MOST_WAIT_S: Final = 55.0
"""Proxies give up after a minute."""
MOST_ASKING: Final = 1000
"""Who wait for looks at raw data: each holds what he asks for."""
MOST_PLANNING: Final = 64
"""Who wait for checks of their configurations, some of which take ten seconds."""


class Maker(Protocol):
    """What makes datasets."""

    @property
    def ended(self) -> Mapping[str, int]:
        """How many it made, `ready`, and how many it could not, `failed`."""
        ...

    @property
    def tally(self) -> Mapping[str, Tally]:
        """How many there are in each state, and their bytes, as it was a moment ago."""
        ...

    async def begin(self) -> None:
        """Work from now on, on what an earlier server left, too."""
        ...

    async def end(self) -> None:
        """Stop; what is half made goes on when a server begins."""
        ...


def letter(due: Due) -> Letter:
    """Return what is told to a webhook of the end of a dataset."""
    dataset = due.dataset
    message = f"{dataset.id}-{int((dataset.finished or 0.0) * 1000)}"
    told = {**dataset.to_json(), "key": due.key}
    return Letter(due.url, due.tries, message, due.key, f"dataset.{dataset.state}", told)


@dataclass(slots=True)
class Ringer:
    """Rings from any thread for those who follow in an event loop."""

    ring: Callable[[str], object]
    loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, dataset_id: str) -> None:
        """Let those go on who follow a dataset, now."""
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):  # it is closed: nobody follows any more
                self.loop.call_soon_threadsafe(self.ring, dataset_id)


@dataclass(slots=True)
class Waiting:
    """Those who wait for something: no more than may. Of one event loop."""

    most: int
    what: str
    many: int = 0

    def __enter__(self) -> None:
        """Be one more. Raises QueueFull."""
        if self.many >= self.most:
            raise QueueFull(f"{self.many} wait for {self.what}")
        self.many += 1

    def __exit__(self, *_: object) -> None:
        """Wait no more."""
        self.many -= 1


@dataclass(slots=True)
class Datasets:
    """The datasets of one server. Nothing is opened before it is needed."""

    store: Store
    desk: Desk
    maker: Maker
    listings: Listings
    callers: Callers
    links: Links
    webhooks: Webhooks
    followers: Followers[Event]
    ringer: Ringer
    look_s: float = LOOK_S
    glance_s: float = GLANCE_S
    reads: Threads = field(default_factory=lambda: Threads("datasets-read", 4))
    """What is on this machine, and waits for nobody who writes."""
    looks: Threads = field(default_factory=lambda: Threads("shelf", 4))
    """Where datasets are may hang: a bucket that never answers, books that another one holds."""
    plans: Threads = field(default_factory=lambda: Threads("datasets-plan", 4))
    """Checks take as long as schemas of strangers let them, and nobody waits who only reads."""
    sends: Threads = field(default_factory=lambda: Threads("datasets-send", 8))
    deletes: Threads = field(default_factory=lambda: Threads("datasets-delete", 2))
    downloads: int = field(default=0, init=False)
    """How many were fetched from this server."""
    _working: bool = field(default=False, init=False)
    _asking: Waiting = field(
        default_factory=lambda: Waiting(MOST_ASKING, "looks at raw data"), init=False
    )
    _planning: Waiting = field(
        default_factory=lambda: Waiting(MOST_PLANNING, "checks of configurations"), init=False
    )

    async def begin(self) -> None:
        """Go on where an earlier server ended; where nothing was ever asked for, wait."""
        self.ringer.loop = asyncio.get_running_loop()
        if await self.reads.run(lambda: self.store.exists):
            await self._work()

    async def _work(self) -> None:
        if not (self._working or self.followers.ending):
            self._working = True
            self.webhooks.loop.begin()
            await self.maker.begin()

    def dismiss(self) -> None:
        """Tell followers no more, and nobody what he asks for."""
        self.followers.dismiss()
        self.desk.registry.end()

    async def end(self) -> None:
        """End what runs; it goes on when a server begins."""
        self.dismiss()
        if self._working:
            await self.webhooks.stop()
            await self.maker.end()
        await asyncio.to_thread(self.store.close)

    async def looked(self, look: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what is known where datasets are. Raises SourceTimeout, and as `look` does."""
        return await self.looks.within(self.look_s, "datasets", look, *given, **named)

    async def request(self, key: str, said: object) -> Dataset:
        """Return the dataset that JSON asks for; a webhook of that key is told of its end.

        That takes as long as a look at the raw data, in no thread of others. Raises
        BadConfiguration, BadOption, BadRaw, UnknownRaw, UnknownHandler, DatasetsUnusable, QueueFull
        where as many wait as may.
        """
        with self._asking:
            asked = await asyncio.to_thread(asked_from_json, said, self.webhooks.settings)
            await self._work()
            with self._planning:
                plan = await self.plans.run(self.desk.plan, asked.request)
            return await self._planned(key, plan, asked.webhook)

    async def _planned(self, key: str, plan: Plan, webhook: str) -> Dataset:
        # Others wait for the same one: who leaves takes it from nobody.
        digest = await asyncio.shield(asyncio.wrap_future(self.desk.look(plan)))
        dataset = await self.looked(self.desk.planned, plan, digest)
        if webhook:
            await self.looked(self.store.call, dataset, key, webhook)
        return dataset

    async def of(self, dataset_id: str) -> Dataset:
        """Return a dataset, also one that another server with the same place was asked for.

        Raises UnknownDataset, also for what another one deleted, and a SourceError where that
        place does not answer.
        """
        known = await self.reads.run(self.store.find, dataset_id)
        if known is not None and known.state is State.READY:
            known = await self._there(known)
        # What failed here may be made by another one meanwhile.
        if known is not None and known.state != State.FAILED:
            return known
        found = await self.looked(self.desk.elsewhere, dataset_id)
        await self._work()
        return found

    async def _there(self, known: Dataset) -> Dataset | None:
        """Return a dataset that is ready as all servers know it; None where one deleted it."""
        try:
            found = await self.looks.within(self.glance_s, "datasets", self.desk.there, known)
        except SourceError:  # who only asks how it is hears what is known here
            return known
        if found is None:
            self.listings.forget(known.id)
            self.followers.bell.ring(known.id)
        return found

    async def now(self, dataset_id: str) -> Dataset:
        """Return a dataset as it is noted here. Raises UnknownDataset."""
        return await self.reads.run(self.store.of, dataset_id)

    async def ready(self, dataset_id: str) -> Dataset:
        """Return a dataset whose files are there. Raises UnknownDataset, DatasetConflict."""
        dataset = await self.of(dataset_id)
        if dataset.state != "ready":
            sentence = f"Expected a dataset that is ready, got one that is {dataset.state}."
            raise DatasetConflict(sentence, public=sentence)
        # Before a byte of it is sent, or its address: no server deletes it meanwhile.
        await self.looked(self.desk.serve, dataset)
        return dataset

    async def page(self, state: str, search: str, limit: int, after: str) -> list[Dataset]:
        """Return datasets, the newest first. Raises UnknownDataset."""
        if not await self.reads.run(lambda: self.store.exists):
            return []
        return await self.reads.run(
            self.store.page, state=state, search=search, limit=limit, after=after
        )

    async def events(self, dataset_id: str, after: int) -> list[Event]:
        """Return what happened to a dataset after that event."""
        return (await self.reads.run(self.store.events, dataset_id, after))[0]

    def follow(self, dataset_id: str, after: int) -> AsyncGenerator[Event | None]:
        """Return what happens to it after that event, until it has ended; None is no news.

        Raises QueueFull where as many follow as may.
        """
        return self.followers.follow(dataset_id, after)

    async def wait(self, dataset_id: str, after: int, wait_s: float) -> list[Event]:
        """Return what happened after that event, once there is something, or the time is over."""
        known = await self.events(dataset_id, after)
        if known or wait_s <= 0 or (await self.of(dataset_id)).has_ended:
            return known
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(min(wait_s, MOST_WAIT_S)),
                contextlib.aclosing(self.follow(dataset_id, after)) as events,
            ):
                async for event in events:
                    if event is not None:
                        break
        return await self.events(dataset_id, after)

    async def downloaded(self, dataset: Dataset) -> None:
        """Note that somebody fetches it."""
        self.downloads += 1
        await self.looked(self.desk.downloaded, dataset)

    async def pin(self, dataset_id: str, *, pinned: bool) -> Dataset:
        """Return a dataset that is kept from now on, or no more."""
        dataset = await self.of(dataset_id)
        await self.looked(self.desk.pin, dataset, pinned=pinned)
        return await self.now(dataset_id)

    async def cancel(self, dataset_id: str) -> Dataset:
        """Return a dataset that is not made any more in a moment; one that has ended stays so."""
        return await self.looked(self.desk.cancel, await self.of(dataset_id))

    async def delete(self, dataset_id: str) -> None:
        """Delete a dataset. Raises UnknownDataset, DatasetConflict for one that is being made."""
        dataset = await self.of(dataset_id)
        await self.deletes.run(self.desk.delete, dataset)
        self.listings.forget(dataset.id)
        self.followers.bell.ring(dataset.id)
