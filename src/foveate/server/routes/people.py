"""`/v1/people`: who is enrolled: lists, names, and being erased."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.enrolled import Selection, seconds
from foveate.people.keys import Scope
from foveate.server.gate import caller, check_allowed, visiting
from foveate.server.openapi import json_response
from foveate.server.response import as_response
from foveate.server.routes.enrol import KEPT_EXAMPLE, METADATA, ONLY, docs, object_of
from foveate.service.access import counted
from foveate.service.found import columns_of, enrolled_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI

    from foveate.server.door import Door
    from foveate.service.access import Caller, Visit

MOST: Final = 1000
"""Rows of one page."""


def _docs(summary: str, scope: str, said: str, example: Mapping[str, object]) -> dict[str, Any]:
    return docs(summary, f"Needs the scope `{scope}`.", json_response(said, example))


COLLECTIONS_DOCS: Final = _docs(
    "Collections",
    "read",
    "Those that the key may read.",
    {
        "collections": [
            {
                "name": "team",
                "faces": 12,
                "model": "mobilefacenet",
                "version": 3,
                "sealed": "44d2f31a4273ed30",
            }
        ]
    },
)
MAKE_DOCS: Final = _docs(
    "Make a collection",
    "write",
    "What it is, made now or there before.",
    {"name": "team", "faces": 0},
)
DROP_DOCS: Final = _docs("Erase a collection", "admin", "How many faces it had.", {"erased": 12})
FACES_DOCS: Final = _docs("Faces", "read", "A page, oldest first.", {"faces": [KEPT_EXAMPLE]})
DESCRIBE_DOCS: Final = _docs(
    "Change the metadata of a face", "write", "The face as it is now.", KEPT_EXAMPLE
)
CHANGE: Final[dict[str, Any]] = {
    "description": "A JSON object of what changes (RFC 7396): a key that is null goes, others are "
    "set, and those that it does not name stay.",
    "examples": ['{"door": 4, "team": null}'],
}
ERASE_FACE_DOCS: Final = _docs("Erase a face", "write", "How many faces.", {"erased": 1})
SUBJECTS_DOCS: Final = _docs(
    "Subjects",
    "read",
    "A page, by name; `face` is the best one of each, or null.",
    {
        "subjects": [
            {"name": "Ann", "faces": 3, "added": 1_764_000_000.0, "face": KEPT_EXAMPLE["id"]}
        ]
    },
)
RENAME_DOCS: Final = _docs("Call a subject otherwise", "write", "How many faces.", {"faces": 3})
MERGE_DOCS: Final = _docs(
    "Give the faces of a subject to another", "write", "How many faces.", {"faces": 3}
)
ERASE_OLD_DOCS: Final = _docs(
    "Erase the faces that were enrolled long ago", "write", "How many faces.", {"erased": 3}
)
ERASE_DOCS: Final = _docs("Erase a subject", "write", "How many faces.", {"erased": 3})
Limit = Annotated[int, Query(description=f"So many at most, up to {MOST}.", ge=1, le=MOST)]
PASSED: Final = (
    "Leave out so many, of those that there are now: whoever erases the rows of a page finds the "
    "next ones at the same offset."
)
Offset = Annotated[int, Query(description=PASSED, ge=0)]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    for one in ROUTES:
        one(api, door)


def _add_collections(api: FastAPI, door: Door) -> None:
    @api.get("/v1/people", **COLLECTIONS_DOCS)
    async def collections(request: Request) -> Response:
        who = caller(door.core, request)
        return as_response(await door.ask(request, partial(_collections, door, who)))


def _add_make(api: FastAPI, door: Door) -> None:
    @api.put("/v1/people/{collection}", **MAKE_DOCS)
    async def make(request: Request, collection: str) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "create")

        def told() -> dict[str, Any]:
            act = partial(door.core.people.make, collection)
            return columns_of(visit.change(act, lambda _: {}), "name", "faces")

        return as_response(await door.ask(request, told))


def _add_subjects(api: FastAPI, door: Door) -> None:
    @api.get("/v1/people/{collection}/subjects", **SUBJECTS_DOCS)
    async def subjects(
        request: Request,
        collection: str,
        prefix: Annotated[str, Query(description="Only names that begin so.")] = "",
        contains: Annotated[
            str, Query(description="Only names that contain that, in any case.")
        ] = "",
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        check_allowed(door.core, request, Scope.READ, collection)

        page = {"prefix": prefix, "contains": contains, "offset": offset, "limit": limit}
        told = partial(_subjects, door, collection, page)
        return as_response(await door.ask(request, told))


def _add_faces(api: FastAPI, door: Door) -> None:
    @api.get("/v1/people/{collection}/faces", **FACES_DOCS)
    async def faces(  # noqa: PLR0913, PLR0917 - each is a word of the query
        request: Request,
        collection: str,
        subject: Annotated[list[str] | None, Query(**ONLY)] = None,
        named: Annotated[
            bool | None, Query(description="Those with a subject, or those without.")
        ] = None,
        metadata: Annotated[str, Query(**METADATA)] = "",
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        check_allowed(door.core, request, Scope.READ, collection)
        meant = Selection(subjects=tuple(subject or ()), named=named, metadata=object_of(metadata))

        def told() -> dict[str, Any]:
            rows = door.core.people.told(collection, meant, offset=offset, limit=limit)
            return {"faces": [enrolled_to_json(face) for face in rows]}

        return as_response(await door.ask(request, told))


def _add_rename(api: FastAPI, door: Door) -> None:
    @api.post("/v1/people/{collection}/subjects/{subject:path}/rename", **RENAME_DOCS)
    async def rename(
        request: Request,
        collection: str,
        subject: str,
        name: Annotated[str, Query(description="The new name.")],
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "rename")
        act = partial(door.core.people.rename, collection, subject, name)
        told = partial(changed, visit, act, "faces", subjects=[subject, name])
        return as_response(await door.ask(request, told))


def _add_merge(api: FastAPI, door: Door) -> None:
    @api.post("/v1/people/{collection}/subjects/{subject:path}/merge", **MERGE_DOCS)
    async def merge(
        request: Request,
        collection: str,
        subject: str,
        into: Annotated[str, Query(description="The subject who gets the faces.")],
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "merge")
        act = partial(door.core.people.merge, collection, subject, into)
        told = partial(changed, visit, act, "faces", subjects=[subject, into])
        return as_response(await door.ask(request, told))


def _add_drop(api: FastAPI, door: Door) -> None:
    @api.delete("/v1/people/{collection}", **DROP_DOCS)
    async def drop(request: Request, collection: str) -> Response:
        visit = visiting(door.core, request, Scope.ADMIN, collection, "erase")
        told = partial(changed, visit, partial(door.core.people.drop, collection), "erased")
        return as_response(await door.ask(request, told))


def _add_erase_old(api: FastAPI, door: Door) -> None:
    @api.delete("/v1/people/{collection}/faces", **ERASE_OLD_DOCS)
    async def erase_old(
        request: Request,
        collection: str,
        older_than: Annotated[str, Query(description="How long: 1095d, 2w, 12h or 30m.")],
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "erase")
        before = time.time() - seconds(older_than)
        act = partial(door.core.people.erase_before, collection, before)
        told = partial(changed, visit, act, "erased", added_before=round(before, 3))
        return as_response(await door.ask(request, told))


def _add_erase(api: FastAPI, door: Door) -> None:
    @api.delete("/v1/people/{collection}/subjects/{subject:path}", **ERASE_DOCS)
    async def erase(request: Request, collection: str, subject: str) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "erase")
        act = partial(door.core.people.erase_subject, collection, subject)
        told = partial(changed, visit, act, "erased", subjects=[subject])
        return as_response(await door.ask(request, told))


def _add_describe(api: FastAPI, door: Door) -> None:
    @api.patch("/v1/people/{collection}/faces/{face}", **DESCRIBE_DOCS)
    async def describe(
        request: Request,
        collection: str,
        face: str,
        metadata: Annotated[str, Query(**CHANGE)],
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "describe")
        act = partial(door.core.people.describe, collection, face, object_of(metadata))

        def told() -> dict[str, Any]:
            made = visit.change(act, lambda _: counted(1), sync=True, faces=[face])
            return enrolled_to_json(made)

        return as_response(await door.ask(request, told))


def _add_erase_face(api: FastAPI, door: Door) -> None:
    @api.delete("/v1/people/{collection}/faces/{face}", **ERASE_FACE_DOCS)
    async def erase_face(request: Request, collection: str, face: str) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "erase")
        act = partial(door.core.people.erase, collection, Selection(ids=(face,)))
        told = partial(changed, visit, act, "erased", faces=[face])
        return as_response(await door.ask(request, told))


ROUTES: Final = (
    _add_collections,
    _add_make,
    _add_subjects,
    _add_faces,
    _add_rename,
    _add_merge,
    _add_drop,
    _add_erase_old,
    _add_erase,
    _add_describe,
    _add_erase_face,
)


def _collections(door: Door, who: Caller) -> dict[str, Any]:
    rows = [row for row in door.core.people.collections() if who.may(Scope.READ, row.name)]
    words = ("name", "faces", "model", "version", "sealed")
    return {"collections": [columns_of(row, *words) for row in rows]}


def _subjects(door: Door, collection: str, page: Mapping[str, Any]) -> dict[str, Any]:
    rows = door.core.people.subjects(collection, **page)
    best = door.core.people.best_faces(collection, [row.name for row in rows if row.faces])
    words = ("name", "faces", "added")
    return {"subjects": [{**columns_of(row, *words), "face": best.get(row.name)} for row in rows]}


def changed(
    visit: Visit,
    act: Callable[[], int],
    said: str,
    **about: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return under a word how many faces a change was of, which is noted before and after it."""
    # On the disk before anything is changed, and again when it was: an erasure can be shown.
    return {said: visit.change(act, counted, sync=True, **about)}
