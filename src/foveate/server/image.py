"""The life of one GET or HEAD of an image URL."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from foveate.delivery import stored
from foveate.errors import (
    BadSignature,
    ClientDisconnected,
    FoveateError,
    KeyNeeded,
    LinkExpired,
    NotEnrolled,
    OptionNotAllowed,
    OriginNotAllowed,
    PictureBlocked,
    RateExceeded,
    ScopeNotAllowed,
)
from foveate.metrics import (
    BYTES,
    CACHE,
    ERRORS,
    HIT,
    LATENCY,
    MISS,
    REQUESTS,
    RESPONSES,
    Metrics,
)
from foveate.options.grammar import MOUNT
from foveate.options.options_class import options_class
from foveate.options.signing import SIGNED, UNSIGNED
from foveate.options.translators.mounts import mounts
from foveate.server.answer import NO_STORE, Answer, Headers, encode_headers, respond
from foveate.server.cors import Cors
from foveate.server.disconnect import unless_gone
from foveate.server.errors import error_answer, routing_answer, status_of
from foveate.server.exchange import exchange_of
from foveate.server.gate import naming
from foveate.server.headers import (
    cache_control,
    cache_status,
    make_etag,
    matches,
    not_modified,
    picture_headers,
    rendition_headers,
    work_headers,
)
from foveate.server.image_request import (
    REFUSED_VIA,
    ImageRequest,
    ImageUrl,
    Request,
    read_image_request,
    read_image_url,
    read_request,
    redirect_target,
    refuse_loops,
)
from foveate.server.mounts import read_translated
from foveate.server.response_cache import (
    CachedResponse,
    Head,
    Hit,
    RequestTarget,
    ResponseCache,
    by_single_name,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from foveate.delivery.delivery import Delivered, Delivery
    from foveate.server.core import Core
    from foveate.server.exchange import Exchange
    from foveate.service.access import Naming

ROUTE = "image"
LOOP = REFUSED_VIA.encode()
NOTHING = memoryview(b"")
NEVER_REDIRECTED = (
    BadSignature,
    LinkExpired,
    OptionNotAllowed,
    OriginNotAllowed,
    PictureBlocked,
    ClientDisconnected,
    KeyNeeded,
    ScopeNotAllowed,
    RateExceeded,
    NotEnrolled,
)


class Images:
    """Answers image URLs; an ASGI application of its own."""

    def __init__(self, core: Core, delivery: Delivery, metrics: Metrics) -> None:
        self._core = core
        self._delivery = delivery
        self._metrics = metrics
        self._responses = ResponseCache()
        self._cors = Cors(core.settings.server.cors)
        self._root = core.settings.server.root_path.encode()
        self._mounts = mounts(core.settings, core.presets)
        self.prefixes = (MOUNT.encode(), *(mount.prefix.encode() for mount in self._mounts))
        """What the path of an image URL begins with."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = exchange_of(scope)
        exchange.route = ROUTE
        answer = await self._answer(scope, receive)
        head = scope["method"] == "HEAD"
        await respond(send, answer, head=head)
        seconds = time.perf_counter() - exchange.started_s
        self.count(answer.status, 0 if head else len(answer.body), seconds)

    def forget(self) -> None:
        """Answer nothing any more without asking for the rendition."""
        self._responses = ResponseCache()

    def count_hit(self, hit: Hit, seconds: float) -> None:
        """Count, and charge, a hit that was sent without being asked of this application."""
        self._delivery.hot.asked(hit.kept.key)
        body_bytes, account = len(hit.body), self._core.ledger.account(hit.kept.name)
        account.requests += 1
        account.hits += 1
        # Nothing was waited for: it took the processor all the time.
        account.cpu_s += seconds
        account.bytes_out += body_bytes
        account.bytes_saved += hit.kept.source_bytes
        self._metrics.count(CACHE, RESPONSES, HIT)
        self.count(hit.head.status, body_bytes, seconds)

    def count(self, status: int, body_bytes: int, seconds: float) -> None:
        """Count one answer that was sent."""
        self._metrics.count(REQUESTS, ROUTE, str(status))
        self._metrics.count(BYTES, by=body_bytes)
        self._metrics.observe(LATENCY, ROUTE, seconds)

    def hit(
        self, target: RequestTarget, headers: Mapping[bytes, bytes], *, body: bool = True
    ) -> Hit | None:
        """Return the answer of a URL that was asked before, if that takes no waiting.

        It is there as long as the source is the same and memory holds the rendition; the headers
        alone, where no `body` is wanted, need not even that.
        """
        path, query = target
        kept = self._responses.find((path.removeprefix(self._root), query), headers)
        if kept is None or LOOP in headers.get(b"via", b"").lower():
            return None
        if not self._holds(kept):
            return None
        held = headers.get(b"if-none-match")
        if held is not None and matches(held.decode("latin-1"), kept.etag):
            return Hit(kept.unchanged, NOTHING, kept)
        if not body:
            return Hit(kept.whole, NOTHING, kept)
        found = self._body_now(kept)
        return Hit(kept.whole, found, kept) if found is not None else None

    def _holds(self, kept: CachedResponse) -> bool:
        try:
            return self._core.origin.version_now(kept.source) == kept.version
        except FoveateError:
            # The slow path says what is wrong, or redirects.
            return False

    def _body_now(self, kept: CachedResponse) -> memoryview | None:
        blob = self._core.renditions.memory.get(kept.key)
        body = stored.body(blob) if blob is not None else None
        # Of another length it was made anew by somebody else; the slow path reads its own headers.
        return body if body is not None and len(body) == kept.length else None

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] not in {"GET", "HEAD"}:
            return self._shared(routing_answer(405, allow="GET, HEAD"), scope)
        url = None
        try:
            named = by_single_name(scope["headers"])
            wants_body = scope["method"] == "GET"
            if named is not None and (hit := self.hit(target_of(scope), named, body=wants_body)):
                _note_hit(exchange_of(scope), hit.kept)
                self._delivery.hot.asked(hit.kept.key)
                self._metrics.count(CACHE, RESPONSES, HIT)
                return Answer(hit.head.status, hit.head.headers, hit.body)
            request = read_request(scope)
            refuse_loops(request.headers)
            url = self._image_url(request)
            exchange = exchange_of(scope)
            exchange.key = url.key or (SIGNED if url.signed else UNSIGNED)
            image_request = read_image_request(
                url, request.headers, self._core.settings, self._core.presets
            )
            exchange.options_class = options_class(image_request.ask.options)
            people = image_request.ask.options.subjects()
            who = naming(self._core, scope, people, signed=url.signed)
            self._metrics.count(CACHE, RESPONSES, MISS)
            return await self._rendition(scope, receive, request, image_request, who)
        except Exception as error:  # noqa: BLE001 - the table answers for every error, bugs as well
            return self._shared(self._refusal(error, scope, url), scope)

    def _image_url(self, request: Request) -> ImageUrl:
        signer, folder = self._core.signer, self._core.settings.origins.folder
        if request.raw_path.startswith(MOUNT):
            return read_image_url(request, signer=signer, folder=folder, now=time.time())
        return read_translated(request, self._mounts, signer=signer, folder=folder, now=time.time())

    def _shared(self, answer: Answer, scope: Scope) -> Answer:
        """Return an answer that is not kept, for whichever pages may read it."""
        headers = answer.headers + self._cors.answered(exchange_of(scope).headers)
        return Answer(answer.status, headers, answer.body)

    async def _rendition(
        self,
        scope: Scope,
        receive: Receive,
        request: Request,
        image_request: ImageRequest,
        who: Naming,
    ) -> Answer:
        wait, exchange = partial(unless_gone, receive), exchange_of(scope)
        found = await self._delivery.rendition(
            image_request.ask, wait, trace=exchange.trace, about_only=scope["method"] == "HEAD"
        )
        if who.named:
            await asyncio.to_thread(who.note)
        _note_delivered(exchange, found)
        headers = self._keep(scope, image_request, found)
        done = work_headers(found.trace) | {"cache-status": cache_status(found)}
        headers = headers + encode_headers(done.items())
        held = request.headers.get("if-none-match")
        if held is not None and matches(held, _etag_of(found)):
            return not_modified(headers)
        return Answer(200, headers, found.data)

    def _keep(self, scope: Scope, image_request: ImageRequest, found: Delivered) -> Headers:
        """Return the headers that stay the same for every hit, and keep them for the next one."""
        about = found.about
        etag, source = _etag_of(found), image_request.ask.source
        pairs = picture_headers(about.content_type, about.headers, found.length) | {
            "etag": etag,
            "cache-control": cache_control(about, image_request, self._core.settings, time.time()),
        }
        headers = rendition_headers(pairs, image_request)
        asked = exchange_of(scope).headers
        headers += self._cors.picture_headers(asked, shared=about.lifetime.shared)
        named = by_single_name(scope["headers"])
        # A link that ends must be looked at every time, and so must further originals and designs;
        # and who asks for people by name. What is not kept there may be of before a purge.
        lasts = (
            image_request.expires is None
            and not image_request.ask.options.subjects()
            and not image_request.ask.options.designs()
            and not about.lifetime.private
            and len(image_request.ask.names) == 1
            and (found.trace is None or found.kept)
        )
        if lasts and named is not None and isinstance(source, str):
            done = work_headers(None) | {"cache-status": cache_status(None)}
            whole = headers + encode_headers(done.items())
            response = CachedResponse(
                source=source,
                version=about.version,
                key=found.key,
                etag=etag,
                whole=Head(200, whole),
                unchanged=Head(304, not_modified(whole).headers),
                length=found.length,
                name=exchange_of(scope).name,
                source_bytes=about.source_bytes,
            )
            self._responses.keep(target_of(scope), named, image_request.vary, response)
        return headers

    def _refusal(self, error: Exception, scope: Scope, url: ImageUrl | None) -> Answer:
        exchange_of(scope).error = type(error).__name__
        self._metrics.count(ERRORS, type(error).__name__)
        retry_after_s = self._core.settings.load.retry_after_s
        answer = error_answer(error, scope["path"], retry_after_s=retry_after_s)
        if url is None or isinstance(error, NEVER_REDIRECTED) or self._enforces(url):
            return answer
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        target = redirect_target(url, host, self._core.presets)
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

    def _enforces(self, url: ImageUrl) -> bool:
        """Return whether the source, to which errors may lead, must not be shown unseen."""
        settings = self._core.settings.moderation
        return settings.enforce != "off" and not url.exempt(settings)


def _note_delivered(exchange: Exchange, found: Delivered) -> None:
    """Note where a rendition came from, for who logs and who charges."""
    if found.trace is None:
        exchange.cache, exchange.bytes_saved = "hit", found.about.source_bytes
    else:
        exchange.cache = "miss"
        # What others who asked at the same time are sent was kept once.
        kept = found.on_disk and found.trace is exchange.trace
        exchange.bytes_stored = found.length if kept else 0


def _note_hit(exchange: Exchange, kept: CachedResponse) -> None:
    """Note that a kept answer was sent once more."""
    exchange.cache, exchange.bytes_saved = "hit", kept.source_bytes
    exchange.key, _, exchange.options_class = kept.name


def _etag_of(found: Delivered) -> str:
    return make_etag(found.about.digest or found.key, found.about.lifetime.etag)
