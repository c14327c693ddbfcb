"""Frames to and from a handler, as its runner has them; what comes is a stranger's.

The length of a JSON head in 4 bytes, the head, and the blobs whose names and lengths it tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from foveate.errors import HandlerFailed
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD_BYTES: Final = 16 * MIB
BLOBS: Final = 64
"""Parts of one output: its picture, and what is to be learnt beside it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What one side says."""

    head: Mapping[str, Any]
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    told_bytes: int = 0
    """Of its head, where it was received."""


def send(out: IO[bytes], frame: Frame) -> int:
    """Write a frame, and return how long its head is. Raises OSError where nobody reads it."""
    sizes = [[name, len(data)] for name, data in frame.blobs.items()]
    head = json.dumps({**frame.head, "blobs": sizes}, separators=(",", ":")).encode()
    out.write(len(head).to_bytes(4, "big") + head)
    for data in frame.blobs.values():
        out.write(data)
    out.flush()
    return len(head)


def receive(into: IO[bytes], most_bytes: int) -> Frame:
    """Return the next frame. Raises EOFError at the end, HandlerFailed for what is no frame.

    Nothing is read of blobs that are more than `most_bytes` together.
    """
    length = int.from_bytes(_exactly(into, 4), "big")
    if length > HEAD_BYTES:
        raise HandlerFailed(f"Expected a head of at most {HEAD_BYTES} bytes, got {length}.")
    try:
        head = json.loads(_exactly(into, length).decode())
    except (ValueError, RecursionError) as why:
        raise HandlerFailed(f"Expected a head of JSON, got {why}.") from why
    sizes = _sizes(head)
    if (total := sum(sizes.values())) > most_bytes:
        raise HandlerFailed(f"Expected at most {most_bytes} bytes of one sample, got {total}.")
    return Frame(head, {name: _exactly(into, size) for name, size in sizes.items()}, length)


def _sizes(head: object) -> dict[str, int]:
    """Return the lengths of blobs by name."""
    listed = head.get("blobs", []) if isinstance(head, Mapping) else None
    if not isinstance(listed, list) or len(listed) > BLOBS or not all(map(_is_size, listed)):
        raise HandlerFailed(f"Expected at most {BLOBS} names and lengths, got {listed!r:.60}.")
    return dict(listed)


def _is_size(pair: Sequence[Any]) -> bool:
    return isinstance(pair, list) and [type(each) for each in pair] == [str, int] and pair[1] >= 0


def _exactly(into: IO[bytes], size: int) -> bytes:
    data = into.read(size)
    if len(data) < size:
        raise EOFError
    return data
