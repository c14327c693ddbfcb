"""`/v1/datasets`: training sets that are made once, followed while that goes on, and fetched."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import Response
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.datasets.dataset import State
from foveate.datasets.identity import with_ours
from foveate.datasets.shards.names import MANIFEST, STATISTICS
from foveate.errors import BadOption
from foveate.jobs.places import MOST, content_type
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.datasets import may, may_follow
from foveate.server.disconnect import unless_gone
from foveate.server.events import MOST_EVENTS, AfterEvent, LastEventId, followed
from foveate.server.gets import gets
from foveate.server.ranges import Content, Ranged
from foveate.server.response import as_response
from foveate.server.routes.datasets_docs import (
    ARCHIVE_DOCS,
    CANCEL_DOCS,
    DELETE_DOCS,
    EVENTS_DOCS,
    FILES_DOCS,
    GET_DOCS,
    HANDLERS_DOCS,
    LIST_DOCS,
    MANIFEST_DOCS,
    PIN_DOCS,
    POST_DOCS,
    RAW_DOCS,
    SECRET_DOCS,
    SHARD_DOCS,
    STATISTICS_DOCS,
    UNPIN_DOCS,
)
from foveate.server.routes.jobs import TEMPORARY_REDIRECT, read_json
from foveate.server.routes.jobs_docs import ACCEPTED, NO_CONTENT
from foveate.storage.dataset_paths import HANDLERS, PATH, RAW

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.room import Datasets
    from foveate.server.door import Door, Posted

PAGE: Final = 100
MOST_FILES: Final = 10_000
"""Of one dataset, in one answer: clients and proxies have bounds of their own."""
OF_RAW: Final = ("name", "kind", "licence", "origin", "about")
"""Where it lies on the server is for nobody to know."""
LINK_S: Final = 3600.0
"""How long a bucket hands out a file that somebody was sent to."""
IMMUTABLE: Final = "private, max-age=31536000, immutable"
"""What an id stands for never changes: not a byte of it."""
OWN_TYPES: Final = {"json": "application/json", "md": "text/markdown; charset=utf-8"}
HARMLESS: Final = {
    "cache-control": IMMUTABLE,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
Limit = Annotated[int, Query(description="So many at most.", ge=1, le=MOST)]
Wait = Annotated[
    float,
    Query(description="Answer once there is something new, or after so many seconds.", ge=0, le=55),
]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_datasets(api, door)
    _add_dataset(api, door.datasets)
    _add_keeping(api, door.datasets)
    _add_events(api, door.datasets)
    _add_files(api, door.datasets)
    _add_known(api, door.datasets)


def _add_datasets(api: FastAPI, door: Door) -> None:
    datasets = door.datasets

    @api.post(PATH, **POST_DOCS)
    async def ask(request: Request) -> Response:
        who = may(datasets, request.scope, Scope.WRITE)

        async def said(posted: Posted) -> object:
            return posted.body.content

        # Outside of its time and of its place: a look at raw data takes as long as it takes.
        asked = await door.answer(request, said, read_json, pictures=False)
        dataset = await unless_gone(request.receive, datasets.request(who, asked))
        told = await _told(datasets, dataset, request)
        status = 200 if dataset.state is State.READY else ACCEPTED
        return as_response(json_answer(status, told, {"location": told["links"]["self"]}))

    @api.get(PATH, **LIST_DOCS)
    async def list_(
        request: Request,
        state: Annotated[str, Query(description="Only those in this state.")] = "",
        search: Annotated[str, Query(description="Only those with this in their id.")] = "",
        limit: Limit = PAGE,
        after: Annotated[
            str,
            Query(description="The `next` of the page before, or the id of its last one."),
        ] = "",
    ) -> Response:
        may(datasets, request.scope, Scope.READ)
        if state and state not in list(State):
            raise BadOption(f"Expected a state out of {', '.join(State)}, got {state[:40]!r}.")
        found = await datasets.page(state, search, limit, after)
        told = [{**each.to_json(), "links": _links(datasets, each, request)} for each in found]
        # No id: the one of it may be deleted before somebody comes for the next.
        more = str(found[-1].number) if len(found) == limit else None
        return as_response(json_answer(200, {"datasets": told, "next": more}))

    @api.get(f"{PATH}/webhook-secret", **SECRET_DOCS)
    async def secret(request: Request) -> Response:
        who = may(datasets, request.scope, Scope.WRITE)
        told = await datasets.reads.run(datasets.links.webhook_secret, who)
        return as_response(json_answer(200, {"secret": told}))


def _add_dataset(api: FastAPI, datasets: Datasets) -> None:
    @api.get(f"{PATH}/{{dataset}}", **GET_DOCS)
    async def get(
        request: Request,
        dataset: str,
        after: Annotated[
            int, Query(description="Tell events after this one.", ge=-1, le=MOST_EVENTS)
        ] = -1,
        wait: Wait = 0.0,
    ) -> Response:
        may(datasets, request.scope, Scope.READ)
        found = await datasets.of(dataset)
        new = [] if after < 0 else await datasets.wait(found.id, after, wait)
        # In this order: a state may be newer than the last event, which is never the newer one.
        told = await _told(datasets, found, request)
        told |= {"events": [event.to_json() for event in new]} if after >= 0 else {}
        return as_response(json_answer(200, told))


def _add_keeping(api: FastAPI, datasets: Datasets) -> None:
    @api.post(f"{PATH}/{{dataset}}/pin", **PIN_DOCS)
    async def pin(request: Request, dataset: str) -> Response:
        may(datasets, request.scope, Scope.WRITE)
        found = await datasets.pin(dataset, pinned=True)
        return as_response(json_answer(200, await _told(datasets, found, request)))

    @api.post(f"{PATH}/{{dataset}}/unpin", **UNPIN_DOCS)
    async def unpin(request: Request, dataset: str) -> Response:
        may(datasets, request.scope, Scope.WRITE)
        found = await datasets.pin(dataset, pinned=False)
        return as_response(json_answer(200, await _told(datasets, found, request)))

    @api.post(f"{PATH}/{{dataset}}/cancel", **CANCEL_DOCS)
    async def cancel(request: Request, dataset: str) -> Response:
        may(datasets, request.scope, Scope.WRITE)
        found = await datasets.cancel(dataset)
        told = await _told(datasets, found, request)
        return as_response(json_answer(ACCEPTED, told))

    @api.delete(f"{PATH}/{{dataset}}", **DELETE_DOCS)
    async def delete(request: Request, dataset: str) -> Response:
        may(datasets, request.scope, Scope.ADMIN)
        await datasets.delete(dataset)
        return Response(status_code=NO_CONTENT)


def _add_events(api: FastAPI, datasets: Datasets) -> None:
    @api.get(f"{PATH}/{{dataset}}/events", **EVENTS_DOCS)
    async def events(
        request: Request,
        dataset: str,
        after: AfterEvent = 0,
        last_event_id: LastEventId = "",
    ) -> Response:
        may_follow(datasets, request.scope, f"{PATH}/{dataset}/events")
        found = await datasets.of(dataset)
        return followed(partial(datasets.follow, found.id), after, last_event_id)


def _add_files(api: FastAPI, datasets: Datasets) -> None:
    async def file(request: Request, dataset: str, name: str) -> Response:
        may(datasets, request.scope, Scope.READ)
        return await _file(datasets, await datasets.ready(dataset), name, request)

    @api.get(f"{PATH}/{{dataset}}/files", **FILES_DOCS)
    async def files(
        request: Request,
        dataset: str,
        limit: Annotated[int, Query(description="So many at most.", ge=1, le=MOST_FILES)] = (
            MOST_FILES
        ),
        after: Annotated[str, Query(description="The last file that is known.")] = "",
    ) -> Response:
        may(datasets, request.scope, Scope.READ)
        found = await datasets.ready(dataset)
        rows, more = await datasets.looked(datasets.listings.page, found.id, limit, after)
        told = [{"name": f.name, "bytes": f.bytes, "sha256": f.sha256} for f in rows]
        return as_response(json_answer(200, {"files": told, "next": more}))

    @gets(api, f"{PATH}/{{dataset}}/shards/{{name:path}}", SHARD_DOCS)
    async def shard(request: Request, dataset: str, name: str) -> Response:
        return await file(request, dataset, name)

    @gets(api, f"{PATH}/{{dataset}}/manifest", MANIFEST_DOCS)
    async def manifest(request: Request, dataset: str) -> Response:
        return await file(request, dataset, MANIFEST)

    @gets(api, f"{PATH}/{{dataset}}/statistics", STATISTICS_DOCS)
    async def statistics(request: Request, dataset: str) -> Response:
        return await file(request, dataset, STATISTICS)

    @gets(api, f"{PATH}/{{dataset}}/archive", ARCHIVE_DOCS)
    async def archive(request: Request, dataset: str) -> Response:
        may(datasets, request.scope, Scope.READ)
        return await _archive(datasets, await datasets.ready(dataset), request)


async def _file(datasets: Datasets, found: Dataset, name: str, request: Request) -> Response:
    file = await datasets.looked(datasets.listings.file, found.id, name)
    listed = await datasets.looked(datasets.listings.listed, found.id)
    counts = name == listed.first_shard and request.method == "GET"
    elsewhere = await datasets.looked(datasets.listings.link, found.id, name, LINK_S)
    if elsewhere is not None:
        if counts and "range" not in request.headers:
            await datasets.downloaded(found)
        pairs = {"location": elsewhere, "cache-control": NO_STORE, "content-length": "0"}
        return as_response(Answer(TEMPORARY_REDIRECT, encode_headers(pairs.items())))
    leaf = name.rpartition("/")[2]
    content = Content(
        size=file.bytes,
        etag=file.sha256,
        type=OWN_TYPES.get(leaf.rpartition(".")[2]) or content_type(name),
        read=partial(datasets.desk.read, found, name),
        run=datasets.sends.run,
        headers={**HARMLESS, "content-disposition": f"inline; filename*=UTF-8''{quote(leaf)}"},
    )
    ranged = Ranged(content, request.headers, request.method)
    if counts and ranged.is_from_start:
        await datasets.downloaded(found)
    return ranged


async def _archive(datasets: Datasets, found: Dataset, request: Request) -> Response:
    part = "range" in request.headers
    layout = await datasets.looked(datasets.listings.archive, found.id, part=part)
    named = f"attachment; filename*=UTF-8''{quote(found.id)}.zip"
    content = Content(
        size=layout.size,
        etag=layout.digest,
        type="application/zip",
        read=partial(layout.read, read=partial(datasets.desk.read, found)),
        run=datasets.sends.run,
        headers={"cache-control": IMMUTABLE, "content-disposition": named},
    )
    ranged = Ranged(content, request.headers, request.method)
    if request.method == "GET" and ranged.is_from_start:
        await datasets.downloaded(found)
    return ranged


def _add_known(api: FastAPI, datasets: Datasets) -> None:
    @api.get(HANDLERS, **HANDLERS_DOCS)
    async def handlers(request: Request) -> Response:
        may(datasets, request.scope, Scope.READ)
        found = await datasets.reads.run(datasets.desk.handlers)
        told = [
            {"name": h.name, "version": h.version, "pin": h.pin, "schema": with_ours(h.schema)}
            for h in found
        ]
        why = await datasets.reads.run(datasets.desk.broken_handlers)
        broken = [{"name": name, "message": message} for name, message in why.items()]
        return as_response(json_answer(200, {"handlers": told, "broken": broken}))

    @api.get(RAW, **RAW_DOCS)
    async def raw(request: Request) -> Response:
        may(datasets, request.scope, Scope.READ)
        found = await datasets.reads.run(datasets.desk.raw)
        told = [{word: getattr(each, word) for word in OF_RAW} for each in found.raw]
        broken = [{"name": name, "message": why.public} for name, why in found.broken]
        return as_response(json_answer(200, {"raw": told, "broken": broken}))


async def _told(datasets: Datasets, dataset: Dataset, request: Request) -> dict[str, Any]:
    events = await datasets.events(dataset.id, 0)
    now = await datasets.now(dataset.id)
    last = events[-1].number if events else 0
    return {**now.to_json(), "last_event": last, "links": _links(datasets, now, request)}


def _links(datasets: Datasets, dataset: Dataset, request: Request) -> dict[str, str]:
    root = request.scope.get("root_path", "")
    own = f"{root}{PATH}/{dataset.id}"
    links = {"self": own, "events": root + datasets.links.events(dataset.id)}
    if dataset.state is State.READY:
        links |= {name: f"{own}/{name}" for name in ("manifest", "statistics", "files", "archive")}
    return links
