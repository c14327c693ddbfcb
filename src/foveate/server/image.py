"""The life of one GET or HEAD of an image URL."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from foveate.errors import (
    Abandoned,
    BadSignature,
    FoveateError,
    LinkExpired,
    OriginNotAllowed,
)
from foveate.metrics import BYTES, CACHE, ERRORS, LATENCY, REQUESTS, Metrics
from foveate.options.table import check_supported
from foveate.server import stored
from foveate.server.answer import NO_STORE, Answer, encode_headers, respond
from foveate.server.asked import (
    REFUSED_VIA,
    Asked,
    Request,
    read_asked,
    read_request,
    redirect_target,
    refuse_loops,
    rendition_key,
)
from foveate.server.errors import error_answer, routing_answer, status_of
from foveate.server.headers import (
    cache_control,
    make_etag,
    matches,
    not_modified,
    picture_headers,
    rendition_headers,
    work_headers,
)
from foveate.server.hot import Head, Hit, Hot, Prepared, Target, by_name, target_of
from foveate.server.load import Admission, Job, unless_gone
from foveate.server.originals import Originals
from foveate.storage.flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from foveate.imaging.stop import Deadline
    from foveate.ports import Original, Rendition
    from foveate.server.core import Core
    from foveate.server.originals import Versions

ROUTE = "image"
LOOP = REFUSED_VIA.encode()
NOTHING = memoryview(b"")
NEVER_REDIRECTED = (BadSignature, LinkExpired, OriginNotAllowed, Abandoned)


@dataclass(frozen=True, slots=True)
class Found:
    """A rendition, from the cache or made now."""

    key: str
    about: stored.About
    data: bytes
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    """Empty for a hit."""


class Images:
    """Answers image URLs; an ASGI application of its own."""

    def __init__(self, core: Core, admission: Admission, metrics: Metrics) -> None:
        self._core = core
        self._admission = admission
        self._metrics = metrics
        self._recipe = core.recipe
        self._hot = Hot()
        self._flight = SingleFlight()
        self._originals = Originals(core.source, core.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        answer = await self._answer(scope, receive)
        head = scope["method"] == "HEAD"
        await respond(send, answer, head=head)
        self.count(answer.status, 0 if head else len(answer.body), time.perf_counter() - started)

    def count(self, status: int, body_bytes: int, seconds: float) -> None:
        """Count one answer that was sent."""
        self._metrics.count(REQUESTS, ROUTE, str(status))
        self._metrics.count(BYTES, by=body_bytes)
        self._metrics.observe(LATENCY, ROUTE, seconds)

    def hit(self, target: Target, headers: Mapping[bytes, bytes]) -> Hit | None:
        """Return the answer of a URL that was asked before, if that takes no waiting.

        It is there as long as the source is the same and memory holds the rendition.
        """
        hot = self._hot.find(target, headers)
        if hot is None or LOOP in headers.get(b"via", b""):
            return None
        body = self._body_now(hot)
        if body is None:
            return None
        self._metrics.count(CACHE, "prepared", "hit")
        held = headers.get(b"if-none-match")
        if held is not None and matches(held.decode("latin-1"), hot.etag):
            return Hit(hot.unchanged, NOTHING)
        return Hit(hot.whole, body)

    def _body_now(self, hot: Prepared) -> memoryview | None:
        try:
            version = self._core.source.version_now(hot.source)
        except FoveateError:
            # The long way says what is wrong, or redirects.
            return None
        blob = self._core.renditions.memory.get(hot.key) if version == hot.version else None
        body = stored.body(blob) if blob is not None else None
        # Of another length it was made anew by somebody else; the long way reads its own headers.
        return body if body is not None and len(body) == hot.length else None

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] not in {"GET", "HEAD"}:
            return routing_answer(405, allow="GET, HEAD")
        asked = None
        try:
            named = by_name(scope["headers"])
            if named is not None and (hit := self.hit(target_of(scope), named)):
                return Answer(hit.head.status, hit.head.headers, bytes(hit.body))
            request = read_request(scope)
            refuse_loops(request.headers)
            settings = self._core.settings
            asked = read_asked(
                request, signer=self._core.signer, settings=settings, now=time.time()
            )
            return await self._rendition(scope, receive, request, asked)
        except Exception as error:  # noqa: BLE001 - the table answers for every error, bugs as well
            return self._refusal(error, scope, asked)

    async def _rendition(
        self, scope: Scope, receive: Receive, request: Request, asked: Asked
    ) -> Answer:
        check_supported(asked.options)
        versions = tuple([await self._core.source.version(name) for name in asked.sources])
        key = rendition_key(asked, versions, self._recipe)
        found = self._cached(key) if None not in versions else None
        if found is None:
            make = partial(self._make, asked, versions, key)
            found = await unless_gone(receive, self._flight.run(key, make))
        headers = self._prepare(scope, asked, found)
        headers = headers + encode_headers(work_headers(found.timings_ms).items())
        held = request.headers.get("if-none-match")
        if held is not None and matches(held, make_etag(found.key, found.about.etag)):
            return not_modified(headers)
        return Answer(200, headers, found.data)

    def _cached(self, key: str) -> Found | None:
        blob = self._core.renditions.get(key)
        whole = stored.unpack(blob) if blob is not None else None
        self._metrics.count(CACHE, "renditions", "hit" if whole else "miss")
        return Found(key, *whole) if whole else None

    async def _make(self, asked: Asked, versions: Versions, missed: str) -> Found:
        """Fetch and render what the cache has not, once for all who ask at the same time."""
        async with self._admission.job() as job, contextlib.AsyncExitStack() as held:
            with job.span("fetch"):
                holding = self._originals.hold(asked.sources, versions)
                originals = await held.enter_async_context(holding)
            key = rendition_key(asked, (each.version for each in originals), self._recipe)
            private = any(each.private for each in originals)
            # Only now is the version known of a source that does not tell it without reading.
            if key != missed and not private and (found := self._cached(key)):
                return found
            return await self._work(job, asked, originals, key)

    async def _work(self, job: Job, asked: Asked, originals: Sequence[Original], key: str) -> Found:
        core, options, data = self._core, asked.options, originals[0].data
        extra = (original.data for original in originals[1:])
        overlays = dict(zip(asked.sources[1:], extra, strict=True))
        need = await self._admission.probe(partial(core.estimate, data, options, overlays.values()))

        def work(deadline: Deadline) -> tuple[stored.About, Rendition]:
            rendition = core.render(data, options, deadline=deadline, overlays=overlays)
            about = stored.describe(rendition, originals)
            if not about.private:
                core.renditions.put(key, stored.pack(about, rendition.data))
            return about, rendition

        about, rendition = await job.work(work, need=need, span="render")
        return Found(key, about, rendition.data, {**job.timings_ms, **rendition.timings_ms})

    def _prepare(self, scope: Scope, asked: Asked, found: Found) -> list[tuple[bytes, bytes]]:
        """Return the headers that stay the same for every hit, and keep them for the next one."""
        about = found.about
        etag = make_etag(found.key, about.etag)
        pairs = picture_headers(about.content_type, about.facts, len(found.data)) | {
            "etag": etag,
            "cache-control": cache_control(about, asked, self._core.settings, time.time()),
        }
        headers = rendition_headers(pairs, asked)
        named = by_name(scope["headers"])
        # A link that ends must be looked at every time, and so must further originals.
        lasts = asked.expires is None and not about.private and len(asked.sources) == 1
        if lasts and named is not None:
            whole = headers + encode_headers(work_headers({}).items())
            hot = Prepared(
                source=asked.source,
                version=about.version,
                key=found.key,
                etag=etag,
                whole=Head(200, whole),
                unchanged=Head(304, not_modified(whole).headers),
                length=len(found.data),
            )
            self._hot.keep(target_of(scope), named, asked.vary, hot)
        return headers

    def _refusal(self, error: Exception, scope: Scope, asked: Asked | None) -> Answer:
        self._metrics.count(ERRORS, type(error).__name__)
        retry_after_s = self._core.settings.load.retry_after_s
        answer = error_answer(error, scope["path"], retry_after_s=retry_after_s)
        if asked is None or isinstance(error, NEVER_REDIRECTED):
            return answer
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        target = redirect_target(asked, host)
        if target is None:
            return answer
        kind = type(error) if isinstance(error, FoveateError) else FoveateError
        pairs = {
            "location": target,
            "cf-resized": f"err={status_of(kind).code}",
            "cache-control": NO_STORE,
            "content-length": "0",
        }
        return Answer(307, encode_headers(pairs.items()))
