"""Files of a chunk, one after the other, each ended where it is large enough."""

from __future__ import annotations

import sys
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol
from weakref import finalize

from foveate.datasets.seams import ShardFile
from foveate.datasets.shards import statistics
from foveate.datasets.shards.names import check_endings, check_split
from foveate.datasets.spelling import told_of
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk
    from foveate.datasets.shards.statistics import Counts

FEW_NAMED: Final = 10
EVERY: Final = range(sys.maxsize)
"""The places of all samples of a file."""


class ShardOutput:
    """A file that knows what was written to it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.bytes = name, 0
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        self._file = place.open("xb")
        # Who fails between two samples closes nothing.
        finalize(self, self._file.close)
        self._sha256, self._crc32 = sha256(), 0

    def write(self, data: bytes) -> None:
        """Write more."""
        self._file.write(data)
        self._sha256.update(data)
        self._crc32 = zlib.crc32(data, self._crc32)
        self.bytes += len(data)

    def close(self, samples: int = 0, counts: Mapping[str, Any] | None = None) -> ShardFile:
        """End it, and return what it is."""
        self._file.close()
        return ShardFile(
            name=self.name,
            bytes=self.bytes,
            sha256=self._sha256.hexdigest(),
            crc32=self._crc32,
            samples=samples,
            statistics=counts or {},
        )


class Part(Protocol):
    """A file of a chunk, or several that belong together, in one of the formats."""

    def add(self, made: Made) -> int:
        """Write one more sample, and return how many bytes there are by now."""
        ...

    def close(self, samples: int, counts: Counts) -> list[ShardFile]:
        """End, and return what was written."""
        ...


class PartsWriter:
    """Writes a chunk as parts of some format; a part has one sample at least."""

    def __init__(self, chunk: Chunk, ext: str, open_part: Callable[[Chunk, str], Part]) -> None:
        check_split(chunk.split)
        self._chunk, self._ext, self._open_part = chunk, ext, open_part
        self._classes, self._keys = frozenset(chunk.classes), set[str]()
        self._part: Part | None = None
        self._counts: Counts = {}
        self._samples, self._parts = 0, 0
        self._files: list[ShardFile] = []

    def add(self, made: Made) -> None:
        """Write one more. Raises BadOption for what has no place in a dataset."""
        self._check(made)
        self._part = self._part or self._open_part(self._chunk, self._name())
        self._samples += 1
        statistics.add(self._counts, statistics.of(made, self._chunk.split))
        if self._part.add(made) >= self._chunk.max_bytes:
            self._end()

    def close(self) -> list[ShardFile]:
        """End, and return what was written."""
        self._end()
        return self._files

    def _name(self) -> str:
        return f"{self._chunk.stem}-{self._parts:02d}.{self._ext}"

    def _end(self) -> None:
        if self._part is None:
            return
        self._files += self._part.close(self._samples, self._counts)
        self._part, self._samples, self._counts = None, 0, {}
        self._parts += 1

    def _check(self, made: Made) -> None:
        check_endings(made)
        if made.key in self._keys:
            raise BadOption(f"Expected a key for each sample, got {made.key[:80]!r} twice.")
        self._keys.add(made.key)
        for label in (*made.labels, *(each.label for each in made.instances)):
            if label not in self._classes:
                raise BadOption(told_of(made.key, self._strange(label)))

    def _strange(self, label: str) -> str:
        known = ", ".join(self._chunk.classes[:FEW_NAMED]) or "none"
        got = f"got {label[:40]!r}" if label else "got a thing without a label"
        return (
            f"Expected one of the {len(self._classes)} labels of the dataset ({known}),"
            f" {got}. What samples are labelled is for `select` to say."
        )
