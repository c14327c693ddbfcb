"""The embeddings of sealed collections: opened into memory once, and compared with all of them.

What a search index holds gives embeddings back, nearly, so a sealed collection has none. A face
takes 3 KB of memory, and comparing with 100,000 takes as long as reading 200 MB does. After a
change only the faces that came are opened, and those that went are dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS, Match
from foveate.errors import CollectionFull, FoveateError
from foveate.people.read import BATCH, TOLD, among, query, scan
from foveate.people.schema import SEALED, mark_of, model_of, to_faces
from foveate.people.sealed_rows import open_vectors
from foveate.people.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.enrolled import EnrolledFace
    from foveate.people.sealing import Seal

MOST_FACES: Final = 250_000
FEW: Final = 2_000
"""New faces that are fetched by their ids; more of them are met sooner by reading all of them."""
ROOM: Final = 1.125
"""Rows are added to an array that is so many times as long, so that it is seldom copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """The embeddings of one version of a collection. Never changed; what follows may share it."""

    salt: bytes
    version: int
    ids: Sequence[str]
    """Which face is in each row."""
    rows: Mapping[str, int]
    """In which row each face is, by its id."""
    addresses: NDArray[np.uint64]
    """Where each row lies in that version of the table."""
    space: NDArray[np.float32]
    """(rows and room for more, 512)."""

    @property
    def matrix(self) -> NDArray[np.float32]:
        """Return (faces, 512) embeddings."""
        return self.space[: len(self.ids)]


class Sealing:
    """The seals of collections, and the embeddings in memory of those used last. Thread-safe."""

    def __init__(self, keys: Keyring | None = None, most: int = MOST_FACES) -> None:
        """Take how many faces may be in memory, of all collections together."""
        self.keys = keys or Keyring()
        self._most = most
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._locks: dict[str, RLock] = {}
        self._guard = Lock()

    def of(self, name: str, table: Any) -> Seal | None:  # noqa: ANN401 - LanceDB
        """Return the seal of a collection; None where it is plain. Raises SealedCollection."""
        mark = mark_of(table.schema)
        return self.keys.of(mark, model_of(table.schema), name) if mark else None

    def opened(self, name: str, table: Any, seal: Seal) -> Vectors:  # noqa: ANN401
        """Return the embeddings of a collection as it is now. Raises SealBroken, CollectionFull."""
        with self._lock(name):
            kept = self._kept.get(name)
            if kept is None or kept.salt != seal.mark.salt:
                kept = _nothing(seal)
            version = table.version
            if kept.version != version:
                self.check_room(name, table.count_rows())
                kept = _renewed(kept, version, table, seal)
            self._keep(name, kept)
            return kept

    def check_room(self, name: str, faces: int) -> None:
        """Do nothing where a sealed collection may have so many faces. Raises CollectionFull."""
        if faces > self._most:
            raise CollectionFull(
                f"Expected up to {self._most} faces in {name}, which is sealed and searched in "
                f"memory, got {faces}. FOVEATE_PEOPLE__SEALED_FACES lets there be more, for 3 KB "
                "of memory each."
            )

    def caught_up(self, name: str, table: Any) -> None:  # noqa: ANN401
        """Let go of those faces in memory that a collection no longer has."""
        with self._lock(name):
            if name not in self._kept:
                return
            try:
                seal = self.of(name, table)
                if seal:
                    self.opened(name, table, seal)
            except FoveateError:
                self.forget(name)

    def forget(self, name: str) -> None:
        """Let go of a collection, once whoever opens it now has done so."""
        with self._lock(name), self._guard:
            self._kept.pop(name, None)

    def _lock(self, name: str) -> RLock:
        with self._guard:
            return self._locks.setdefault(name, RLock())

    def _keep(self, name: str, made: Vectors) -> None:
        with self._guard:
            self._kept[name] = made
            self._kept.move_to_end(name)
            while sum(len(each.rows) for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)


def nearest(
    table: Any,  # noqa: ANN401
    vectors: Vectors,
    vector: NDArray[np.float32],
    limit: int,
    where: str,
) -> list[Match]:
    """Return the faces nearest to a unit vector, nearest first, compared with every one."""
    ids, matrix = vectors.ids, vectors.matrix
    if where:
        meant = scan(table, where, ["id"])["id"].to_pylist()
        ids = [each for each in meant if each in vectors.rows]
        matrix = matrix[[vectors.rows[each] for each in ids]]
    cosines = matrix @ np.asarray(vector, np.float32)
    found = {ids[row]: float(cosines[row]) for row in _highest(cosines, limit).tolist()}
    told = _told(table, vectors, list(found))
    # What was erased since is told no more.
    return [Match(face=told[each], cosine=near) for each, near in found.items() if each in told]


def _told(table: Any, vectors: Vectors, ids: list[str]) -> dict[str, EnrolledFace]:  # noqa: ANN401
    """Return these faces without their vectors."""
    if not ids:
        return {}
    addresses = vectors.addresses[[vectors.rows[each] for each in ids]].tolist()
    rows = table.take_row_ids(addresses).select(list(TOLD)).to_arrow()
    found = {face.id: face for face in to_faces(rows)}
    if found.keys() == set(ids):
        return found
    # The table was changed since, and its rows lie elsewhere.
    return {face.id: face for face in to_faces(scan(table, among(ids), list(TOLD)))}


def _highest(cosines: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    rows = np.arange(len(cosines))
    if len(cosines) > limit:
        rows = np.argpartition(-cosines, limit)[:limit]
    return rows[np.argsort(-cosines[rows], kind="stable")]


def _nothing(seal: Seal) -> Vectors:
    none = np.zeros((0, DIMENSIONS), np.float32)
    return Vectors(
        salt=seal.mark.salt,
        version=0,
        ids=(),
        rows={},
        addresses=np.zeros(0, np.uint64),
        space=none,
    )


def _renewed(kept: Vectors, version: int, table: Any, seal: Seal) -> Vectors:  # noqa: ANN401
    found = query(table, "", ["id"]).with_row_id(True).to_arrow()  # noqa: FBT003 - LanceDB's
    now = dict(zip(found["id"].to_pylist(), found["_rowid"].to_pylist(), strict=True))
    stay = [face for face in kept.rows if face in now]
    new = [face for face in now if face not in kept.rows]
    space = kept.space
    if len(stay) < len(kept.rows):
        space = space[[kept.rows[face] for face in stay]]
    if len(stay) + len(new) > len(space):
        space = _longer(space[: len(stay)], len(stay) + len(new))
    for ids, sealed in _sealed(table, new, len(now)):
        space[len(stay) : len(stay) + len(ids)] = open_vectors(sealed, ids, seal)
        stay += ids
    return Vectors(
        salt=kept.salt,
        version=version,
        ids=stay,
        rows={face: row for row, face in enumerate(stay)},
        addresses=np.array([now[face] for face in stay], np.uint64),
        space=space,
    )


def _longer(space: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    made = np.zeros((int(rows * ROOM), DIMENSIONS), np.float32)
    made[: len(space)] = space
    return made


def _sealed(
    table: Any,  # noqa: ANN401
    new: Sequence[str],
    count: int,
) -> Iterator[tuple[list[str], list[bytes]]]:
    """Yield the ids and the sealed embeddings of new faces, a batch at a time, each face once."""
    left = set(new)
    columns = ["id", SEALED]
    if len(new) <= min(FEW, count / 2):
        found = [scan(table, among(new), columns)] if new else []
    else:
        found = query(table, "", columns).to_batches(BATCH)
    for batch in found:
        pairs = zip(batch["id"].to_pylist(), batch[SEALED].to_pylist(), strict=True)
        mine = {face: each for face, each in pairs if face in left}
        left -= mine.keys()
        yield list(mine), list(mine.values())
