"""What OpenAPI says of `/v1/jobs`: words and examples, as data."""

from __future__ import annotations

from functools import partial
from typing import Final

from foveate.jobs.links import PATH
from foveate.server.openapi import documented, json_response

CREATED, ACCEPTED, NO_CONTENT = 201, 202, 204
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
docs = partial(documented, "Jobs")

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
DELETE_DOCS["responses"][ACCEPTED] = {
    "description": "It is gone; its results are being removed still."
}
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
