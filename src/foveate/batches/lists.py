"""Lists of pictures, read row by row into rows of a batch: lines, CSV, JSON lines and Parquet."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.parquet import parquet_rows
from foveate.batches.row import Row, path_of, version_of
from foveate.lists import SOURCE_COLUMNS, column_of, of_lines, opened, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OPTIONS: Final = "options"


def is_list(name: str) -> bool:
    """Return whether a name is that of a list."""
    return Path(name).suffix.lower() in READERS


def listed(name: str) -> Iterator[Row]:
    """Yield the rows of a list; relative names are beside it. Raises BadOption for what is none."""
    place = Path(name)
    for said in READERS[place.suffix.lower()](place):
        yield row_of(said, place.parent)


def row_of(said: Mapping[str, Any], folder: Path) -> Row:
    """Return the row that a list says, with a problem where it says no picture."""
    texts = {name: str(value) for name, value in said.items() if name and value is not None}
    column, of_options = column_of(texts), column_of(texts, [OPTIONS])
    source = texts.pop(column, "").strip() if column else ""
    options = texts.pop(of_options, "") if of_options else ""
    if not source or "\0" in source:
        wanted = f"Expected a row with {', '.join(SOURCE_COLUMNS[:-1])} or {SOURCE_COLUMNS[-1]}"
        got = sorted(map(str, said))[:5]
        return Row(key="", path="", columns=texts, problem=f"{wanted}, got {got}.")
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
    with opened(place) as text:
        yield from of_lines(text, place.name)


def _csv(place: Path) -> Iterator[Mapping[str, Any]]:
    with opened(place) as text:
        yield from table(text, place.name)


READERS: Final[Mapping[str, Callable[[Path], Iterator[Mapping[str, Any]]]]] = {
    ".txt": _text,
    ".jsonl": _text,
    ".ndjson": _text,
    ".csv": _csv,
    ".parquet": parquet_rows,
}
