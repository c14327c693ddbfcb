"""Plain files, and JSON of COCO for each part of them and for each split.

Numbers of pictures and of annotations are those of their chunk and place, so that parts are joined
without being read: each picture and each annotation has a line of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.sample import Made
from foveate.datasets.shards.coco import FIRST_CLASS, annotation, instance_of, numbered
from foveate.datasets.shards.names import check_inside, parted, shortened, stem
from foveate.datasets.shards.parts import PartsWriter, ShardOutput
from foveate.errors import BadOption
from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from foveate.datasets.sample import Instance
    from foveate.datasets.seams import Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.statistics import Counts

NAME: Final = "folder"
PATTERN: Final = "annotations/{split}.json"
READER: Final = """from pycocotools.coco import COCO

coco = COCO("{pattern}")
for image in coco.loadImgs(coco.getImgIds()):
    print(image["file_name"], coco.imgToAnns[image["id"]])"""
EXT: Final = "json"
MOST_OF_CHUNK: Final = 10_000_000
MOST_OF_PICTURE: Final = 10_000
"""Of annotations; what handlers say is held to no more."""
BOX: Final = "bbox"
NOWHERE: Final = "without_box"
"""Things of an image that have no place in it, each with its own among all of them: an annotation
without a box breaks who reads COCO."""
BEGIN: Final = b'{"images": [\n'
BETWEEN: Final = b'\n],\n"annotations": [\n'
CLASSES: Final = b'\n],\n"categories": '
END: Final = b"}\n"
LINE: Final = b",\n"


def writer(chunk: Chunk) -> PartsWriter:
    """Return what writes a chunk."""
    pictures = _Numbers(chunk.number * MOST_OF_CHUNK)
    return PartsWriter(chunk, EXT, lambda chunk, name: _Part(chunk, name, pictures))


class _Numbers:
    """Numbers of the pictures of a chunk, from its first on."""

    def __init__(self, before: int) -> None:
        self._last, self._most = before, before + MOST_OF_CHUNK - 1

    def next(self) -> int:
        if self._last == self._most:
            raise BadOption(f"Expected fewer than {MOST_OF_CHUNK} pictures in a chunk, got more.")
        self._last += 1
        return self._last


class _Part:
    def __init__(self, chunk: Chunk, name: str, numbers: _Numbers) -> None:
        self._chunk, self._name, self._numbers = chunk, name, numbers
        self._images: list[bytes] = []
        self._annotations: list[bytes] = []
        self._files: list[ShardFile] = []
        self._bytes = 0
        self._classes = numbered(chunk.classes)

    def add(self, made: Made) -> int:
        number, name = self._numbers.next(), f"{self._chunk.split}/{shortened(stem(made.key))}"
        for ending, data in sorted({made.ext: made.data, **made.targets}.items()):
            self._files.append(_whole(self._chunk, f"{name}.{ending}", data))
        things = [annotation(each, self._classes) for each in made.instances]
        said = [_line(_image(made, number, name, things))]
        self._images += said
        for at, thing in enumerate(things):
            if BOX in thing:
                numbers = {"id": number * MOST_OF_PICTURE + at, "image_id": number}
                said.append(_line(numbers | thing))
        self._annotations += said[1:]
        self._bytes += sum(map(len, said)) + len(made.data)
        self._bytes += sum(map(len, made.targets.values()))
        return self._bytes

    def close(self, samples: int, counts: Counts) -> list[ShardFile]:
        output = ShardOutput(self._chunk.folder, self._name)
        for data in _coco(self._images, self._annotations, self._chunk.classes):
            output.write(data)
        return [output.close(samples, counts), *self._files]


def _whole(chunk: Chunk, name: str, data: bytes) -> ShardFile:
    output = ShardOutput(chunk.folder, name)
    output.write(data)
    return output.close()


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, separators=(", ", ": ")).encode()


def _image(
    made: Made, number: int, name: str, things: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what COCO says of a picture, and in words of ours what it has none for."""
    ours = {
        "key": made.key,
        "group": made.group,
        "labels": list(made.labels),
        "attributes": dict(sorted(made.attributes.items())),
        "targets": {ending: f"{name}.{ending}" for ending in sorted(made.targets)},
        NOWHERE: [{"at": at, **each} for at, each in enumerate(things) if BOX not in each],
    }
    return {
        "id": number,
        "file_name": f"{name}.{made.ext}",
        "width": made.size.width,
        "height": made.size.height,
    } | {word: value for word, value in ours.items() if value}


def _coco(
    images: Iterable[bytes], annotations: Iterable[bytes], classes: Sequence[str]
) -> Iterator[bytes]:
    """Yield a file of lines of pictures and of annotations."""
    categories = [{"id": n, "name": name} for n, name in enumerate(classes, FIRST_CLASS)]
    yield BEGIN
    yield from _joined(images)
    yield BETWEEN
    yield from _joined(annotations)
    yield CLASSES
    yield json.dumps(categories).encode()
    yield END


def _joined(many: Iterable[bytes]) -> Iterator[bytes]:
    before = b""
    for lines in filter(None, many):
        yield before
        yield lines
        before = LINE


def together(parts: Callable[[], Iterable[bytes]], classes: Sequence[str]) -> Iterator[bytes]:
    """Yield the parts of a split as one file of COCO.

    They are read twice, the pictures first: there may be more of them than memory has room for.
    """
    images, annotations = (_lines(part)[0] for part in parts()), (_lines(p)[1] for p in parts())
    return _coco(images, annotations, classes)


def _lines(part: bytes) -> tuple[bytes, bytes]:
    images, _, rest = part.removeprefix(BEGIN).partition(BETWEEN)
    return images, rest.rpartition(CLASSES)[0]


def whole(opened: OpenShard, name: str) -> bytes:
    """Return all of a file."""
    with opened(name) as file:
        return file.read()


def read(name: str, opened: OpenShard, places: Container[int]) -> Iterator[Made]:
    """Yield the samples of a part at these places; `opened` gives their files, too.

    Raises BadOption for what is no part.
    """
    try:
        said = json.loads(whole(opened, name))
        classes = [each["name"] for each in sorted(said["categories"], key=lambda c: c["id"])]
        of_picture: dict[int, list[Mapping[str, Any]]] = {}
        for each in said["annotations"]:
            of_picture.setdefault(each["image_id"], []).append(each)
        for at, image in enumerate(said["images"]):
            if at in places:
                yield _made(image, of_picture.get(image["id"], ()), classes, opened)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as why:
        raise BadOption(f"{name}: expected JSON of COCO that we wrote, got other.") from why


def _made(
    image: Mapping[str, Any],
    annotations: Iterable[Mapping[str, Any]],
    classes: Sequence[str],
    opened: OpenShard,
) -> Made:
    file, targets = image["file_name"], image.get("targets", {})
    for name in (file, *targets.values()):
        check_inside(name)
    return Made(
        key=image["key"],
        data=whole(opened, file),
        ext=parted(file)[1],
        size=Size(image["width"], image["height"]),
        group=image.get("group", ""),
        labels=tuple(image.get("labels", ())),
        instances=_things(image, annotations, classes),
        targets={ending: whole(opened, name) for ending, name in targets.items()},
        attributes=image.get("attributes", {}),
    )


def _things(
    image: Mapping[str, Any], annotations: Iterable[Mapping[str, Any]], classes: Sequence[str]
) -> tuple[Instance, ...]:
    """Return the things of a picture in the order in which they were told."""
    things = [instance_of(each, classes) for each in annotations]
    for each in image.get(NOWHERE, ()):
        things.insert(each["at"], instance_of(each, classes))
    return tuple(things)
