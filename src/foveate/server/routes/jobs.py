"""`/v1/jobs`: batches that the server works on by itself, and what is to be known of them."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import Header, Query
from fastapi.responses import FileResponse, Response
from starlette.requests import ClientDisconnect, Request

from foveate.errors import BadBody, BadOption, ClientDisconnected
from foveate.jobs.job import State
from foveate.jobs.links import PATH
from foveate.jobs.places import MOST, content_type
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.body import Body, bounded
from foveate.server.events import BEAT, Followed, event_bytes
from foveate.server.jobs import owner, owner_or_link
from foveate.server.openapi import FAILURES, json_response
from foveate.server.response import as_response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import FastAPI

    from foveate.jobs.job import Event, Job
    from foveate.jobs.room import Jobs
    from foveate.server.body import Arriving
    from foveate.server.door import Door, Posted

MOST_BYTES: Final = 1024 * 1024
CREATED, ACCEPTED, NO_CONTENT, FOUND = 201, 202, 204, 307
PAGE: Final = 100
TAGS: Final[dict[str, Any]] = {"tags": ["Jobs"]}
LINKS: Final = {
    "self": f"{PATH}/4f1c0e5d9a7b2c3d4e5f",
    "events": f"{PATH}/4f1c0e5d9a7b2c3d4e5f/events?exp=1796000000&sig=5d41...",
    "files": f"{PATH}/4f1c0e5d9a7b2c3d4e5f/files",
}
EXAMPLE: Final = {
    "id": "4f1c0e5d9a7b2c3d4e5f",
    "state": "running",
    "created": "2026-11-27T12:00:00.000Z",
    "started": "2026-11-27T12:00:00.120Z",
    "finished": None,
    "description": {"sources": ["shop"], "renditions": [{"options": "width=800", "name": ""}]},
    "progress": {
        "total": 1200,
        "done": 310,
        "before": 0,
        "failed": 1,
        "errors": {"BrokenImage": 1},
    },
    "links": LINKS,
}
EVENTS: Final = """\
id: 2
event: running
data: {"number":2,"event":"running","at":"2026-11-27T12:00:00.120Z","data":{}}

id: 9
event: progress
data: {"number":9,"event":"progress","at":"2026-11-27T12:00:01.310Z","data":{"done":14,...}}

"""


def docs(summary: str, about: str, answer: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """Return what OpenAPI says of a route."""
    told = {"summary": summary, "description": about, "status_code": status}
    return {**TAGS, **told, "responses": {status: answer, **FAILURES}}


BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["sources"],
                    "properties": {
                        "sources": {"type": "array", "items": {"type": "string"}},
                        "renditions": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "options": {"type": "string"},
                                    "name": {"type": "string"},
                                },
                            },
                        },
                        "parts": {"type": "array", "items": {"type": "string"}},
                        "crops": {"type": "array", "items": {"type": "string"}},
                        "tables": {"type": "string", "enum": ["jsonl", "parquet"]},
                        "on_error": {"type": "string", "enum": ["continue", "stop"]},
                        "out": {"type": "string"},
                        "webhook": {"type": "string", "format": "uri"},
                    },
                },
                "example": {
                    "sources": ["shop"],
                    "renditions": [{"options": "width=800"}, {"options": "width=300,format=webp"}],
                    "webhook": "https://example.com/done",
                },
            }
        },
    }
}
POST_DOCS: Final = docs(
    "Queue a job",
    "What `foveate batch` does, for paths below the origin and allowed addresses. `out` names the "
    "folder of the results below that of the key; without it that is the id. With the same "
    "`Idempotency-Key` and body the job is the one of before (200). Needs the scope `write`.",
    json_response("The job.", EXAMPLE),
    CREATED,
)
POST_DOCS["openapi_extra"] = BODY
LIST_DOCS: Final = docs(
    "List jobs",
    "The newest first; `next` is what `after` is for the next page. A key sees its own jobs, one "
    "with the scope `admin` everybody's.",
    json_response("A page.", {"jobs": [EXAMPLE], "next": None}),
)
GET_DOCS: Final = docs("A job", "How it stands.", json_response("The job.", EXAMPLE))
CANCEL_DOCS: Final = docs(
    "Cancel a job",
    "One that waits is cancelled at once, one that runs in a moment: its event `cancelled` says "
    "when. What is done stays. Needs the scope `write`.",
    json_response("The job.", EXAMPLE),
    ACCEPTED,
)
DELETE_DOCS: Final = docs(
    "Delete a job and its results",
    "One that has ended. Needs the scope `write`.",
    {"description": "It is gone."},
    NO_CONTENT,
)
EVENTS_DOCS: Final = docs(
    "Follow a job",
    "Events as they happen, until it has ended; of `progress` only the last is kept. Whoever lost "
    "the connection says with `Last-Event-ID` or `after` which event he had last. A WebSocket at "
    "the same address sends the data of each event as a message. Opened by the key of the job, or "
    "by the link in `links.events`, as browsers send no header here.",
    {"description": "Events.", "content": {"text/event-stream": {"example": EVENTS}}},
)
FILES_DOCS: Final = docs(
    "List the results of a job",
    "By name, with a signed link to each; `next` is what `after` is for the next page.",
    json_response(
        "A page.",
        {
            "files": [
                {
                    "name": "a-1.jpg",
                    "bytes": 48210,
                    "url": f"{LINKS['files']}/a-1.jpg?exp=1796000000&sig=7d79...",
                }
            ],
            "next": None,
        },
    ),
)
FILE_DOCS: Final = docs(
    "A result",
    "By its signed link. Of a bucket: the way to it.",
    {"description": "The file.", "content": {"*/*": {}}},
)
SECRET_DOCS: Final = docs(
    "What webhooks are signed with",
    "The secret with which webhooks of this key's jobs are signed, as standardwebhooks.com has it. "
    "Needs the scope `write`.",
    json_response("The secret.", {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
)
Limit = Annotated[int, Query(description="So many at most.", ge=1, le=MOST)]
After = Annotated[str, Query(description="The last one that is known.")]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_jobs(api, door)
    _add_job(api, door.jobs)
    _add_events(api, door.jobs)
    _add_files(api, door.jobs)


def _add_jobs(api: FastAPI, door: Door) -> None:
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

    @api.get(PATH, **LIST_DOCS)
    async def list_(
        request: Request,
        state: Annotated[str, Query(description="Only those in this state.")] = "",
        limit: Limit = PAGE,
        after: After = "",
    ) -> Response:
        who = owner(jobs, request.scope)
        if state and state not in list(State):
            raise BadOption(f"Expected a state out of {', '.join(State)}, got {state[:40]!r}.")
        found = await jobs.list(who.sees, state, limit, after)
        root = request.scope.get("root_path", "")
        told = [to_json(job, jobs, root) for job in found]
        more = found[-1].id if len(found) == limit else None
        return as_response(json_answer(200, {"jobs": told, "next": more}))

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
        await jobs.delete(job, who.sees)
        return Response(status_code=NO_CONTENT)


def _add_events(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/{{job}}/events", **EVENTS_DOCS)
    async def events(
        request: Request,
        job: str,
        after: Annotated[int, Query(description="The last event that is known.", ge=0)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> Response:
        sees = owner_or_link(jobs, request.scope, f"{PATH}/{job}/events")
        found = await jobs.of(job, sees)
        if last_event_id.isascii() and last_event_id.isdecimal():
            after = int(last_event_id[:18])
        return Followed(_sent(jobs.follow(found.id, after)))


async def _sent(events: AsyncGenerator[Event | None]) -> AsyncGenerator[bytes]:
    async with aclosing(events):
        async for event in events:
            if event is None:
                yield BEAT
            else:
                yield event_bytes(event.name, event.to_json(), event.number)


def _add_files(api: FastAPI, jobs: Jobs) -> None:
    @api.get(f"{PATH}/{{job}}/files", **FILES_DOCS)
    async def files(request: Request, job: str, limit: Limit = PAGE, after: After = "") -> Response:
        found = await jobs.of(job, owner(jobs, request.scope).sees)
        made = await asyncio.to_thread(jobs.place(found).results, after, limit)
        root = request.scope.get("root_path", "")
        told = [
            {**each._asdict(), "url": root + jobs.links.result(job, each.name)} for each in made
        ]
        more = made[-1].name if len(made) == limit else None
        return as_response(json_answer(200, {"files": told, "next": more}))

    @api.get(f"{PATH}/{{job}}/files/{{name:path}}", **FILE_DOCS)
    async def file(request: Request, job: str, name: str) -> Response:
        sees = owner_or_link(jobs, request.scope, f"{PATH}/{job}/files/{name}")
        place = jobs.place(await jobs.of(job, sees))
        ttl_s = jobs.settings.jobs.link_ttl_s
        elsewhere = await asyncio.to_thread(place.address, name, ttl_s)
        if elsewhere is not None:
            pairs = {"location": elsewhere, "cache-control": NO_STORE, "content-length": "0"}
            return as_response(Answer(FOUND, encode_headers(pairs.items())))
        found = await asyncio.to_thread(place.file, name)
        return FileResponse(found, media_type=content_type(name), headers=_headers(name))


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
        data = await bounded(arriving, MOST_BYTES, grace_s).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why
    return Body(content=await asyncio.to_thread(_parsed, data))


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as why:
        raise BadBody("Expected JSON, got something that is not.") from why
