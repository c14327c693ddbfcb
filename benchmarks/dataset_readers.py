"""Shards as a library of others reads them: run by any Python that has it, and pycocotools.

    PYTHON benchmarks/dataset_readers.py FOLDER LIBRARY

Prints JSON: its version, the digest of each sample that it read (of the pixels that it decoded, of
boxes, of the names of classes, of masks in pixels), and what is right; null where it is not there.
Two of them in one process get into each other's way.
"""

# ruff: noqa: ANN401, PLC0415 - of libraries that need not be there

from __future__ import annotations

import hashlib
import io
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER: Final = Path(sys.argv[1]) if __name__ == "__main__" else Path()


def told(pixels: Any, boxes: Sequence[Any], labels: Sequence[str], masks: Sequence[Any]) -> str:
    """Return the digest of a sample."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels, np.uint8).tobytes())
    digest.update(np.asarray(boxes, np.float64).tobytes())
    digest.update(json.dumps(list(labels)).encode())
    for mask in masks:
        digest.update(np.packbits(np.asarray(mask, bool)).tobytes())
    return digest.hexdigest()


def decoded(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def raster(said: Any, height: int, width: int) -> Any:
    """Return COCO's segmentation in pixels, as its own library draws it."""
    from pycocotools import mask

    if isinstance(said, list):
        said = mask.merge(mask.frPyObjects([ring for ring in said if len(ring) > 5], height, width))
    elif isinstance(said["counts"], list):
        said = mask.frPyObjects(said, height, width)
    return mask.decode(said)


def segmentation(said: Any) -> Any:
    """Return a mask of ours, in `json`, as COCO has it."""
    if "rings" in said:
        return [[number for corner in ring for number in corner] for ring in said["rings"]]
    return {"size": said["size"][::-1], "counts": said["counts"]}


def of_json(pixels: Any, said: Any) -> tuple[str, str]:
    things, (width, height) = said.get("instances", []), said["size"]
    masks = [raster(segmentation(each["mask"]), height, width) for each in things]
    boxes, labels = [each["box"] for each in things], [each["label"] for each in things]
    return said["key"], told(pixels, boxes, labels, masks)


def files(format_name: str, ending: str) -> list[str]:
    return sorted(str(path) for path in (FOLDER / format_name).glob(f"*-*.{ending}"))


def with_datasets() -> Iterator[tuple[str, str]]:
    import datasets

    rows = datasets.Dataset.from_parquet(files("parquet", "parquet"), keep_in_memory=True)
    names = rows.features["objects"]["category"].feature.int2str
    for row in rows:
        things, (width, height) = row["objects"], row["image"].size
        masks = [raster(json.loads(each), height, width) for each in things["segmentation"]]
        pixels = np.asarray(row["image"].convert("RGB"))
        yield row["key"], told(pixels, things["bbox"], map(names, things["category"]), masks)


def with_webdataset() -> Iterator[tuple[str, str]]:
    import webdataset

    for sample in webdataset.WebDataset(files("webdataset", "tar"), shardshuffle=False):
        said = json.loads(sample["json"])
        yield of_json(decoded(sample[said["ext"]]), said)


def with_tfrecord() -> Iterator[tuple[str, str]]:
    from tfrecord.reader import tfrecord_loader

    for file in files("tfrecord", "tfrecord"):
        for record in tfrecord_loader(file, None):
            yield of_json(
                decoded(bytes(record["image/encoded"])), json.loads(bytes(record["json"]))
            )


def with_tensorflow() -> Iterator[tuple[str, str]]:
    import tensorflow as tf

    spec = {name: tf.io.FixedLenFeature([], tf.string) for name in ("image/encoded", "json")}
    sides = ("xmin", "ymin", "xmax", "ymax")
    spec |= {f"image/object/bbox/{side}": tf.io.VarLenFeature(tf.float32) for side in sides}
    for record in tf.data.TFRecordDataset(files("tfrecord", "tfrecord")):
        row = tf.io.parse_single_example(record, spec)
        said = json.loads(row["json"].numpy())
        size = np.array([*said["size"], *said["size"]])
        box = np.array([each["box"] for each in said.get("instances", [])]).reshape(-1, 4)
        corners = np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1) / size
        for at, side in enumerate(sides):
            found = row[f"image/object/bbox/{side}"].values.numpy()
            assert np.array_equal(found, corners[:, at].astype(np.float32)), side
        # TensorFlow decodes JPEG by another of libjpeg's methods than Pillow unless told.
        data = row["image/encoded"].numpy()
        way = {"dct_method": "INTEGER_ACCURATE"} if data[:2] == b"\xff\xd8" else {}
        decode = tf.io.decode_jpeg if way else tf.io.decode_png
        yield of_json(decode(data, channels=3, **way).numpy(), said)


def with_coco() -> Iterator[tuple[str, str]]:
    from pycocotools.coco import COCO

    for file in sorted((FOLDER / "folder" / "annotations").glob("*.json")):
        coco = COCO(file)
        for number in coco.getImgIds():
            image, things = coco.imgs[number], coco.loadAnns(coco.getAnnIds(number))
            labels = [coco.cats[each["category_id"]]["name"] for each in things]
            pixels = decoded((FOLDER / "folder" / image["file_name"]).read_bytes())
            masks = [coco.annToMask(each) for each in things]
            yield image["key"], told(pixels, [each["bbox"] for each in things], labels, masks)


def straight() -> Iterator[tuple[str, str]]:
    """Yield what is right: of the photos themselves."""
    for said in json.loads((FOLDER / "right.json").read_text()):
        pixels = decoded(Path(said["file"]).read_bytes())
        masks = [raster(each, *pixels.shape[:2]) for each in said["masks"]]
        yield said["key"], told(pixels, said["boxes"], said["labels"], masks)


READERS: Final = {
    "datasets": with_datasets,
    "webdataset": with_webdataset,
    "tfrecord": with_tfrecord,
    "tensorflow-cpu": with_tensorflow,
    "pycocotools": with_coco,
}


def main() -> None:
    sys.stdout, out = sys.stderr, sys.stdout
    library = sys.argv[2]
    try:
        found = version(library)
    except PackageNotFoundError:
        json.dump(None, out)
        return
    json.dump([found, list(READERS[library]()), list(straight())], out)


if __name__ == "__main__":
    main()
