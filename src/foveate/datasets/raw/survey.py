"""Raw data as it is now: its samples in order, and a digest of all that they are."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from foveate.datasets.raw.coco import coco
from foveate.datasets.raw.keys import keys_of
from foveate.datasets.raw.listing import Listing
from foveate.datasets.raw.lists import listed
from foveate.datasets.raw.plain import folder, image_folder
from foveate.datasets.raw.raw import Kind, Survey, check_split
from foveate.datasets.raw.voc import voc
from foveate.datasets.raw.yolo import yolo
from foveate.datasets.sample import Bitmap, Sample
from foveate.datasets.spelling import dumped
from foveate.datasets.wire import sample_from_json, sample_to_json
from foveate.errors import BadOption, BadRaw
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.datasets.raw.memo import Memo
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Noted, Picture, Raw
    from foveate.datasets.sample import Instance
    from foveate.geometry.box import Size

MOST: Final = 10_000_000
"""Pictures of raw data."""
MOST_TOLD: Final = 15 * MIB
"""Of one picture with its annotations, as JSON: it goes to handlers in one head of a frame."""
SPARE: Final = 1
"""Pixels by which a thing may lie beyond its picture: those who write boxes round them."""
READERS: Final[Mapping[Kind, Callable[[Raw, Place, Listing], Mapping[str, Noted]]]] = {
    Kind.FOLDER: folder,
    Kind.IMAGEFOLDER: image_folder,
    Kind.LIST: listed,
    Kind.COCO: coco,
    Kind.VOC: voc,
    Kind.YOLO: yolo,
}


def survey(raw: Raw, place: Place, memo: Memo) -> Survey:
    """Return raw data as it is. Raises BadRaw for what cannot be, and a SourceError."""
    found = sorted(place.pictures())
    if not 0 < len(found) <= MOST:
        raise BadRaw(f"Expected from 1 to {MOST} pictures in {raw.place}, got {len(found)}.")
    listing = Listing.of(list(memo.pictures(raw.place, place, found)))
    samples = samples_of(raw, place, listing)
    if not samples:
        raise BadRaw(f"Expected annotations of {raw.name} that name pictures, got none that do.")
    return Survey(raw, samples, digest(samples), classes(samples))


def samples_of(raw: Raw, place: Place, listing: Listing) -> list[Sample]:
    """Return the pictures of a listing with what is known of them, by key. Raises BadRaw."""
    noted = READERS[raw.kind](raw, place, listing)
    known = [each for each in listing.pictures if each.name in noted]
    keys = keys_of(each.name for each in known)
    samples = (_sample(keys[each.name], each, noted[each.name]) for each in known)
    return sorted(samples, key=lambda each: each.key)


def digest(samples: Iterable[Sample]) -> str:
    """Return what is another one when anything of any sample is."""
    whole = blake2b(digest_size=32)
    for each in samples:
        whole.update(dumped(sample_to_json(each)).encode("utf-8", "surrogatepass"))
        whole.update(b"\n")
    return whole.hexdigest()


def classes(samples: Iterable[Sample]) -> list[str]:
    """Return all labels, of pictures and of what is in them, in order."""
    found: set[str] = set()
    for each in samples:
        found.update(each.labels)
        found.update(instance.label for instance in each.instances)
    return sorted(found)


def _check_place(instance: Instance, name: str, size: Size) -> None:
    """Raise BadRaw for what can be of no such picture: it may end beyond it, and not lie there."""
    mask, box = instance.mask, instance.bounds
    if isinstance(mask, Bitmap) and mask.size != size:
        raise BadRaw(f"{name}: expected a mask of its {size}, got one of {mask.size}.")
    if box and max(box.left - size.width, box.top - size.height, -box.right, -box.bottom) > SPARE:
        raise BadRaw(f"{name}: expected {instance.label!r:.40} in its {size}, got it at {box}.")


def _class(label: str) -> str:
    """Return what a class is called: by one spelling, as configurations choose it, and no spaces.

    >>> _class(" cafe\u0301 ") == "caf\u00e9"
    True
    """
    return normalize("NFC", label).strip()


def _sample(key: str, picture: Picture, noted: Noted) -> Sample:
    check_split(noted.split, picture.name)
    if picture.size:
        for each in noted.instances:
            _check_place(each, picture.name, picture.size)
    sample = Sample(
        key=key,
        source=picture.name,
        digest=picture.digest,
        group=noted.group,
        split=noted.split,
        labels=tuple(dict.fromkeys(filter(None, map(_class, noted.labels)))),
        instances=tuple(replace(each, label=_class(each.label)) for each in noted.instances),
        attributes=dict(noted.attributes),
    )
    try:
        return _fitting(sample_to_json(sample))
    except BadOption as why:
        name = picture.name.encode(errors="backslashreplace").decode()
        raise BadRaw(f"{name}: {why}") from why


def _fitting(told: Mapping[str, Any]) -> Sample:
    """Return a sample within the limits of what handlers are told. Raises BadOption."""
    fitting = sample_from_json(told)
    if (size := len(json.dumps(told))) > MOST_TOLD:
        raise BadOption(f"Expected annotations of at most {MOST_TOLD} bytes of JSON, got {size}.")
    return fitting
