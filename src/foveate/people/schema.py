"""How faces lie in a table: a row each, with what holds for all of them in its schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS, EnrolledFace
from foveate.errors import BadInstallation, BadOption, OtherModel
from foveate.geometry.box import Box
from foveate.people.lance import arrow
from foveate.people.sealing import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VERSION: Final = 1
"""To be raised when rows look otherwise than before."""
SEALED_VERSION: Final = 2
"""Of tables whose rows have ciphertexts in the place of embeddings and crops."""
VECTOR: Final = "embedding"
SEALED: Final = "sealed"
"""Stands in the place of the embedding where it is encrypted."""
CROP: Final = "crop"
_VERSION_KEY: Final = b"foveate.schema"
_MODEL_KEY: Final = b"foveate.model"
_SEAL_KEY: Final = b"foveate.sealed"
_SALT_KEY: Final = b"foveate.salt"
_GENERATION_KEY: Final = b"foveate.generation"
MOST_METADATA: Final = 16_384
"""Bytes of JSON that a face may carry."""
DEEPEST: Final = 100
"""Levels of objects and lists in it: readers of JSON have bounds, which differ."""
TEXTS: Final = ("id", "subject", "source", "digest")


def schema(model: str, mark: Mark | None = None, generation: str = "") -> Any:  # noqa: ANN401
    """Return the Arrow schema of a table whose embeddings come from that model, sealed or not.

    `generation` tells the table from all that had or will have its name; rows have none.
    """
    pa = arrow()
    columns = [
        ("id", pa.string()),
        ("subject", pa.string()),
        (SEALED, pa.binary()) if mark else (VECTOR, pa.list_(pa.float32(), DIMENSIONS)),
        ("box", pa.list_(pa.float64(), 4)),
        ("source", pa.string()),
        ("digest", pa.string()),
        ("quality", pa.float32()),
        ("metadata", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("added", pa.float64()),
        (CROP, pa.binary()),
    ]
    version = SEALED_VERSION if mark else VERSION
    said = {_VERSION_KEY: str(version).encode(), _MODEL_KEY: model.encode()}
    if mark:
        said |= {_SEAL_KEY: mark.key.encode(), _SALT_KEY: mark.salt.hex().encode()}
    if generation:
        said[_GENERATION_KEY] = generation.encode()
    return pa.schema(columns, said)


def model_of(found: Any) -> str:  # noqa: ANN401
    """Return the model that a table's schema names. Raises BadInstallation for a later version."""
    said = found.metadata or {}
    version = int(said.get(_VERSION_KEY, b"0"))
    if version not in {VERSION, SEALED_VERSION}:
        raise BadInstallation(
            f"Expected a face index of version {SEALED_VERSION} or before, got {version}: another "
            "release of Foveate wrote it."
        )
    return str(said[_MODEL_KEY].decode())


def check_model(name: str, found: Any, model: str) -> None:  # noqa: ANN401
    """Do nothing where the schema of that collection is for that model. Raises OtherModel."""
    kept = model_of(found)
    if kept != model:
        raise OtherModel(name, kept, model)


def mark_of(found: Any) -> Mark | None:  # noqa: ANN401
    """Return how a table is sealed, by its schema; None where it is not."""
    said = found.metadata or {}
    if _SEAL_KEY not in said:
        return None
    return Mark(said[_SEAL_KEY].decode(), bytes.fromhex(said[_SALT_KEY].decode()))


def generation_of(found: Any) -> str:  # noqa: ANN401
    """Return what tells a table from others of its name; nothing for those of before there was."""
    return str((found.metadata or {}).get(_GENERATION_KEY, b"").decode())


def tag(key: str, value: object) -> str:
    """Return a pair of metadata as it is searched for.

    >>> tag("door", 3), tag("team", "red")
    ('door=3', 'team="red"')
    """
    return f"{key}={json.dumps(value, sort_keys=True)}"


def checked_text(text: str, what: str) -> str:
    """Return a text that can be kept. Raises BadOption for one that is no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as why:
        raise BadOption(f"Expected {what} in UTF-8, got {text[:80]!r}.") from why
    return text


def metadata_text(metadata: Mapping[str, Any]) -> str:
    """Return metadata as JSON. Raises BadOption for what cannot be said so, or is too long."""
    try:
        text = json.dumps(dict(metadata), sort_keys=True, allow_nan=False)
        # ASCII says half of a character, and no answer could.
        json.dumps(dict(metadata), ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as why:
        raise BadOption(f"Expected metadata as a JSON object, got what is none: {why}.") from why
    if _deeper(dict(metadata), DEEPEST):
        raise BadOption(f"Expected metadata of up to {DEEPEST} levels, got more.")
    if len(text.encode()) > MOST_METADATA:
        raise BadOption(
            f"Expected metadata of up to {MOST_METADATA} bytes, got {len(text.encode())}."
        )
    return text


def patched(metadata: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata after a change, as JSON Merge Patch has it (RFC 7396): null takes a key away.

    >>> patched({"door": 3, "team": {"red": 1}}, {"door": None, "team": {"blue": 2}})
    {'team': {'red': 1, 'blue': 2}}
    """
    after = {key: value for key, value in metadata.items() if key not in change}
    for key, value in change.items():
        if isinstance(value, dict):
            before = metadata.get(key)
            after[key] = patched(before if isinstance(before, dict) else {}, value)
        elif value is not None:
            after[key] = value
    return after


def tags_of(metadata: Mapping[str, Any]) -> list[str]:
    """Return metadata as it is searched for."""
    return [tag(*pair) for pair in metadata.items()]


def _deeper(value: object, levels: int) -> bool:
    """Return whether a value of JSON has more levels than that."""
    if not isinstance(value, dict | list | tuple):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return not levels or any(_deeper(each, levels - 1) for each in inner)


def to_table(faces: Sequence[EnrolledFace], model: str) -> Any:  # noqa: ANN401
    """Return faces as an Arrow table.

    Raises BadOption for metadata that is no JSON, and for texts that are no UTF-8.
    """
    pa = arrow()
    vectors = np.concatenate([face.embedding for face in faces]) if faces else np.zeros(0)
    flat = pa.array(vectors.astype(np.float32))
    columns: dict[str, Any] = {
        name: [getattr(face, name) for face in faces] for name in ("quality", "added", "crop")
    }
    for name in TEXTS:
        columns[name] = [checked_text(getattr(face, name), f"its {name}") for face in faces]
    columns[VECTOR] = pa.FixedSizeListArray.from_arrays(flat, DIMENSIONS)
    columns["box"] = [
        [face.box.left, face.box.top, face.box.width, face.box.height] for face in faces
    ]
    columns["metadata"] = [metadata_text(face.metadata) for face in faces]
    columns["tags"] = [tags_of(face.metadata) for face in faces]
    return pa.table(columns, schema=schema(model))


def to_faces(table: Any) -> Iterator[EnrolledFace]:  # noqa: ANN401
    """Yield the faces of an Arrow table or batch. Columns that were not read stay empty."""
    names = table.schema.names
    rows = len(table)
    vectors = vectors_of(table) if VECTOR in names else np.zeros((rows, 0), np.float32)
    read = table.drop_columns([VECTOR]) if VECTOR in names else table
    for row, vector in zip(read.to_pylist(), vectors, strict=True):
        yield EnrolledFace(
            **{name: row[name] for name in ("id", "subject", "source", "digest", "added")},
            embedding=vector,
            box=Box(*row["box"]),
            quality=float(row["quality"]),
            metadata=json.loads(row["metadata"]),
            crop=row.get("crop") or b"",
        )


def vectors_of(table: Any) -> np.ndarray[Any, np.dtype[np.float32]]:  # noqa: ANN401
    """Return (rows, 512) embeddings of an Arrow table or batch."""
    column = table[VECTOR]
    whole = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    flat = whole.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(-1, DIMENSIONS)
