"""`/v1/jobs`: batches that the server works on by itself, and what is to be known of them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Header, Query
from fastapi.responses import Response
from starlette.requests import ClientDisconnect, Request

from foveate.errors import BadBody, BadOption, ClientDisconnected
from foveate.jobs.job import State
from foveate.jobs.links import PATH
from foveate.jobs.places import MOST, content_type
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.body import Body, bounded, json_too_large, parsed
from foveate.server.events import AfterEvent, LastEventId, followed
from foveate.server.gets import gets
from foveate.server.jobs import owner, owner_or_link
from foveate.server.ranges import Content, Ranged
from foveate.server.response import as_response
from foveate.server.routes.jobs_docs import (
    ACCEPTED,
    CANCEL_DOCS,
    CREATED,
    DELETE_DOCS,
    EVENTS_DOCS,
    FILE_DOCS,
    FILES_DOCS,
    GET_DOCS,
    LIST_DOCS,
    NO_CONTENT,
    POST_DOCS,
    SECRET_DOCS,
)
from foveate.server.words import check_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from foveate.jobs.job import Job
    from foveate.jobs.room import Jobs
    from foveate.server.body import Arriving
    from foveate.server.door import Door, Posted

MOST_BYTES: Final = 1024 * 1024
TEMPORARY_REDIRECT: Final = 307
PIECE: Final = 64 * 1024
"""Bytes of a result that are read at once."""
PAGE: Final = 100
WORDS: Final = (Depends(check_words),)
Limit = Annotated[int, Query(description="So many at most.", ge=1, le=MOST)]
After = Annotated[str, Query(description="The last one that is known.")]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_queue(api, door)
    _add_list(api, door.jobs)
    _add_secret(api, door.jobs)
    _add_job(api, door.jobs)
    _add_events(api, door.jobs)
    _add_files(api, door.jobs)


def _add_queue(api: FastAPI, door: Door) -> None:
    jobs = door.jobs

    @api.post(PATH, **POST_DOCS)
    async def queue(
        request: Request, idempotency_key: Annotated[str, Header(max_length=255)] = ""
    ) -> Response:
        who = owner(jobs, request.scope)
        who.check(Scope.WRITE)
        root = request.scope.get("root_path", "")

        async def put(posted: Posted) -> Answer:
            job, new = await jobs.put(who.name, posted.body.content, idempotency_key)
            told, place = to_json(job, jobs, root), {"location": f"{root}{PATH}/{job.id}"}
            return json_answer(CREATED if new else 200, told, place)

        return as_response(await door.answer(request, put, read_json, pictures=False))


def _add_list(api: FastAPI, jobs: Jobs) -> None:
    @api.get(PATH, dependencies=WORDS, **LIST_DOCS)
    async def list_(
        request: Request,
        state: Annotated[str, Query(description="Only those in this state.")] = "",
        limit: Limit = PAGE,
        after: After = "",
    ) -> Response:
        who = owner(jobs, request.scope)
        if state and state not in list(State):
            raise BadOption(f"Expected a state out of {', '.join(State)}, got {state[:40]!r}.")
        found = await jobs.page(who.sees, state, limit, after)
        root = request.scope.get("root_path", "")
        told = [to_json(job, jobs, root) for job in found]
        more = found[-1].id if len(found) == limit else None
        return as_response(json_answer(200, {"jobs": told, "next": more}))


def _add_secret(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/webhook-secret", **SECRET_DOCS)
    async def secret(request: Request) -> Response:
        who = owner(jobs, request.scope)
        who.check(Scope.WRITE)
        told = await asyncio.to_thread(jobs.links.webhook_secret, who.name)
        return as_response(json_answer(200, {"secret": told}))


def _add_job(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/{{job}}", **GET_DOCS)
    async def get(request: Request, job: str) -> Response:
        found = await jobs.of(job, owner(jobs, request.scope).sees)
        told = to_json(found, jobs, request.scope.get("root_path", ""))
        return as_response(json_answer(200, told))

    @api.post(f"{PATH}/{{job}}/cancel", **CANCEL_DOCS)
    async def cancel(request: Request, job: str) -> Response:
        who = owner(jobs, request.scope)
        who.check(Scope.WRITE)
        told = to_json(await jobs.cancel(job, who.sees), jobs, request.scope.get("root_path", ""))
        return as_response(json_answer(ACCEPTED, told))

    @api.delete(f"{PATH}/{{job}}", **DELETE_DOCS)
    async def delete(request: Request, job: str) -> Response:
        who = owner(jobs, request.scope)
        who.check(Scope.WRITE)
        gone = await jobs.delete(job, who.sees)
        return Response(status_code=NO_CONTENT if gone else ACCEPTED)


def _add_events(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/{{job}}/events", **EVENTS_DOCS)
    async def events(
        request: Request,
        job: str,
        after: AfterEvent = 0,
        last_event_id: LastEventId = "",
    ) -> Response:
        sees = owner_or_link(jobs, request.scope, f"{PATH}/{job}/events")
        found = await jobs.of(job, sees)
        return followed(partial(jobs.follow, found.id), after, last_event_id)


def _add_files(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/{{job}}/files", dependencies=WORDS, **FILES_DOCS)
    async def files(request: Request, job: str, limit: Limit = PAGE, after: After = "") -> Response:
        found = await jobs.of(job, owner(jobs, request.scope).sees)
        made = await jobs.looked(jobs.place(found).results, after, limit)
        root = request.scope.get("root_path", "")
        told = [
            {**each._asdict(), "url": root + jobs.links.result(job, each.name)} for each in made
        ]
        more = made[-1].name if len(made) == limit else None
        return as_response(json_answer(200, {"files": told, "next": more}))

    @gets(api, f"{PATH}/{{job}}/files/{{name:path}}", FILE_DOCS)
    async def file(request: Request, job: str, name: str) -> Response:
        sees = owner_or_link(jobs, request.scope, f"{PATH}/{job}/files/{name}")
        place = jobs.place(await jobs.of(job, sees))
        ttl_s = jobs.settings.jobs.link_ttl_s
        elsewhere = await jobs.looked(place.address, name, ttl_s, request.method)
        if elsewhere is not None:
            pairs = {"location": elsewhere, "cache-control": NO_STORE, "content-length": "0"}
            return as_response(Answer(TEMPORARY_REDIRECT, encode_headers(pairs.items())))
        found = await jobs.looked(place.file, name)
        content = await jobs.looked(_content, found, name)
        return Ranged(content, request.headers, request.method)


def _content(file: Path, name: str) -> Content:
    found = file.stat()
    return Content(
        size=found.st_size,
        etag=f"{found.st_mtime_ns:x}-{found.st_size:x}",
        type=content_type(name),
        read=partial(_pieces, file),
        headers=_headers(name),
    )


def _pieces(file: Path, start: int, stop: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(start)
        while piece := opened.read(min(PIECE, stop - opened.tell())):
            yield piece


def _headers(name: str) -> dict[str, str]:
    """Return what keeps a browser from taking a result for more than it is."""
    stem = quote(name.rpartition("/")[2])
    return {
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "content-disposition": f"inline; filename*=UTF-8''{stem}",
    }


def to_json(job: Job, jobs: Jobs, root: str) -> dict[str, Any]:
    """Return a job with the ways to what belongs to it."""
    own = f"{root}{PATH}/{job.id}"
    links = {"self": own, "events": root + jobs.links.events(job.id), "files": f"{own}/files"}
    return {**job.to_json(), "links": links}


async def read_json(arriving: Arriving, _: int, grace_s: float) -> Body:
    """Return a body that is JSON. Raises BadBody, BodyTooSlow, SourceTooLarge."""
    kind = arriving.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadBody("Expected JSON with the header `content-type: application/json`.")
    try:
        data = await bounded(arriving, MOST_BYTES, grace_s, json_too_large(MOST_BYTES)).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why
    return Body(content=await asyncio.to_thread(parsed, data))
