"""What OpenAPI says of `/v1/datasets`: words and examples, as data."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from foveate.server.openapi import BINARY, FAILURES, documented, json_response
from foveate.server.routes.jobs_docs import ACCEPTED, NO_CONTENT
from foveate.storage.dataset_paths import PATH

ID: Final = "shoes_foveate-1.4_0f3c9a7be1d2c4f5"
OWN: Final = f"{PATH}/{ID}"
LINKS: Final = {
    "self": OWN,
    "events": f"{OWN}/events?exp=1796000000&sig=5d41...",
    "manifest": f"{OWN}/manifest",
    "statistics": f"{OWN}/statistics",
    "files": f"{OWN}/files",
    "archive": f"{OWN}/archive",
}
EXAMPLE: Final = {
    "id": ID,
    "state": "ready",
    "name": "shoes",
    "handler": "foveate",
    "version": "1.4",
    "config": {"seed": 0, "shards": {"format": "webdataset", "samples": 500}},
    "raw_digest": "b7f1...",
    "created": "2026-11-27T12:00:00.000Z",
    "started": "2026-11-27T12:00:00.120Z",
    "finished": "2026-11-27T12:41:07.300Z",
    "used": "2026-11-27T12:41:09.000Z",
    "downloads": 3,
    "pinned": False,
    "bytes": 4_812_003_211,
    "samples": 61_200,
    "progress": {"chunks": 12, "of_chunks": 12, "samples": 5100, "of_samples": 5100, "eta_s": 0.0},
    "last_event": 41,
    "links": LINKS,
}
EVENTS: Final = """\
id: 1
event: queued
data: {"number":1,"event":"queued","at":"2026-11-27T12:00:00.000Z","data":{}}

id: 9
event: progress
data: {"number":9,"event":"progress","at":"2026-11-27T12:00:09.310Z","data":{"chunks":1,...}}

id: 41
event: ready
data: {"number":41,"event":"ready","at":"2026-11-27T12:41:07.300Z","data":{"bytes":4812003211,...}}

"""
docs = partial(documented, "Datasets")


def _file(summary: str, about: str, kind: str) -> dict[str, Any]:
    whole = {"description": "All of it.", "content": {kind: BINARY}}
    part = {"description": "The part that `Range` asks for.", "content": {kind: BINARY}}
    return {**docs(summary, about, whole), "responses": {200: whole, 206: part, **FAILURES}}


POST_DOCS: Final = docs(
    "Ask for a dataset",
    "Made of raw data by a version of a handler, with a configuration that its schema allows. 200 "
    "and `ready` where that very dataset is there; else 202, and it is made from now on, once, "
    "whoever asks meanwhile. The id stands for all that it is made of, so the answer waits for a "
    "look at the raw data, however long that takes. `webhook` is posted to at its end. Needs the "
    "scope `write`.",
    json_response("How it stands.", EXAMPLE),
)
POST_DOCS["responses"][202] = json_response("It is made.", {**EXAMPLE, "state": "queued"})
POST_DOCS["openapi_extra"] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "description": "Of raw data."},
                        "handler": {"type": "string", "default": "foveate"},
                        "version": {"type": "string", "description": "Empty is the newest."},
                        "config": {"type": "object"},
                        "webhook": {"type": "string", "format": "uri"},
                    },
                },
                "example": {
                    "name": "shoes",
                    "handler": "foveate",
                    "config": {"seed": 7, "shards": {"format": "webdataset"}},
                },
            }
        },
    }
}
LIST_DOCS: Final = docs(
    "List datasets",
    "The newest first; `next` is what `after` is for the next page.",
    json_response("A page.", {"datasets": [EXAMPLE], "next": None}),
)
GET_DOCS: Final = docs(
    "A dataset",
    "How it stands. With `after` its `events` after that one are told too; with `wait` the answer "
    "comes once there are some, or after so many seconds: polling that is as quick as events.",
    json_response("The dataset.", EXAMPLE),
)
PIN_DOCS: Final = docs(
    "Keep a dataset",
    "Neither age nor want of room lets it go. Needs the scope `write`.",
    json_response("The dataset.", {**EXAMPLE, "pinned": True}),
)
UNPIN_DOCS: Final = docs(
    "Let a dataset go in its time",
    "As it was before it was pinned. Needs the scope `write`.",
    json_response("The dataset.", EXAMPLE),
)
CANCEL_DOCS: Final = docs(
    "Cancel a dataset",
    "One that is queued or running is `failed` from now on, as `DatasetCancelled`, for everybody "
    "who asked for it; whoever makes it stops in a moment. What is finished stays, and it goes on "
    "there when somebody asks for it again. One that has ended stays as it is. Needs the scope "
    "`write`.",
    json_response("The dataset.", {**EXAMPLE, "state": "failed"}),
    ACCEPTED,
)
DELETE_DOCS: Final = docs(
    "Delete a dataset",
    "It is made again, byte by byte, when somebody asks for it. 409 while it is made. Needs the "
    "scope `admin`.",
    {"description": "It is gone."},
    NO_CONTENT,
)
EVENTS_DOCS: Final = docs(
    "Follow a dataset",
    "Events as they happen, until it is ready or has failed; of `progress` only the last is kept. "
    "Whoever lost the connection says with `Last-Event-ID` or `after` which event he had last. A "
    "WebSocket at the same address sends the data of each event as a message. Opened by a key, or "
    "by the link in `links.events`, as browsers send no header here.",
    {"description": "Events.", "content": {"text/event-stream": {"example": EVENTS}}},
)
FILES_DOCS: Final = docs(
    "List the files of a dataset",
    "Each has its SHA-256; `shards/NAME` hands it out. `next` is what `after` is for more of them.",
    json_response(
        "A page.",
        {
            "files": [{"name": "train-00000-00.tar", "bytes": 268435456, "sha256": "9f86..."}],
            "next": None,
        },
    ),
)
SHARD_DOCS: Final = _file(
    "A file of a dataset",
    "With `Range`; its ETag is its SHA-256. Of a bucket: the way to it.",
    "application/octet-stream",
)
MANIFEST_DOCS: Final = _file(
    "The manifest of a dataset",
    "What it was made of and how, its splits and classes, and all its files with digests.",
    "application/json",
)
STATISTICS_DOCS: Final = _file(
    "The statistics of a dataset", "Of the whole, and of each shard.", "application/json"
)
ARCHIVE_DOCS: Final = _file(
    "A dataset as one zip",
    "Nothing in it is compressed, and it is the same whenever it is asked for: with `Range` a "
    "download goes on where it was lost.",
    "application/zip",
)
HANDLERS_DOCS: Final = docs(
    "List handlers",
    "Each with the JSON Schema of its configuration, and what is installed and cannot be used.",
    json_response(
        "All of them.",
        {
            "handlers": [{"name": "foveate", "version": "1.4", "pin": "4be1...", "schema": {}}],
            "broken": [
                {
                    "name": "thumbnails-1.0",
                    "message": "Expected thumbnails-1.0/handler.json as it was written, got "
                    "another one: remove this version, and install it again.",
                }
            ],
        },
    ),
)
RAW_DOCS: Final = docs(
    "List raw data",
    "What datasets may be made of, and what is registered by a file that cannot be read.",
    json_response(
        "All of it.",
        {
            "raw": [{"name": "shoes", "kind": "imagefolder", "licence": "CC0"}],
            "broken": [
                {
                    "name": "hats",
                    "message": "Expected hats.json to be JSON, got what is none.",
                }
            ],
        },
    ),
)
SECRET_DOCS: Final = docs(
    "What webhooks are signed with",
    "The secret with which webhooks that this key asked for are signed, as standardwebhooks.com "
    "has it. Needs the scope `write`.",
    json_response("The secret.", {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
)
