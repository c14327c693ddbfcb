"""TFRecord: records of `tf.train.Example` with the names of TensorFlow's Object Detection API.

Each also has `json`, in which nothing is rounded and nothing left out: boxes of the API are 32-bit
floats, and it has no words for much else.
"""

from __future__ import annotations

import json
import os
import struct
from typing import TYPE_CHECKING, BinaryIO, Final

from foveate.datasets.shards.crc32c import masked
from foveate.datasets.shards.example import BYTES, FLOATS, INTS, byte_features, example
from foveate.datasets.shards.names import stem
from foveate.datasets.shards.parts import PartsWriter, ShardOutput
from foveate.datasets.wire import made_from_json, made_to_json
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from foveate.datasets.sample import Instance, Made
    from foveate.datasets.seams import Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.example import Values
    from foveate.datasets.shards.statistics import Counts
    from foveate.geometry.box import Box, Size

NAME: Final = "tfrecord"
PATTERN: Final = "{split}-*.tfrecord"
READER: Final = """import tensorflow as tf

records = tf.data.TFRecordDataset(sorted(tf.io.gfile.glob("{pattern}")))
spec = {{
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/object/class/label": tf.io.VarLenFeature(tf.int64),
    "image/object/bbox/xmin": tf.io.VarLenFeature(tf.float32),
}}
samples = records.map(lambda record: tf.io.parse_single_example(record, spec))"""
FIRST_CLASS: Final = 1
"""The number of the first class: nothing is 0, as label maps of the API have it."""
ENCODED: Final = "image/encoded"
TARGET: Final = "target/"
JSON: Final = "json"
LENGTH: Final = struct.Struct("<Q")
CRC: Final = struct.Struct("<I")
HEAD: Final = LENGTH.size + CRC.size


def writer(chunk: Chunk) -> PartsWriter:
    """Return what writes a chunk."""
    return PartsWriter(chunk, NAME, _Part)


class _Part:
    def __init__(self, chunk: Chunk, name: str) -> None:
        self._classes = {label: n + FIRST_CLASS for n, label in enumerate(chunk.classes)}
        self._output = ShardOutput(chunk.folder, name)

    def add(self, made: Made) -> int:
        record = example(_features(made, self._classes))
        for data in framed(record):
            self._output.write(data)
        return self._output.bytes

    def close(self, samples: int, counts: Counts) -> list[ShardFile]:
        return [self._output.close(samples, counts)]


def framed(record: bytes) -> tuple[bytes, ...]:
    """Return a record as files have it: its length and itself, each with a sum."""
    length = LENGTH.pack(len(record))
    return length, CRC.pack(masked(length)), record, CRC.pack(masked(record))


def _features(made: Made, classes: Mapping[str, int]) -> dict[str, tuple[int, Values]]:
    said = json.dumps(made_to_json(made), sort_keys=True, separators=(",", ":"))
    targets = {f"{TARGET}{name}": (BYTES, [data]) for name, data in made.targets.items()}
    return {
        ENCODED: (BYTES, [made.data]),
        "image/filename": _texts([f"{stem(made.key)}.{made.ext}"]),
        "image/format": _texts([{"jpg": "jpeg"}.get(made.ext, made.ext)]),
        "image/source_id": _texts([made.key]),
        "image/width": (INTS, [made.size.width]),
        "image/height": (INTS, [made.size.height]),
        "image/class/text": _texts(made.labels),
        "image/class/label": (INTS, [classes[label] for label in made.labels]),
        JSON: _texts([said]),
        **_objects(made, classes),
        **targets,
    }


def _objects(made: Made, classes: Mapping[str, int]) -> dict[str, tuple[int, Values]]:
    """Return the boxes as shares of the picture, and what is in them; others are in `json`."""
    boxed = [(each, each.box) for each in made.instances if each.box]
    sides = [_sides(box, made.size) for _, box in boxed]
    names = ("ymin", "xmin", "ymax", "xmax")
    things: Sequence[Instance] = [each for each, _ in boxed]
    return {
        "image/object/class/text": _texts([each.label for each in things]),
        "image/object/class/label": (INTS, [classes[each.label] for each in things]),
        "image/object/is_crowd": (INTS, [bool(e.attributes.get("iscrowd")) for e in things]),
    } | {
        f"image/object/bbox/{name}": (FLOATS, [each[at] for each in sides])
        for at, name in enumerate(names)
    }


def _sides(box: Box, size: Size) -> tuple[float, float, float, float]:
    width, height = size.width, size.height
    return box.top / height, box.left / width, box.bottom / height, box.right / width


def _texts(texts: Sequence[str]) -> tuple[int, Values]:
    return BYTES, [text.encode(errors="surrogatepass") for text in texts]


def read(name: str, opened: OpenShard, places: Container[int]) -> Iterator[Made]:
    """Yield the samples of a file at these places. Raises BadOption for what is no such file."""
    with opened(name) as file:
        for at, record in enumerate(records(file)):
            if at not in places:
                continue
            try:
                yield _made(byte_features(record))
            except (KeyError, IndexError, ValueError) as why:
                wanted = f"records with {ENCODED} and {JSON}"
                raise BadOption(f"{name}: expected {wanted}, got one without.") from why


def _made(features: Mapping[str, Sequence[bytes]]) -> Made:
    targets = {
        feature.removeprefix(TARGET): values[0]
        for feature, values in features.items()
        if feature.startswith(TARGET)
    }
    return made_from_json(json.loads(features[JSON][0]), features[ENCODED][0], targets)


def records(file: BinaryIO) -> Iterator[bytes]:
    """Yield the records of a file. Raises BadOption for one that is damaged."""
    size = file.seek(0, os.SEEK_END)
    at = file.seek(0)
    while at < size:
        length = _guarded(file, at, LENGTH.size)
        record = _guarded(file, at + HEAD, min(size, LENGTH.unpack(length)[0]))
        yield record
        at += HEAD + len(record) + CRC.size


def _guarded(file: BinaryIO, at: int, length: int) -> bytes:
    piece, crc = file.read(length), file.read(CRC.size)
    if len(crc) < CRC.size or CRC.pack(masked(piece)) != crc:
        raise BadOption(f"Expected a whole TFRecord, got one that is damaged at byte {at}.")
    return piece
