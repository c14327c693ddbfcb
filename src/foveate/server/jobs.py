"""Who asks for jobs over HTTP, and what is counted of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.jobs.links import PATH
from foveate.metrics import JOBS, JOBS_ENDED
from foveate.server.event_socket import after_of
from foveate.server.exchange import IN_SCOPE, exchange_of
from foveate.server.gate import is_local
from foveate.service.access import bearer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.types import Scope as AsgiScope

    from foveate.jobs.callers import Owner
    from foveate.jobs.job import Event
    from foveate.jobs.room import Jobs
    from foveate.metrics import Labels, Row

EVENTS: Final = re.compile(rf"{PATH}/([0-9a-f]{{1,64}})/events")


def owner(jobs: Jobs, scope: AsgiScope) -> Owner:
    """Return who asks, whom the ledger charges. Raises KeyNeeded, RateExceeded."""
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    who = jobs.callers.of(said, bearer(said), local=is_local(scope))
    if IN_SCOPE in scope:
        exchange_of(scope).key = who.name
    return who


def owner_or_link(jobs: Jobs, scope: AsgiScope, path: str) -> str:
    """Return whose jobs may be seen by who asks, or by the link that he has: empty is all.

    Raises KeyNeeded, RateExceeded, BadSignature, LinkExpired.
    """
    query = scope["query_string"].decode("latin-1")
    if "sig=" in query:
        jobs.links.check(path, query)
        return ""
    return owner(jobs, scope).sees


async def job_events(jobs: Jobs, scope: AsgiScope) -> AsyncGenerator[Event | None]:
    """Return the events that a WebSocket asks for. Raises as `owner_or_link`, and UnknownJob."""
    found = EVENTS.fullmatch(scope["path"])
    sees = owner_or_link(jobs, scope, scope["path"])
    job = await jobs.of(found[1] if found else "", sees)
    return jobs.follow(job.id, after_of(scope))


def jobs_counted(jobs: Jobs) -> Iterator[tuple[Row, Labels, float]]:
    """Yield how many jobs wait and run on this queue, and how many ended here."""
    for state, count in jobs.runner.finished.items():
        yield JOBS_ENDED, (state,), count
    for state in ("queued", "running"):
        yield JOBS, (state,), jobs.runner.live.get(state, 0)
