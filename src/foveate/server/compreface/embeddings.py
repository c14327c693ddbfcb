"""Embeddings that the plugin `calculator` gave, in the place of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption
from foveate.people.vectors import unit
from foveate.server.compreface.asked import read_asked
from foveate.server.compreface.examples import known_face
from foveate.server.compreface.looking import candidates_to_json, nearest, note
from foveate.server.compreface.problems import Code, Refused
from foveate.server.compreface.shapes import similarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.server.answer import Answer
    from foveate.server.compreface.call import Call

    Vector = NDArray[np.float32]

MOST: Final = 100
"""Embeddings in one request."""


async def recognise(call: Call) -> Answer:
    """Say of each embedding who it may be."""
    asked = read_asked(call.request.query_params)

    def act(content: object) -> dict[str, Any]:
        rows = _rows(content, "embeddings")
        found = [nearest(call, vector, asked.predictions) for _, vector in rows]
        note(call, found)
        return {
            "result": [
                {"embedding": said, "similarities": candidates_to_json(row)}
                for (said, _), row in zip(rows, found, strict=True)
            ]
        }

    return await call.told(act)


async def verify(call: Call) -> Answer:
    """Say of each embedding how alike it is to an example, the most alike first."""
    face = call.face

    def act(content: object) -> dict[str, Any]:
        rows = _rows(content, "embeddings")
        kept = known_face(call, face)
        call.visit.found([kept.subject], [kept.id])
        return {"result": _alike(kept.embedding, rows)}

    return await call.told(act)


async def compare(call: Call) -> Answer:
    """Say of each embedding how alike it is to another, the most alike first."""

    def act(content: object) -> dict[str, Any]:
        source = content.get("source") if isinstance(content, dict) else None
        return {"result": _alike(_vector(source, "source"), _rows(content, "targets"))}

    return await call.told(act)


def _alike(vector: Vector, rows: Sequence[tuple[Any, Vector]]) -> list[dict[str, Any]]:
    told = [
        {"embedding": said, "similarity": similarity(float(vector @ other))} for said, other in rows
    ]
    return sorted(told, key=lambda row: -row["similarity"])


def _rows(content: object, name: str) -> list[tuple[Any, Vector]]:
    """Return embeddings as they were said, and as unit vectors."""
    rows = content.get(name) if isinstance(content, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
        raise Refused(
            Code.EMBEDDING_COUNT, f'Expected JSON with "{name}", a list of 1 to {MOST} embeddings.'
        )
    return [(row, _vector(row, f"{name}[{number}]")) for number, row in enumerate(rows)]


def _vector(row: object, place: str) -> Vector:
    if not isinstance(row, list) or not all(type(number) in {int, float} for number in row):
        raise BadOption(f"{place}: expected a list of numbers, got something else.")
    return unit(row, place)
