"""What raw data is: where it lies, and how what is known of it is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.identity import NAME
from foveate.datasets.packed import Things
from foveate.datasets.sample import SPLIT
from foveate.errors import BadRaw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.datasets.packed import Packed
    from foveate.geometry.box import Size

LONGEST: Final = 4096
UNREAD: Final = sha256().hexdigest()
"""The digest of a picture of which nothing was read."""
MOST_ANNOTATIONS: Final = 64


class Kind(StrEnum):
    """How what is known of pictures is written."""

    FOLDER = "folder"
    """Nothing is."""
    IMAGEFOLDER = "imagefolder"
    """The folder that a picture is in is its label; one above may be its split."""
    LIST = "list"
    """Lines, CSV, JSON lines or Parquet, with labels and boxes."""
    COCO = "coco"
    VOC = "voc"
    YOLO = "yolo"


FILES: Final = {Kind.FOLDER: 0, Kind.IMAGEFOLDER: 0, Kind.VOC: 0, Kind.YOLO: 1}
"""So many files of annotations are read at most of these kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Raw data, as it is registered."""

    name: str
    kind: Kind
    place: str
    """A folder, or s3://BUCKET/PREFIX."""
    annotations: tuple[str, ...] = ()
    """Files below the place, each `SPLIT=FILE` where it says a split."""
    licence: str = ""
    origin: str = ""
    about: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**asdict(self), "annotations": list(self.annotations)}


@dataclass(slots=True)
class Noted:
    """What is known of one picture."""

    labels: list[str] = field(default_factory=list)
    instances: Things = field(default_factory=Things)
    group: str = ""
    split: str = ""
    attributes: dict[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of raw data."""

    name: str
    """Below its place."""
    digest: str
    """SHA-256 of its bytes, in hex."""
    size: Size | None = None
    """Upright, where somebody needs it, and where it can be read."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Raw data as it is now."""

    raw: Raw
    samples: Packed
    """By key."""
    digest: str
    """Of all bytes, and of all that is known of them."""
    classes: Sequence[str]
    things: int
    """How many are known in all pictures."""
    unread: int
    """Of how many pictures nothing was read."""
    remarks: Sequence[str] = ()
    """What of it is in no dataset, as sentences."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it, without its samples."""
        told = {"digest": self.digest, "count": len(self.samples), "things": self.things}
        told |= {"unread": self.unread, "remarks": list(self.remarks)}
        return {**self.raw.to_json(), **told, "classes": list(self.classes)}


def raw_from_json(said: object, name: str) -> Raw:
    """Return what JSON registers. Raises BadRaw."""
    row = said if isinstance(said, dict) else {}
    texts = {word: row.get(word, "") for word in ("place", "licence", "origin", "about")}
    listed = row.get("annotations", [])
    if not NAME.fullmatch(name):
        raise BadRaw(f"Expected a name of small letters, digits, . _ or -, got {name!r:.80}.")
    if not isinstance(listed, list | tuple) or len(listed) > MOST_ANNOTATIONS:
        raise BadRaw(f"annotations: expected up to {MOST_ANNOTATIONS} files, got {listed!r:.80}.")
    _check_texts({**texts, **{f"annotations[{at}]": each for at, each in enumerate(listed)}})
    for each in listed:
        check_split(each.rpartition("=")[0], f"annotations: {each}")
    if not texts["place"]:
        raise BadRaw("place: expected a folder or s3://BUCKET/PREFIX, got none.")
    if (kind := row.get("kind")) not in list(Kind):
        raise BadRaw(f"kind: expected one of {', '.join(Kind)}, got {kind!r:.40}.")
    if len(listed) > (most := FILES.get(Kind(kind), MOST_ANNOTATIONS)):
        wanted = f"at most {most} file" if most else "none"
        raise BadRaw(f"annotations: expected {wanted} with the kind {kind}, got {listed!r:.80}.")
    return Raw(name=name, kind=Kind(kind), annotations=tuple(listed), **texts)


def check_split(split: str, where: str) -> None:
    """Raise BadRaw for a word by which no file can be called; nothing is no split."""
    if split and not SPLIT.fullmatch(split):
        wanted = "expected a split of small letters, digits and _"
        raise BadRaw(f"{where}: {wanted}, got {split!r:.40}.")


def check_size(picture: Picture, said: Sequence[float], where: str) -> None:
    """Raise BadRaw where annotations are of another size than their picture; 0 is no size."""
    size = picture.size
    if size and min(said) > 0 and tuple(said) != (size.width, size.height):
        got = "x".join(f"{side:g}" for side in said)
        raise BadRaw(f"{where}: expected {picture.name} of its {size}, upright, got {got}.")


def _check_texts(texts: Mapping[str, object]) -> None:
    for word, text in texts.items():
        if not isinstance(text, str) or len(text) > LONGEST or "\0" in text:
            raise BadRaw(f"{word}: expected a text up to {LONGEST} letters, got {text!r:.80}.")
