"""One call: who makes it, what it says, and how its work is done."""

from __future__ import annotations

from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.enrolled import checked_name
from foveate.server.rekognition.asked import COLLECTION_ID
from foveate.server.rekognition.body import S3Object
from foveate.service.work import Work
from foveate.storage.source import uploaded
from foveate.trace import FETCH, Span

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from foveate.deadline import Deadline
    from foveate.people.access_keys import AccessKeys
    from foveate.people.keys import Scope
    from foveate.server.door import Door, Posted
    from foveate.server.rekognition.asked import Asked
    from foveate.service.access import Caller, Visit
    from foveate.service.people import People
    from foveate.storage.buckets import Buckets
    from foveate.storage.source import Source
    from foveate.trace import Trace

T = TypeVar("T")
SPAN: Final = "people"
"""What the work of a call is written under."""
Told = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Api:
    """What all calls share."""

    door: Door
    keys: AccessKeys
    buckets: Buckets
    fetches: asyncio.Semaphore
    """Places for calls with objects of buckets: their pictures are held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call by somebody whose signature was verified."""

    api: Api
    caller: Caller
    posted: Posted
    asked: Asked
    pictures: tuple[bytes | S3Object, ...]
    region: str
    """The one that it was signed for."""
    scope: Scope | None
    """What its key must be good for in the collection that it names; None is without one."""
    verb: str
    """What the audit log calls it."""
    request: str
    """The id of the request."""

    @property
    def people(self) -> People:
        """Return the verbs of the face index."""
        return self.api.door.core.people

    @property
    def collection(self) -> str:
        """Return which one is named. Raises Refused, BadOption for a name that none has here."""
        return checked_name(self.asked.needed("CollectionId", COLLECTION_ID))

    def check(self) -> None:
        """Do nothing where the key is good for this. Raises ScopeNotAllowed, Refused, BadOption."""
        if self.scope:
            self.caller.check(self.scope, self.collection)

    def visit(self) -> Visit:
        """Return what is done in the collection, once that was checked, to note it."""
        return self.caller.noting(self.collection, verb=self.verb, request=self.request)

    async def do(self, act: Callable[[], Told]) -> Told:
        """Return what is done in a worker, without a picture."""

        def run(deadline: Deadline, _: Trace) -> Told:
            with deadline:
                return act()

        return await self.posted.admitted.work(Work(0, run), span=SPAN)

    async def look(self, prepare: Callable[..., Work[T]]) -> T:
        """Return what the work on the pictures of the call gives, which `prepare` takes in order.

        Raises Refused, OriginNotAllowed, SourceError, and what the work raises.
        """
        admitted = self.posted.admitted
        async with AsyncExitStack() as place:
            if any(isinstance(each, S3Object) for each in self.pictures):
                await place.enter_async_context(admitted.waiting_for(self.api.fetches))
            with admitted.trace.waiting(FETCH):
                sources = [await self._source(each) for each in self.pictures]
            return await self.api.door.delivery.run(admitted, sources, prepare, span=SPAN)

    async def _source(self, picture: bytes | S3Object) -> Source:
        if isinstance(picture, S3Object):
            picture = await self.api.buckets.read(*picture)
        # Of what is seen nothing comes to lie on a disk, wherever the picture came from.
        return uploaded(self.api.door.core.source_of(picture))

    @property
    def source(self) -> str:
        """Return where the first picture can be read again; empty where it came with the call."""
        first = self.pictures[0]
        return f"s3://{first.bucket}/{first.name}" if isinstance(first, S3Object) else ""


def is_slow(spans: Iterable[Span], now: float) -> bool:
    """Return whether the work on pictures took longer than they waited to come and for their turn.

    What has not ended by `now`, as `time.perf_counter` tells it, is worked on still.

    >>> is_slow([Span("queue", 2.0), Span("people", started_s=10.0)], now=13.0)
    True
    >>> is_slow([Span("fetch", 2.0), Span("queue", 2.0), Span("people", 3.0)], now=13.0)
    False
    """
    took: dict[str, float] = defaultdict(float)
    for span in spans:
        took[span.name] += span.wall_s or now - span.started_s
    return took[SPAN] > took[FETCH] + took["queue"]
