"""Parquet, for lists and for what is known of pictures: an extra brings it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadInstallation, BadOption
from foveate.lists import LONGEST, SOURCE_COLUMNS, column_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

ROWS: Final = 1024
"""In memory at once."""
BYTES: Final = 1 << 24
"""Of rows in memory at once, by the sums in their file: as many as that, but one at least."""
OPTIONS: Final = "options"
KNOWN_COLUMNS: Final = (*SOURCE_COLUMNS, OPTIONS)
BUFFER: Final = 1 << 20
"""Bytes of a column that are read at once."""


class TooLong:
    """Stands for a text that is longer than a line of any list may be."""


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
    """Yield the rows of a file. Raises BadOption for what is none, BadInstallation.

    Bytes, and what has parts, are no values of a row: they are not read, or where a row names its
    picture by them, are empty.
    """
    reader = _parquet()
    with _as_ours(place):
        meta = reader.read_metadata(place)
        fields = list(meta.schema.to_arrow_schema())
        wanted = [each.name for each in fields if _is_value(each.type) or _is_known(each.name)]
        texts = [each.name for each in fields if _is_text(each.type)]
        opened = partial(reader.ParquetFile, place, metadata=meta, buffer_size=BUFFER)
        for number in range(meta.num_row_groups):
            size = _rows_at_once(meta.row_group(number), wanted)
            long = _long_texts(opened, number, texts)
            with opened(read_dictionary=long) as file:
                for batch in file.iter_batches(size, [number], wanted):
                    yield from _rows(batch)


def rows_in(place: Path) -> int:
    """Return how many rows a file says that it has. Raises as `parquet_rows`."""
    reader = _parquet()
    with _as_ours(place):
        return int(reader.read_metadata(place).num_rows)


def _long_texts(opened: Callable[..., Any], group: int, texts: Sequence[str]) -> list[str]:
    """Return in which columns rows share texts that are long: they are read once, for all rows.

    Sums count such a text once, however many rows have it.
    """
    if not texts:
        return []
    with opened(read_dictionary=texts) as file:
        for batch in file.iter_batches(1, [group], texts):
            columns = zip(batch.schema.names, batch.columns, strict=True)
            return [name for name, column in columns if _longest(column) * ROWS > BYTES]
    return []


def _longest(column: Any) -> int:  # noqa: ANN401
    """Return how many bytes the longest text has, of those that are there for a column."""
    from pyarrow import compute  # noqa: PLC0415

    texts = column.dictionary if hasattr(column, "dictionary") else column
    return int(compute.max(compute.binary_length(texts)).as_py() or 0)


def _rows_at_once(group: Any, wanted: Sequence[str]) -> int:  # noqa: ANN401
    columns = map(group.column, range(group.num_columns))
    size = sum(
        each.total_uncompressed_size
        for each in columns
        if each.path_in_schema in wanted or each.path_in_schema.partition(".")[0] in wanted
    )
    many: int = group.num_rows * BYTES // max(1, size)
    return max(1, min(ROWS, many))


def _is_known(name: str) -> bool:
    return column_of([name], KNOWN_COLUMNS) is not None


def _is_value(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    from pyarrow import types  # noqa: PLC0415

    return not (types.is_nested(kind) or _is_bytes(kind))


def _is_bytes(kind: Any) -> bool:  # noqa: ANN401
    from pyarrow import types  # noqa: PLC0415

    kinds = (types.is_binary, types.is_large_binary, types.is_binary_view)
    if types.is_dictionary(kind):
        return _is_bytes(kind.value_type)
    return types.is_fixed_size_binary(kind) or any(check(kind) for check in kinds)


def _is_text(kind: Any) -> bool:  # noqa: ANN401
    from pyarrow import types  # noqa: PLC0415

    return any(check(kind) for check in (types.is_string, types.is_large_string))


def _rows(batch: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    columns = [_shared(column) for column in batch.columns]
    if not columns:
        yield from ({} for _ in range(batch.num_rows))
    for row in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, row, strict=True))


def _shared(column: Any) -> list[Any]:  # noqa: ANN401
    """Return values of a column, where equal texts are one object, and nothing is long."""
    from pyarrow import types  # noqa: PLC0415

    kind = column.type
    if _is_bytes(kind):
        return [b"" if there else None for there in column.is_valid().to_pylist()]
    if types.is_nested(kind):
        empty: object = {} if types.is_struct(kind) else []
        return [empty if there else None for there in column.is_valid().to_pylist()]
    if types.is_dictionary(kind) and _is_text(kind.value_type):
        text = lru_cache(None)(lambda number: _text(column.dictionary[number]))
        numbers = column.indices.to_pylist()
        return [None if number is None else text(number) for number in numbers]
    long = _is_text(kind) and _longest(column) > LONGEST
    return [*map(_text, column)] if long else _values(column)


def _text(scalar: Any) -> str | TooLong | None:  # noqa: ANN401
    if not scalar.is_valid:
        return None
    if scalar.as_buffer().size > LONGEST:
        return TooLong()
    text: str = scalar.as_py()
    return text


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
