"""Samples with all that there is to know of one, and chunks to write them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.seams import Chunk
from foveate.datasets.shards.formats import format_of
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from foveate.datasets.seams import ShardFile

CLASSES = ("cat", "dog", "Katze | 猫")

THINGS = (
    Instance(label="cat", box=Box(1.1, 2.2, 30.3, 40.4), attributes={"iscrowd": True, "age": 0.1}),
    Instance(label="dog", mask=Polygons((((0.1, 0.2), (9.7, 0.3), (5.5, 8.1)),))),
    Instance(
        label="dog",
        box=Box(0, 0, 1, 1),
        mask=Polygons((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), ((3.0, 3.0), (4.0, 3.0), (4.0, 4.5)))),
    ),
    Instance(label="Katze | 猫", box=Box(0, 0, 4, 3), mask=Bitmap(Size(4, 3), (5, 2, 5))),
)
MADE = (
    Made(key="cats/7.v2-000", data=b"\xff\xd8one", ext="jpg", size=Size(64, 48), instances=THINGS),
    Made(key="猫", data=b"", ext="png", size=Size(1, 1), labels=("dog",), group="night"),
    Made(
        key="../../etc/passwd",
        data=b"three" * 200,
        ext="webp",
        size=Size(640, 480),
        labels=("cat", "dog"),
        targets={"matte.png": b"matte", "depth.png": b"depth" * 100},
        attributes={"blur": 0.25, "indoors": False, "by": 'me "&" <you>'},
    ),
    Made(key="__x__/plain", data=b"four", ext="jpg", size=Size(3, 2)),
)


def chunk(folder: Path, **said: Any) -> Chunk:
    usual: dict[str, Any] = {"split": "train", "number": 7, "classes": CLASSES}
    return Chunk(folder=folder, **usual | {"max_bytes": 1 << 20} | said)


def write(name: str, folder: Path, made: Iterable[Made] = MADE, **said: Any) -> list[ShardFile]:
    writer = format_of(name).writer(chunk(folder, **said))
    for each in made:
        writer.add(each)
    return writer.close()
