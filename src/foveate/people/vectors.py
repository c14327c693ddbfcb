"""Embeddings that were made elsewhere: read from .npy, Parquet and JSON lines; and written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS
from foveate.errors import BadOption
from foveate.people.lance import arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from foveate.enrolled import EnrolledFace

LEAST_NORM: Final = 1e-6
TEXTS: Final = ("subject", "source", "digest", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVector:
    """An embedding, and what came with it."""

    embedding: NDArray[np.float32] = field(repr=False)
    subject: str = ""
    source: str = ""
    digest: str = ""
    model: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    quality: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)


def unit(vector: ArrayLike, place: str) -> NDArray[np.float32]:
    """Return a vector of length 1. Raises BadOption for what is none, naming its place."""
    try:
        with np.errstate(over="ignore"):  # what is too large has no direction
            array = np.asarray(vector, np.float32)
    except (TypeError, ValueError, OverflowError) as why:
        raise BadOption(f"{place}: expected {DIMENSIONS} numbers, got none.") from why
    if array.shape != (DIMENSIONS,):
        raise BadOption(f"{place}: expected {DIMENSIONS} numbers, got {array.shape}.")
    length = float(np.linalg.norm(array))
    if not np.isfinite(length) or length < LEAST_NORM:
        raise BadOption(f"{place}: expected a vector that has a direction, got length {length:g}.")
    return array / np.float32(length)


def read_vectors(path: Path) -> Iterator[GivenVector]:
    """Yield the embeddings of a file. Raises BadOption for files and rows that are none.

    Rows of Parquet and JSON lines have `embedding` and what else of `GivenVector` there is; beside
    NAME.npy, NAME.txt may have a subject on each line.
    """
    reads = READERS.get(path.suffix.lower())
    if reads is None:
        raise BadOption(f"Expected embeddings as {', '.join(READERS)}, got {path.name}.")
    return reads(path)


def _npy(path: Path) -> Iterator[GivenVector]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as why:
        raise BadOption(f"{path.name}: expected a numpy array, got what is none.") from why
    names = path.with_suffix(".txt")
    subjects = names.read_text(encoding="utf-8").splitlines() if names.exists() else []
    if subjects and len(subjects) != len(array):
        raise BadOption(f"{names.name}: expected {len(array)} lines, got {len(subjects)}.")
    for row, vector in enumerate(array):
        subject = subjects[row].strip() if subjects else ""
        yield GivenVector(embedding=unit(vector, f"{path.name} row {row}"), subject=subject)


def _json_lines(path: Path) -> Iterator[GivenVector]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                place = f"{path.name} line {number}"
                try:
                    row = json.loads(line)
                except ValueError as why:
                    raise BadOption(f"{place}: expected JSON, got what is none.") from why
                yield _given(row, place)


def _parquet(path: Path) -> Iterator[GivenVector]:
    arrow()
    from pyarrow import ArrowInvalid  # noqa: PLC0415 - an extra
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        file = ParquetFile(path)
    except ArrowInvalid as why:
        raise BadOption(f"{path.name}: expected Parquet, got what is none.") from why
    number = 0
    for batch in file.iter_batches(1024):
        for row in batch.to_pylist():
            yield _given(row, f"{path.name} row {number}")
            number += 1


def _given(row: Any, place: str) -> GivenVector:  # noqa: ANN401 - whatever JSON is
    if not isinstance(row, dict) or "embedding" not in row:
        raise BadOption(f"{place}: expected an object with an embedding, got none.")
    metadata = row.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    box = row.get("box")
    if isinstance(box, dict):
        box = [box[side] for side in ("left", "top", "width", "height")]
    return GivenVector(
        embedding=unit(row["embedding"], place),
        **{name: str(row.get(name) or "") for name in TEXTS},
        box=tuple(map(float, box)) if box else (0.0, 0.0, 0.0, 0.0),  # type: ignore[arg-type]
        quality=float(row.get("quality", 1.0)),
        metadata=metadata,
    )


READERS: Final[Mapping[str, Callable[[Path], Iterator[GivenVector]]]] = {
    ".npy": _npy,
    ".parquet": _parquet,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}


def lines_of(faces: Iterable[EnrolledFace], model: str) -> Iterator[str]:
    """Yield a line of JSON for each face, as `read_vectors` reads them."""
    for face in faces:
        box = face.box
        yield json.dumps(
            {
                "id": face.id,
                "subject": face.subject,
                "model": model,
                "source": face.source,
                "digest": face.digest,
                "box": [box.left, box.top, box.width, box.height],
                "quality": round(face.quality, 4),
                "metadata": dict(face.metadata),
                "added": face.added,
                "embedding": [round(float(x), 7) for x in face.embedding],
            }
        )
