from __future__ import annotations

import json
import time
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from shards_samples import CLASSES, MADE, write

from foveate.datasets.making import Halted
from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.seams import About
from foveate.datasets.shards.contact import contact_jpeg
from foveate.datasets.shards.finish import ShardFormats
from foveate.datasets.shards.formats import NAMES
from foveate.datasets.shards.plots import MOST_BARS, bars, columns, ranked
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.seams import ShardFile

GREY = from_array(np.full((60, 90, 3), 128, np.uint8)).pngsave_buffer()
HALF = Bitmap(Size(90, 60), (45 * 60, 45 * 60))
"""The right half."""


def about(**said: Any) -> About:
    usual: dict[str, Any] = {
        "id": "pets_foveate-1_00ff",
        "name": "pets",
        "handler": "foveate",
        "version": "1",
        "pin": "ab12",
        "config": {"options": ["width=640"]},
        "format": "tfrecord",
        "raw": {"digest": "00", "kind": "coco", "count": 5, "licence": "CC-BY | <b>4.0</b>"},
        "classes": CLASSES,
        "splits": {"train": 5},
        "skipped": {"BrokenImage": 1},
    }
    return About(**usual | said)


def finished(files: list[ShardFile], folder: Path, **said: Any) -> dict[str, bytes]:
    read = lambda name: (folder / name).open("rb")  # noqa: E731
    beside = ShardFormats().finish(about(**said), files, read, folder / "beside")
    return {name: data if isinstance(data, bytes) else data.read_bytes() for name, data in beside}


def picture(**said: Any) -> Made:
    return Made(key="a", data=GREY, ext="png", size=Size(90, 60), **said)


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_says_what_it_is_and_shows_itself(name: str, tmp_path: Path) -> None:
    made = [*MADE, replace(picture(), instances=(Instance(label="cat", box=Box(5, 5, 20, 20)),))]
    files = write(name, tmp_path, made)
    beside = finished(files, tmp_path, format=name)
    said = json.loads(beside["manifest.json"])
    assert said["samples"] == 5
    assert said["splits"] == {"train": {"chosen": 5, "samples": 5}}
    assert [(s["name"], s["sha256"], s["crc32"]) for s in said["shards"]] == [
        (file.name, file.sha256, file.crc32) for file in files
    ]
    assert {each["name"]: each["sha256"] for each in said["files"]} == {
        each: sha256(data).hexdigest() for each, data in beside.items() if each != "manifest.json"
    }
    counts = json.loads(beside["statistics.json"])
    assert counts["whole"]["samples"] == {"train": 5}
    assert counts["shards"].keys() == {file.name for file in files if file.samples}
    page = beside["README.md"].decode()
    assert all(f"({each})" in page for each in beside if each.endswith(("svg", "jpg")))
    assert ("annotations/train.json" in beside) is (name == "folder")


def test_what_is_said_does_not_differ_by_when_or_where(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    said = [finished(write("parquet", folder), folder, format="parquet") for folder in (one, other)]
    assert said[0] == said[1]


def test_a_datasheet_says_texts_of_others_as_they_read(tmp_path: Path) -> None:
    page = finished(write("tfrecord", tmp_path), tmp_path)["README.md"].decode()
    assert "| licence | CC-BY \\| &lt;b&gt;4.0&lt;/b&gt; |" in page
    assert "| Katze \\| 猫 | 1 | 1 |" in page
    assert "| BrokenImage | 1 |" in page
    assert page.startswith('---\npretty_name: "pets"\nlicense: "other"\nlicense_name: "cc-by-b-4.')


def test_a_dataset_of_nothing_is_described_too(tmp_path: Path) -> None:
    beside = finished([], tmp_path, splits={})
    assert json.loads(beside["manifest.json"])["shards"] == []
    assert "contact.jpg" not in beside


def test_a_contact_sheet_shows_boxes_and_masks_in_the_colour_of_their_class(
    tmp_path: Path,
) -> None:
    ring = ((60.0, 30.0), (90.0, 30.0), (90.0, 60.0), (60.0, 60.0))
    things = (
        Instance(label="cat", mask=HALF),
        Instance(label="dog", mask=Polygons((ring,))),
        Instance(label="dog", box=Box(10, 10, 20, 40)),
    )
    files = write("tfrecord", tmp_path, [picture(), replace(picture(instances=things), key="b")])
    sheet = contact_jpeg("tfrecord", files, CLASSES, lambda name: (tmp_path / name).open("rb"))
    assert sheet is not None
    pixels = Image.new_from_buffer(sheet, "").numpy().astype(int)
    assert pixels.shape[1] == 1600
    blue = np.flatnonzero((pixels[..., 2] > pixels[..., 0] + 30).any(axis=0))
    orange = np.flatnonzero((pixels[..., 0] > pixels[..., 2] + 30).any(axis=0))
    # The first has none; of the second the box begins before the right half, and all end with it.
    assert 800 < orange[0] < blue[0] < orange[-1]
    assert (
        np.abs(pixels[100, blue[0] + 60] - (0.55 * 128 + 0.45 * np.array([76, 201, 240]))).max() < 8
    )


def test_a_small_split_has_as_few_places_on_the_sheet_as_it_has_samples(tmp_path: Path) -> None:
    files = [
        file
        for split, red, count in (("test", 255, 2), ("train", 0, 41))
        for file in write("tfrecord", tmp_path, _variations(red, count), split=split)
    ]
    sheet = contact_jpeg("tfrecord", files, (), lambda name: (tmp_path / name).open("rb"))
    assert sheet is not None
    pixels = Image.new_from_buffer(sheet, "").numpy().astype(int)
    reds = (pixels[..., 0] > pixels[..., 1] + 200).sum()
    greens = (pixels[..., 1] > pixels[..., 0] + 200).sum()
    assert 0 < reds < greens / 20


def _variations(red: int, count: int) -> list[Made]:
    """Return eight variations of each of so many pictures of a colour."""
    data = from_array(np.full((60, 90, 3), (red, 255 - red, 0), np.uint8)).pngsave_buffer()
    keys = [f"{number:02}-{variation:03}" for number in range(count) for variation in range(8)]
    return [Made(key=key, data=data, ext="png", size=Size(90, 60)) for key in keys]


def test_a_datasheet_says_how_the_largest_split_is_read(tmp_path: Path) -> None:
    files = [
        *write("webdataset", tmp_path, MADE[:1], split="test"),
        *write("webdataset", tmp_path, split="train"),
    ]
    page = finished(files, tmp_path, format="webdataset")["README.md"].decode()
    assert 'sorted(glob("train-*.tar"))' in page


def test_a_picture_that_cannot_be_shown_is_left_out(tmp_path: Path) -> None:
    files = write("tfrecord", tmp_path)
    read = lambda name: (tmp_path / name).open("rb")  # noqa: E731
    assert contact_jpeg("tfrecord", files, CLASSES, read) is None


def test_a_contact_sheet_of_much_is_made_in_time_and_ends_when_it_is_halted(
    tmp_path: Path,
) -> None:
    labels = tuple(f"label {number:06d}" for number in range(10_000))
    thing = Instance(label="cat" * 1000, box=Box(5, 5, 20, 20))
    classes = [*labels, thing.label]
    made = picture(labels=labels, instances=(thing,) * 10_000)
    files = write("webdataset", tmp_path, [made], classes=classes)
    read = lambda name: (tmp_path / name).open("rb")  # noqa: E731

    began = time.process_time()
    assert contact_jpeg("webdataset", files, classes, read)
    assert time.process_time() - began < 5

    def halt() -> None:
        raise Halted

    with pytest.raises(Halted):
        contact_jpeg("webdataset", files, classes, read, halt)


def test_plots_are_drawings_whatever_classes_are_called() -> None:
    counts = {'<script>alert("1")</script>': 7, "a\0\ud800b": 1, "x" * 200: 2}
    for svg in (bars("Things & more", counts), columns("Bytes", {"": {"0": 3, "1024": 9}})):
        root = ET.fromstring(svg)  # noqa: S314 - of ours
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{*}script")


def test_plots_show_the_most_of_many_classes() -> None:
    counts = {f"{number}": number for number in range(100)}
    rows = ranked(counts)
    assert len(rows) == MOST_BARS
    assert rows[0] == ("99", 99)
    assert sum(count for _, count in rows) == sum(counts.values())


def test_the_bars_of_a_plot_are_as_high_as_there_are_many() -> None:
    root = ET.fromstring(columns("", {"": {"2": 5, "4": 10}}))  # noqa: S314
    heights = [float(bar.attrib["height"]) for bar in root.findall("{*}rect")]
    assert heights == [90, 180]
    texts = [text.text for text in root.findall("{*}text")]
    assert texts[1:] == ["5", "10", "2", "3", "4"]
