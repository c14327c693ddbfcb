"""What is read of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import Match, Subject
from foveate.people.care import trained_on
from foveate.people.schema import DIMENSIONS, VECTOR, to_faces, vectors_of
from foveate.people.upkeep import INDEX_FROM, REFINE, partitions, probes
from foveate.people.where import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from foveate.enrolled import EnrolledFace

TOLD: Final = ("id", "subject", "box", "source", "digest", "quality", "metadata", "added")
"""What a search tells of a face."""
BATCH: Final = 1024
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
    asked = table.search(np.asarray(vector, np.float32), vector_column_name=VECTOR)
    asked = asked.distance_type("cosine").limit(limit).select([*TOLD, "_distance"])
    if where:
        asked = asked.where(where, prefilter=True)
    asked = _every_one(asked) if exact or _few(table, where) else _indexed(asked, table, where)
    found = asked.to_arrow()
    cosines = 1.0 - found["_distance"].to_numpy()
    return [
        Match(face=face, cosine=float(cosine))
        for face, cosine in zip(to_faces(found.drop_columns(["_distance"])), cosines, strict=True)
    ]


def _few(table: Any, where: str) -> bool:  # noqa: ANN401
    """Return whether so few are meant that comparing each of them is faster, and exact."""
    return bool(where) and table.count_rows(where) < INDEX_FROM


def _every_one(asked: Any) -> Any:  # noqa: ANN401
    return asked.bypass_vector_index()


def _indexed(asked: Any, table: Any, where: str) -> Any:  # noqa: ANN401
    """Return the query as it goes through the index; a filter makes it look further."""
    trained = trained_on(table)
    if not trained:
        return asked
    many = partitions(trained)
    asked = asked.refine_factor(REFINE).minimum_nprobes(min(many, probes(trained)))
    return asked.maximum_nprobes(many if where else min(many, probes(trained)))


def first_id(table: Any) -> str:  # noqa: ANN401
    """Return the id of the row that comes first, or nothing where there is none."""
    found = table.search().select(["id"]).limit(1).to_arrow()
    return str(found["id"][0]) if len(found) else ""


def page(table: Any, where: str, offset: int, limit: int) -> list[EnrolledFace]:  # noqa: ANN401
    """Return one page of faces, oldest first."""
    keys = _scan(table, where, ["id", "added"]).sort_by(
        [("added", "ascending"), ("id", "ascending")]
    )
    ids = keys["id"].slice(offset, limit).to_pylist()
    if not ids:
        return []
    among = f"id IN ({', '.join(map(quoted, ids))})"
    found = {face.id: face for face in to_faces(_scan(table, among, [*TOLD, VECTOR, "crop"]))}
    return [found[each] for each in ids if each in found]


def every(table: Any, where: str) -> Iterator[EnrolledFace]:  # noqa: ANN401
    """Yield all faces, a batch of them in memory at a time."""
    for batch in _query(table, where, [*TOLD, VECTOR, "crop"]).to_batches(BATCH):
        yield from to_faces(batch)


def embeddings(table: Any, where: str) -> tuple[list[str], NDArray[np.float32]]:  # noqa: ANN401
    """Return ids and (faces, 512) embeddings."""
    found = _scan(table, where, ["id", VECTOR])
    if not len(found):
        return [], np.zeros((0, DIMENSIONS), np.float32)
    return found["id"].to_pylist(), vectors_of(found)


def subjects(table: Any, where: str) -> list[Subject]:  # noqa: ANN401
    """Return the subjects, by name."""
    found = _scan(table, where, ["subject", "added"])
    grouped = found.group_by("subject").aggregate([("added", "count"), ("added", "min")])
    return [
        Subject(name=row["subject"], faces=row["added_count"], added=row["added_min"])
        for row in grouped.sort_by("subject").to_pylist()
    ]


def _query(table: Any, where: str, columns: list[str]) -> Any:  # noqa: ANN401
    asked = table.search().select(columns)
    return asked.where(where) if where else asked


def _scan(table: Any, where: str, columns: list[str]) -> Any:  # noqa: ANN401
    return _query(table, where, columns).to_arrow()
