"""The life of one POST: read the body, let a verb work on the picture in it, answer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.server.answer import json_answer
from foveate.server.body import Body, begun, read_body
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.service.work import Work
from foveate.storage.source import uploaded
from foveate.trace import FETCH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from foveate.datasets.room import Datasets
    from foveate.delivery.admission import Admitted
    from foveate.delivery.delivery import Delivery
    from foveate.designs.room import Designs
    from foveate.jobs.room import Jobs
    from foveate.server.answer import Answer
    from foveate.server.body import Arriving
    from foveate.server.core import Core
    from foveate.storage.source import Source

T = TypeVar("T")
R = TypeVar("R")
GRACE: Final = 0.25
"""Part of the time for a request that may pass before its body comes."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A POST whose body was read, and that was let in."""

    admitted: Admitted
    body: Body
    source: str | Source
    """The picture in the body, or the key that the body names."""


class Door:
    """Where POST routes come in: through the same delivery as image URLs."""

    def __init__(
        self, core: Core, delivery: Delivery, jobs: Jobs, datasets: Datasets, designs: Designs
    ) -> None:
        self.core = core
        self.delivery = delivery
        self.jobs = jobs
        self.datasets = datasets
        self.designs = designs

    async def answer(
        self,
        request: Request,
        work: Callable[[Posted], Awaitable[T]],
        read: Callable[[Arriving, int, float], Awaitable[Body]] = read_body,
        *,
        pictures: bool = True,
    ) -> T:
        """Return what `work` gives once the body is here, for as long as one waits.

        `read` is told of how many bytes at most and of a grace in seconds; `pictures` is whether
        `work` looks at any.
        """
        admission, limits = self.delivery.admission, self.core.settings.limits
        grace_s = limits.timeout_s * GRACE
        trace = exchange_of(request.scope).trace
        async with admission.admit(trace, pictures=pictures) as admitted:
            with admitted.trace.waiting(FETCH):
                arriving = await begun(request, grace_s)
            async with AsyncExitStack() as place:
                if not arriving.sender.whole:
                    reserved = admission.bodies.place(arriving.sender)
                    await place.enter_async_context(admitted.waiting_for(reserved))
                with admitted.trace.waiting(FETCH) as span:
                    body = await read(arriving, limits.max_bytes, grace_s)
                    span.bytes = len(body.data)
                if not body.data:
                    # What it names takes a place of its own, and its origin may be slow.
                    await place.aclose()
                source = uploaded(self.core.source_of(body.data)) if body.data else body.url
                return await unless_gone(request.receive, work(Posted(admitted, body, source)))

    async def ask(
        self,
        request: Request,
        verb: Callable[[], Mapping[str, object]],
        need: Callable[[], int] | None = None,
    ) -> Answer:
        """Return as JSON what a verb says that blocks and looks at no picture."""
        return await self.do(request, lambda: json_answer(200, verb()), need)

    async def do(
        self, request: Request, act: Callable[[], T], need: Callable[[], int] | None = None
    ) -> T:
        """Return what is done that blocks and looks at no picture.

        `need` tells how many bytes that takes, where they are many; it may block, too.
        """
        admission, trace = self.delivery.admission, exchange_of(request.scope).trace
        async with admission.admit(trace, pictures=False) as admitted:
            taken = await admission.probe(need, admitted) if need else 0
            return await admitted.work(Work(taken, lambda _deadline, _trace: act()), span="people")

    async def run(
        self,
        posted: Posted,
        prepare: Callable[[Source], Work[T]],
        finish: Callable[[T], R],
        *,
        span: str,
    ) -> R:
        """Return what a verb makes of the picture, in the shape that `finish` gives it.

        Both happen in a worker: maps have to be encoded, and pictures packed.
        """

        def finished(source: Source) -> Work[R]:
            return prepare(source).then(finish)

        return await self.delivery.run(posted.admitted, [posted.source], finished, span=span)
