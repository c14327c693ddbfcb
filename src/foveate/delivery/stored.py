"""A rendition as one blob for the cache, so that a restart still answers with right headers."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Size
from foveate.options.options_class import CLASS_NAMES
from foveate.values import NOTHING_SAID, Lifetime, strictest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.rendition import Rendition
    from foveate.storage.source import Source
    from foveate.values import Blob

MORE, ENOUGH = "more", "enough"
KEPT_OF_KEY: Final = 1024
"""Characters of a key: strangers choose them, and a header must not grow without end."""
_HEAD: Final = struct.Struct(">4sI")
_MAGIC: Final = b"FVR2"
ABOUT_BYTES: Final = 16 * 1024
"""More than the header of any blob: so much of one tells what it is, and how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the headers of a rendition are made from, beside its bytes."""

    content_type: str
    version: str
    """The version of the source that it was made from."""
    lifetime: Lifetime = NOTHING_SAID
    """Of the strictest source; what is private is sent, and never kept."""
    size: Size | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    source_bytes: int = 0
    """Of its sources: what need not be read as long as it is kept; 0 where that is not known."""
    source: str = ""
    """The beginning of the key of its main source; empty where that is not known."""
    digests: str = ""
    """One for the key of each of its sources."""
    options_class: str = ""
    classes: str = ""
    """Among which classes that one was chosen; empty where that is not known."""
    effort: str = ""
    """`more` where it was encoded again and is smaller, `enough` where that gained nothing."""
    digest: str = ""
    """Of the bytes of the rendition; empty where that is not known."""


def describe(
    rendition: Rendition, sources: Sequence[Source], keys: Sequence[str] = (), kind: str = ""
) -> About:
    """Return what is worth keeping of a rendition and of its sources, the main one first.

    `keys` are those of the sources, and `kind` the class of its options.

    It may be kept as long as the strictest of them allows.
    """
    lifetime = strictest([source.lifetime for source in sources])
    if rendition.provisional:
        lifetime = replace(lifetime, private=True)
    return About(
        content_type=rendition.content_type,
        version=sources[0].version,
        lifetime=lifetime,
        size=rendition.size,
        headers=dict(rendition.headers),
        source_bytes=sum(len(source.data) for source in sources),
        source=keys[0][:KEPT_OF_KEY] if keys else "",
        digests=" ".join(map(digest, keys)),
        options_class=kind,
        classes=CLASSES,
        digest=_short(rendition.data),
    )


def digest(key: str) -> str:
    """Return a short name of a key."""
    return _short(key.encode("utf-8", "surrogatepass"))


def _short(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


CLASSES: Final = digest(" ".join(CLASS_NAMES))
"""Says among which classes options are told apart now."""


def pack(about: About, data: bytes) -> bytes:
    """Return header and bytes as one blob."""
    header = json.dumps(asdict(about), separators=(",", ":")).encode()
    return b"".join((_HEAD.pack(_MAGIC, len(header)), header, data))


def body(blob: Blob) -> memoryview:
    """Return the bytes of the rendition alone, without a copy."""
    return memoryview(blob)[_HEAD.size + _HEAD.unpack_from(blob)[1] :]


def unpack(blob: Blob) -> tuple[About, memoryview] | None:
    """Return what `pack` was given, or None when another version of Foveate wrote the blob.

    Nothing is copied. Of a blob's first `ABOUT_BYTES`, the bytes are the beginning of all.
    """
    if len(blob) < _HEAD.size or _HEAD.unpack_from(blob)[0] != _MAGIC:
        return None
    end = _HEAD.size + _HEAD.unpack_from(blob)[1]
    try:
        row = json.loads(bytes(blob[_HEAD.size : end]))
        size, lifetime = row["size"], _lifetime(row["lifetime"])
        about = About(**{**row, "lifetime": lifetime, "size": size and Size(**size)})
        return about, memoryview(blob)[end:]
    except (KeyError, TypeError, ValueError):
        return None


def _lifetime(row: dict[str, Any]) -> Lifetime:
    clients = row.get("clients")
    return Lifetime(**{**row, "clients": clients and _lifetime(clients)})
