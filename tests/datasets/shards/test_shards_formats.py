from __future__ import annotations

import io
import json
import zlib
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

import pytest
from shards_samples import CLASSES, MADE, THINGS, chunk, write

from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.shards.formats import NAMES, format_of, read
from foveate.errors import BadOption
from foveate.geometry.box import Size
from foveate.storage.ranged import ranged

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.seams import ShardFile

WRITTEN = {
    "webdataset": "9e4ddca2d9e3c2839cc9428142b238807a15733dbfcde799cdad0e81d186499b",
    "tfrecord": "2c68f244cdaddb22f7765b881ddc183888b9eea248dc13a186bdd26e79596a99",
    "parquet": "f5c1b3617a250bc16427fe3f6e33e15af5b2f15bb75bc7851d4bc4396a96895a",
    "folder": "63dfda36d3c86b03e3c127222046520051cad57a08e31cc0f6db8eac18d9cb7c",
}


def all_of(name: str, files: list[ShardFile], folder: Path) -> list[Made]:
    shards = [file.name for file in files if file.samples]
    return [
        made
        for shard in shards
        for made in read(name, shard, lambda name: (folder / name).open("rb"))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_to_the_last_bit(name: str, tmp_path: Path) -> None:
    files = write(name, tmp_path)
    assert all_of(name, files, tmp_path) == list(MADE)
    assert sum(file.samples for file in files) == len(MADE)


@pytest.mark.parametrize("name", NAMES)
def test_some_samples_of_a_file_are_read_by_their_places(name: str, tmp_path: Path) -> None:
    made = [replace(MADE[2], key=f"{number}") for number in range(70)]
    (shard,) = (file.name for file in write(name, tmp_path, made) if file.samples)
    places = frozenset((1, 49, 50, 69))
    found = read(name, shard, lambda name: (tmp_path / name).open("rb"), places)
    assert [each.key for each in found] == ["1", "49", "50", "69"]


def test_each_annotation_of_a_folder_has_a_box_and_nothing_is_lost(tmp_path: Path) -> None:
    outline = Polygons((((1.5, 2.0), (9.0, 2.0), (9.0, 8.0)),))
    things = (
        Instance(label="cat"),
        Instance(label="dog", mask=outline),
        Instance(label="cat", mask=Bitmap(Size(4, 3), (4, 2, 6))),
        Instance(label="dog", mask=Bitmap(Size(4, 3), (12,)), attributes={"far": True}),
        THINGS[0],
    )
    made = replace(MADE[0], instances=things)
    files = write("folder", tmp_path, [made])
    (part,) = (file.name for file in files if file.samples)
    said = json.loads((tmp_path / part).read_bytes())["annotations"]
    assert [each["bbox"] for each in said[:2]] == [[1.5, 2.0, 7.5, 6.0], [1, 1, 1, 2]]
    assert len(said) == 3
    assert [*read("folder", part, lambda name: (tmp_path / name).open("rb"))] == [made]


@pytest.mark.parametrize("name", NAMES)
def test_files_are_the_same_on_any_machine(name: str, tmp_path: Path) -> None:
    files = write(name, tmp_path)
    assert sha256("".join(file.sha256 for file in files).encode()).hexdigest() == WRITTEN[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_attributes_and_targets_changes_nothing(name: str, tmp_path: Path) -> None:
    def turned(made: Made) -> Made:
        things = tuple(
            replace(each, attributes=dict(reversed(each.attributes.items())))
            for each in made.instances
        )
        return replace(
            made,
            instances=things,
            attributes=dict(reversed(made.attributes.items())),
            targets=dict(reversed(made.targets.items())),
        )

    one, other = tmp_path / "one", tmp_path / "other"
    assert write(name, one) == write(name, other, map(turned, MADE))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_ends_where_it_is_large_enough(name: str, tmp_path: Path) -> None:
    made = [replace(MADE[2], key=f"{number}") for number in range(5)]
    files = write(name, tmp_path, made, max_bytes=2 * len(MADE[2].data))
    shards = [file for file in files if file.samples]
    assert sum(file.samples for file in shards) == len(made)
    assert len(shards) > 1
    assert [file.name.partition(".")[0] for file in shards] == [
        f"train-00007-{part:02d}" for part in range(len(shards))
    ]
    assert all_of(name, files, tmp_path) == made


@pytest.mark.parametrize("name", NAMES)
def test_files_are_what_is_said_of_them(name: str, tmp_path: Path) -> None:
    files = write(name, tmp_path)
    there = {
        str(file.relative_to(tmp_path)): file.read_bytes()
        for file in tmp_path.rglob("*")
        if file.is_file()
    }
    said = {file.name: (file.bytes, file.sha256, file.crc32) for file in files}
    assert said == {
        name: (len(data), sha256(data).hexdigest(), zlib.crc32(data))
        for name, data in there.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_chunk_of_nothing_has_no_files(name: str, tmp_path: Path) -> None:
    assert write(name, tmp_path, []) == []


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (name, damage)
        for name in NAMES
        for damage in ("cut", "changed", "none of ours")
        # A tar file has no sums but those of its headers.
        if (name, damage) != ("webdataset", "changed")
    ],
)
def test_a_damaged_file_is_refused(name: str, damage: str, tmp_path: Path) -> None:
    shard = write(name, tmp_path)[0].name
    data = (tmp_path / shard).read_bytes()
    middle = len(data) // 2
    damaged = {
        "cut": data[:middle],
        "changed": data[: len(data) - 700] + bytes(400) + data[len(data) - 300 :],
        "none of ours": b"<html></html>" * 100,
    }[damage]

    def reader(name: str) -> BinaryIO:
        return io.BytesIO(damaged) if name == shard else (tmp_path / name).open("rb")

    with pytest.raises(BadOption, match="xpected"):
        list(read(name, shard, reader))


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        ({"ext": "../jpg"}, "ending"),
        ({"ext": ""}, "ending"),
        ({"ext": "json"}, "ending"),
        ({"targets": {"../../x": b""}}, "ending"),
        ({"targets": {"cls": b""}}, "ending"),
        ({"targets": {"jpg": b""}}, "targets"),
        ({"labels": ("cow",)}, ": expected one of the . labels of the dataset .cat, dog"),
        ({"instances": (Instance(label="cow"),)}, "labels"),
        ({"instances": (Instance(label=""),)}, r"cat, dog.*got a thing without a label\."),
        ({"key": MADE[1].key}, "twice"),
    ],
)
def test_what_has_no_place_in_a_dataset_is_refused(
    strange: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadOption, match=said):
        write("tfrecord", tmp_path, [MADE[1], replace(MADE[0], **strange)])


def test_no_file_is_called_by_a_split_that_leaves_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="split"):
        write("tfrecord", tmp_path, split="../train")


def test_a_format_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="webdataset, tfrecord, parquet, folder"):
        format_of("zip").writer(chunk(tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_files_know_what_their_samples_are_like(name: str, tmp_path: Path) -> None:
    counts = write(name, tmp_path)[0].statistics
    assert counts["samples"] == {"train": 4}
    assert counts["labels"] == {"train": {"dog": 2, "cat": 1}}
    assert counts["instances"] == {"train": {"cat": 1, "dog": 2, CLASSES[2]: 1}}
    assert (counts["boxes"], counts["masks"]) == (3, len(THINGS) - 1)


@pytest.mark.parametrize("name", ["tfrecord", "webdataset"])
def test_of_a_large_file_no_more_is_read_than_somebody_looks_at(name: str, tmp_path: Path) -> None:
    writer = format_of(name).writer(chunk(tmp_path, max_bytes=1 << 30))
    for number in range(12):
        picture = Made(key=f"{number}", data=bytes(1 << 20), ext="jpg", size=Size(1, 1))
        writer.add(picture)
    (shard,) = writer.close()
    fetched = list[int]()

    def opened(name: str) -> BinaryIO:
        data = (tmp_path / name).read_bytes()

        def part(start: int, stop: int) -> bytes:
            fetched.append(stop - start)
            return data[start:stop]

        return ranged(len(data), part)

    assert next(read(name, shard.name, opened)).key == "0"
    assert sum(fetched) < 6 << 20
