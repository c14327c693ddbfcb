"""Parquet, for lists and for what is known of pictures: an extra brings it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadInstallation, BadOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

ROWS: Final = 1024
"""In memory at once."""


def check_installed() -> None:
    """Raise BadInstallation where pyarrow is not here."""
    _parquet()


def _parquet() -> Any:  # noqa: ANN401 - an extra
    try:
        from pyarrow import parquet  # noqa: PLC0415
    except ModuleNotFoundError as why:
        cure = "pip install 'foveate[people]' brings it"
        raise BadInstallation(f"Expected pyarrow for Parquet, got none: {cure}.") from why
    return parquet


def parquet_rows(place: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a file. Raises BadOption for what is none, BadInstallation."""
    reader = _parquet()
    with _as_ours(place), reader.ParquetFile(place) as file:
        for batch in file.iter_batches(ROWS):
            yield from records(batch)


@contextmanager
def _as_ours(place: Path) -> Iterator[None]:
    from pyarrow import ArrowException  # noqa: PLC0415

    try:
        yield
    except (ArrowException, OSError) as why:
        # Of a damaged file an OSError says what Arrow makes of it, and nothing of the disk.
        if number := getattr(why, "errno", None):
            raise BadOption(f"Expected a list at {place}, got {os.strerror(number)}.") from why
        raise BadOption(f"{place.name}: expected Parquet, got what is none.") from why


def columns_of(place: Path) -> list[str]:
    """Return the names of columns of a file. Raises as `parquet_rows`."""
    reader = _parquet()
    with _as_ours(place):
        return list(reader.read_schema(place).names)


def records(table: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a table, or a record batch
    """Return rows of Arrow; what Python has no value for is text, or as the last resort None."""
    columns = [_values(column) for column in table.columns]
    return [dict(zip(table.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Any) -> list[Any]:  # noqa: ANN401
    with suppress(ValueError, OverflowError):
        return column.to_pylist()  # type: ignore[no-any-return]
    # Of a time in nanoseconds, or after the year 9999, Python has none.
    with suppress(ValueError, NotImplementedError):
        return column.cast("string").to_pylist()  # type: ignore[no-any-return]
    return [_value(each) for each in column]


def _value(scalar: Any) -> Any:  # noqa: ANN401
    with suppress(ValueError, OverflowError):
        return scalar.as_py()
    return None


def write_texts(place: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of texts and numbers as a file, a column for each name."""
    writer = _parquet()
    import pyarrow as pa  # noqa: PLC0415

    numbers = {"row", "width", "height"}
    schema = pa.schema([(name, pa.int64() if name in numbers else pa.string()) for name in columns])
    with writer.ParquetWriter(place, schema, compression="zstd") as file:
        waiting: list[Sequence[Any]] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) == ROWS:
                file.write_batch(_batch(pa, schema, waiting))
                waiting = []
        if waiting:
            file.write_batch(_batch(pa, schema, waiting))


def arrow_of(
    kind: Any,  # noqa: ANN401 - a class of pyarrow
    texts: Sequence[str],
    numbers: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
) -> Any:  # noqa: ANN401
    """Return rows as a table or a record batch with these columns."""
    import pyarrow as pa  # noqa: PLC0415

    words = [(name, pa.string()) for name in texts]
    return kind.from_pylist(rows, schema=pa.schema(words + [(n, pa.int64()) for n in numbers]))


def _batch(pa: Any, schema: Any, rows: Sequence[Sequence[Any]]) -> Any:  # noqa: ANN401
    arrays = [
        pa.array(column, field.type)
        for column, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)
