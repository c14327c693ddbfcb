"""What YOLO's `data.yaml` says: classes, splits, and whether lines have keypoints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import prod
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.raw.places import annotation
from foveate.errors import BadInstallation, BadRaw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.remarks import Remarks

CURE: Final = "pip install 'foveate[datasets]'"
MOST_YAML: Final = 256 * 1024
DEEPEST: Final = 8
MOST_CLASSES: Final = 100_000
SPLITS: Final = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of all pictures."""

    names: Mapping[int, str]
    """The classes by number."""
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Folders and lists of pictures, as they are written."""
    root: str = ""
    """Where these are, below the file."""
    keypoints: int = 0
    """Numbers of a line behind its box."""


def told(place: Place, file: str, remarks: Remarks) -> Told:
    """Return what a file of YAML says, or one with a class in each line. Raises BadRaw."""
    data = annotation(place, file)
    if not file.lower().endswith((".yaml", ".yml")):
        lines = data.decode("utf-8", "replace").split("\n")
        return Told(dict(enumerate(line.strip() for line in lines if line.strip())))
    said = _yaml(data, file)
    rows = said if isinstance(said, dict) else {}
    names = _names(rows, file)
    splits = {split: _texts(rows.get(split), file, split) for split in SPLITS}
    if [*map(normpath, splits["val"])] == [*map(normpath, splits["train"])]:
        del splits["val"]  # COCO128 and its like have no other pictures
        remarks.say(f"{file}: `val` is what `train` is, so all of it is train.")
    root = rows.get("path")
    return Told(
        names,
        splits,
        root if isinstance(root, str) else "",
        _keypoints(rows.get("kpt_shape"), file),
    )


def splits_of(
    said: Told, file: str, place: Place, listing: Listing, lists: AbstractSet[str]
) -> tuple[dict[str, str], str]:
    """Return the split of each picture that a file says one of, and what of it leads nowhere.

    `lists` are the texts that are there. Raises BadRaw for a picture of two splits.
    """
    found: dict[str, str] = {}
    lost = ""
    for split, texts in said.splits.items():
        for text in texts:
            names = _pictures(list(_places(text, said.root, file)), place, listing, lists)
            lost = lost or ("" if names else f"{split}: {text}")
            for name in names:
                if found.setdefault(name, split) != split:
                    got = f"{name}, which is of {found[name]}, too"
                    raise BadRaw(f"{file}: {split}: expected pictures of one split, got {got}.")
    return found, lost


def _pictures(
    places: Sequence[str], place: Place, listing: Listing, lists: AbstractSet[str]
) -> list[str]:
    """Return the pictures of the first of some places that is a list, or a folder with some."""
    for there in places:
        if there in lists:
            lines = annotation(place, there).decode("utf-8", "replace").split("\n")
            return [listing.find(line, there, there).name for line in lines if line.strip()]
        start = "" if there == "." else f"{there}/"
        if found := [each.name for each in listing.pictures if each.name.startswith(start)]:
            return found
    return []


def _places(text: str, root: str, file: str) -> Iterator[str]:
    """Yield where a path of YOLO may be meant: beside its file, below `path`, or by its end.

    What begins above the file, or at the root of another machine, is known by its end alone.

    >>> list(_places("images/train", "data", "my/data.yaml"))
    ['my/images/train', 'my/data/images/train']
    >>> list(_places("../train/images", "", "data.yaml"))
    ['train/images', 'images']
    """
    here, path = dirname(file), normpath(text.strip().replace("\\", "/"))
    if not path.startswith(("/", "../")):
        yield normpath(join(here, path))
        if root and not root.startswith(("/", "..")):
            yield normpath(join(here, root, path))
        return
    parts = [each for each in path.split("/") if each not in {"", ".."}]
    for at in range(len(parts)):
        yield normpath(join(here, *parts[at:]))


def _texts(said: object, file: str, word: str) -> tuple[str, ...]:
    texts = [] if said is None else said if isinstance(said, list) else [said]
    if not all(isinstance(each, str) and each.strip() for each in texts):
        raise BadRaw(f"{file}: expected `{word}` as paths, got {said!r:.80}.")
    return tuple(texts)


def _keypoints(said: object, file: str) -> int:
    """Return how many numbers the keypoints of a thing are."""
    if said is None:
        return 0
    if isinstance(said, list) and [type(each) for each in said] == [int, int] and min(said) > 0:
        return prod(said)
    raise BadRaw(f"{file}: expected `kpt_shape` as two numbers, got {said!r:.80}.")


def _names(said: Mapping[Any, Any], file: str) -> dict[int, str]:
    """Return the classes by number. Raises BadRaw also for two of one name."""
    names, many = said.get("names"), said.get("nc")
    rows = dict(enumerate(names)) if isinstance(names, list) else names
    if not isinstance(rows, dict) or not 0 < len(rows) <= MOST_CLASSES or not _are_names(rows):
        raise BadRaw(f"{file}: expected `names` of classes, got {names!r:.80}.")
    if many is not None and many != len(rows):
        raise BadRaw(f"{file}: expected as many `names` as `nc`, {many!r:.40}, got {len(rows)}.")
    name, times = Counter(rows.values()).most_common(1)[0]
    if times > 1:
        raise BadRaw(f"{file}: expected each of `names` once, got {name!r:.40} {times} times.")
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
