"""What is read of a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS, Match, Subject
from foveate.people.alike import filled, known
from foveate.people.lance import at_once
from foveate.people.schema import (
    CROP,
    SEALED,
    VECTOR,
    generation_of,
    schema,
    to_faces,
    vectors_of,
)
from foveate.people.sealed_rows import open_rows
from foveate.people.upkeep import INDEX_FROM, partitions, probes, refine
from foveate.people.where import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.enrolled import EnrolledFace
    from foveate.people.sealing import Seal
    from foveate.people.upkeep import Index

TOLD: Final = ("id", "subject", "box", "source", "digest", "quality", "metadata", "added")
"""What a search tells of a face."""
BATCH: Final = 1024
FEW: Final = 0.05
"""Up to this share of all rows, those that come first are found sooner than all are sorted."""
OLDEST_FIRST: Final = [("added", "ascending"), ("id", "ascending")]


def nearest(
    table: Any,  # noqa: ANN401
    vector: NDArray[np.float32],
    limit: int,
    where: str,
    *,
    exact: bool,
) -> list[Match]:
    """Return the faces nearest to a unit vector, nearest first."""
    ask = partial(_asked, vector=vector, limit=limit, where=where, exact=exact)
    found = at_once(table, ask)
    cosines = 1.0 - found["_distance"].to_numpy()
    return [
        Match(face=face, cosine=float(cosine))
        for face, cosine in zip(to_faces(found.select(TOLD)), cosines, strict=True)
    ]


async def _asked(
    table: Any,  # noqa: ANN401
    vector: NDArray[np.float32],
    limit: int,
    where: str,
    *,
    exact: bool,
) -> Any:  # noqa: ANN401
    """Return the rows nearest to a vector; so few as a filter may leave are compared one by one."""
    now = await known(table)
    every = exact or (where and await table.count_rows(where) < INDEX_FROM)

    def asked(columns: Iterable[str]) -> Any:  # noqa: ANN401
        near = table.query().nearest_to(np.asarray(vector, np.float32)).column(VECTOR)
        near = near.distance_type("cosine").limit(limit).select([*columns, "_distance"])
        near = near.where(where) if where else near
        return near.bypass_vector_index() if every else _indexed(near, now.index, limit, where)

    found = await asked(name for name in TOLD if name not in now.alike).to_arrow()
    if now.alike and await table.version() != now.version:
        found = await asked(TOLD).to_arrow()  # what came meanwhile may say something else
    return filled(found)


def _indexed(asked: Any, index: Index, limit: int, where: str) -> Any:  # noqa: ANN401
    """Return the query as it goes through the index; a filter makes it look further."""
    if not index.trained_on:
        return asked
    many = partitions(index.trained_on)
    least = min(many, probes(index.trained_on))
    asked = asked.refine_factor(refine(limit, index.bits)).nprobes(least)
    return asked.maximum_nprobes(many if where else least)


def revision(table: Any) -> str:  # noqa: ANN401
    """Return what is another text after each change, and after upkeep."""
    return f"{generation_of(table.schema)}-{table.version}"


def faces(
    table: Any,  # noqa: ANN401
    seal: Seal | None,
    where: str,
    offset: int,
    limit: int,
) -> list[EnrolledFace]:
    """Return a page of faces, oldest first, with their vectors and crops."""
    ids = _page(table, where, offset, limit)
    if not ids:
        return []
    rows = open_rows(scan(table, among(ids), whole(seal)), seal)
    found = {face.id: face for face in to_faces(rows)}
    return [found[each] for each in ids if each in found]


def told(table: Any, where: str, offset: int, limit: int | None) -> list[EnrolledFace]:  # noqa: ANN401
    """Return a page of faces, or all, oldest first, without their vectors and crops."""
    if limit is not None:
        ids = _page(table, where, offset, limit)
        if not ids:
            return []
        where = among(ids)
    return list(to_faces(scan(table, where, list(TOLD)).sort_by(OLDEST_FIRST)))


def _page(table: Any, where: str, offset: int, limit: int) -> list[str]:  # noqa: ANN401
    keys = scan(table, where, ["id", "added"])
    return list(_first(keys, offset + limit)["id"].slice(offset).to_pylist())


def _first(keys: Any, many: int) -> Any:  # noqa: ANN401 - Arrow
    """Return so many of the oldest, oldest first: for a few of a million nobody sorts all."""
    if many > len(keys) * FEW:
        return keys.sort_by(OLDEST_FIRST).slice(0, many)
    import pyarrow.compute as pc  # noqa: PLC0415 - an extra

    return keys.take(pc.select_k_unstable(keys, many, OLDEST_FIRST))


def ids(table: Any, where: str) -> list[str]:  # noqa: ANN401
    """Return the ids of the faces that are meant, in no order."""
    return list(scan(table, where, ["id"])["id"].to_pylist())


def of_pictures(table: Any, digests: Iterable[str]) -> Any:  # noqa: ANN401
    """Return the faces that came from these pictures, as far as they are told apart in them."""
    where = f"digest IN ({', '.join(map(quoted, sorted(digests)))})"
    return scan(table, where, ["id", "subject", "digest", "box"])


def crops(table: Any, seal: Seal | None, ids: Sequence[str]) -> dict[str, bytes]:  # noqa: ANN401
    """Return by their ids the crops that are kept of these faces; no vector is read."""
    rows = open_rows(scan(table, among(ids), ["id", CROP]), seal)
    kept = zip(rows["id"].to_pylist(), rows[CROP].to_pylist(), strict=True)
    return {face: crop for face, crop in kept if crop}


def every(table: Any, seal: Seal | None, where: str) -> Iterator[EnrolledFace]:  # noqa: ANN401
    """Yield all faces, a batch of them in memory at a time."""
    for batch in query(table, where, whole(seal)).to_batches(BATCH):
        yield from to_faces(open_rows(batch, seal))


def embeddings(
    table: Any,  # noqa: ANN401
    seal: Seal | None,
    where: str,
) -> tuple[list[str], NDArray[np.float32]]:
    """Return ids and (faces, 512) embeddings."""
    found = open_rows(scan(table, where, ["id", SEALED if seal else VECTOR]), seal)
    if not len(found):
        return [], np.zeros((0, DIMENSIONS), np.float32)
    return found["id"].to_pylist(), vectors_of(found)


def digests(table: Any, where: str) -> set[str]:  # noqa: ANN401
    """Return the digests of the pictures that faces came from."""
    return set(scan(table, where, ["digest"])["digest"].unique().to_pylist())


def sources(table: Any) -> set[str]:  # noqa: ANN401
    """Return what the pictures were called that faces came from."""
    return set(scan(table, "", ["source"])["source"].unique().to_pylist())


def subjects(table: Any, where: str) -> list[Subject]:  # noqa: ANN401
    """Return the subjects, by name."""
    found = scan(table, where, ["subject", "added"])
    grouped = found.group_by("subject").aggregate([("added", "count"), ("added", "min")])
    return [
        Subject(name=row["subject"], faces=row["added_count"], added=row["added_min"])
        for row in grouped.sort_by("subject").to_pylist()
    ]


def best(table: Any, where: str) -> dict[str, str]:  # noqa: ANN401
    """Return the id of the face of the best quality of each subject that is meant."""
    found = scan(table, where, ["subject", "id", "quality"])
    found = found.sort_by([("quality", "ascending"), ("id", "descending")])
    return dict(zip(found["subject"].to_pylist(), found["id"].to_pylist(), strict=True))


def whole(seal: Seal | None) -> list[str]:
    """Return the columns of all that is kept of a face."""
    return [*TOLD, SEALED if seal else VECTOR, CROP]


def everything(seal: Seal | None) -> list[str]:
    """Return the columns of a table, in their order."""
    return list(schema("", seal.mark if seal else None).names)


def among(ids: Sequence[str]) -> str:
    """Return the condition that a face is one of these."""
    return f"id IN ({', '.join(map(quoted, ids))})"


def query(table: Any, where: str, columns: list[str]) -> Any:  # noqa: ANN401
    """Return what reads these columns of the rows that are meant."""
    asked = table.search().select(columns)
    return asked.where(where) if where else asked


def scan(table: Any, where: str, columns: list[str]) -> Any:  # noqa: ANN401
    """Return these columns of the rows that are meant, as an Arrow table."""
    return query(table, where, columns).to_arrow()
