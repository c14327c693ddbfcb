"""`POST /v1/crops`: a box for each of many shapes, or a zip with a picture for each."""

from __future__ import annotations

import asyncio
import io
import zipfile
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.imaging.encode import ending_of
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.gate import naming
from foveate.server.headers import picture_headers, work_headers
from foveate.server.openapi import FAILURES, POSTS, json_response, request_body
from foveate.server.response import as_response
from foveate.service.aims import read_faces, read_gravity, read_objects
from foveate.service.formats import SETS, wanted
from foveate.service.serialise import BOX_EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI

    from foveate.enrolled import Named
    from foveate.options.model import Faces
    from foveate.rendition import Rendition
    from foveate.server.door import Door, Posted

EXAMPLE: Final = {
    "crops": [{"name": "story", "aspect": "9:16", "box": BOX_EXAMPLE, "gravity": "face"}],
    "timings_ms": {"decode": 6.1, "faces": 21.4},
}
DOCS: Final[dict[str, Any]] = {
    **POSTS,
    "summary": "Find the best crop for many aspect ratios",
    "description": (
        "One look at the picture, one box for each ratio or named format; or a zip of the "
        "pictures, those of named formats at their own pixels."
    ),
    "openapi_extra": request_body(),
    "responses": {200: json_response("The boxes, or a zip with `render`.", EXAMPLE), **FAILURES},
}
ASPECT: Final[dict[str, Any]] = {
    "description": "Width to height, such as 9:16, or a format's name; repeat it for more.",
    "examples": [["1:1", "story"]],
}
SET: Final[dict[str, Any]] = {
    "description": f"All formats of a set: {', '.join(SETS)}; repeat it for more.",
    "examples": [["social"]],
}
GRAVITY: Final[dict[str, Any]] = {
    "description": "`face` keeps faces, `auto` all that draws the eye, `text` lines of text, "
    "`object` things and `object:dog|cat` those of some classes; where it is not said, each format "
    "keeps what it is for, and ratios keep faces.",
    "examples": ["auto"],
}
ZOOM: Final[dict[str, Any]] = {
    "description": "How tight, 0 to 1: 0 is as wide as can be, 1 just what is kept. Where neither "
    "this nor `gravity` is said, formats are as tight as what they keep wants; else it is 0.",
    "examples": [0.5],
}
FACES: Final[dict[str, Any]] = {
    "description": "Which faces to keep: `all`, `largest`, a number of the largest, or those of "
    "people in the face index, `subject:NAME` or `subject:COLLECTION/NAME`, which takes a key of "
    "it once there is one.",
    "examples": ["subject:Ann"],
}
OBJECTS: Final[dict[str, Any]] = {
    "description": "Which things to keep: `all`, `largest` or a number of the largest.",
    "examples": ["largest"],
}
RENDER: Final[dict[str, Any]] = {
    "description": "Answer with a zip that holds one picture for each ratio."
}


def add(api: FastAPI, door: Door) -> None:
    """Add the route."""

    @api.post("/v1/crops", **DOCS)
    async def crops(  # noqa: PLR0913, PLR0917 - each is a word of the query
        request: Request,
        aspect: Annotated[list[str] | None, Query(**ASPECT)] = None,
        set_: Annotated[list[str] | None, Query(alias="set", **SET)] = None,
        gravity: Annotated[str | None, Query(**GRAVITY)] = None,
        zoom: Annotated[float | None, Query(**ZOOM)] = None,
        faces: Annotated[str | None, Query(**FACES)] = None,
        objects: Annotated[str | None, Query(**OBJECTS)] = None,
        render: Annotated[bool, Query(**RENDER)] = False,  # noqa: FBT002
    ) -> Response:
        aspects = wanted(aspect or (), set_ or ())
        which, things = read_faces(faces), read_objects(objects)
        kept = read_gravity(gravity)
        aim = {"gravity": kept, "zoom": zoom, "faces": which, "objects": things}
        who = naming(door.core, request.scope, _people(which), signed=door.core.signer.needed)
        work = partial(_pictures if render else _boxes, door, {"aspects": aspects, **aim})

        async def noted(posted: Posted) -> Answer:
            answer = await work(posted)
            if who.named:
                await asyncio.to_thread(who.note)
            return answer

        return as_response(await door.answer(request, noted))


def _people(which: Faces | None) -> tuple[Named, ...]:
    return which if isinstance(which, tuple) else ()


async def _boxes(door: Door, asked: Mapping[str, Any], posted: Posted) -> Answer:
    prepare = partial(door.core.cropper.prepare, **asked)
    found = await door.run(posted, prepare, methodcaller("to_json"), span="crops")
    return json_answer(200, found, work_headers(posted.admitted.trace))


async def _pictures(door: Door, asked: Mapping[str, Any], posted: Posted) -> Answer:
    prepare = partial(door.core.cropper.prepare_pictures, **asked)
    archive = await door.run(posted, prepare, _zipped, span="crops")
    pairs = {
        **picture_headers("application/zip", {}, len(archive)),
        **work_headers(posted.admitted.trace),
        "cache-control": NO_STORE,
        "content-disposition": 'attachment; filename="crops.zip"',
    }
    return Answer(200, encode_headers(pairs.items()), archive)


def _zipped(pictures: Sequence[tuple[Any, Rendition]]) -> bytes:
    buffer = io.BytesIO()
    # Stored, not deflated: pictures are compressed already.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for crop, rendition in pictures:
            name = crop.file_stem + ending_of(rendition.content_type)
            archive.writestr(name, rendition.data)
    return buffer.getvalue()
