"""`/v1/brands` and `POST /v1/designs/ID/brand`: designs brought to a brand."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from fastapi import Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import ClientDisconnect, Request

from foveate.design.brand.reading import MOST_BYTES, brand_of, read_brand
from foveate.design.changes.in_json import changes_to_json
from foveate.designs.easel import Easel
from foveate.designs.variants import Variants
from foveate.errors import BadBody, ClientDisconnected, DesignConflict, DesignTooLarge
from foveate.people.keys import Scope
from foveate.server.answer import json_answer
from foveate.server.body import Body, bounded
from foveate.server.designs import JSON, PATH, matched, may
from foveate.server.disconnect import unless_gone
from foveate.server.gets import gets
from foveate.server.response import as_response
from foveate.server.routes.designs import IfMatch, told_kept
from foveate.server.routes.designs_sizes_docs import BRAND_DOCS, BRANDS_DOCS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foveate.design.brand.adapting import Branded
    from foveate.design.brand.model import Brand
    from foveate.server.body import Arriving
    from foveate.server.door import Door, Posted

BRANDS: Final = "/v1/brands"
TOML: Final = "application/toml"
_Name = Annotated[str, Query(alias="brand", description="A brand of `GET /v1/brands`.")]
_Keep = Annotated[bool, Query(description="Keep it as a new version at once.")]


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    designs = door.designs
    variants = Variants(Easel(core=door.core, delivery=door.delivery), designs.layouts)

    @gets(api, BRANDS, BRANDS_DOCS)
    async def brands(request: Request) -> Response:
        may(designs, request.scope, Scope.READ)
        found = await designs.works.run(designs.brands.all)
        return as_response(json_answer(200, {"brands": [each.to_json() for each in found]}))

    @api.post(f"{PATH}/{{design}}/brand", **BRAND_DOCS)
    async def brand(
        request: Request,
        design: str,
        *,
        name: _Name = "",
        keep: _Keep = False,
        if_match: IfMatch = "",
    ) -> Response:
        who = may(designs, request.scope, Scope.WRITE)
        version = matched(if_match) if if_match else None
        meant = await _meant(door, request, name)
        kept, scene = await designs.works.run(designs.store.scene, design)
        if version not in {None, kept.version}:
            raise DesignConflict(f"Expected version {kept.version} of {design}, got {version}.")
        made = await unless_gone(request.receive, variants.branded(scene, meant))
        if keep:
            put = designs.store.put
            kept = await designs.works.run(put, design, made.scene, who, kept.version)
        return told_kept(kept, more=_told(meant, made))


async def _meant(door: Door, request: Request, name: str) -> Brand:
    """Return the brand that a request names or sends. Raises UnknownBrand, BadDesign, BadBody."""
    if name:
        return await door.designs.works.run(door.designs.brands.named, name)
    return cast("Brand", await door.answer(request, _content, _read_brand, pictures=False))


async def _content(posted: Posted) -> object:
    return posted.body.content


async def _read_brand(arriving: Arriving, _: int, grace_s: float) -> Body:
    """Return a body that is a brand. Raises BadBody, BadDesign, BodyTooSlow, DesignTooLarge."""
    kind = arriving.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {JSON, TOML}:
        wanted = f"`?brand=NAME`, or a brand with the header `content-type: {TOML}` or `{JSON}`"
        raise BadBody(f"Expected {wanted}.")
    beyond = DesignTooLarge(f"Expected a brand of at most {MOST_BYTES} bytes, got more.")
    try:
        data = await bounded(arriving, MOST_BYTES, grace_s, beyond).body()
    except ClientDisconnect as why:
        raise ClientDisconnected from why
    return Body(content=await asyncio.to_thread(_brand, data, as_json=kind == JSON))


def _brand(data: bytes, *, as_json: bool) -> Brand:
    try:
        said = json.loads(data) if as_json else data.decode()
    except (ValueError, RecursionError) as why:
        raise BadBody("Expected a brand as TOML or JSON in UTF-8, got something else.") from why
    if not as_json:
        return read_brand(said)
    if not isinstance(said, dict):
        raise BadBody("Expected a brand as a JSON object, got something else.")
    return brand_of(said)


def _told(brand: Brand, made: Branded) -> dict[str, Any]:
    changes = changes_to_json(made.changes)
    return {**changes, "brand": brand.name, "remarks": list(made.remarks)}
