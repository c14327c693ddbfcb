"""Who asks for datasets over HTTP, and what he may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.datasets.dataset import State
from foveate.datasets.store import Tally
from foveate.metrics import DATASET_DOWNLOADS, DATASETS, DATASETS_ENDED
from foveate.people.keys import Scope
from foveate.server.event_socket import after_of
from foveate.server.exchange import IN_SCOPE, exchange_of
from foveate.server.gate import is_local
from foveate.service.access import bearer
from foveate.storage.dataset_paths import PATH

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.types import Scope as AsgiScope

    from foveate.datasets.dataset import Event
    from foveate.datasets.room import Datasets
    from foveate.metrics import Labels, Row

EVENTS: Final = re.compile(rf"{PATH}/([a-z0-9._-]{{1,255}})/events")


def may(datasets: Datasets, scope: AsgiScope, what: Scope) -> str:
    """Return who asks, whom the ledger charges, where he may do that.

    Raises KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    who = datasets.callers.of(said, bearer(said), local=is_local(scope))
    if IN_SCOPE in scope:
        exchange_of(scope).key = who.name
    who.check(what)
    return who.name


def may_follow(datasets: Datasets, scope: AsgiScope, path: str) -> None:
    """Do nothing for who may see events, or has a link to them.

    Raises KeyNeeded, RateExceeded, BadSignature, LinkExpired.
    """
    query = scope["query_string"].decode("latin-1")
    if "sig=" in query:
        datasets.links.check(path, query)
    else:
        may(datasets, scope, Scope.READ)


async def dataset_events(datasets: Datasets, scope: AsgiScope) -> AsyncGenerator[Event | None]:
    """Return the events that a WebSocket asks for. Raises as `may_follow`, and UnknownDataset."""
    found = EVENTS.fullmatch(scope["path"])
    may_follow(datasets, scope, scope["path"])
    dataset = await datasets.of(found[1] if found else "")
    return datasets.follow(dataset.id, after_of(scope))


def datasets_counted(datasets: Datasets) -> Iterator[tuple[Row, Labels, float]]:
    """Yield how many datasets there are, and what this server made and handed out of them."""
    tally = datasets.maker.tally
    for state in State:
        yield DATASETS, (state,), tally.get(state, Tally()).many
    for ended, count in datasets.maker.ended.items():
        yield DATASETS_ENDED, (ended,), count
    yield DATASET_DOWNLOADS, (), datasets.downloads


def dataset_bytes(datasets: Datasets) -> int:
    """Return the bytes of all datasets."""
    return sum(each.bytes for each in datasets.maker.tally.values())
