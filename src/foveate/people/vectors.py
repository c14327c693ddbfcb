"""Embeddings that were made elsewhere: read from .npy, Parquet and JSON lines; and written."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS, checked_subject
from foveate.errors import BadOption
from foveate.lists import bounded
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
REAL: Final = "fiu"
"""The kinds of numpy's numbers that have one part."""
ID: Final = re.compile(r"[0-9a-f]{32}")
"""How our own faces are called; what others call theirs says nothing here."""
LATEST: Final = 253_402_300_800.0
"""The end of the year 9999, the last that dates can name."""
TEXTS: Final = ("subject", "source", "digest", "model")
SIDES: Final = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVector:
    """An embedding, and what came with it."""

    embedding: NDArray[np.float32] = field(repr=False)
    id: str = ""
    """Of a face of ours, such as an export has it; empty where it has none."""
    subject: str = ""
    source: str = ""
    digest: str = ""
    model: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    quality: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    added: float | None = None
    """When it was enrolled, in seconds since 1970; None where nothing says so."""


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
    if array.ndim != 2 or array.dtype.kind not in REAL:  # noqa: PLR2004 - rows of numbers
        got = f"shape {array.shape} of {array.dtype}"
        raise BadOption(f"{path.name}: expected rows of real numbers, got {got}.")
    names = path.with_suffix(".txt")
    subjects = _subjects(names, len(array)) if names.exists() else []
    for row, vector in enumerate(array):
        subject = subjects[row] if subjects else ""
        place = f"{path.name} row {row}"
        yield _checked(GivenVector(embedding=unit(vector, place), subject=subject), place)


def _subjects(names: Path, many: int) -> list[str]:
    with names.open(encoding="utf-8") as text:
        # One more than there may be, and no more of a file that has no end.
        subjects = [line.strip() for line in islice(bounded(text, names.name), many + 1)]
    if subjects and len(subjects) != many:
        got = f"{len(subjects)}" if len(subjects) < many else "more"
        raise BadOption(f"{names.name}: expected {many} lines, got {got}.")
    return subjects


def _json_lines(path: Path) -> Iterator[GivenVector]:
    with path.open(encoding="utf-8") as text:
        for number, line in enumerate(bounded(text, path.name), 1):
            if line.strip():
                place = f"{path.name} line {number}"
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as why:
                    raise BadOption(f"{place}: expected JSON, got what is none.") from why
                yield _given(row, place)


def _parquet(path: Path) -> Iterator[GivenVector]:
    arrow()
    from pyarrow import ArrowException  # noqa: PLC0415 - an extra
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    number = 0
    try:
        for batch in ParquetFile(path).iter_batches(1024):
            for row in batch.to_pylist():
                yield _given(row, f"{path.name} row {number}")
                number += 1
    except ArrowException as why:
        raise BadOption(f"{path.name}: expected Parquet, got what is none.") from why


def _given(row: Any, place: str) -> GivenVector:  # noqa: ANN401 - whatever JSON is
    if not isinstance(row, dict) or "embedding" not in row:
        raise BadOption(f"{place}: expected an object with an embedding, got none.")
    vector = unit(row["embedding"], place)
    try:
        beside = _beside(row)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as why:
        raise BadOption(
            f"{place}: expected box as left, top, width and height, quality as 0 to 1, added as "
            f"seconds since 1970 and metadata as an object, got what is none: {why}."
        ) from why
    texts: dict[str, Any] = {name: row.get(name) or "" for name in TEXTS}
    if odd := [name for name, text in texts.items() if not isinstance(text, str)]:
        raise BadOption(f"{place}: expected {odd[0]} as a text, got {texts[odd[0]]!r:.40}.")
    return _checked(GivenVector(embedding=vector, id=_id_of(row), **texts, **beside), place)


def _id_of(row: Mapping[str, Any]) -> str:
    said = row.get("id")
    return said if isinstance(said, str) and ID.fullmatch(said) else ""


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


def _beside(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else a row says of a face. Raises ValueError for what is out of its bounds."""
    metadata = row.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    if not isinstance(metadata, dict):
        raise TypeError("metadata are no object")
    said: dict[str, Any] = {"metadata": metadata, "box": _box(row.get("box") or (0.0,) * 4)}
    for name, most in (("quality", 1.0), ("added", LATEST)):
        if row.get(name) is not None:
            said[name] = _within(name, float(row[name]), most)
    return said


def _box(said: Any) -> Sides:  # noqa: ANN401 - whatever JSON is
    sides = [said[side] for side in SIDES] if isinstance(said, dict) else said
    left, top, width, height = map(float, sides)
    if not (isfinite(left) and isfinite(top)):
        raise ValueError("it is nowhere")
    # A face at an edge may begin outside; none is less than nothing.
    longest = sys.float_info.max
    return left, top, _within("width", width, longest), _within("height", height, longest)


def _within(name: str, number: float, most: float) -> float:
    if not 0.0 <= number <= most:
        raise ValueError(f"{name} is {number:g}")
    return number


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
