"""Lists of pictures, read row by row into rows of a batch: lines, CSV, JSON lines and Parquet."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.parquet import OPTIONS, TooLong, columns_of, parquet_rows, rows_in
from foveate.batches.row import Row, path_of, version_of
from foveate.errors import BadOption
from foveate.lists import LONGEST, SOURCE_COLUMNS, column_of, of_json_lines, of_lines, opened, table
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

PARQUET: Final = ".parquet"
STRUCTURED: Final = {
    dict: "an object",
    list: "an array",
    bytes: "bytes",
    TooLong: f"more than {LONGEST} bytes",
}


def is_list(name: str) -> bool:
    """Return whether a name is that of a list."""
    return Path(name).suffix.lower() in READERS


def check_columns(name: str) -> None:
    """Raise BadOption for a list that says before it is read that no row of it names a picture."""
    place = Path(name)
    there = HEADERS[place.suffix.lower()](place) if place.suffix.lower() in HEADERS else []
    if there and column_of(there) is None:
        raise BadOption(f"{place.name}: {_wanted('columns', there)}")


def listed(name: str) -> Iterator[Row]:
    """Yield the rows of a list; relative names are beside it. Raises BadOption for what is none."""
    place = Path(name)
    for said in READERS[place.suffix.lower()](place):
        yield row_of(said, place.parent)


def row_count(name: str) -> int | None:
    """Return how many rows a list says that it has; None where that takes reading it."""
    place = Path(name)
    is_said = place.suffix.lower() == PARQUET and place.is_file()
    return rows_in(place) if is_said else None


def row_of(said: object, folder: Path) -> Row:
    """Return the row that a list says, an object or a name; a problem where it says no picture."""
    if isinstance(said, str):
        said = {SOURCE_COLUMNS[0]: said}
    if not isinstance(said, Mapping):
        got = next((kind for cls, kind in STRUCTURED.items() if isinstance(said, cls)), "")
        problem = f"Expected an object or a name, got {got or json.dumps(said)}."
        return Row(key="", path="", problem=problem)
    # What a row has beyond its header has no name.
    values = {str(k): v for k, v in said.items() if k not in {None, ""} and v is not None}
    column, of_options = column_of(values) or "", column_of(values, [OPTIONS]) or ""
    others = {k: v for k, v in values.items() if k not in {column, of_options}}
    columns = {k: str(v) for k, v in others.items() if not _is_nothing(v)}
    source, options = values.get(column, ""), values.get(of_options, "")
    problem = _no_text(column, "cats/a.jpg", source) or no_source(str(source), said, values)
    if problem:
        return Row(key="", path="", columns=columns, problem=problem)
    problem = _no_text(OPTIONS, "width=50", options)
    row = named(str(source).strip(), folder, "" if problem else str(options), columns)
    return replace(row, problem=problem)


def _is_nothing(value: object) -> bool:
    """Return whether a name can no more be made of a value than of null.

    >>> [_is_nothing(each) for each in (["a"], float("nan"), 1e999, 0, "")]
    [True, True, True, False, False]
    """
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, tuple(STRUCTURED))


def _no_text(name: str, such_as: str, value: object) -> str:
    """Return what is wrong with a value that was to be a text, or nothing."""
    kind = next((said for cls, said in STRUCTURED.items() if isinstance(value, cls)), "")
    return f"Expected {name} as text, {such_as}, got {kind}." if kind else ""


def no_source(source: str, said: Mapping[Any, Any], values: Mapping[str, Any]) -> str:
    """Return why a row, as it is and without what is empty, names no picture; or nothing."""
    if source.strip() and "\0" not in source:
        return ""
    if column := column_of(values) or column_of(map(str, said)):
        got = shown(source) if source.strip() else "nothing"
        return f"Expected the name of a picture in `{column.strip()}`, got {got}."
    return _wanted("a row", values)


def _wanted(what: str, names: Iterable[str]) -> str:
    words = f"{', '.join(SOURCE_COLUMNS[:-1])} or {SOURCE_COLUMNS[-1]}"
    return f"Expected {what} with {words}, got {sorted(names)[:5]}."


def named(source: str, folder: Path, options: str, columns: Mapping[str, str]) -> Row:
    """Return the row of a file or an address that is named by itself."""
    if "://" in source:
        return Row(key=source, path=path_of(source), options=options, columns=columns)
    file = os.path.abspath(folder / source)  # noqa: PTH100 - links stay what they are called
    version = ""
    with suppress(OSError, ValueError):  # whoever reads it says what is wrong
        version = version_of(os.stat(file))  # noqa: PTH116
    return Row(
        key=file,
        path=path_of(source),
        version=version,
        options=options,
        columns=columns,
    )


def _text(place: Path) -> Iterator[Mapping[str, Any]]:
    with opened(place) as text:
        yield from of_lines(text, place.name)


def _jsonl(place: Path) -> Iterator[Any]:
    with opened(place) as text:
        yield from of_json_lines(text, place.name)


def _header(place: Path) -> Sequence[str]:
    with opened(place) as text:
        return table(text, place.name).fieldnames or ()


def _csv(place: Path) -> Iterator[Mapping[str, Any]]:
    with opened(place) as text:
        yield from table(text, place.name)


READERS: Final[Mapping[str, Callable[[Path], Iterator[Any]]]] = {
    ".txt": _text,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": _csv,
    PARQUET: parquet_rows,
}
HEADERS: Final[Mapping[str, Callable[[Path], Sequence[str]]]] = {
    ".csv": _header,
    PARQUET: columns_of,
}
"""How lists tell their columns before they are read."""
