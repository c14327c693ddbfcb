"""What is known of pictures as Pascal VOC writes it: a file of XML for each, and masks."""

from __future__ import annotations

import math
from dataclasses import replace
from posixpath import basename, splitext
from typing import TYPE_CHECKING, Final

from foveate.datasets.packed import Things
from foveate.datasets.raw import voc_masks
from foveate.datasets.raw.places import annotation
from foveate.datasets.raw.raw import Noted, check_size
from foveate.datasets.raw.voc_masks import masks_of
from foveate.datasets.raw.xml import parsed
from foveate.datasets.sample import Instance
from foveate.errors import BadRaw
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from xml.etree.ElementTree import Element

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Picture, Raw

FOLDER: Final = "Annotations"
MASKS: Final = (f"{voc_masks.FOLDER}/", "SegmentationClass/")
SETS: Final = "ImageSets/Main"
TEST: Final = "test"
SPLITS: Final = ("train", "val", TEST)
SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
FLAGS: Final = ("difficult", "truncated", "occluded")


def voc(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:
    """Return the pictures that have annotations, and their splits. Raises BadRaw."""
    files = set(place.names(FOLDER, ".xml"))
    if not files:
        raise BadRaw(f"Expected files of XML in {FOLDER}/ of {raw.place}, got none.")
    # A mask is called as its picture is.
    pictures = [each for each in listing.pictures if not each.name.startswith(MASKS)]
    listing = listing.only(pictures)
    stems = {splitext(basename(file))[0] for file in files}
    splits, masks = _splits(place, stems, listing), set(place.names(voc_masks.FOLDER, ".png"))
    noted = {}
    for file in sorted(files):
        stem = splitext(basename(file))[0]
        root = parsed(annotation(place, file), file)
        picture = _picture(root, stem, file, listing)
        if picture.name in noted:
            raise BadRaw(f"{file}: expected one file of a picture, got another of {picture.name}.")
        said = [root.findtext(f"size/{side}", "").strip() or "0" for side in ("width", "height")]
        check_size(picture, [_number(each, file) for each in said], file)
        found = noted[picture.name] = _noted(root, file, splits.get(stem, ""))
        masked = f"{voc_masks.FOLDER}/{stem}.png"
        if masked in masks and picture.size:
            shown = masks_of(annotation(place, masked), masked, picture.size)
            things = enumerate(found.instances, 1)
            found.instances = Things(
                replace(each, mask=shown.get(number)) for number, each in things
            )
    return noted


def _picture(root: Element, stem: str, file: str, listing: Listing) -> Picture:
    """Return the picture of a file: as its name is, or else as it says."""
    try:
        return listing.find(stem, file)
    except BadRaw:
        return listing.find(root.findtext("filename", stem), file)


def _splits(place: Place, stems: AbstractSet[str], listing: Listing) -> dict[str, str]:
    """Return the split of each name. Raises BadRaw for one of two, and one of no picture."""
    found: dict[str, str] = {}
    for file in place.names(SETS, ".txt"):
        split = splitext(basename(file))[0]
        if split in SPLITS:
            for stem in _stems(annotation(place, file), stems):
                if stem not in stems:
                    _check_unknown(listing.find(stem, file), split, file)
                if found.setdefault(stem, split) != split:
                    got = f"{stem!r:.80}, which is of {found[stem]}, too"
                    raise BadRaw(f"{file}: expected pictures of one split, got {got}.")
    return found


def _check_unknown(picture: Picture, split: str, file: str) -> None:
    """Raise BadRaw for a picture of which nothing is written, unless it is for tests."""
    if split != TEST:
        wanted = f"expected a file in {FOLDER}/ of each picture"
        raise BadRaw(f"{file}: {wanted}, got none of {picture.name}.")


def _stems(data: bytes, known: AbstractSet[str]) -> Iterator[str]:
    """Yield the name in each line: all of it, or its first word; a number may stand behind it."""
    for line in data.decode("utf-8", "replace").split("\n"):
        if name := line.strip():
            yield name if name in known else name.split()[0]


def _noted(root: Element, file: str, split: str) -> Noted:
    things = root.findall("object")
    return Noted(split=split, instances=Things(_instance(each, file) for each in things))


def _instance(thing: Element, file: str) -> Instance:
    label, said = thing.findtext("name", "").strip(), thing.find("bndbox")
    if not label or said is None:
        raise BadRaw(f"{file}: expected an object with a name and a bndbox, got none.")
    left, top, right, bottom = (_number(said.findtext(side, ""), file) for side in SIDES)
    # Pixels are counted from 1, and the last one is within the box.
    box = Box(left - 1, top - 1, right - left + 1, bottom - top + 1)
    if min(box.width, box.height) < 0:
        raise BadRaw(f"{file}: expected a box of pixels, got {left, top, right, bottom}.")
    flags = {flag: True for flag in FLAGS if thing.findtext(flag, "0").strip() == "1"}
    pose = {"pose": text} if (text := thing.findtext("pose", "").strip()) else {}
    return Instance(label=label, box=box, attributes={**flags, **pose})


def _number(text: str, file: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRaw(f"{file}: expected a number, got {text!r:.40}.")
    return number
