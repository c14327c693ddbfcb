"""`/v1/designs/ID/resize` and `/checks`: other sizes of a design, and what is wrong with it."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.design.in_json import scene_to_json
from foveate.design.resizing.formats import FORMATS, page_size
from foveate.designs.easel import Easel
from foveate.designs.variants import Variants, id_of_size
from foveate.errors import BadBody
from foveate.imaging.encode import ending_of
from foveate.people.keys import Scope
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.designs import PATH, may
from foveate.server.disconnect import unless_gone
from foveate.server.exchange import exchange_of
from foveate.server.gets import gets
from foveate.server.headers import work_headers
from foveate.server.response import as_response
from foveate.server.routes.designs import OfVersion, with_links
from foveate.server.routes.designs_sizes_docs import CHECKS_DOCS, RESIZE_DOCS, SIZES_DOCS
from foveate.server.routes.jobs import read_json
from foveate.service.draw import Drawing, check_scale, format_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from foveate.design.checks.model import Finding
    from foveate.design.resizing.resize import Resized
    from foveate.design.scene.model import Scene
    from foveate.designs.room import Designs
    from foveate.rendition import Rendition
    from foveate.server.door import Door, Posted
    from foveate.service.kept_designs import Kept
    from foveate.trace import Trace

MOST: Final = 20
"""Sizes of one request: each is reckoned for up to a second."""
SIZES: Final = "/v1/page-sizes"
_WANTED: Final = (
    '"to" as a list of 1 to 20 sizes, "keep" as true or false, "draw" as a format, and "scale" as '
    "a number"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a body says."""

    to: tuple[str, ...]
    keep: bool
    drawing: Drawing | None


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    designs = door.designs
    variants = Variants(Easel(core=door.core, delivery=door.delivery), designs.layouts)

    @gets(api, SIZES, SIZES_DOCS)
    async def sizes() -> Response:
        told = [{"name": each.name, "about": each.help, **_side(each.name)} for each in FORMATS]
        return as_response(json_answer(200, {"sizes": told}))

    @api.post(f"{PATH}/{{design}}/resize", **RESIZE_DOCS)
    async def resize(request: Request, design: str, version: OfVersion = None) -> Response:
        may(designs, request.scope, Scope.READ)
        asked = _asked(await door.answer(request, _content, read_json, pictures=False))
        who = may(designs, request.scope, Scope.WRITE) if asked.keep else ""
        kept, scene = await designs.works.run(designs.store.scene, design, version)
        work = _Work(designs, variants, asked, kept.id, who)
        trace = exchange_of(request.scope).trace
        answer = await unless_gone(request.receive, work.answer(scene, trace))
        return as_response(answer)

    @gets(api, f"{PATH}/{{design}}/checks", CHECKS_DOCS)
    async def checks(request: Request, design: str, version: OfVersion = None) -> Response:
        may(designs, request.scope, Scope.READ)
        kept, scene = await designs.works.run(designs.store.scene, design, version)
        found = await unless_gone(request.receive, variants.checked(scene))
        told = {"version": version or kept.version, "found": [_found(each) for each in found]}
        return as_response(json_answer(200, told))


@dataclass(frozen=True, slots=True)
class _Work:
    """One request for sizes."""

    designs: Designs
    variants: Variants
    asked: _Asked
    id: str
    who: str

    async def answer(self, scene: Scene, trace: Trace) -> Answer:
        """Return the designs, or a zip of them, drawn. All are reckoned before any is kept."""
        made = [(to, await self.variants.resized(scene, to)) for to in self.asked.to]
        told = [self._told(to, each) for to, each in made]
        if self.asked.keep:
            kept = await self._kept([(id_of_size(self.id, to), each.scene) for to, each in made])
            told = [{**each, **with_links(own)} for each, own in zip(told, kept, strict=True)]
        if self.asked.drawing is None:
            return json_answer(200, {"designs": told})
        easel, drawing = self.variants.easel, self.asked.drawing
        drawn = [(to, await easel.draw(each.scene, drawing, trace)) for to, each in made]
        data = await asyncio.to_thread(_zipped, self.id, drawn, told)
        pairs = {
            "content-type": "application/zip",
            "content-length": str(len(data)),
            "content-disposition": f'attachment; filename="{self.id}-sizes.zip"',
            "cache-control": NO_STORE,
            **work_headers(trace),
        }
        return Answer(200, encode_headers(pairs.items()), data)

    def _told(self, to: str, made: Resized) -> dict[str, Any]:
        told: dict[str, Any] = {"to": to, **_of(made.scene), "remarks": list(made.remarks)}
        # A zip has pictures; designs by the dozen would be most of it.
        short = self.asked.keep or self.asked.drawing
        return told if short else {**told, "design": scene_to_json(made.scene)}

    async def _kept(self, sizes: Sequence[tuple[str, Scene]]) -> list[Kept]:
        """Keep all sizes, or none. Raises DesignConflict, DesignTooLarge."""
        keep = self.designs.store.keep_sizes
        return await self.designs.works.run(keep, self.id, sizes, self.who)


async def _content(posted: Posted) -> object:
    return posted.body.content


def _asked(body: object) -> _Asked:
    """Return what is asked for. Raises BadBody, BadOption."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    to, keep = told.get("to"), told.get("keep", False)
    right = isinstance(to, list) and 0 < len(to) <= MOST and isinstance(keep, bool)
    if not right or not all(isinstance(each, str) for each in to or ()):
        raise BadBody(f"Expected JSON with {_WANTED}.")
    return _Asked(tuple(dict.fromkeys(to or ())), keep, _drawing(told))


def _drawing(told: dict[str, Any]) -> Drawing | None:
    drawn, scale = told.get("draw", ""), told.get("scale", 1.0)
    number = isinstance(scale, int | float) and not isinstance(scale, bool)
    if not isinstance(drawn, str) or not number:
        raise BadBody(f"Expected JSON with {_WANTED}.")
    return Drawing(format_named(drawn), scale=check_scale(float(scale))) if drawn else None


def _found(each: Finding) -> dict[str, str]:
    found = each.found
    said = {"block": found.block, "check": each.check, "severity": str(found.severity)}
    return {**said, "sentence": found.sentence}


def _side(name: str) -> dict[str, float]:
    width, height = page_size(name, 96)
    return {"width": width, "height": height}


def _of(scene: Scene) -> dict[str, float]:
    return {"width": scene.pages[0].width, "height": scene.pages[0].height}


def _zipped(
    design: str, drawn: Sequence[tuple[str, Rendition]], told: Sequence[dict[str, Any]]
) -> bytes:
    buffer = io.BytesIO()
    # Stored, not deflated: pictures are compressed already.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for to, made in drawn:
            archive.writestr(f"{id_of_size(design, to)}{_ending(made)}", made.data)
        archive.writestr("sizes.json", json.dumps({"designs": told}, ensure_ascii=False, indent=2))
    return buffer.getvalue()


def _ending(made: Rendition) -> str:
    return _DOCUMENTS.get(made.content_type) or ending_of(made.content_type)


_DOCUMENTS: Final = {"application/pdf": ".pdf", "image/svg+xml": ".svg"}
