"""What raw data looks like from outside: enough to tell that nothing of it changed."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from foveate.datasets.raw.places import annotation
from foveate.datasets.raw.raw import Kind

if TYPE_CHECKING:
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw

BY_FILES: Final = frozenset({Kind.VOC, Kind.YOLO})
"""Kinds with a file of annotations for each picture: these are read to tell anything."""
LISTED: Final = frozenset({Kind.LIST, Kind.COCO})
"""Kinds with a few files of annotations, which are named."""


def seen(raw: Raw, place: Place) -> str | None:
    """Return what is another one when a look would find something else; None where only that tells.

    Of pictures it is their names, and what changes when they do. Raises BadRaw.
    """
    if raw.kind in BY_FILES:
        return None
    whole = blake2b(digest_size=32)
    for found in sorted(place.pictures()):
        whole.update(f"{found.name}\0{found.version}\0".encode("utf-8", "surrogatepass"))
    for said in raw.annotations if raw.kind in LISTED else ():
        whole.update(blake2b(annotation(place, said.rpartition("=")[2])).digest())
    return whole.hexdigest()
