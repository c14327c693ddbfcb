"""A job as its process is told of it, on its standard input."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from foveate.batches.description import Description
    from foveate.settings import Settings

LENGTH_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Order:
    """A job, as its process is told of it."""

    settings: Settings
    description: Description
    workers: int


def read(stream: BinaryIO) -> Order:
    """Return an order as it was written."""
    size = int.from_bytes(stream.read(LENGTH_BYTES), "big")
    order: Order = pickle.loads(stream.read(size))  # noqa: S301 - our own server wrote it
    return order


def written(order: Order) -> bytes:
    """Return an order as the process reads it."""
    data = pickle.dumps(order)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data
