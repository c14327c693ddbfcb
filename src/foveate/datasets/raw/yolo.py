"""What is known of pictures as YOLO writes it: a file of lines for each, in shares of its sides."""

from __future__ import annotations

import math
from posixpath import splitext
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.raw.places import annotation
from foveate.datasets.raw.plain import split_of
from foveate.datasets.raw.raw import Noted
from foveate.datasets.sample import Instance, Polygons
from foveate.errors import BadInstallation, BadRaw
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Picture, Raw
    from foveate.geometry.box import Size

CURE: Final = "pip install 'foveate[datasets]'"
NAMES: Final = "data.yaml"
MOST_YAML: Final = 256 * 1024
DEEPEST: Final = 8
MOST_CLASSES: Final = 100_000
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of the lines of one picture."""
MOST_WORDS: Final = 20_000
"""Of one line: an outline has no more corners than half of it."""
BOX: Final = 4
FEWEST: Final = 6


def yolo(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:
    """Return all pictures, with what the file of each in `labels` says. Raises BadRaw."""
    labels = _names(place, raw.annotations[0] if raw.annotations else NAMES)
    files = set(place.names("", ".txt"))
    noted = {}
    for each in listing.pictures:
        folders = each.name.split("/")[:-1]
        found = Noted(split=split_of(folders))
        if (file := _file_of(each.name)) in files:
            found.instances.extend(_instances(annotation(place, file), file, labels, each))
        noted[each.name] = found
    return noted


def _file_of(name: str) -> str:
    """Return where the lines of a picture are: its last folder `images` is `labels` there.

    >>> _file_of("train/images/a.jpg"), _file_of("a.jpg")
    ('train/labels/a.txt', 'a.txt')
    """
    before, mark, rest = f"/{splitext(name)[0]}".rpartition("/images/")
    return f"{before}/labels/{rest}.txt"[1:] if mark else f"{splitext(name)[0]}.txt"


def _instances(
    data: bytes, file: str, labels: Mapping[int, str], picture: Picture
) -> list[Instance]:
    if picture.size is None:
        return []  # nothing can be made of it: whoever tries says why
    if len(data) > MOST_BYTES:
        raise BadRaw(f"{file}: expected at most {MOST_BYTES} bytes of lines, got {len(data)}.")
    lines = data.decode("utf-8", "replace").split("\n")
    numbered = ((f"{file} line {number}", line.split()) for number, line in enumerate(lines, 1))
    return [_instance(where, words, labels, picture.size) for where, words in numbered if words]


def _instance(where: str, words: Sequence[str], labels: Mapping[int, str], size: Size) -> Instance:
    number, *shares = _numbers(where, words)
    if number not in labels:
        raise BadRaw(f"{where}: expected one of {len(labels)} classes, got {words[0]:.20}.")
    label = labels[int(number)]
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


def _names(place: Place, file: str) -> dict[int, str]:
    """Return the classes by number, of YAML with `names`, or of lines."""
    data = annotation(place, file)
    if not file.lower().endswith((".yaml", ".yml")):
        lines = data.decode("utf-8", "replace").split("\n")
        return dict(enumerate(line.strip() for line in lines if line.strip()))
    told = _yaml(data, file)
    names = told.get("names") if isinstance(told, dict) else None
    rows = dict(enumerate(names)) if isinstance(names, list) else names
    if not isinstance(rows, dict) or not 0 < len(rows) <= MOST_CLASSES or not _are_names(rows):
        raise BadRaw(f"{file}: expected `names` of classes, got {names!r:.80}.")
    return dict(rows)


def _are_names(rows: Mapping[Any, Any]) -> bool:
    return all(type(at) is int and isinstance(name, str) for at, name in rows.items())


def _yaml(data: bytes, file: str) -> Any:  # noqa: ANN401
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as why:
        wanted = f"Expected pyyaml for YOLO's names, got none: {CURE}."
        raise BadInstallation(wanted, public=wanted) from why
    if len(data) > MOST_YAML:
        raise BadRaw(f"{file}: expected at most {MOST_YAML} bytes, got {len(data)}.")
    try:
        _check(yaml, data, file)
        return yaml.safe_load(data)
    except (yaml.YAMLError, RecursionError, ValueError) as why:
        raise BadRaw(f"{file}: expected YAML, got what is none.") from why


def _check(yaml: Any, data: bytes, file: str) -> None:  # noqa: ANN401
    """Refuse what is deep, and names and tags: by these a few lines stand for anything."""
    depth = 0
    for event in yaml.parse(data, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            wanted = f"{DEEPEST} levels without aliases and tags"
            raise BadRaw(f"{file}: expected {wanted}, got others.")
