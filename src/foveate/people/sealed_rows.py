"""Rows of a sealed collection: ciphertexts in the place of embeddings and crops, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS
from foveate.errors import SealBroken
from foveate.people.lance import arrow
from foveate.people.schema import CROP, SEALED, VECTOR, schema, vectors_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.people.sealing import Seal

STORED: Final = np.dtype("<f4")
"""How an embedding lies there, whatever the machine."""


def close_rows(table: Any, seal: Seal | None, model: str) -> Any:  # noqa: ANN401 - no types
    """Return rows as they are kept under a seal: those of `schema.to_table`, or of `open_rows`."""
    if seal is None:
        return table
    ids = table["id"].to_pylist()
    vectors = zip(vectors_of(table).astype(STORED), ids, strict=True)
    crops = zip(table[CROP].to_pylist(), ids, strict=True)
    closed = {name: table[name] for name in table.schema.names}
    del closed[VECTOR]
    closed[SEALED] = [seal.close(vector.tobytes(), VECTOR, face) for vector, face in vectors]
    closed[CROP] = [seal.close(crop, CROP, face) if crop else b"" for crop, face in crops]
    return arrow().table(closed, schema=schema(model, seal.mark))


def open_rows(table: Any, seal: Seal | None) -> Any:  # noqa: ANN401
    """Return rows with what was sealed in them; columns that were not read stay away.

    Raises SealBroken.
    """
    if seal is None:
        return table
    pa = arrow()
    opened = {name: table[name] for name in table.schema.names}
    ids = opened["id"].to_pylist()
    if (sealed := opened.pop(SEALED, None)) is not None:
        flat = pa.array(open_vectors(sealed.to_pylist(), ids, seal).reshape(-1))
        opened[VECTOR] = pa.FixedSizeListArray.from_arrays(flat, DIMENSIONS)
    if CROP in opened:
        crops = zip(opened[CROP].to_pylist(), ids, strict=True)
        opened[CROP] = [seal.open(crop, CROP, face) if crop else b"" for crop, face in crops]
    return pa.table(opened)


def open_vectors(sealed: list[bytes], ids: list[str], seal: Seal) -> NDArray[np.float32]:
    """Return the (faces, 512) embeddings of these faces. Raises SealBroken."""
    opened = [seal.open(each, VECTOR, face) for each, face in zip(sealed, ids, strict=True)]
    if any(len(each) != DIMENSIONS * STORED.itemsize for each in opened):
        raise SealBroken("What was sealed is no embedding.")
    return np.frombuffer(b"".join(opened), STORED).reshape(-1, DIMENSIONS).astype(np.float32)
