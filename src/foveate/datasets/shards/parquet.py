"""Parquet, with what Hugging Face's `datasets` reads of it: pictures, classes, lists of boxes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.sample import Instance, Made
from foveate.datasets.shards.coco import mask_of, segmentation
from foveate.datasets.shards.columns import (
    BYTE_ARRAY,
    DOUBLE,
    INT32,
    INT64,
    MAGIC,
    Group,
    Leaf,
    Listed,
    chunk,
    columns,
    footer,
    page,
    row_group,
)
from foveate.datasets.shards.names import parted, stem
from foveate.datasets.shards.parts import PartsWriter, ShardOutput
from foveate.errors import BadInstallation, BadOption
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from foveate.datasets.seams import Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.columns import Column
    from foveate.datasets.shards.statistics import Counts

NAME: Final = "parquet"
PATTERN: Final = "{split}-*.parquet"
READER: Final = """import datasets

samples = datasets.load_dataset("parquet", data_files={{"{split}": "{pattern}"}}, split="{split}")
print(samples.features, samples[0]["image"])"""
FEW: Final = 8
"""Rows that are in memory at once, where they are read."""
ROWS: Final = 100
"""Of a group: what a reader has in memory at least."""
MOST_BYTES: Final = 64 << 20
"""A group ends also where it has as many."""
METADATA: Final = "huggingface"
TEXT: Final = Leaf(BYTE_ARRAY, is_text=True)
PICTURE: Final = Group({"bytes": Leaf(BYTE_ARRAY), "path": TEXT})
SCHEMA: Final = Group(
    {
        "image": PICTURE,
        "key": TEXT,
        "width": Leaf(INT32),
        "height": Leaf(INT32),
        "labels": Listed(Leaf(INT64)),
        "objects": Group(
            {
                "bbox": Listed(Listed(Leaf(DOUBLE))),
                "category": Listed(Leaf(INT64)),
                "segmentation": Listed(TEXT),
                "attributes": Listed(TEXT),
            }
        ),
        "group": TEXT,
        "attributes": TEXT,
        "targets": Group(
            {
                "name": Listed(TEXT),
                "image": Listed(PICTURE),
            }
        ),
    }
)
COLUMNS: Final = tuple(columns(SCHEMA))


def features(classes: Sequence[str]) -> str:
    """Return what `datasets` is told of the columns, as JSON."""
    label = {"names": list(classes), "_type": "ClassLabel"}
    objects = {
        "bbox": _sequence(_value("float64")),
        "category": label,
        "segmentation": _value("string"),
        "attributes": _value("string"),
    }
    of_columns = {
        "image": {"_type": "Image"},
        "key": _value("string"),
        "width": _value("int32"),
        "height": _value("int32"),
        "labels": _sequence(label),
        "objects": _sequence(objects),
        "group": _value("string"),
        "attributes": _value("string"),
        "targets": _sequence({"name": _value("string"), "image": {"_type": "Image"}}),
    }
    return json.dumps({"info": {"features": of_columns}})


def _value(kind: str) -> dict[str, str]:
    return {"dtype": kind, "_type": "Value"}


def _sequence(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"feature": feature, "_type": "Sequence"}


def writer(chunk: Chunk) -> PartsWriter:
    """Return what writes a chunk."""
    return PartsWriter(chunk, NAME, _Part)


class _Part:
    def __init__(self, chunk: Chunk, name: str) -> None:
        self._classes = chunk.classes
        self._numbers = {label: number for number, label in enumerate(chunk.classes)}
        self._output = ShardOutput(chunk.folder, name)
        self._output.write(MAGIC)
        self._waiting: list[Mapping[str, Any]] = []
        self._waiting_bytes = 0
        self._groups: list[bytes] = []

    def add(self, made: Made) -> int:
        self._waiting.append(_row(made, self._numbers))
        self._waiting_bytes += len(made.data) + sum(map(len, made.targets.values()))
        if len(self._waiting) == ROWS or self._waiting_bytes >= MOST_BYTES:
            self._end_group()
        return self._output.bytes + self._waiting_bytes

    def _end_group(self) -> None:
        begun = self._output.bytes
        chunks = [self._write(column) for column in COLUMNS]
        self._groups.append(row_group(chunks, self._output.bytes - begun, len(self._waiting)))
        self._waiting, self._waiting_bytes = [], 0

    def _write(self, column: Column) -> bytes:
        at = self._output.bytes
        data, count = page(column, [_at(row, column.path) for row in self._waiting])
        self._output.write(data)
        return chunk(column, at, len(data), count)

    def close(self, samples: int, counts: Counts) -> list[ShardFile]:
        if self._waiting:
            self._end_group()
        about = {METADATA: features(self._classes)}
        self._output.write(footer(SCHEMA, self._groups, samples, about))
        return [self._output.close(samples, counts)]


def _at(row: Any, path: Sequence[str]) -> Any:  # noqa: ANN401 - of any type
    """Return what is at a path in a row, below lists too."""
    for at, name in enumerate(path):
        if row is None:
            return None
        if name == "list":
            return [_at(each, path[at + 2 :]) for each in row]
        row = row[name]
    return row


def _row(made: Made, numbers: Mapping[str, int]) -> dict[str, Any]:
    name, things = stem(made.key), made.instances
    targets = sorted(made.targets.items())
    return {
        "image": {"bytes": made.data, "path": f"{name}.{made.ext}".encode()},
        "key": _bytes(made.key),
        "width": made.size.width,
        "height": made.size.height,
        "labels": [numbers[label] for label in made.labels],
        "objects": {
            "bbox": [_sides(each.box) for each in things],
            "category": [numbers[each.label] for each in things],
            "segmentation": [_json(segmentation(e.mask)) if e.mask else None for e in things],
            "attributes": [_json(dict(each.attributes)) for each in things],
        },
        "group": _bytes(made.group),
        "attributes": _json(dict(made.attributes)),
        "targets": {
            "name": [ending.encode() for ending, _ in targets],
            "image": [{"bytes": d, "path": f"{name}.{e}".encode()} for e, d in targets],
        },
    }


def _sides(box: Box | None) -> list[float] | None:
    return [box.left, box.top, box.width, box.height] if box else None


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


def _json(said: Any) -> bytes:  # noqa: ANN401
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def read(name: str, opened: OpenShard, places: Container[int]) -> Iterator[Made]:
    """Yield the samples of a file at these places. Raises BadOption for none, BadInstallation."""
    try:
        from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as why:
        cure = "pip install 'foveate[datasets]' brings it"
        raise BadInstallation(f"Expected pyarrow for Parquet, got none: {cure}.") from why
    try:
        with opened(name) as whole, parquet.ParquetFile(whole) as file:
            said = json.loads(file.schema_arrow.metadata[METADATA.encode()])
            classes = said["info"]["features"]["objects"]["feature"]["category"]["names"]
            at = 0
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(FEW, row_groups=[group]):
                    rows = [row for row in range(batch.num_rows) if at + row in places]
                    at += batch.num_rows
                    if rows:
                        few = batch if len(rows) == batch.num_rows else batch.take(rows)
                        yield from (_made(row, classes) for row in few.to_pylist())
    except (ArrowInvalid, IndexError, KeyError, OSError, TypeError, ValueError) as why:
        raise BadOption(f"{name}: expected Parquet that we wrote, got other.") from why


def _made(row: Mapping[str, Any], classes: Sequence[str]) -> Made:
    targets = zip(row["targets"]["name"], row["targets"]["image"], strict=True)
    return Made(
        key=row["key"],
        data=row["image"]["bytes"],
        ext=parted(row["image"]["path"])[1],
        size=Size(row["width"], row["height"]),
        group=row["group"],
        labels=tuple(classes[number] for number in row["labels"]),
        instances=tuple(_instances(row["objects"], classes)),
        targets={ending: picture["bytes"] for ending, picture in targets},
        attributes=json.loads(row["attributes"]),
    )


def _instances(things: Mapping[str, Sequence[Any]], classes: Sequence[str]) -> Iterator[Instance]:
    told = (things[name] for name in ("bbox", "category", "segmentation", "attributes"))
    for sides, number, mask, attributes in zip(*told, strict=True):
        yield Instance(
            label=classes[number],
            box=Box(*sides) if sides else None,
            mask=mask_of(json.loads(mask)) if mask else None,
            attributes=json.loads(attributes),
        )
