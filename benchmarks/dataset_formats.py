"""Formats of datasets: what comes back of pictures, boxes and masks, and how quick they are.

    python benchmarks/dataset_formats.py [--quick] [--json FILE]

Photos of COCO with their polygons, every fourth as runs, and Kodak's. What is right is computed
straight from their files: decoded pixels, corners of polygons, pixels in them. The shards are read
by libraries of others, too, but for a quick look.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
from dataset_readers import decoded
from peers import dataset_readers
from PIL import Image, ImageDraw
from results import DATA, Check, Outcome, Table, alone, without_data

from foveate.datasets.masks import pixels_of
from foveate.datasets.sample import Bitmap, Instance, Made, Polygons
from foveate.datasets.seams import About, Chunk
from foveate.datasets.shards.finish import ShardFormats
from foveate.datasets.shards.formats import NAMES, read
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.datasets.sample import Mask
    from foveate.datasets.seams import ShardFile

NAME: Final = "dataset formats"
TITLE: Final = "dataset formats: what comes back"
FEW: Final = 8
CLASSES: Final = tuple(map(str, range(80)))
MAX_BYTES: Final = 2_000_000
AGAIN: Final = 20
READERS: Final = {
    "datasets": "parquet",
    "webdataset": "webdataset",
    "tfrecord": "tfrecord",
    "tensorflow-cpu": "tfrecord",
    "pycocotools": "folder",
}


def photos(most: int) -> Iterator[Made]:
    """Yield photos of COCO with the polygons that its authors drew, and some of Kodak's."""
    for file in sorted((DATA / "coco128_seg" / "images").glob("*.jpg"))[:most]:
        size = Size(*Image.open(file).size)
        rows = (DATA / "coco128_seg" / "labels" / f"{file.stem}.txt").read_text().splitlines()
        things = tuple(thing(row.split(), size, number) for number, row in enumerate(rows))
        yield Made(key=file.stem, data=file.read_bytes(), ext="jpg", size=size, instances=things)
    for file in sorted((DATA / "kodak").glob("*.png"))[:most]:
        size = Size(*Image.open(file).size)
        yield Made(key=f"kodak/{file.stem}", data=file.read_bytes(), ext="png", size=size)


def thing(row: Sequence[str], size: Size, number: int) -> Instance:
    corners = np.array(row[1:], float).reshape(-1, 2) * (size.width, size.height)
    left, top, right, bottom = *corners.min(0), *corners.max(0)
    box = Box(*map(float, (left, top, right - left, bottom - top)))
    polygon = Polygons((tuple(map(tuple, corners.tolist())),))
    mask = runs(corners, size) if number % 4 == 3 else polygon
    return Instance(label=row[0], box=box, mask=mask)


def drawn(corners: np.ndarray, size: Size) -> np.ndarray:
    image = Image.new("1", (size.width, size.height))
    ImageDraw.Draw(image).polygon(list(map(tuple, corners)), fill=1)
    return np.asarray(image)


def runs(corners: np.ndarray, size: Size) -> Bitmap:
    pixels = np.concatenate([[False], drawn(corners, size).T.ravel()])
    ends = [*np.flatnonzero(pixels[1:] != pixels[:-1]), pixels.size - 1]
    return Bitmap(size, tuple(int(run) for run in np.diff([0, *ends])))


def measure(*, quick: bool = False) -> Outcome:
    """Write and read all photos in each format, and compare with what they were made of."""
    made = list(photos(FEW if quick else 1000))
    if not made:
        return without_data(NAME, TITLE)
    outcome, rows = Outcome(NAME, TITLE), []
    with tempfile.TemporaryDirectory() as place:
        for name in NAMES:
            files = written(name, made, Path(place) / name)
            back = list(shards_of(name, files, Path(place) / name))
            things = sum(len(each.instances) for each in made)
            what = f"{name}: {len(made)} pictures, {things} boxes and masks come back"
            exact = sum(map(same, made, back)) if len(made) == len(back) else 0
            outcome.checks.append(
                Check(what, "all exact", f"{exact} of {len(made)}", exact == len(made))
            )
            rows.append(rates(name, made, Path(place) / f"{name}-again"))
        outcome.checks += [] if quick else others(made, Path(place))
    head = ("format", "written, MB/s", "read, MB/s", "bytes beside the pictures, a sample")
    outcome.tables.append(Table(f"rates, one core, {AGAIN} times as many", head, rows))
    return outcome


def written(name: str, made: Sequence[Made], folder: Path) -> list[ShardFile]:
    """Write two chunks and what belongs to a dataset."""
    formats, half, files = ShardFormats(), len(made) // 2, []
    for number, part in enumerate((made[:half], made[half:])):
        chunk = Chunk(
            folder=folder, split="train", number=number, classes=CLASSES, max_bytes=MAX_BYTES
        )
        writer = formats.writer(name, chunk)
        for each in part:
            writer.add(each)
        files += writer.close()
    about = About(
        id="x", name="x", handler="x", version="1", pin="", config={}, format=name, raw={},
        classes=CLASSES, splits={"train": len(made)},
    )  # fmt: skip
    work = folder / "beside"
    for beside, data in formats.finish(about, files, lambda f: (folder / f).open("rb"), work):
        (folder / beside).parent.mkdir(parents=True, exist_ok=True)
        (folder / beside).write_bytes(data if isinstance(data, bytes) else data.read_bytes())
    return files


def shards_of(name: str, files: Sequence[ShardFile], folder: Path) -> Iterator[Made]:
    for file in files:
        if file.samples:
            yield from read(name, file.name, lambda f: (folder / f).open("rb"))


def same(before: Made, after: Made) -> bool:
    """Return whether pixels, boxes and masks are those of the files that a sample is of."""
    pixels = np.array_equal(decoded(before.data), decoded(after.data))
    corners = [each.mask.rings for each in before.instances if isinstance(each.mask, Polygons)]
    masks = [pixels_of(e.mask) for e in before.instances if isinstance(e.mask, Bitmap)]
    got = [each.mask.rings for each in after.instances if isinstance(each.mask, Polygons)]
    got_masks = [pixels_of(e.mask) for e in after.instances if isinstance(e.mask, Bitmap)]
    return (
        pixels and before == after and corners == got and all(map(np.array_equal, masks, got_masks))
    )


def rates(name: str, made: Sequence[Made], folder: Path) -> tuple[str, ...]:
    """Return how many MB of pictures a second are written and read."""
    weight = AGAIN * sum(len(each.data) for each in made)
    begun, files = time.perf_counter(), []
    for number in range(AGAIN):
        chunk = Chunk(
            folder=folder / str(number), split="train", number=number, classes=CLASSES,
            max_bytes=1 << 28,
        )  # fmt: skip
        writer = ShardFormats().writer(name, chunk)
        for each in made:
            writer.add(each)
        files.append((chunk, writer.close()))
    done = time.perf_counter()
    for chunk, some in files:
        assert sum(1 for _ in shards_of(name, some, chunk.folder)) == len(made)
    end = time.perf_counter()
    more = sum(file.bytes for _, some in files for file in some) - weight
    times = (f"{weight / 1e6 / took:.0f}" for took in (done - begun, end - done))
    return (name, *times, f"{more / AGAIN / len(made):.0f}")


def others(made: Sequence[Made], folder: Path) -> Iterator[Check]:
    """Yield what libraries of others read."""
    python, script = dataset_readers(), Path(__file__).parent / "dataset_readers.py"
    (folder / "right.json").write_text(json.dumps([straight(each) for each in made]))
    for library, name in READERS.items():
        command = [python, script, folder, library]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        if done.returncode:
            raise RuntimeError(f"{library} failed:\n{done.stderr[-2000:]}")
        if told := json.loads(done.stdout):
            version, samples, right = told
            exact = sum(pair in right for pair in samples) if len(samples) == len(made) else 0
            what = f"{name} as {library} {version} reads it: pixels, boxes, classes, masks"
            yield Check(what, "all exact", f"{exact} of {len(made)}", exact == len(made))


def straight(made: Made) -> dict[str, object]:
    """Return where a photo is, and what is in it, which no shard has a part in."""
    folder = DATA / ("kodak" if made.ext == "png" else "coco128_seg/images")
    boxes = [each.box for each in made.instances if each.box]
    return {
        "key": made.key,
        "file": str(folder / f"{Path(made.key).name}.{made.ext}"),
        "boxes": [[box.left, box.top, box.width, box.height] for box in boxes],
        "labels": [each.label for each in made.instances],
        "masks": [uncompressed(each.mask) for each in made.instances if each.mask],
    }


def uncompressed(mask: Mask) -> object:
    if isinstance(mask, Bitmap):
        return {"size": [mask.size.height, mask.size.width], "counts": mask.counts}
    return [[float(side) for corner in ring for side in corner] for ring in mask.rings]


if __name__ == "__main__":
    alone(measure, __doc__)
