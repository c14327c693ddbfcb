"""What is known of pictures as COCO writes it: boxes, outlines and runs of pixels."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from foveate.datasets.raw.elements import BEGINS, elements
from foveate.datasets.raw.places import annotation
from foveate.datasets.raw.raw import Noted, check_size
from foveate.datasets.raw.rle import bitmap
from foveate.datasets.sample import Bitmap, Instance, Polygons
from foveate.errors import BadRaw
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Picture, Raw
    from foveate.datasets.sample import Mask

SIDES: Final = 4
FEWEST: Final = 6
"""Numbers of an outline: three corners."""
MOST_RUNS: Final = 8_000_000
"""Of one picture: what is told of them in JSON is more than a handler may be told."""
MOST_RUNS_OF_FILE: Final = 64_000_000
"""Of all: a server has them in memory, with eight bytes or more for each."""
_END: Final = object()
T = TypeVar("T")


@dataclass(slots=True)
class Runs:
    """How many runs of pixels there are so far."""

    of_picture: int = MOST_RUNS
    of_file: int = MOST_RUNS_OF_FILE
    _counts: Counter[int | str | None] = field(default_factory=Counter)
    """By the id of a picture; of all by None."""

    def add(self, where: str, mask: Mask | None, image: int | str) -> None:
        """Count those of a mask. Raises BadRaw where there are too many."""
        if not isinstance(mask, Bitmap):
            return
        for of, most in ((image, self.of_picture), (None, self.of_file)):
            self._counts[of] += len(mask.counts)
            if self._counts[of] > most:
                whole = "one picture" if of is image else "all pictures"
                raise BadRaw(f"{where}: expected at most {most} runs of {whole}, got more.")


class _Image(msgspec.Struct):
    id: int | str
    file_name: str
    width: int = 0
    height: int = 0


class _Runs(msgspec.Struct):
    size: tuple[int, int]
    counts: list[int] | str


class _Annotation(msgspec.Struct):
    image_id: int | str
    category_id: int
    bbox: list[float] | None = None
    segmentation: list[list[float]] | _Runs | None = None
    iscrowd: int | bool = 0
    attributes: dict[str, Any] | None = None


class _Category(msgspec.Struct):
    id: int
    name: str


@dataclass(slots=True)
class _Coco:
    images: list[_Image] = field(default_factory=list)
    categories: list[_Category] = field(default_factory=list)


def coco(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:
    """Return the pictures that the files of annotations name. Raises BadRaw."""
    if not raw.annotations:
        raise BadRaw("Expected annotations: a file of JSON as COCO has it, got none.")
    noted: dict[str, Noted] = {}
    for said in raw.annotations:
        split, _, file = said.rpartition("=")
        for name, found in _file(file, split, place, listing).items():
            if noted.setdefault(name, found) is not found:
                raise BadRaw(f"{file}: expected pictures of no other file, got {name}.")
    return noted


def _file(file: str, split: str, place: Place, listing: Listing) -> dict[str, Noted]:
    data = annotation(place, file)
    told = _read(data, file)
    labels = _by_id(file, "category", [(each.id, each.name) for each in told.categories])
    images = _by_id(file, "image", [(each.id, each) for each in told.images])
    names = {each.id: _picture(each, file, listing).name for each in told.images}
    noted = {name: Noted(split=split) for name in names.values()}
    if len(noted) < len(names):
        got = Counter(names.values()).most_common(1)[0][0]
        raise BadRaw(f"{file}: expected each picture once, got {got} under two ids.")
    runs = Runs()
    for at, each in enumerate(_annotations(data, file)):
        listing.halt()
        where = f"{file}: annotations[{at}]"
        if each.image_id not in images or each.category_id not in labels:
            got = f"image {each.image_id!r:.40}, category {each.category_id}"
            raise BadRaw(f"{where}: expected an image and a category of this file, got {got}.")
        instance = _instance(where, each, labels[each.category_id], images[each.image_id])
        runs.add(where, instance.mask, each.image_id)
        noted[names[each.image_id]].instances.append(instance)
    return noted


def _picture(image: _Image, file: str, listing: Listing) -> Picture:
    """Return the picture of an image, which is as large as that says, if it does."""
    picture = listing.find(image.file_name, file, file)
    check_size(picture, (image.width, image.height), file)
    return picture


def _read(data: bytes, file: str) -> _Coco:
    """Return all but the annotations: these come before what they name in most files."""
    found, names = _Coco(), set[str]()
    with _told(file):
        for name, each in elements(data):
            names.add(name)
            if each is BEGINS:
                continue
            if name == "images":
                found.images.append(msgspec.convert(each, _Image))
            elif name == "categories":
                found.categories.append(_category(each))
        if "images" not in names:
            raise ValueError("no `images`")
    return found


def _category(said: object) -> _Category:
    found = msgspec.convert(said, _Category)
    if not found.name.strip():
        raise ValueError(f"category {found.id} without a name")
    return found


def _annotations(data: bytes, file: str) -> Iterator[_Annotation]:
    told = elements(data)
    while True:
        with _told(file):
            said = next((each for name, each in told if name == "annotations"), _END)
            if said is _END:
                return
            if said is BEGINS:
                continue
            found = msgspec.convert(said, _Annotation)
        yield found


@contextmanager
def _told(file: str) -> Iterator[None]:
    try:
        yield
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as why:
        raise BadRaw(f"{file}: expected annotations as COCO has them, got {why}.") from why


def _by_id(file: str, what: str, rows: Sequence[tuple[int | str, T]]) -> Mapping[int | str, T]:
    found = dict(rows)
    if len(found) < len(rows):
        got = Counter(at for at, _ in rows).most_common(1)[0][0]
        raise BadRaw(f"{file}: expected one {what} of each id, got two of {got!r:.40}.")
    return found


def _instance(where: str, told: _Annotation, label: str, image: _Image) -> Instance:
    attributes = {
        name: value
        for name, value in (told.attributes or {}).items()
        if isinstance(value, str | int | float | bool)
    }
    crowd = {"iscrowd": True} if told.iscrowd else {}
    box = Box(*_sides(where, told.bbox)) if told.bbox else None
    return Instance(
        label=label, box=box, mask=_mask(where, told, image), attributes={**attributes, **crowd}
    )


def _sides(where: str, said: Sequence[float]) -> Sequence[float]:
    if len(said) != SIDES:
        raise BadRaw(f"{where}: expected a box of x, y, width and height, got {said!r:.80}.")
    return said


def _mask(where: str, told: _Annotation, image: _Image) -> Mask | None:
    said = told.segmentation
    if isinstance(said, _Runs):
        height, width = said.size
        if min(said.size) < 1 or (image.width and (width, height) != (image.width, image.height)):
            raise BadRaw(f"{where}: expected runs of the picture's size, got {width}x{height}.")
        try:
            return bitmap(Size(width, height), said.counts)
        except BadRaw as why:
            raise BadRaw(f"{where}: {why}") from why
    rings = [ring for ring in said or () if ring]
    for ring in rings:
        if len(ring) % 2 or len(ring) < FEWEST:
            raise BadRaw(f"{where}: expected an outline of three corners, got {ring!r:.80}.")
    return (
        Polygons(tuple(tuple(zip(r[::2], r[1::2], strict=True)) for r in rings)) if rings else None
    )
