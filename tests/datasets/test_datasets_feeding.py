"""Datasets of this machine, shared out among readers, shuffled, and as arrays."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as Picture

from foveate.datasets.feeding import Order, arrays, fed
from foveate.datasets.local import Local
from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.seams import Chunk
from foveate.datasets.shards.formats import format_of
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging import Image

if TYPE_CHECKING:
    from pathlib import Path

SHARDS = [f"train-{number:05d}-00.tar" for number in range(5)]
ALL = {f"{shard}/{at}" for shard in SHARDS for at in range(7)}
HEAVY = ("pyvips", "onnxruntime", "lancedb", "numpy", "pyarrow", "jsonschema", "fastapi", "PIL")


def read(shard: str) -> list[str]:
    return [f"{shard}/{at}" for at in range(7)]


@pytest.mark.parametrize("parts", [1, 2, 5, 8])
@pytest.mark.parametrize("shuffle", [0, 4, 100])
def test_all_readers_together_have_each_sample_once(parts: int, shuffle: int) -> None:
    orders = [Order(shuffle, 3, 1, part, parts) for part in range(parts)]
    each = [list(fed(read, SHARDS, order)) for order in orders]
    together = sorted(sample for some in each for sample in some)
    assert together == sorted(ALL)
    assert all(each)


def test_an_order_is_the_same_for_a_seed_and_an_epoch_and_another_for_the_next() -> None:
    first, again, later = (list(fed(read, SHARDS, Order(10, 3, epoch))) for epoch in (0, 0, 1))
    assert first == again
    assert sorted(first) == sorted(later)
    assert first != later
    assert list(fed(read, SHARDS, Order())) == [s for shard in SHARDS for s in read(shard)]


def red(width: int, height: int) -> bytes:
    picture = Image.black(width, height, bands=3).linear(1, [200, 30, 20])
    data: bytes = picture.cast("uchar").pngsave_buffer()
    return data


def sample(key: str) -> Made:
    boxed = Instance(label="dog", box=Box(1, 2, 3, 4))
    return Made(
        key=key,
        data=red(8, 6),
        ext="png",
        size=Size(8, 6),
        labels=("cat",),
        instances=(boxed, Instance(label="cat")),
        targets={"matte.png": red(8, 6)},
    )


def test_a_sample_becomes_arrays_in_pixels_and_numbers() -> None:
    told = arrays(sample("a-000"), {"cat": 0, "dog": 1})
    assert told["image"].shape == (6, 8, 3)
    assert tuple(told["image"][0, 0]) == (200, 30, 20)
    assert told["boxes"].tolist() == [[1, 2, 4, 6]]
    assert (told["box_labels"].tolist(), told["labels"].tolist()) == ([1], [0])
    assert np.array_equal(told["matte"], told["image"])
    empty = arrays(Made(key="b", data=red(1, 1), ext="png", size=Size(1, 1)), {})
    assert empty["boxes"].shape == (0, 4)


def test_masks_are_drawn_beside_their_boxes_for_who_asks() -> None:
    outline = Polygons((((1.0, 1.0), (5.0, 1.0), (5.0, 3.0), (1.0, 3.0)),))
    runs = Bitmap(Size(8, 6), (6, 2, 40))
    things = (
        Instance(label="dog", box=Box(1, 1, 4, 2), mask=outline),
        Instance(label="cat", box=Box(0, 0, 2, 2)),
        Instance(label="cat", mask=runs),
        Instance(label="dog"),
    )
    told = arrays(replace(sample("a-000"), instances=things), {"cat": 0, "dog": 1}, masks=True)
    assert (told["masks"].dtype, told["masks"].shape) == (np.uint8, (3, 6, 8))
    assert told["boxes"].tolist() == [[1, 1, 5, 3], [0, 0, 2, 2], [1, 0, 2, 2]]
    assert told["box_labels"].tolist() == [1, 0, 0]
    for mask, (left, top, right, bottom) in zip(
        told["masks"], [(1, 1, 5, 3), (0,) * 4, (1, 0, 2, 2)], strict=True
    ):
        whole = np.zeros((6, 8), np.uint8)
        whole[top:bottom, left:right] = 1
        assert np.array_equal(mask, whole)
    none = arrays(Made(key="b", data=red(2, 3), ext="png", size=Size(2, 3)), {}, masks=True)
    assert none["masks"].shape == (0, 3, 2)


def test_an_image_has_colours_where_its_file_has_a_palette() -> None:
    told = arrays(Made(key="p", data=of_palette(), ext="png", size=Size(8, 6)), {})
    assert told["image"].shape == (6, 8, 3)
    assert tuple(told["image"][0, 0]) == (200, 30, 20)


def test_a_target_of_classes_keeps_its_numbers() -> None:
    classes = {"classes.png": of_palette()}
    made = Made(key="p", data=red(8, 6), ext="png", size=Size(8, 6), targets=classes)
    assert np.array_equal(arrays(made, {})["classes"], np.ones((6, 8, 1)))


def of_palette() -> bytes:
    made, told = Picture.new("P", (8, 6), 1), io.BytesIO()
    made.putpalette([0, 0, 0, 200, 30, 20])
    made.save(told, "PNG")
    return told.getvalue()


@pytest.fixture
def local(tmp_path: Path) -> Local:
    classes, chunk = ("cat", "dog"), {"folder": tmp_path, "split": "train", "number": 0}
    writer = format_of("webdataset").writer(Chunk(**chunk, classes=classes, max_bytes=10**6))  # type: ignore[arg-type]
    for at in range(3):
        writer.add(sample(f"a-{at:03}"))
    rows = [{"name": each.name, "samples": each.samples} for each in writer.close()]
    told: dict[str, Any] = {"id": "x", "format": "webdataset", "classes": classes, "samples": 3}
    told |= {"splits": {"train": {}}, "shards": rows}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    return Local(tmp_path)


def test_what_was_downloaded_is_read_as_it_was_written(local: Local) -> None:
    assert [each.key for each in local.samples("train")] == ["a-000", "a-001", "a-002"]
    assert next(local.samples()) == sample("a-000")
    assert (len(local), local.splits, local.classes) == (3, ("train",), ("cat", "dog"))
    with pytest.raises(BadOption, match="Expected a split of train, got 'val'"):
        local.samples("val")
    with pytest.raises(BadOption, match="Expected a dataset in"):
        _ = Local(local.folder / "none").id


def test_the_client_loads_nothing_heavy() -> None:
    code = "import sys; from foveate.datasets import AsyncClient, Client; "
    code += f"print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
