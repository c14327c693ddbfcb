"""`/v1/people/.../clusters`, `/names`, `/duplicates`: who nobody has named, and how they look."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.enrolled import EVERYTHING
from foveate.errors import BadOption, UnknownFace
from foveate.people.clusters import MOST_NEIGHBOURS
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers
from foveate.server.gate import visiting
from foveate.server.openapi import BINARY, json_response
from foveate.server.response import as_response
from foveate.server.routes.enrol import KEPT_EXAMPLE, SUBJECT, docs
from foveate.server.routes.people import Limit, Offset, changed
from foveate.service.compared import Compared
from foveate.service.face_pictures import as_jpeg
from foveate.service.register import MOST_PAIRS, UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi import FastAPI

    from foveate.enrolled import Selection
    from foveate.server.door import Door
    from foveate.service.access import Visit
    from foveate.service.people import People

MOST_COMPARED: Final = 20_000
"""Faces that one request may have compared with each other: that takes some seconds."""
MOST_SHOWN: Final = 100
"""Faces of one group that are told, and faces that one request may name."""
NAMELESS: Final = {**KEPT_EXAMPLE, "subject": None}
AMONG: Final = f"Of up to {MOST_COMPARED:,} faces; on the command line there may be more."


CLUSTERS_DOCS: Final = docs(
    "Group the faces that nobody has named",
    f"By who they look like. {AMONG} Needs the scope `read`.",
    json_response(
        f"A page of groups, the largest first, each with up to {MOST_SHOWN} of its faces.",
        {"total": 1, "clusters": [{"count": 2, "faces": [NAMELESS, NAMELESS]}]},
    ),
)
DUPLICATES_DOCS: Final = docs(
    "Pairs of faces that come from one picture",
    f"Copies, however they were saved: up to {MOST_NEIGHBOURS} of each face, and {MOST_PAIRS:,} "
    f"pairs. {AMONG} Needs the scope `read`.",
    json_response(
        "A page of pairs, the most alike first.",
        {"total": 1, "pairs": [{"cosine": 0.9713, "faces": [KEPT_EXAMPLE, KEPT_EXAMPLE]}]},
    ),
)
NAMES_DOCS: Final = docs(
    "Say who faces are",
    "Of a cluster, any one face is enough. Faces that are another's only with `force`. Needs the "
    "scope `write`.",
    json_response("How many faces got the name.", {"faces": 2}),
)
CROP_DOCS: Final = docs(
    "A face as a picture",
    "Where crops are kept (FOVEATE_PEOPLE__KEEP_CROPS), 112 x 112 pixels; else 404. Needs the "
    "scope `read`.",
    {"description": "The face.", "content": {"image/jpeg": BINARY}},
)
CROPS_DOCS: Final = docs(
    "Faces as pictures",
    f"Of up to {MOST_SHOWN} faces at once. Needs the scope `read`.",
    json_response(
        "By id, the JPEG of each face of which a crop is kept, in base64.",
        {"crops": {KEPT_EXAMPLE["id"]: "/9j/4AAQSkZJRg..."}},
    ),
)


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_lists(api, door)
    _add_names(api, door)
    _add_crop(api, door)


def _add_lists(api: FastAPI, door: Door) -> None:
    verbs, compared = door.core.people, Compared()

    @api.get("/v1/people/{collection}/clusters", **CLUSTERS_DOCS)
    async def clusters(
        request: Request, collection: str, limit: Limit = 100, offset: Offset = 0
    ) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "clusters")
        asked = _Asked(verbs, compared, "clusters", collection, UNNAMED)

        def told() -> dict[str, Any]:
            found = asked.found(verbs.clusters)
            visit.note(count=len(found))
            page = verbs.grouped(collection, found[offset : offset + limit], most=MOST_SHOWN)
            return {"total": len(found), "clusters": [each.to_json() for each in page]}

        return as_response(await door.ask(request, told, asked.need))

    @api.get("/v1/people/{collection}/duplicates", **DUPLICATES_DOCS)
    async def duplicates(
        request: Request, collection: str, limit: Limit = 100, offset: Offset = 0
    ) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "duplicates")
        asked = _Asked(verbs, compared, "copies", collection, EVERYTHING)

        def told() -> dict[str, Any]:
            found = asked.found(verbs.alike)
            visit.note(count=len(found))
            page = verbs.paired(collection, found[offset : offset + limit])
            return {"total": len(found), "pairs": [each.to_json() for each in page]}

        return as_response(await door.ask(request, told, asked.need))


@dataclass(slots=True)
class _Asked:
    """What one request has compared: at one revision, with the memory that it needs for that."""

    verbs: People
    compared: Compared
    word: str
    collection: str
    selection: Selection
    revision: str = ""
    known: Sequence[Any] | None = None

    def need(self) -> int:
        """Return how many bytes it takes to find that, which are none where it was found before."""
        self.revision = self.verbs.store.revision(self.collection)
        self.known = self.compared.known(self.word, self.collection, self.revision)
        if self.known is not None:
            return 0
        return self.verbs.comparing_bytes(self.collection, self.selection, most=MOST_COMPARED)

    def found(self, verb: Callable[..., Sequence[Any]]) -> Sequence[Any]:
        """Return what was found before, or what `verb` finds, once it is known what that needs."""
        if self.known is not None:
            return self.known
        find = partial(verb, self.collection, most=MOST_COMPARED)
        return self.compared.of(self.word, self.collection, self.revision, find)


def _add_names(api: FastAPI, door: Door) -> None:
    verbs = door.core.people

    @api.post("/v1/people/{collection}/names", **NAMES_DOCS)
    async def names(
        request: Request,
        collection: str,
        faces: Annotated[list[str], Query(description="The id of a face; repeat it for more.")],
        subject: Annotated[str, Query(**SUBJECT)],
        cluster: Annotated[  # noqa: FBT002
            bool, Query(description="Name all unnamed faces that belong to this one.")
        ] = False,
        force: Annotated[  # noqa: FBT002
            bool, Query(description="Take the faces from whoever has them already.")
        ] = False,
    ) -> Response:
        visit = visiting(door.core, request, Scope.WRITE, collection, "name")
        if len(faces) > (1 if cluster else MOST_SHOWN):
            wanted = "one face of a cluster" if cluster else f"up to {MOST_SHOWN} faces"
            raise BadOption(f"Expected {wanted}, got {len(faces)}.")
        told = partial(_named, door, visit, faces, subject, cluster=cluster, force=force)
        need = partial(verbs.comparing_bytes, collection, UNNAMED, most=MOST_COMPARED)
        return as_response(await door.ask(request, told, need if cluster else None))


def _add_crop(api: FastAPI, door: Door) -> None:
    @api.get("/v1/people/{collection}/faces/{face}/crop", **CROP_DOCS)
    async def crop(request: Request, collection: str, face: str) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "crop")
        return as_response(await door.do(request, partial(_crop, door, visit, face)))

    @api.get("/v1/people/{collection}/crops", **CROPS_DOCS)
    async def crops(
        request: Request,
        collection: str,
        faces: Annotated[list[str], Query(description="The id of a face; repeat it for more.")],
    ) -> Response:
        visit = visiting(door.core, request, Scope.READ, collection, "crop")
        if len(faces) > MOST_SHOWN:
            raise BadOption(f"Expected up to {MOST_SHOWN} faces, got {len(faces)}.")
        return as_response(await door.ask(request, partial(_crops, door, visit, faces)))


def _named(
    door: Door, visit: Visit, faces: Sequence[str], subject: str, *, cluster: bool, force: bool
) -> dict[str, Any]:
    verbs, collection = door.core.people, visit.collection
    if cluster:
        faces = verbs.cluster_of(collection, faces[0], most=MOST_COMPARED)
    act = partial(verbs.name, collection, faces, subject, force=force)
    return changed(visit, act, "faces", subjects=[subject], faces=faces)


def _crops(door: Door, visit: Visit, faces: Sequence[str]) -> dict[str, Any]:
    visit.note("asked", faces=faces)
    kept = door.core.people.crops(visit.collection, faces)
    return {"crops": {face: b64encode(as_jpeg(crop)).decode() for face, crop in kept.items()}}


def _crop(door: Door, visit: Visit, face: str) -> Answer:
    visit.note("asked", faces=[face])
    kept = door.core.people.face(visit.collection, face).crop
    if not kept:
        raise UnknownFace(f"No crop of the face {face} is kept.")
    data = as_jpeg(kept)
    headers = {
        "content-type": "image/jpeg",
        "content-length": str(len(data)),
        "cache-control": NO_STORE,
        "x-content-type-options": "nosniff",
    }
    return Answer(200, encode_headers(headers.items()), data)
