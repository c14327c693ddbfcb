"""What became of a row: plain data on its way from a worker to the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.batches.asides import Aside
    from foveate.batches.row import Row


class Status(StrEnum):
    """How it went with a picture."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A rendition that was made, and where it lies."""

    rendition: int
    """Which one it is, from 1 on."""
    name: str
    ext: str
    digest: bytes
    bytes: int
    width: int | None
    height: int | None
    aside: Aside | None = field(default=None, compare=False)
    """Where it is until it is placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a row."""

    row: Row
    asked: bytes
    """What stands for all that decides over the outputs beside the picture itself."""
    status: Status = Status.DONE
    digest: str = ""
    """Of the picture's bytes."""
    bytes: int = 0
    width: int | None = None
    height: int | None = None
    outputs: tuple[Output, ...] = ()
    known: str = ""
    """What is known of the picture, as JSON."""
    error: str = ""
    """The class of what went wrong."""
    message: str = ""
    seconds: float = 0.0
    cpu_s: float = 0.0
    """Of the process that did it, where that is another one."""
    copied: bool = False
    """Whether an equal picture was done before."""

    @property
    def failure(self) -> dict[str, str]:
        """Return which picture failed, and why, as JSON has it."""
        return {"source": self.row.key, "error": self.error, "message": self.message}
