"""A rendition as one blob for the cache, so that a restart still answers with right headers."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.ports import Original, Rendition

_HEAD: Final = struct.Struct(">4sI")
_MAGIC: Final = b"FVR1"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the headers of a rendition are made from, beside its bytes."""

    content_type: str
    version: str
    """The version of the source that it was made from."""
    etag: str = ""
    max_age_s: float | None = None
    must_revalidate: bool = False
    private: bool = False
    """Such a one is sent, and never kept."""
    facts: Mapping[str, str] = field(default_factory=dict)


def describe(rendition: Rendition, originals: Sequence[Original]) -> About:
    """Return what is worth keeping of a rendition and of its originals, the main one first.

    It may be kept as long as the strictest of them allows.
    """
    main = originals[0]
    ages = [original.max_age_s for original in originals if original.max_age_s is not None]
    return About(
        content_type=rendition.content_type,
        version=main.version,
        etag=main.etag,
        max_age_s=min(ages, default=None),
        must_revalidate=any(original.must_revalidate for original in originals),
        private=any(original.private for original in originals),
        facts=dict(rendition.facts),
    )


def pack(about: About, data: bytes) -> bytes:
    """Return header and bytes as one blob."""
    header = json.dumps(asdict(about), separators=(",", ":")).encode()
    return b"".join((_HEAD.pack(_MAGIC, len(header)), header, data))


def body(blob: bytes) -> memoryview:
    """Return the bytes of the rendition alone, without a copy."""
    return memoryview(blob)[_HEAD.size + _HEAD.unpack_from(blob)[1] :]


def unpack(blob: bytes) -> tuple[About, bytes] | None:
    """Return what `pack` was given, or None when another version of Foveate wrote the blob."""
    if len(blob) < _HEAD.size or not blob.startswith(_MAGIC):
        return None
    end = _HEAD.size + _HEAD.unpack_from(blob)[1]
    try:
        return About(**json.loads(blob[_HEAD.size : end])), blob[end:]
    except (TypeError, ValueError):
        return None
