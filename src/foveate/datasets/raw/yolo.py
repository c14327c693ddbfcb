"""What is known of pictures as YOLO writes it: a file of lines for each, in shares of its sides."""

from __future__ import annotations

import math
from posixpath import splitext
from typing import TYPE_CHECKING, Final

from foveate.datasets.raw.places import annotation
from foveate.datasets.raw.plain import split_of
from foveate.datasets.raw.raw import Noted
from foveate.datasets.raw.yolo_yaml import splits_of, told
from foveate.datasets.sample import Instance, Polygons
from foveate.errors import BadRaw
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Picture, Raw
    from foveate.datasets.raw.yolo_yaml import Told
    from foveate.geometry.box import Size

NAMES: Final = "data.yaml"
LABELS: Final = "labels"
CLASSES: Final = "classes.txt"
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of the lines of one picture."""
MOST_WORDS: Final = 20_000
"""Of one line: an outline has no more corners than half of it."""
BOX: Final = 4
FEWEST: Final = 6
FARTHEST: Final = 2
"""Sides of the picture: what is farther away was counted in pixels."""


def yolo(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:
    """Return all pictures, with what the file of each in `labels` says. Raises BadRaw."""
    file = raw.annotations[0] if raw.annotations else NAMES
    said = told(place, file, listing.remarks)
    texts = place.names("", ".txt")
    files = {f"{splitext(each)[0]}.txt": each for each in texts}
    splits, lost = splits_of(said, file, place, listing, files.keys())
    left = {each for each in texts if _is_of_a_picture(each) and each != file}
    noted = {}
    for each in listing.pictures:
        split = splits.get(each.name) or split_of(each.name.split("/")[:-1])
        found = noted[each.name] = Noted(split=split)
        if lines := files.get(_file_of(each.name)):
            found.instances.extend(_instances(annotation(place, lines), lines, said, each))
            left.discard(lines)
    if left:
        raise BadRaw(f"{min(left)}: expected a picture to these lines, got none.")
    if lost and not all(each.split for each in noted.values()):
        raise BadRaw(f"{file}: expected pictures or a list at `{lost:.200}`, got none.")
    return noted


def _is_of_a_picture(file: str) -> bool:
    """Return whether a file can be but that of a picture; LabelImg writes its classes beside."""
    *folders, name = file.split("/")
    return LABELS in folders and name != CLASSES


def _file_of(name: str) -> str:
    """Return where the lines of a picture are: its last folder `images` is `labels` there.

    >>> _file_of("train/images/a.jpg"), _file_of("a.jpg")
    ('train/labels/a.txt', 'a.txt')
    """
    before, mark, rest = f"/{splitext(name)[0]}".rpartition("/images/")
    return f"{before}/labels/{rest}.txt"[1:] if mark else f"{splitext(name)[0]}.txt"


def _instances(data: bytes, file: str, said: Told, picture: Picture) -> list[Instance]:
    if picture.size is None:
        return []  # nothing can be made of it: whoever tries says why
    if len(data) > MOST_BYTES:
        raise BadRaw(f"{file}: expected at most {MOST_BYTES} bytes of lines, got {len(data)}.")
    lines = data.decode("utf-8", "replace").split("\n")
    numbered = ((f"{file} line {number}", line.split()) for number, line in enumerate(lines, 1))
    return [_instance(where, words, said, picture.size) for where, words in numbered if words]


def _instance(where: str, words: Sequence[str], said: Told, size: Size) -> Instance:
    number, *shares = _numbers(where, words)
    if number not in said.names:
        raise BadRaw(f"{where}: expected one of {len(said.names)} classes, got {words[0]:.20}.")
    label = said.names[int(number)]
    if said.keypoints:
        shares = _without_keypoints(where, shares, said.keypoints)
    if max(map(abs, shares), default=0) > FARTHEST:
        raise BadRaw(f"{where}: expected shares of the picture, got {' '.join(words[1:])!r:.80}.")
    if len(shares) == BOX:
        x, y, width, height = shares
        box = Box(x - width / 2, y - height / 2, width, height)
        return Instance(label=label, box=box.scaled(size.width, size.height))
    if len(shares) < FEWEST or len(shares) % 2:
        raise BadRaw(f"{where}: expected a box or corners, got {len(shares)} numbers.")
    corners = [
        (x * size.width, y * size.height) for x, y in zip(shares[::2], shares[1::2], strict=True)
    ]
    left, top = (min(each) for each in zip(*corners, strict=True))
    right, bottom = (max(each) for each in zip(*corners, strict=True))
    box = Box(left, top, right - left, bottom - top)
    return Instance(label=label, box=box, mask=Polygons((tuple(corners),)))


def _without_keypoints(where: str, numbers: list[float], keypoints: int) -> list[float]:
    if len(numbers) not in {BOX, BOX + keypoints}:
        wanted = f"expected a box and {keypoints} numbers of keypoints"
        raise BadRaw(f"{where}: {wanted}, got {len(numbers)} numbers.")
    return numbers[:BOX]


def _numbers(where: str, words: Sequence[str]) -> list[float]:
    if len(words) > MOST_WORDS:
        raise BadRaw(f"{where}: expected at most {MOST_WORDS} numbers, got {len(words)}.")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = [math.nan]
    if not all(math.isfinite(each) for each in numbers):
        raise BadRaw(f"{where}: expected numbers, got {' '.join(words)!r:.80}.")
    return numbers
