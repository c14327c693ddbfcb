"""Storage that is slow or full, where handlers of ours run: their process finds it by this name."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.datasets.shards.finish import ShardFormats

if TYPE_CHECKING:
    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk, Pictures, ShardFile, Writer

SLOW_S = 1.5


@dataclass(frozen=True)
class SlowBucket:
    """Pictures that take long to come."""

    pictures: Pictures
    seconds: float = SLOW_S

    def read(self, source: str) -> bytes:
        time.sleep(self.seconds)
        return self.pictures.read(source)


class SlowDisk(ShardFormats):
    """Shards that take long to be written."""

    def writer(self, name: str, chunk: Chunk) -> Writer:
        return SlowWriter(super().writer(name, chunk))


@dataclass(frozen=True)
class SlowWriter:
    writer: Writer

    def add(self, made: Made) -> None:
        time.sleep(SLOW_S)
        self.writer.add(made)

    def close(self) -> list[ShardFile]:
        time.sleep(SLOW_S)
        return self.writer.close()


class Full(ShardFormats):
    """A disk that is full by the second chunk."""

    def writer(self, name: str, chunk: Chunk) -> Writer:
        writer = super().writer(name, chunk)
        if chunk.number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return writer
