"""The front door: an ASGI application that answers image URLs and probes by itself.

Everything else goes to FastAPI, which is imported when it is first needed: a server that only
serves pictures starts faster and never pays for it.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.datasets.opened import open_datasets
from foveate.delivery.delivery import Delivery
from foveate.delivery.recompressing import Recompressing
from foveate.designs.room import Designs
from foveate.jobs.room import open_jobs
from foveate.ledger.keeper import Keeper
from foveate.metrics import (
    BUDGET_DAY,
    BUDGET_MONTH,
    BUDGET_WARN_AT,
    DATASET_BYTES,
    FALLBACKS,
    LATENCY,
    LEDGER_UP,
    NETWORK_RUNS,
    NETWORK_SECONDS,
    REQUESTS,
    STAGE_UP,
    Labels,
    Metrics,
    Row,
)
from foveate.server.accounts import charge, charge_background, costs_counted
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer, respond
from foveate.server.cors import Cors
from foveate.server.datasets import dataset_bytes, dataset_events, datasets_counted
from foveate.server.docs.addresses import DESCRIBED, HOME, is_of_docs
from foveate.server.errors import routing_answer
from foveate.server.event_socket import EventSocket
from foveate.server.exchange import OTHER, begin, exchange_of, hide_key, noting
from foveate.server.image import Images
from foveate.server.jobs import job_events, jobs_counted
from foveate.server.minutes import Minutes
from foveate.server.observers import observers
from foveate.server.priority import LAST, step_back
from foveate.server.recent import Recent
from foveate.server.request_id import REQUEST_ID
from foveate.server.root_path import below, under
from foveate.server.status import Status
from foveate.server.studio import FOLDER, Studio, is_of_studio
from foveate.storage.dataset_paths import PATH as DATASETS
from foveate.storage.webhook import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

    from foveate.datasets.room import Datasets
    from foveate.models.runtime.lazy_session import Usage
    from foveate.remote.circuit import StageState
    from foveate.server.core import Beside, Core
    from foveate.server.docs.site import Site

    Page = Callable[[str, str, Mapping[bytes, bytes]], Answer]
    """Answers for pages: a path, the prefix that the server lies under, and headers."""

SERVER_ERROR: Final = 500
API: Final = "/v1/"
SHARED: Final = (API, "/api/v1/")
"""What pages of other sites may ask, where the settings let them."""
AWS: Final = frozenset({"/", "/rekognition", "/rekognition/"})
"""Where clients of AWS post: what they are given as an endpoint, or a path of it."""
REKOGNITION: Final = "/rekognition/"
AWS_TARGET: Final = b"x-amz-target"
"""A header that nobody else sends."""
AWS_IS_OFF: Final = {
    "__type": "UnknownOperationException",
    "Message": "Rekognition's API is off: FOVEATE_REKOGNITION__KEY_FILE names no file of keys.",
}
PREFLIGHT: Final = "preflight"
LAST_WORDS_S: Final = 1.0
"""What observers have for them when the time to stop was needed by requests."""


class Front:
    """The whole server as one ASGI 3 application, for one event loop."""

    def __init__(
        self,
        core: Core,
        metrics: Metrics | None = None,
        *,
        beside: Sequence[Beside] = (),
        datasets: Datasets | None = None,
    ) -> None:
        """Take what it serves; without other `datasets` those that the settings describe."""
        self._core = core
        self._metrics = metrics or Metrics()
        self._delivery = Delivery(core, self._metrics, worker_begins=step_back, shares=True)
        self._delivery.admission.idler_begins = partial(step_back, LAST)
        charged = partial(charge_background, core.ledger)
        self._recompressing = Recompressing(core, self._delivery, self._metrics, charged)
        self._delivery.admission.let_in = core.ledger.check
        self._keeper = Keeper(core.ledger, core.books, core.settings.costs, post)
        self._jobs = open_jobs(core.settings, core.ledger)
        self._datasets = datasets or open_datasets(core.settings)
        self._designs = Designs.of(core.settings)
        self._count_elsewhere()
        self._beside = beside
        self._cors = Cors(core.settings.server.cors)
        self._root = core.settings.server.root_path
        self.observers = tuple(observers(core.settings.server))
        # No observer: those are told of hits too, which are answered without us if nobody is.
        self._recent = Recent()
        self._minutes = Minutes(self._metrics)
        self._status = Status(core, self._metrics, self._recent, self._minutes)
        self.images = Images(core, self._delivery, self._metrics)
        """Answers image URLs; also asked by the protocol, before there is a request for us."""
        self._delivery.when_purged.append(self.images.forget)
        self._api: FastAPI | None = None
        self._routes: frozenset[str] = frozenset()
        self._importing = asyncio.Lock()
        self._studio = Studio()
        self._has_studio = core.settings.server.studio
        self._docs: Site | None = None
        self._raw = {
            "/health/live": self._live,
            "/health/ready": self._ready,
            "/health/status": lambda: json_answer(200, self._status.to_json()),
            "/metrics": self._exposition,
        }

    def _count_elsewhere(self) -> None:
        core, keeper = self._core, self._keeper
        ledger, costs = core.ledger, core.settings.costs
        self._metrics.counted_elsewhere += [
            lambda: counted(core.usage()),
            lambda: reached(core.stages()),
            lambda: costs_counted(ledger, costs),
            lambda: jobs_counted(self._jobs),
            lambda: datasets_counted(self._datasets),
        ]
        self._metrics.gauges[DATASET_BYTES] = lambda: dataset_bytes(self._datasets)
        self._metrics.gauges[BUDGET_DAY] = lambda: keeper.used["day"]
        self._metrics.gauges[BUDGET_MONTH] = lambda: keeper.used["month"]
        self._metrics.gauges[LEDGER_UP] = lambda: keeper.usable
        self._metrics.gauges[BUDGET_WARN_AT] = lambda: costs.warn_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the server's start and stop."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif scope["type"] == "websocket":
            scope = below(scope, self._root)
            of_dataset = scope["path"].startswith(f"{DATASETS}/")
            events = (
                partial(dataset_events, self._datasets)
                if of_dataset
                else partial(job_events, self._jobs)
            )
            await EventSocket(events)(scope, receive, send)

    def dismiss(self) -> None:
        """Let go of those who listen for as long as there is something to tell."""
        self._jobs.dismiss()
        self._datasets.dismiss()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = begin(scope)
        # Not reset: what the server has to say of a request that failed names it too.
        REQUEST_ID.set(exchange.id)
        try:
            with exchange.trace.entered():
                await self._route(scope, receive, noting(exchange, send))
        finally:
            exchange.seconds = time.perf_counter() - exchange.started_s
            # Where nothing was answered, the server below us does so.
            exchange.status = exchange.status or SERVER_ERROR
            self._recent(exchange)
            charge(self._core.ledger, exchange)
            for observe in self.observers:
                observe(exchange)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = below(scope, self._root)
        # The raw path decides: a decoded one could pretend to be under the mount.
        image = scope["raw_path"].startswith(self.images.prefixes)
        shared = image or scope["path"].startswith(SHARED)
        asked = exchange_of(scope).headers
        if shared and scope["method"] == "OPTIONS" and (answer := self._cors.preflight(asked)):
            exchange_of(scope).route = PREFLIGHT
            await respond(send, answer)
            self._metrics.count(REQUESTS, PREFLIGHT, str(answer.status))
        elif image:
            await self.images(scope, receive, send)
        elif shared:
            await self._framework(scope, receive, self._cors.applied(asked, send))
        elif scope["path"] in self._raw:
            await self._probe(scope, send)
        elif scope["path"] in AWS and AWS_TARGET in asked:
            await self._aws(scope, receive, send)
        elif scope["path"].startswith(FOLDER) or self._shows(scope["path"]):
            await self._show(FOLDER, self._studio, scope, send)
        elif is_of_docs(scope["path"]):
            await self._show(f"/{HOME}", await self._documents(scope["path"]), scope, send)
        else:
            await self._framework(scope, receive, send)

    def _shows(self, path: str) -> bool:
        return self._has_studio and is_of_studio(path)

    async def _aws(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a client of AWS, or say to it in its words that nobody does."""
        if self._core.settings.rekognition.key_file:
            await self._framework({**scope, "path": REKOGNITION}, receive, send)
            return
        await respond(send, json_answer(404, AWS_IS_OFF))
        self._metrics.count(REQUESTS, exchange_of(scope).route, "404")

    async def _probe(self, scope: Scope, send: Send) -> None:
        path, head = scope["path"], scope["method"] == "HEAD"
        exchange_of(scope).route = path
        allowed = head or scope["method"] == "GET"
        answer = self._raw[path]() if allowed else routing_answer(405, allow="GET, HEAD")
        await respond(send, answer, head=head)
        self._metrics.count(REQUESTS, path, str(answer.status))

    async def _documents(self, path: str) -> Page:
        """Return what answers for that path; what tells of all routes needs the framework."""
        site = self._docs
        if site is None:
            site = self._docs = await asyncio.to_thread(self._import_docs)
        if path.strip("/") not in DESCRIBED:
            return site
        return partial(site, described=(await self._open_api()).openapi())

    def _import_docs(self) -> Site:
        # What renders documents is imported for who reads them, as the framework is.
        from foveate.server.docs.site import Site  # noqa: PLC0415

        return Site(self._studio, beside=self._core.settings.server.studio)

    async def _show(self, route: str, page: Page, scope: Scope, send: Send) -> None:
        """Answer a page, or a file of one."""
        exchange, head = exchange_of(scope), scope["method"] == "HEAD"
        exchange.route = route
        if head or scope["method"] == "GET":
            root = under(scope, self._root)["root_path"]
            answer = await asyncio.to_thread(page, scope["path"], root, exchange.headers)
        else:
            answer = routing_answer(405, allow="GET, HEAD")
        await respond(send, answer, head=head)
        self._metrics.count(REQUESTS, route, str(answer.status))

    def _live(self) -> Answer:
        return json_answer(200, {"status": "live"})

    def _ready(self) -> Answer:
        ready = not self._delivery.admission.stopping
        status = "ready" if ready else "stopping"
        networks = dict(self._core.status())
        used = self._core.usage().items()
        runs_on = {name: use.provider for name, use in used if networks.get(name) == "loaded"}
        told = {"status": status, "networks": networks, "runs_on": runs_on}
        return json_answer(200 if ready else 503, told)

    def _exposition(self) -> Answer:
        content_type, text = self._metrics.exposition()
        pairs = {
            "content-type": content_type,
            "content-length": str(len(text)),
            "cache-control": NO_STORE,
        }
        return Answer(200, encode_headers(pairs.items()), text)

    async def _framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = exchange_of(scope)
        hide_key(exchange)
        api = self._api or await self._open_api()
        path = scope["path"]
        if path.startswith(API) and path.removesuffix("/") in self._routes:
            path = path.removesuffix("/")
        # Scanners ask for anything, and must not make a series of each.
        if path in self._routes:
            exchange.route = path
        inner = under({**scope, "path": path}, self._root)
        try:
            await api(inner, receive, send)
        except Exception:
            # Starlette answers a bug and then raises it for the server to log, which our own
            # handler has done. With no answer sent, the server has to know.
            if not exchange.status:
                raise
        if exchange.route == OTHER:
            # Of a route with parameters only the framework says which one it was.
            exchange.route = getattr(inner.get("route"), "path_format", OTHER)
        self._metrics.count(REQUESTS, exchange.route, str(exchange.status or "none"))
        self._metrics.observe(LATENCY, exchange.route, time.perf_counter() - exchange.started_s)

    async def _open_api(self) -> FastAPI:
        # In a thread, because half a second of imports must not hold up the pictures.
        async with self._importing:
            if self._api is None:
                self._api = await asyncio.to_thread(self._import_api)
                self._routes = frozenset(getattr(route, "path", "") for route in self._api.routes)
            return self._api

    def _import_api(self) -> FastAPI:
        from foveate.server.api import create_api  # noqa: PLC0415 - see the top of this file

        return create_api(
            self._core,
            self._delivery,
            self._metrics,
            self._jobs,
            self._datasets,
            self._designs,
        )

    async def _live_through(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._stop(self._core.settings.load.stop_timeout_s)
                await send({"type": "lifespan.shutdown.complete"})
                return
            self._core.begin()
            self._minutes.begin()
            self._keeper.begin()
            self._recompressing.begin()
            await self._jobs.begin()
            await self._datasets.begin()
            for each in self._beside:
                await each.start(self._delivery, self._metrics)
            await send({"type": "lifespan.startup.complete"})

    async def _stop(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        await self._minutes.end()
        await self._recompressing.end()
        beside = (each.stop(timeout_s) for each in self._beside)
        await asyncio.gather(self._jobs.end(timeout_s), self._datasets.end(), *beside)
        await self._designs.end()
        await self._delivery.admission.stop(max(0.0, until - time.monotonic()))
        await self._delivery.stop(max(LAST_WORDS_S, until - time.monotonic()))
        await self._keeper.end()
        await self._core.close(max(LAST_WORDS_S, until - time.monotonic()))
        for observer in self.observers:
            await observer.close(max(LAST_WORDS_S, until - time.monotonic()))


def reached(stages: Iterable[StageState]) -> Iterator[tuple[Row, Labels, float]]:
    """Yield of each stage that runs elsewhere whether it answers."""
    for stage in stages:
        yield STAGE_UP, (stage.name,), float(stage.answers)


def counted(usage: Mapping[str, Usage]) -> Iterator[tuple[Row, Labels, float]]:
    """Yield what is counted of networks."""
    for name, used in usage.items():
        yield NETWORK_RUNS, (name,), used.runs
        yield NETWORK_SECONDS, (name,), used.seconds
        if used.fell_back:
            yield FALLBACKS, (name,), used.fell_back
