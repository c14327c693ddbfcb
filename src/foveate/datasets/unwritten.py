"""Whether something could not be written for want of room, which there may be later."""

from __future__ import annotations

from foveate.batches.unwritten import FULL
from foveate.errors import SourceError


def wants_room(why: BaseException) -> bool:
    """Return whether that is a full disk, or one that fails, of a folder.

    >>> wants_room(OSError(28, "No space left on device")), wants_room(OSError(13, "Denied"))
    (True, False)
    >>> wants_room(SourceError("a.tar: No space left on device (os error 28)"))
    True
    """
    if isinstance(why, OSError):
        return why.errno in FULL
    # Folders are written to by a library that tells of it in words alone.
    return isinstance(why, SourceError) and any(f"(os error {each})" in str(why) for each in FULL)
