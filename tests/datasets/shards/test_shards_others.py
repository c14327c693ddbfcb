"""Files of ours as libraries of others read them."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import parquet
from shards_samples import CLASSES, MADE, write

from foveate.datasets.shards.parquet import ROWS
from foveate.datasets.shards.tfrecord import records

if TYPE_CHECKING:
    from pathlib import Path


def test_parquet_has_columns_of_the_types_that_datasets_expects(tmp_path: Path) -> None:
    """Its metadata counts only for columns that are, to the type, what it says."""
    (file,) = write("parquet", tmp_path)
    schema = parquet.read_schema(tmp_path / file.name)
    types = {field.name: str(field.type) for field in schema}
    assert types["image"] == "struct<bytes: binary, path: string>"
    assert types["labels"] == "list<element: int64>"
    assert types["objects"] == (
        "struct<bbox: list<element: list<element: double>>, category: list<element: int64>,"
        " segmentation: list<element: string>, attributes: list<element: string>>"
    )
    assert all(field.nullable for field in schema)
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert list(features) == schema.names
    assert features["labels"]["feature"] == {"names": list(CLASSES), "_type": "ClassLabel"}


def test_parquet_has_what_is_known_of_pictures(tmp_path: Path) -> None:
    made = [replace(MADE[number % 4], key=str(number)) for number in range(2 * ROWS + 7)]
    (file,) = write("parquet", tmp_path, made)
    table = parquet.ParquetFile(tmp_path / file.name)
    assert table.metadata.num_row_groups == 3
    rows = table.read().to_pylist()
    assert [row["key"] for row in rows] == [each.key for each in made]
    assert [row["image"]["bytes"] for row in rows] == [each.data for each in made]
    assert rows[0]["objects"]["bbox"] == [[1.1, 2.2, 30.3, 40.4], None, [0, 0, 1, 1], [0, 0, 4, 3]]
    assert rows[0]["objects"]["category"] == [0, 1, 1, 2]
    assert rows[1]["objects"]["bbox"] == []
    assert [row["labels"] for row in rows[:4]] == [[], [1], [0, 1], []]


def test_tar_files_have_the_files_of_a_sample_side_by_side(tmp_path: Path) -> None:
    (file,) = write("webdataset", tmp_path)
    with tarfile.open(tmp_path / file.name) as archive:
        members = archive.getmembers()
        names = [member.name for member in members]
        assert names == [
            "cats/7~2Ev2-000.jpg",
            "cats/7~2Ev2-000.json",
            "~E7~8C~AB.cls",
            "~E7~8C~AB.json",
            "~E7~8C~AB.png",
            "~2E~2E/~2E~2E/etc/passwd.depth.png",
            "~2E~2E/~2E~2E/etc/passwd.json",
            "~2E~2E/~2E~2E/etc/passwd.matte.png",
            "~2E~2E/~2E~2E/etc/passwd.webp",
            "~5F_x__/plain.jpg",
            "~5F_x__/plain.json",
        ]
        assert {(each.mtime, each.uid, each.uname, each.mode) for each in members} == {
            (0, 0, "", 0o644)
        }
        label = archive.extractfile("~E7~8C~AB.cls")
        assert label is not None
        assert label.read() == b"1"


def example_class() -> Any:
    """The messages of TensorFlow, as its .proto has them."""
    pytest.importorskip("google.protobuf", reason="pip install protobuf")
    from google.protobuf import (  # noqa: PLC0415
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    file = descriptor_pb2.FileDescriptorProto(name="example.proto", package="t", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto

    def message(name: str, *fields: tuple[str, int, str], within: Any = file.message_type) -> Any:
        one = within.add(name=name)
        for number, (called, label, kind) in enumerate(fields, 1):
            told = one.field.add(name=called, number=number, label=label)
            if kind.startswith("."):
                told.type, told.type_name = kinds.TYPE_MESSAGE, f".t{kind}"
            else:
                told.type = getattr(kinds, f"TYPE_{kind}")
        return one

    once, many = kinds.LABEL_OPTIONAL, kinds.LABEL_REPEATED
    message("BytesList", ("value", many, "BYTES"))
    message("FloatList", ("value", many, "FLOAT"))
    message("Int64List", ("value", many, "INT64"))
    lists = ("bytes", "BytesList"), ("float", "FloatList"), ("int64", "Int64List")
    message("Feature", *((f"{name}_list", once, f".{kind}") for name, kind in lists))
    features = message("Features", ("feature", many, ".Features.FeatureEntry"))
    pair = ("key", once, "STRING"), ("value", once, ".Feature")
    entry = message("FeatureEntry", *pair, within=features.nested_type)
    entry.options.map_entry = True
    message("Example", ("features", once, ".Features"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Example"))


def test_records_are_examples_as_protobuf_reads_them(tmp_path: Path) -> None:
    (file,) = write("tfrecord", tmp_path)
    example = example_class()
    with (tmp_path / file.name).open("rb") as opened:
        first, second, third, _ = (
            example.FromString(record).features.feature for record in records(opened)
        )
    assert list(first["image/encoded"].bytes_list.value) == [MADE[0].data]
    assert list(first["image/format"].bytes_list.value) == [b"jpeg"]
    assert list(first["image/width"].int64_list.value) == [64]
    assert list(first["image/object/class/label"].int64_list.value) == [1, 2, 3]
    assert list(first["image/object/is_crowd"].int64_list.value) == [1, 0, 0]
    left = list(first["image/object/bbox/xmin"].float_list.value)
    assert left == pytest.approx([1.1 / 64, 0, 0])
    assert list(first["image/object/bbox/ymax"].float_list.value) == pytest.approx(
        [42.6 / 48, 1 / 48, 3 / 48]
    )
    assert list(second["image/class/text"].bytes_list.value) == [b"dog"]
    assert second["image/source_id"].bytes_list.value[0].decode() == MADE[1].key
    assert list(third["target/matte.png"].bytes_list.value) == [b"matte"]


def test_folders_have_coco_whose_parts_and_splits_say_the_same(tmp_path: Path) -> None:
    from foveate.datasets.shards.folder import together  # noqa: PLC0415

    made = [replace(MADE[number % 4], key=str(number)) for number in range(9)]
    files = write("folder", tmp_path, made, max_bytes=1500)
    parts = [(tmp_path / file.name).read_bytes() for file in files if file.samples]
    whole = json.loads(b"".join(together(lambda: parts, CLASSES)))
    said = [json.loads(part) for part in parts]
    assert len(parts) > 1
    for what in ("images", "annotations"):
        assert whole[what] == [each for part in said for each in part[what]]
        assert len({each["id"] for each in whole[what]}) == len(whole[what])
    assert whole["categories"] == said[0]["categories"]
    assert json.loads(b"".join(together(list, ())))["images"] == []
    names = {image["file_name"] for image in whole["images"]}
    assert names == {file.name for file in files if not file.samples and "train" in file.name} - {
        target for image in whole["images"] for target in image.get("targets", {}).values()
    }


def test_targets_are_pictures_of_a_row(tmp_path: Path) -> None:
    (file,) = write("parquet", tmp_path, MADE[2:3])
    (row,) = parquet.read_table(io.BytesIO((tmp_path / file.name).read_bytes())).to_pylist()
    assert row["targets"]["name"] == ["depth.png", "matte.png"]
    assert [each["bytes"] for each in row["targets"]["image"]] == [b"depth" * 100, b"matte"]
