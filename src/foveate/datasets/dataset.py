"""What a dataset is to who asks for it, and what is told of it: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from foveate.http_dates import stamp
from foveate.jobs.job import Event as JobEvent

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """How far a dataset is."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


ENDED: Final = frozenset({State.READY, State.FAILED})
PROGRESS: Final = "progress"
"""The event of which only the last is kept; the others are called as the states."""


class Event(JobEvent):
    """Something that happened to a dataset."""

    __slots__ = ()

    @property
    def is_last(self) -> bool:
        """Return whether nothing comes after it, unless somebody asks again."""
        return self.name in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset as the store has it."""

    number: int
    """The order in which they were asked for."""
    id: str
    digest: str
    """Of all that it is made of: the id has the beginning of it."""
    name: str
    handler: str
    version: str
    pin: str
    config: Mapping[str, Any]
    """In its one spelling, filled in."""
    raw: str
    """The digest of its raw data."""
    state: State
    created: float
    started: float | None = None
    finished: float | None = None
    used: float
    """When it was last asked for."""
    downloads: int = 0
    pinned: bool = False
    bytes: int = 0
    """Of all its files."""
    samples: int = 0
    progress: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    log: str = ""
    """The end of what its handler wrote, where it failed."""
    heard: bool = False
    """Whether only other servers were asked to make it: this one may lack what it is made of."""

    @property
    def has_ended(self) -> bool:
        """Return whether nothing happens to it by itself."""
        return self.state in ENDED

    @property
    def format(self) -> str:
        """Return what it is written as."""
        return str(self.config["shards"]["format"])

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        told: dict[str, Any] = {
            "id": self.id,
            "state": self.state.value,
            "name": self.name,
            "handler": self.handler,
            "version": self.version,
            "config": dict(self.config),
            "raw_digest": self.raw,
            "created": stamp(self.created),
            "started": stamp(self.started),
            "finished": stamp(self.finished),
            "used": stamp(self.used),
            "downloads": self.downloads,
            "pinned": self.pinned,
            "bytes": self.bytes,
            "samples": self.samples,
            "progress": dict(self.progress),
        }
        if self.error:
            told["error"] = {"error": self.error, "message": self.message, "log": self.log}
        return told
