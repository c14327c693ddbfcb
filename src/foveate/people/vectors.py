"""Embeddings that were made elsewhere: read from .npy, Parquet and JSON lines; and written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS, checked_subject
from foveate.errors import BadOption
from foveate.people.lance import arrow
from foveate.people.schema import checked_text, metadata_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from foveate.enrolled import EnrolledFace

    Reads = Callable[[Path], Iterator["GivenVector"]]
    Sides = tuple[float, float, float, float]

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
    return _readable(path, reads)


def _readable(path: Path, reads: Reads) -> Iterator[GivenVector]:
    try:
        yield from reads(path)
    except (OSError, EOFError, UnicodeDecodeError) as why:
        raise BadOption(
            f"{path.name}: expected embeddings, got what cannot be read: {why}."
        ) from why


def _npy(path: Path) -> Iterator[GivenVector]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as why:
        raise BadOption(f"{path.name}: expected a numpy array, got what is none.") from why
    if array.ndim != 2:  # noqa: PLR2004 - rows of numbers
        raise BadOption(f"{path.name}: expected rows of numbers, got shape {array.shape}.")
    names = path.with_suffix(".txt")
    subjects = names.read_text(encoding="utf-8").splitlines() if names.exists() else []
    if subjects and len(subjects) != len(array):
        raise BadOption(f"{names.name}: expected {len(array)} lines, got {len(subjects)}.")
    for row, vector in enumerate(array):
        subject = subjects[row].strip() if subjects else ""
        place = f"{path.name} row {row}"
        yield _checked(GivenVector(embedding=unit(vector, place), subject=subject), place)


def _json_lines(path: Path) -> Iterator[GivenVector]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                place = f"{path.name} line {number}"
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as why:
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
    vector = unit(row["embedding"], place)
    try:
        box, quality, metadata = _beside(row)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as why:
        raise BadOption(
            f"{place}: expected box as four numbers, quality as one and metadata as an object, got "
            f"what is none: {why}."
        ) from why
    texts = {name: row.get(name) or "" for name in TEXTS}
    if odd := [name for name, text in texts.items() if not isinstance(text, str)]:
        raise BadOption(f"{place}: expected {odd[0]} as a text, got {texts[odd[0]]!r:.40}.")
    return _checked(
        GivenVector(embedding=vector, **texts, box=box, quality=quality, metadata=metadata), place
    )


def _checked(given: GivenVector, place: str) -> GivenVector:
    """Return what an index can keep. Raises BadOption for what it cannot, naming its place."""
    try:
        if given.subject:
            checked_subject(given.subject)
        for name in TEXTS:
            checked_text(getattr(given, name), f"its {name}")
        metadata_text(given.metadata)
    except BadOption as why:
        raise BadOption(f"{place}: {why}") from why
    return given


def _beside(row: Mapping[str, Any]) -> tuple[Sides, float, Mapping[str, Any]]:
    """Return box, quality and metadata of a row, as they are where it says nothing of them."""
    metadata = row.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    box = row.get("box") or (0.0, 0.0, 0.0, 0.0)
    if isinstance(box, dict):
        box = [box[side] for side in ("left", "top", "width", "height")]
    quality = 1.0 if row.get("quality") is None else float(row["quality"])
    left, top, width, height = map(float, box)
    if not isinstance(metadata, dict) or not all(
        map(isfinite, (left, top, width, height, quality))
    ):
        raise ValueError("no object, or no number")
    return (left, top, width, height), quality, metadata


READERS: Final[Mapping[str, Reads]] = {
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
