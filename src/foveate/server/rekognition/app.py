"""The operations of Rekognition, and the shape of its answers and errors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from foveate.errors import FoveateError
from foveate.metrics import ERRORS
from foveate.people.access_keys import AccessKeys
from foveate.people.keys import Scope
from foveate.server.answer import Answer, json_answer
from foveate.server.errors import logged, when_again
from foveate.server.exchange import exchange_of
from foveate.server.gate import charged
from foveate.server.headers import work_headers
from foveate.server.rekognition import collections, faces, labels, looking, moderation, text
from foveate.server.rekognition.asked import Asked
from foveate.server.rekognition.body import MOST_OBJECT_BYTES, Sent, read_signed
from foveate.server.rekognition.call import Api, Call, is_slow
from foveate.server.rekognition.problems import ASKED_AGAIN, Kind, Refused, refused, status_of
from foveate.server.rekognition.signature import Signed, read_claim
from foveate.server.response import as_response
from foveate.service.access import Caller
from foveate.storage.buckets import Buckets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from foveate.metrics import Metrics
    from foveate.people.access_keys import AccessKey
    from foveate.server.door import Door, Posted
    from foveate.server.exchange import Exchange
    from foveate.server.rekognition.call import Told

PREFIX: Final = "/rekognition"
TARGET: Final = "x-amz-target"
"""The header that names the operation."""
SERVICE: Final = "RekognitionService."
CONTENT_TYPE: Final = "application/x-amz-json-1.1"


class Row(NamedTuple):
    """An operation: its words and its pictures, what a key must be good for, how it is noted."""

    answer: Callable[[Call], Awaitable[Told]]
    words: str
    """The members of its request, as the API reference has them, without pictures."""
    pictures: tuple[str, ...] = ()
    scope: Scope | None = None
    """In the collection that it names; None is without one, for any key."""
    verb: str = ""
    """Empty for what the audit log has no line of."""


_IMAGE: Final = ("Image",)
ROWS: Final = {
    "CompareFaces": Row(looking.compare, "SimilarityThreshold QualityFilter",
        ("SourceImage", "TargetImage")),
    "CreateCollection": Row(collections.create, "CollectionId Tags",
        scope=Scope.WRITE, verb="create"),
    "DeleteCollection": Row(collections.delete, "CollectionId", scope=Scope.ADMIN, verb="erase"),
    "DeleteFaces": Row(faces.delete, "CollectionId FaceIds", scope=Scope.WRITE, verb="erase"),
    "DescribeCollection": Row(collections.describe, "CollectionId", scope=Scope.READ),
    "DetectFaces": Row(looking.detect, "Attributes", _IMAGE),
    "DetectLabels": Row(labels.detect, "MaxLabels MinConfidence Features Settings", _IMAGE),
    "DetectModerationLabels": Row(moderation.detect,
        "MinConfidence HumanLoopConfig ProjectVersion", _IMAGE),
    "DetectText": Row(text.detect, "Filters", _IMAGE),
    "IndexFaces": Row(faces.index,
        "CollectionId ExternalImageId DetectionAttributes MaxFaces QualityFilter", _IMAGE,
        Scope.WRITE, "add"),
    "ListCollections": Row(collections.listed, "NextToken MaxResults"),
    "ListFaces": Row(faces.listed, "CollectionId NextToken MaxResults UserId FaceIds",
        scope=Scope.READ),
    "SearchFaces": Row(faces.search, "CollectionId FaceId MaxFaces FaceMatchThreshold",
        scope=Scope.READ, verb="search"),
    "SearchFacesByImage": Row(faces.search_by_image,
        "CollectionId MaxFaces FaceMatchThreshold QualityFilter", _IMAGE, Scope.READ, "search"),
}  # fmt: skip


def create_app(door: Door, metrics: Metrics) -> Starlette:
    """Return what answers at `PREFIX`. Raises BadSettings for a key file that cannot be read."""
    api, again_s = api_of(door), door.core.settings.load.retry_after_s

    async def endpoint(request: Request) -> Response:
        return as_response(await _answer(api, request))

    async def refuse(request: Request, error: Exception) -> Response:
        exchange = exchange_of(request.scope)
        exchange.error = type(error).__name__
        metrics.count(ERRORS, type(error).__name__)
        if isinstance(error, Refused):
            return as_response(_error(error, exchange.id))
        known = logged(error, exchange.path)
        told = refused(known, slow=_is_slow(exchange))
        again = when_again(known, again_s) if told.kind in ASKED_AGAIN else {}
        return as_response(_error(told, exchange.id, again))

    async def lost(request: Request, _: Exception) -> Response:
        return as_response(_error(_unknown(""), exchange_of(request.scope).id))

    handlers = {Refused: refuse, FoveateError: refuse, Exception: refuse, HTTPException: lost}
    routes = [Route("/", endpoint, methods=["POST"])]
    return Starlette(routes=routes, exception_handlers=handlers)


def api_of(door: Door) -> Api:
    """Return what all calls share, as the settings say."""
    settings = door.core.settings
    said = settings.rekognition
    most = min(settings.limits.max_bytes, MOST_OBJECT_BYTES)
    return Api(
        door=door,
        keys=AccessKeys(Path(said.key_file).expanduser()),
        buckets=Buckets(said.buckets, settings.origins, most),
        fetches=asyncio.Semaphore(max(1, settings.load.fetches)),
    )


async def _answer(api: Api, request: Request) -> Answer:
    """Answer a call whose signature holds. Raises Refused and FoveateError."""
    exchange = exchange_of(request.scope)
    target = request.headers.get(TARGET, "")
    operation = target.removeprefix(SERVICE)
    row = ROWS.get(operation) if operation != target else None
    exchange.route = f"{PREFIX}/{operation}" if row else PREFIX
    if row is None:
        raise _unknown(target)
    if request.scope["query_string"]:
        # It would change nothing, and none is part of what is signed.
        raise Refused(Kind.SIGNATURE, "Expected no query: no call of Rekognition has one.")
    settings = api.door.core.settings
    headers = request.scope["headers"]
    claim = read_claim(headers, now=datetime.now(UTC), region=settings.rekognition.region)
    # It looks at a file, which may lie on a slow disk: meanwhile others are answered.
    key = await asyncio.to_thread(api.keys.of, claim.access_key)
    if key is None:
        # The same for a key that is not and for one that is no more.
        raise Refused(Kind.UNKNOWN_KEY, "The security token included in the request is invalid.")
    signed = Signed(
        claim=claim, paths=_paths(exchange.path, settings.server.root_path), headers=headers
    )

    async def work(posted: Posted) -> Answer:
        call = _call(api, posted, row, key, claim.region, request)
        call.check()
        told = await row.answer(call)
        timed = work_headers(posted.admitted.trace)
        return json_answer(200, told, {**timed, **_headers(exchange.id)})

    read = partial(read_signed, signed, key.secret, row.pictures)
    return await api.door.answer(request, work, read, pictures=bool(row.pictures))


def _is_slow(exchange: Exchange) -> bool:
    """Return whether it is about pictures that took their time by themselves."""
    row = ROWS.get(exchange.route.removeprefix(f"{PREFIX}/"))
    return row is not None and bool(row.pictures) and is_slow(exchange.trace.spans, perf_counter())


def _paths(path: str, root: str) -> tuple[str, ...]:
    """Return under which paths a request may have been signed: a proxy may strip a prefix.

    >>> _paths("/", "/images")
    ('/', '/images/', '/images')
    """
    whole = f"{root}{path}"
    return tuple(dict.fromkeys((path, whole, whole.rstrip("/") or "/")))


def _call(
    api: Api, posted: Posted, row: Row, key: AccessKey, region: str, request: Request
) -> Call:
    """Return a call of somebody whose signature was verified. Raises RateExceeded."""
    access, sent = api.door.core.access, posted.body.content
    if not isinstance(sent, Sent):
        raise TypeError("Expected a body that was read as one of Rekognition.")
    # Not before: whoever knows an access key alone must not use it up.
    access.rate_limit.take(key.key.name)
    caller = charged(request.scope, Caller(audit=access.audit, key=key.key))
    asked = Asked(sent.words)
    asked.check(row.words.split())
    return Call(
        api=api,
        caller=caller,
        posted=posted,
        asked=asked,
        pictures=sent.pictures,
        region=region,
        scope=row.scope,
        verb=row.verb,
        request=exchange_of(request.scope).id,
    )


def _unknown(target: str) -> Refused:
    got = f"{target[:80]!r}" if target else "none"
    return Refused(
        Kind.UNKNOWN_OPERATION,
        f"X-Amz-Target: expected {SERVICE} and one of {', '.join(ROWS)}; got {got}.",
    )


def _error(why: Refused, request: str, headers: dict[str, str] | None = None) -> Answer:
    kind = why.kind.value
    content = {"__type": kind, "Code": kind, "Message": why.message, "Logref": request}
    told = {"x-amzn-errortype": kind, **_headers(request), **(headers or {})}
    return json_answer(status_of(why.kind), content, told)


def _headers(request: str) -> dict[str, str]:
    return {"content-type": CONTENT_TYPE, "x-amzn-requestid": request}
