"""Pictures of raw data as they were when it was looked at, whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate.errors import (
    RawChanged,
    SourceFailed,
    SourceNotFound,
    SourceTimeout,
    SourceUnreachable,
    SourceUnresolved,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.seams import Pictures

MOMENTARY: Final = (SourceFailed, SourceTimeout, SourceUnreachable, SourceUnresolved)
"""What goes over, and says nothing of the picture."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The pictures of raw data that are known."""

    pictures: Pictures
    digests: Mapping[str, str]
    """By their sources."""

    def read(self, source: str) -> bytes:
        """Return the bytes of a picture. Raises RawChanged, and a SourceError."""
        if source not in self.digests:
            raise SourceNotFound(source)
        return unchanged(self.pictures, source, self.digests[source])


def unchanged(pictures: Pictures, source: str, digest: str) -> bytes:
    """Return the bytes of a picture. Raises RawChanged for other ones, and where it is gone.

    Where nobody can say that now, a SourceError.
    """
    try:
        data = pictures.read(source)
    except SourceNotFound as why:
        said = f"{source} cannot be read any more: {why}"
        raise RawChanged(said, source=source) from why
    if sha256(data).hexdigest() != digest:
        raise RawChanged(f"{source} has other bytes than when it was looked at.", source=source)
    return data
