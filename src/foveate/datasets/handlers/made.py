"""What a handler made, checked: names that leave nothing, and that no other sample can have."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.datasets.shards.names import ARRAYS
from foveate.datasets.wire import made_from_json, sample_from_json
from foveate.errors import BadOption, HandlerFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.datasets.handlers.frames import Frame
    from foveate.datasets.sample import Made, Sample

DATA: Final = "data"
_NUMBER: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
"""What stands behind the key of a sample and a hyphen."""
_ENDING: Final = re.compile(r"[a-z0-9]{1,8}")
_TARGET: Final = re.compile(r"[a-z0-9_]{1,32}(\.[a-z0-9_]{1,16}){1,3}")


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
        raise HandlerFailed(str(why)) from why
    key = made.key or f"{sample.key}-{number:03d}"
    _check_names(key, sample.key, made.ext, sorted(blobs))
    return replace(made, key=key, group=made.group or sample.group)


def check_keys(made: Sequence[Made]) -> None:
    """Raise HandlerFailed where two outputs of a sample have one key."""
    if len({each.key for each in made}) < len(made):
        raise HandlerFailed("Expected a key of its own for each output, got one twice.")


def _check_names(key: str, stem: str, ext: str, targets: Sequence[str]) -> None:
    before, _, suffix = key.rpartition("-")
    if before != stem or not _NUMBER.fullmatch(suffix):
        raise HandlerFailed(f"Expected the key {stem}-NAME, got {key!r:.100}.")
    if not _ENDING.fullmatch(ext):
        raise HandlerFailed(f"Expected an ending as jpg or png, got {ext!r:.40}.")
    for name in targets:
        if not _TARGET.fullmatch(name):
            raise HandlerFailed(f"Expected a target by a name as matte.png, got {name!r:.40}.")
    # A target is called so among the arrays of its sample.
    called = [*ARRAYS, *(name.rpartition(".")[0] for name in targets)]
    if len({*called}) < len(called):
        raise HandlerFailed(f"Expected targets by names of their own, got {targets!r:.60}.")


def chosen(frame: Frame, samples: dict[str, Sample]) -> Sample:
    """Return the sample that a frame tells of, taken out of those that there are.

    What a handler may say anew is its split, its group, labels and attributes. Raises
    HandlerFailed for a sample that there is not, or that came before.
    """
    try:
        told = sample_from_json(frame.head.get("sample"))
    except BadOption as why:
        raise HandlerFailed(str(why)) from why
    known = samples.pop(told.key, None)
    if known is None or (told.source, told.digest) != (known.source, known.digest):
        raise HandlerFailed(f"Expected each sample at most once, got {told.key!r:.100}.")
    return told
