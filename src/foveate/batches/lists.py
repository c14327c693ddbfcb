"""Lists of pictures, read row by row: lines, CSV, JSON lines and Parquet."""

from __future__ import annotations

import csv
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from foveate.batches.parquet import parquet_rows
from foveate.batches.row import Row, path_of, version_of
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

SOURCE_COLUMNS: Final = ("source", "file", "path", "image", "filename", "url")
"""Under which of them a list says where a picture is, the first that it has."""
OPTIONS: Final = "options"
LONGEST: Final = 1_000_000
"""Characters of a line or a field."""


def is_list(name: str) -> bool:
    """Return whether a name is that of a list."""
    return Path(name).suffix.lower() in READERS


def listed(name: str) -> Iterator[Row]:
    """Yield the rows of a list; relative names are beside it. Raises BadOption for what is none."""
    place = Path(name)
    try:
        for said in READERS[place.suffix.lower()](place):
            yield row_of(said, place.parent)
    except OSError as why:
        raise BadOption(f"Expected a list at {name}, got {why.strerror}.") from why
    except (UnicodeDecodeError, csv.Error) as why:
        raise BadOption(
            f"{place.name}: expected a list in UTF-8, got what is none: {why}."
        ) from why


def of_lines(lines: Iterable[str], place: str) -> Iterator[Mapping[str, Any]]:
    """Yield what each line says: a name, or an object of JSON."""
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            got = f"line {number} is longer"
            raise BadOption(f"{place}: expected lines of at most {LONGEST} characters, {got}.")
        if line.startswith("{"):
            yield _object(line, f"{place} line {number}")
        elif name := line.rstrip("\r\n"):
            yield {"source": name}


def row_of(said: Mapping[str, Any], folder: Path) -> Row:
    """Return the row that a list says, with a problem where it says no picture."""
    texts = {name: str(value) for name, value in said.items() if name and value is not None}
    by_lower = {name.strip().lower(): name for name in texts}
    column = next((by_lower[each] for each in SOURCE_COLUMNS if each in by_lower), "")
    source = texts.pop(column, "").strip()
    options = texts.pop(by_lower.get(OPTIONS, ""), "")
    if not source or "\0" in source:
        wanted = f"Expected a row with {', '.join(SOURCE_COLUMNS[:-1])} or {SOURCE_COLUMNS[-1]}"
        return Row(key="", path="", columns=texts, problem=f"{wanted}, got {sorted(said)[:5]}.")
    return named(source, folder, options, texts)


def named(source: str, folder: Path, options: str, columns: Mapping[str, str]) -> Row:
    """Return the row of a file or an address that is named by itself."""
    if "://" in source:
        return Row(key=source, path=path_of(source), options=options, columns=columns)
    file = os.path.abspath(folder / source)  # noqa: PTH100 - links stay what they are called
    version = ""
    with suppress(OSError):  # whoever reads it says what is wrong
        version = version_of(os.stat(file))  # noqa: PTH116
    return Row(
        key=file,
        path=path_of(source),
        version=version,
        options=options,
        columns=columns,
    )


def _text(place: Path) -> Iterator[Mapping[str, Any]]:
    with place.open(encoding="utf-8-sig") as lines:
        yield from of_lines(_bounded(lines), place.name)


def _bounded(lines: IO[str]) -> Iterator[str]:
    # A file without line ends must not be read whole.
    return iter(lambda: lines.readline(LONGEST + 1), "")


def _csv(place: Path) -> Iterator[Mapping[str, Any]]:
    with place.open(newline="", encoding="utf-8-sig") as lines:
        yield from csv.DictReader(_bounded(lines))


def _object(line: str, place: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as why:
        raise BadOption(f"{place}: expected JSON, got what is none.") from why
    if not isinstance(said, dict):
        raise BadOption(f"{place}: expected an object of JSON, got {type(said).__name__}.")
    return said


READERS: Final[Mapping[str, Callable[[Path], Iterator[Mapping[str, Any]]]]] = {
    ".txt": _text,
    ".jsonl": _text,
    ".ndjson": _text,
    ".csv": _csv,
    ".parquet": parquet_rows,
}
