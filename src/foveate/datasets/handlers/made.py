"""What a handler made, checked: names that leave nothing, and that no other sample can have.

Its pictures are pictures, as their endings and sizes say: headers are looked at, no pixel is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.datasets.sample import Bitmap
from foveate.datasets.shards.names import ARRAYS
from foveate.datasets.wire import HANDED_ON, MOST_SIDE, TOLD, made_from_json, sample_from_json
from foveate.errors import BadOption, HandlerFailed, ImageError, SourceError
from foveate.geometry.box import Box
from foveate.settings import Limits
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.datasets.handlers.frames import Frame
    from foveate.datasets.sample import Instance, Made, Sample
    from foveate.geometry.box import Size

DATA: Final = "data"
KNOWN: Final = ("labels", "instances", "attributes")
OF_MADE: Final = ("ext", "size", "key", "group", *KNOWN)
"""Words of what is made, beside its bytes and those of its targets."""
OF_SAMPLE: Final = (*TOLD, *KNOWN)
OF_THING: Final = ("label", "box", "mask", "attributes")
OF_MASK: Final = ("rings", "size", "counts")
SPARE: Final = 1
"""Pixels by which a thing may end beyond its picture: who rounds does not know better."""
_NUMBER: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
"""What stands behind the key of a sample and a hyphen."""
_TARGET: Final = re.compile(r"[a-z0-9_]{1,32}(\.[a-z0-9_]{1,16}){1,3}")
FORMATS: Final = {
    **dict.fromkeys(("jpg", "jpeg"), ImageFormat.JPEG),
    **dict.fromkeys(("tif", "tiff"), ImageFormat.TIFF),
    **{str(each): each for each in (ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.GIF)},
    "avif": ImageFormat.AVIF,
}
"""What pictures of training sets may be written as, by their endings."""
_BOUNDS: Final = Limits(max_bytes=2**40, max_pixels=2**40, max_side=MOST_SIDE)
"""How large they may be was for others to say."""


def checked(frame: Frame, sample: Sample, number: int) -> Made:
    """Return what a frame tells of a sample's output of that number. Raises HandlerFailed.

    Without a key, and without a group of its own, it gets those of its sample.
    """
    said, blobs = frame.head.get("made"), dict(frame.blobs)
    if DATA not in blobs:
        raise HandlerFailed(f"Expected the bytes of a picture, got {sorted(blobs)!r:.60}.")
    data = blobs.pop(DATA)
    try:
        made = made_from_json(said, data, blobs)
    except BadOption as why:
        raise HandlerFailed(f"{sample.key}: {why}") from why
    _check_made(said, sample)
    key = made.key or f"{sample.key}-{number:03d}"
    _check_names(key, sample.key, sorted(blobs))
    if (size := _stored(key, data, made.ext)) != made.size:
        raise HandlerFailed(f"{key}: expected a picture of {made.size}, as was said, got {size}.")
    for each in made.instances:
        _check_within(key, each, size)
    for name, target in blobs.items():
        _stored(f"{key}, target {name}", target, name.rpartition(".")[2])
    return replace(made, key=key, group=made.group or sample.group)


def _check_made(said: Any, sample: Sample) -> None:  # noqa: ANN401 - JSON
    """Raise HandlerFailed for words that nobody reads; those of the sample may stand there."""
    same = [name for name in TOLD if said.get(name) == getattr(sample, name)]
    _check_words({name: said[name] for name in said if name not in same}, OF_MADE, sample.key)
    _check_things(said, sample.key)


def _check_things(said: Mapping[str, Any], key: str) -> None:
    for at, thing in enumerate(said.get("instances", ())):
        where = f"{key}: instances[{at}]"
        _check_words(thing, OF_THING, where)
        _check_words(thing.get("mask") or {}, OF_MASK, f"{where}.mask")


def _check_words(said: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Raise HandlerFailed for a word that would be lost unseen."""
    if strange := sorted(said.keys() - {*known}):
        got = f"{strange[0]:.40}{meant(strange[0], known)}"
        raise HandlerFailed(f"{where}: expected {', '.join(known)}, got {got}.")


def check_keys(made: Sequence[Made]) -> None:
    """Raise HandlerFailed where two outputs of a sample have one key."""
    if len({each.key for each in made}) < len(made):
        raise HandlerFailed("Expected a key of its own for each output, got one twice.")


def _check_names(key: str, stem: str, targets: Sequence[str]) -> None:
    before, _, suffix = key.rpartition("-")
    if before != stem or not _NUMBER.fullmatch(suffix):
        raise HandlerFailed(f"Expected the key {stem}-NAME, got {key!r:.100}.")
    for name in targets:
        if not _TARGET.fullmatch(name):
            raise HandlerFailed(f"Expected a target by a name as matte.png, got {name!r:.40}.")
    # A target is called so among the arrays of its sample.
    called = [*ARRAYS, *(name.rpartition(".")[0] for name in targets)]
    if len({*called}) < len(called):
        raise HandlerFailed(f"Expected targets by names of their own, got {targets!r:.60}.")


def _check_within(key: str, thing: Instance, size: Size) -> None:
    """Raise HandlerFailed for a thing that is of another picture, or of this one in another size.

    Of a mask as runs that is its size; boxes and outlines end where the picture does.
    """
    if isinstance(thing.mask, Bitmap) and thing.mask.size != size:
        raise HandlerFailed(f"{key}: expected masks of its {size}, got one of another size.")
    for box in (thing.bounds, replace(thing, box=None).bounds):
        if box is not None and not Box.of(size).contains(box, SPARE):
            got = f"{thing.label!r:.40} at {box}"
            raise HandlerFailed(f"{key}: expected boxes and outlines in its {size}, got {got}.")


def _stored(where: str, data: bytes, ending: str) -> Size:
    """Return the size of a picture as its bytes have it."""
    # With the first picture that is made.
    from foveate.imaging.probe import probe  # noqa: PLC0415
    from foveate.imaging.turbo import size_of  # noqa: PLC0415

    if ending not in FORMATS:
        known = ", ".join(FORMATS)
        raise HandlerFailed(f"{where}: expected an ending of {known}, got {ending!r:.40}.")
    if FORMATS[ending] is ImageFormat.JPEG and (size := size_of(data)):
        return size  # all that libvips would say of it takes a tenth of what it took to make
    try:
        facts = probe(data, _BOUNDS)
    except (ImageError, SourceError) as why:
        raise HandlerFailed(f"{where}: expected a picture as {ending}, got none: {why}") from why
    if facts.format is not FORMATS[ending]:
        raise HandlerFailed(f"{where}: expected a picture as {ending}, got {facts.format}.")
    return facts.stored


def picked(frame: Frame, samples: dict[str, Sample]) -> Sample:
    """Return the sample that a frame tells of, taken out of those that there are.

    What a handler may say anew is its split, its group, labels and attributes. Raises
    HandlerFailed for a sample that there is not, or that came before.
    """
    said: Any = frame.head.get("sample")
    try:
        told = sample_from_json(said, HANDED_ON)
    except BadOption as why:
        raise HandlerFailed(str(why)) from why
    _check_words(said, OF_SAMPLE, told.key)
    _check_things(said, told.key)
    known = samples.pop(told.key, None)
    if known is None or (told.source, told.digest) != (known.source, known.digest):
        raise HandlerFailed(f"Expected each sample at most once, got {told.key!r:.100}.")
    return told
