"""`/v1/designs`: designs that are kept in versions, drawn, compared and changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Header, Query
from fastapi.responses import Response
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from foveate.design.changes.in_json import changes_from_json, changes_to_json
from foveate.design.importing.files import import_design
from foveate.design.importing.sources import with_sources
from foveate.design.in_json import scene_to_json
from foveate.design.xml import writing
from foveate.designs.easel import Easel
from foveate.designs.looks import eyes_of
from foveate.designs.room import Changes
from foveate.designs.variants import Variants
from foveate.people.keys import Scope
from foveate.server.answer import json_answer
from foveate.server.designs import (
    HARMLESS,
    PATH,
    XML,
    bytes_answer,
    drawn_answer,
    etag,
    id_of,
    importing,
    matched,
    may,
    sent_design,
    sent_file,
    wants_json,
)
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.server.gets import gets
from foveate.server.response import as_response
from foveate.server.routes.designs_docs import (
    CHANGE_DOCS,
    CHANGES_DOCS,
    DELETE_DOCS,
    GET_DOCS,
    LIST_DOCS,
    POST_DOCS,
    PUT_DOCS,
    RENDER_DOCS,
    VERSIONS_DOCS,
)
from foveate.server.routes.jobs import read_json
from foveate.server.routes.jobs_docs import NO_CONTENT
from foveate.service.draw import Drawing, check_scale, format_named

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.design.importing.imported import Imported
    from foveate.designs.room import Done
    from foveate.rendition import Rendition
    from foveate.server.door import Door, Posted
    from foveate.service.kept_designs import Kept

CREATED: Final = 201
PAGE: Final = 100
MOST: Final = 1000
LARGEST: Final = 2**53
"""Number of a version or of a design: larger ones are numbers to few clients, and to no books."""
OfVersion = Annotated[
    int | None, Query(alias="version", description="A version; the newest else.", ge=1, le=LARGEST)
]
IfMatch = Annotated[str, Header(description="The `ETag` of the version that this is made of.")]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    _add_designs(api, door)
    _add_design(api, door)
    _add_drawing(api, door)
    _add_changes(api, door)


def _add_designs(api: FastAPI, door: Door) -> None:
    designs = door.designs

    @api.post(PATH, **POST_DOCS)
    async def post(
        request: Request,
        id_: Annotated[
            str, Query(alias="id", description="An id of your choice; else one is made.")
        ] = "",
        from_: Annotated[
            str, Query(alias="from", description="Of what the body is a file: `svg`, `figma`.")
        ] = "",
    ) -> Response:
        who, own = may(designs, request.scope, Scope.WRITE), id_of(id_)
        kind, more = importing(request, from_), {}
        if kind:
            made = await _imported(door, request, kind)
            scene, more = made.scene, {"remarks": list(made.remarks)}
        else:
            scene = await sent_design(door, request)
        kept = await designs.works.run(designs.store.add, scene, who, own)
        return told_kept(kept, CREATED, {"location": f"{PATH}/{kept.id}"}, more)

    @api.get(PATH, **LIST_DOCS)
    async def list_(
        request: Request,
        search: Annotated[str, Query(description="Only those with this in id or name.")] = "",
        limit: Annotated[int, Query(description="So many at most.", ge=1, le=MOST)] = PAGE,
        after: Annotated[
            int, Query(description="The `next` of the page before.", ge=0, le=LARGEST)
        ] = 0,
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        found = await designs.works.run(designs.store.page, search, limit, after)
        more = found[-1].number if len(found) == limit else None
        told = {"designs": [with_links(each) for each in found], "next": more}
        return as_response(json_answer(200, told))


def _add_design(api: FastAPI, door: Door) -> None:
    designs, own = door.designs, f"{PATH}/{{design}}"

    @gets(api, own, GET_DOCS)
    async def get(
        request: Request,
        design: str,
        version: OfVersion = None,
        accept: Annotated[str, Header()] = XML,
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        kept, scene = await designs.works.run(designs.store.scene, design, version)
        as_json = wants_json(accept)
        tagged = {"etag": etag(version or kept.version), "vary": "accept"}
        if as_json:
            return as_response(json_answer(200, scene_to_json(scene), tagged))
        pairs = {"content-type": XML, **HARMLESS, **tagged}
        return bytes_answer(writing.dumps(scene).encode(), pairs)

    @api.put(own, **PUT_DOCS)
    async def put(
        request: Request,
        design: str,
        *,
        merge: Annotated[
            bool, Query(description="Somebody may have been faster: do what can be done.")
        ] = False,
        if_match: IfMatch = "",
    ) -> Response:
        who, version = may(designs, request.scope, Scope.WRITE), matched(if_match)
        scene = await sent_design(door, request)
        if not merge:
            put = designs.store.put
            return told_kept(await designs.works.run(put, design, scene, who, version))
        return _done(await designs.merge(design, scene, who, version))

    @api.delete(own, **DELETE_DOCS)
    async def delete(request: Request, design: str) -> Response:
        may(designs, request.scope, Scope.ADMIN)
        await designs.works.run(designs.store.delete, design)
        return Response(status_code=NO_CONTENT)

    @api.get(f"{own}/versions", **VERSIONS_DOCS)
    async def versions(request: Request, design: str) -> Response:
        may(designs, request.scope, Scope.READ)
        found = await designs.works.run(designs.store.versions, design)
        return as_response(json_answer(200, {"versions": [each.to_json() for each in found]}))


def _add_drawing(api: FastAPI, door: Door) -> None:
    designs = door.designs
    variants = Variants(Easel(core=door.core, delivery=door.delivery), designs.layouts)

    @gets(api, f"{PATH}/{{design}}/render", RENDER_DOCS)
    async def render(  # noqa: PLR0913, PLR0917 - each is a word of the query
        request: Request,
        design: str,
        format: Annotated[  # noqa: A002 - the word that it is everywhere
            str, Query(description="png, jpeg, webp, avif, pdf or svg.")
        ] = "png",
        page: Annotated[str, Query(description="By its id or number; PDF has all.")] = "",
        scale: Annotated[float, Query(description="Pixels to one of the design.")] = 1.0,
        quality: Annotated[int | None, Query(description="1 to 100.", ge=1, le=100)] = None,
        version: OfVersion = None,
        to: Annotated[str, Query(description="In another size: `16:9`, `a5`.")] = "",
        brand: Annotated[str, Query(description="In a brand of `GET /v1/brands`.")] = "",
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        drawing = Drawing(format_named(format), page, check_scale(scale), quality)
        kept, scene = await designs.works.run(designs.store.scene, design, version)
        meant = await designs.works.run(designs.brands.named, brand) if brand else None
        trace = exchange_of(request.scope).trace

        async def drawn() -> Rendition:
            other = await variants.made(scene, to, meant)
            return await variants.easel.draw(other, drawing, trace)

        made = await unless_gone(request.receive, drawn())
        return drawn_answer(made, trace, {"foveate-version": str(version or kept.version)})


def _add_changes(api: FastAPI, door: Door) -> None:
    designs, path = door.designs, f"{PATH}/{{design}}/changes"

    @api.get(path, **CHANGES_DOCS)
    async def changes(
        request: Request,
        design: str,
        before: Annotated[int, Query(alias="from", description="A version.", ge=1, le=LARGEST)],
        after: Annotated[
            int | None,
            Query(alias="to", description="Another one; the newest else.", ge=1, le=LARGEST),
        ] = None,
    ) -> Response:
        may(designs, request.scope, Scope.READ)
        found = await designs.between(design, before, after)
        return as_response(json_answer(200, changes_to_json(found)))

    @api.post(path, **CHANGE_DOCS)
    async def change(
        request: Request,
        design: str,
        *,
        invert: Annotated[bool, Query(description="Take them back.")] = False,
        merge: Annotated[
            bool, Query(description="They may be of an earlier version: do what can be done.")
        ] = False,
        if_match: IfMatch = "",
    ) -> Response:
        who = may(designs, request.scope, Scope.WRITE)
        version = matched(if_match) if if_match else None
        sent = await door.answer(request, _content, read_json, pictures=False)
        asked = Changes(changes_from_json(sent), invert, merge)
        return _done(await designs.change(design, asked, who, version))


async def _content(posted: Posted) -> object:
    return posted.body.content


async def _imported(door: Door, request: Request, kind: str) -> Imported:
    """Return the design of a file of another program. Raises BadDesign, DesignTooLarge."""
    data = await sent_file(door, request)
    eyes = eyes_of(door.core.draughtsman.fonts.typefaces)
    work = door.designs.layouts.run(import_design, data, kind, eyes)
    made = await unless_gone(request.receive, work)
    put = door.designs.given.put
    rows = made.pictures.items()
    sources = {name: await door.designs.works.run(put, each) for name, each in rows}
    return replace(made, scene=with_sources(made.scene, sources))


def with_links(kept: Kept) -> dict[str, Any]:
    """Return what is known of a design, and where the rest is."""
    own = f"{PATH}/{kept.id}"
    links = {name: f"{own}/{name}" for name in ("render", "versions", "changes")}
    return {**kept.to_json(), "links": {"self": own, **links}}


def _done(done: Done) -> Response:
    told = {**changes_to_json(done.changes), "conflicts": list(map(str, done.conflicts))}
    return told_kept(done.kept, more=told)


def told_kept(
    kept: Kept,
    status: int = 200,
    headers: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> Response:
    """Answer with what is known of a design that was kept, and more."""
    tagged = {"etag": etag(kept.version), **(headers or {})}
    return as_response(json_answer(status, {**with_links(kept), **(more or {})}, tagged))
