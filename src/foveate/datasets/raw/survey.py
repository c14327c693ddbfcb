"""Raw data as it is now: its samples in order, and a digest of all that they are."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from foveate.datasets.packed import Packed, line_of
from foveate.datasets.raw.coco import coco
from foveate.datasets.raw.keys import keys_of
from foveate.datasets.raw.listing import Listing
from foveate.datasets.raw.lists import listed
from foveate.datasets.raw.plain import folder, image_folder
from foveate.datasets.raw.raw import UNREAD, Kind, Survey, check_split
from foveate.datasets.raw.voc import voc
from foveate.datasets.raw.yolo import yolo
from foveate.datasets.sample import Bitmap, Polygons, Sample
from foveate.datasets.wire import sample_from_json, sample_to_json
from foveate.errors import BadOption, BadRaw
from foveate.geometry.box import Box
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from foveate.datasets.raw.memo import Memo
    from foveate.datasets.raw.places import Found, Place
    from foveate.datasets.raw.raw import Noted, Picture, Raw
    from foveate.datasets.raw.remarks import Remarks
    from foveate.datasets.sample import Instance
    from foveate.geometry.box import Size

MOST: Final = 10_000_000
"""Pictures of raw data."""
MOST_TOLD: Final = 15 * MIB
"""Of one picture with its annotations, as JSON: it goes to handlers in one head of a frame."""
WIDER: Final = 4
"""How many times a spelling may be shorter than what handlers are told."""
SPARE: Final = 2
"""Pixels by which a thing may reach beyond its picture: those who write boxes round them."""
SPARE_SHARE: Final = 0.02
"""Of that side of the picture, where it is more: detectors write boxes a little too large."""
READERS: Final[Mapping[Kind, Callable[[Raw, Place, Listing], Mapping[str, Noted]]]] = {
    Kind.FOLDER: folder,
    Kind.IMAGEFOLDER: image_folder,
    Kind.LIST: listed,
    Kind.COCO: coco,
    Kind.VOC: voc,
    Kind.YOLO: yolo,
}


def survey(raw: Raw, place: Place, memo: Memo, halt: Callable[[], None] = lambda: None) -> Survey:
    """Return raw data as it is. Raises BadRaw for what cannot be, and a SourceError.

    `halt` is called often meanwhile, and may raise what ends it.
    """
    found = sorted(place.pictures())
    if not 0 < len(found) <= MOST:
        raise BadRaw(f"Expected from 1 to {MOST} pictures in {raw.place}, got {len(found)}.")
    _check_names(found)
    listing = Listing.of(list(memo.pictures(raw.place, place, found)), halt)
    whole = surveyed(raw, samples_of(raw, place, listing))
    return replace(whole, remarks=listing.remarks.told())


def surveyed(raw: Raw, samples: Iterable[Sample]) -> Survey:
    """Return the survey of samples, which are by key. Raises BadRaw for none."""
    whole, packed, labels = blake2b(digest_size=32), Packed(), set[str]()
    things, unread, kinds = 0, 0, dict[bool, str]()
    for each in samples:
        line = line_of(each)
        _check_told(each, line)
        whole.update(line + b"\n")
        packed.append(each)
        labels.update(each.labels, (instance.label for instance in each.instances))
        kinds |= {bool(thing.label): each.source for thing in each.instances}
        things += len(each.instances)
        unread += each.digest == UNREAD
    if not packed:
        raise BadRaw(f"Expected annotations of {raw.name} that name pictures, got none that do.")
    if len(kinds) > 1:
        wanted = "expected a label of each thing, or of none"
        raise BadRaw(f"{kinds[False]}: {wanted}, got one without where others have one.")
    return Survey(raw, packed, whole.hexdigest(), sorted(labels), things, unread)


def samples_of(raw: Raw, place: Place, listing: Listing) -> Iterator[Sample]:
    """Yield the pictures of a listing with what is known of them, by key. Raises BadRaw."""
    noted = dict(READERS[raw.kind](raw, place, listing))
    known = {each.name: each for each in listing.pictures if each.name in noted}
    keys = keys_of(known)
    for name in sorted(known, key=keys.__getitem__):
        listing.halt()
        yield _sample(keys[name], known[name], noted.pop(name), listing.remarks)


def classes(samples: Iterable[Sample]) -> list[str]:
    """Return all labels, of pictures and of what is in them, in order."""
    found: set[str] = set()
    for each in samples:
        found.update(each.labels)
        found.update(instance.label for instance in each.instances)
    return sorted(found)


def _check_names(found: Iterable[Found]) -> None:
    """Raise BadRaw for a name that is no text."""
    for each in found:
        if not _is_text(each.name):
            name = each.name.encode(errors="backslashreplace").decode()
            raise BadRaw(f"Expected pictures by names in UTF-8, got {name:.200}.")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_place(instance: Instance, name: str, size: Size) -> None:
    """Raise BadRaw for what can be of no such picture: it may end just beyond it."""
    mask = instance.mask
    if isinstance(mask, Bitmap) and mask.size != size:
        raise BadRaw(f"{name}: expected a mask of its {size}, got one of {mask.size}.")
    outline = replace(instance, box=None).bounds if isinstance(mask, Polygons) else None
    for box in (instance.box, outline):
        if box and (min(box.width, box.height) < 0 or _beyond(box, size)):
            raise BadRaw(f"{name}: expected {instance.label!r:.40} in its {size}, got it at {box}.")


def _beyond(box: Box, size: Size) -> bool:
    """Return whether a box reaches farther than those go who round.

    >>> from foveate.geometry.box import Size
    >>> _beyond(Box(-2, 0, 10, 4), Size(640, 5)), _beyond(Box(0, -3, 10, 9), Size(640, 5))
    (False, True)
    """
    across, down = (max(SPARE, SPARE_SHARE * side) for side in (size.width, size.height))
    wide = max(-box.left, box.right - size.width) > across
    return wide or max(-box.top, box.bottom - size.height) > down


def _is_there(instance: Instance, size: Size) -> bool:
    """Return whether some of a thing is in its picture; COCO has boxes of no height."""
    box = instance.bounds
    return box is None or box.overlap(Box.of(size)) is not None


def _class(label: str) -> str:
    """Return what a class is called: by one spelling, as configurations choose it, and no spaces.

    >>> _class(" cafe\u0301 ") == "caf\u00e9"
    True
    """
    return normalize("NFC", label).strip()


def _sample(key: str, picture: Picture, noted: Noted, remarks: Remarks) -> Sample:
    check_split(noted.split, picture.name)
    things = list(noted.instances)
    if picture.size:
        for each in things:
            _check_place(each, picture.name, picture.size)
        things = [each for each in things if _is_there(each, picture.size)]
        remarks.nothing += len(noted.instances) - len(things)
    sample = Sample(
        key=key,
        source=picture.name,
        digest=picture.digest,
        group=noted.group,
        split=noted.split,
        labels=tuple(dict.fromkeys(filter(None, map(_class, noted.labels)))),
        instances=tuple(replace(each, label=_class(each.label)) for each in things),
        attributes=dict(noted.attributes),
    )
    try:
        return sample_from_json(sample_to_json(sample))
    except BadOption as why:
        name = picture.name.encode(errors="backslashreplace").decode()
        raise BadRaw(f"{name}: {why}") from why


def _check_told(sample: Sample, line: bytes) -> None:
    """Raise BadRaw for more than handlers are told in one head."""
    if len(line) * WIDER <= MOST_TOLD:
        return
    if (size := len(json.dumps(sample_to_json(sample)))) > MOST_TOLD:
        wanted = f"Expected annotations of at most {MOST_TOLD} bytes of JSON"
        raise BadRaw(f"{sample.source}: {wanted}, got {size}.")
