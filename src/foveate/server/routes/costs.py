"""`GET /v1/costs`: what was spent on what, for who operates the server."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Query
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotation
from starlette.requests import Request  # noqa: TC002

from foveate.ledger.machines import sized
from foveate.ledger.report import USUAL_BY, USUAL_DAYS, report
from foveate.server.answer import json_answer
from foveate.server.gate import check_operator
from foveate.server.openapi import FAILURES, json_response
from foveate.server.response import as_response
from foveate.server.words import check_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from foveate.ledger.machines import Sizing
    from foveate.ledger.report import Report
    from foveate.server.answer import Answer
    from foveate.server.door import Door

SUMS: Final = {
    "requests": 1200,
    "hits": 1100,
    "hit_rate": 0.9167,
    "cpu_ms": 2816.2,
    "gpu_ms": 0.0,
    "bytes_in": 9400000,
    "bytes_out": 31000000,
    "bytes_stored": 2600000,
    "bytes_saved": 103000000,
    "cost": {
        "cpu": 3.325e-05,
        "gpu": 0.0,
        "bytes_in": 0.0,
        "bytes_out": 0.00279,
        "bytes_stored": 5.98e-05,
        "total": 0.00288305,
    },
}
EXAMPLE: Final = {
    "since": "2026-10-02T08:00Z",
    "until": "2026-11-01T08:00Z",
    "currency": "USD",
    "by": ["route", "class"],
    "rows": [{"route": "image", "class": "resize", **SUMS}],
    "total": SUMS,
}
TAGS: Final[dict[str, Any]] = {"tags": ["Operations"]}
DOCS: Final[dict[str, Any]] = {
    **TAGS,
    "summary": "What was spent on what",
    "description": (
        "Sums of the ledger at the prices of the settings. A hit is a decode less; `bytes_saved` "
        "are bytes of originals that need not be read for it. Told to bearers of one of the "
        "signing keys and, where there are none, to this machine alone."
    ),
    "responses": {200: json_response("The sums.", EXAMPLE), **FAILURES},
}
MACHINES_DOCS: Final[dict[str, Any]] = {
    **TAGS,
    "summary": "Which machines the load needs",
    "description": (
        "The load of the last days as cores that were busy in each minute, and how many of some "
        "machines carry that."
    ),
    "responses": {
        200: json_response(
            "What the load needs.", {"days": 1, "mean_cores": 0.2, "peak_cores": 1.1}
        ),
        **FAILURES,
    },
}
WORDS: Final = (Depends(check_words),)
BY: Final = Query(description="key, route, class, minute, hour or day; may be given several times.")
DAYS: Final = Query(description="So many days until now.")


def add(api: FastAPI, door: Door) -> None:
    """Add the routes."""
    books, prices = door.core.books, door.core.settings.costs

    @api.get("/v1/costs", dependencies=WORDS, **DOCS)
    async def costs(
        request: Request,
        by: Annotated[list[str], BY] = list(USUAL_BY),  # noqa: B006 - FastAPI copies it
        days: Annotated[int, DAYS] = USUAL_DAYS,
    ) -> Response:
        check_operator(door.core, request)
        told = partial(report, books, prices, now=time.time(), days=days, by=by)
        return as_response(await asyncio.to_thread(_answer, told))

    @api.get("/v1/costs/machines", dependencies=WORDS, **MACHINES_DOCS)
    async def machines(request: Request, days: Annotated[int, DAYS] = 1) -> Response:
        check_operator(door.core, request)
        told = partial(sized, books, prices, now=time.time(), days=days)
        return as_response(await asyncio.to_thread(_answer, told))


def _answer(told: Callable[[], Report | Sizing]) -> Answer:
    """Return it as JSON. Blocks, of many rows for a while."""
    return json_answer(200, told().to_json())
