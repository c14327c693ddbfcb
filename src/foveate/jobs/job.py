"""What a job is, and what is told of it: plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.http_dates import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({State.DONE, State.FAILED, State.CANCELLED})
NO_WORKERS: Final = "no_workers"
"""Why a job waits that nobody begins, whatever the time."""
SPENT: Final = "pictures_per_day"
"""Why one waits whose key has worked on the pictures of a day."""
NOT_WRITTEN: Final = "not_written"
"""Why one waits whose results cannot be written now."""
PROGRESS: Final = "progress"
"""The event of which only the last is kept; the others are called as the states."""


class Event(NamedTuple):
    """Something that happened to a job."""

    number: int
    """From 1 on, in order; those of progress that are over are missing."""
    at: float
    """Seconds since 1970."""
    name: str
    data: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        """Return whether nothing comes after it."""
        return self.name in ENDED

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        about = {"number": self.number, "event": self.name, "at": stamp(self.at)}
        return {**about, "data": dict(self.data)}


class WebhookProgress(NamedTuple):
    """How it stands with the webhook of a job."""

    url: str
    state: str
    """waiting, told, or given up."""
    tries: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the queue has it."""

    number: int
    """The order in which they came."""
    id: str
    key: str
    """Whose it is: the name of a key, or `local`."""
    state: State
    description: Mapping[str, Any]
    """What is to be done, as JSON says it."""
    out: str
    """What its results are below, in the folder of its key."""
    created: float
    started: float | None = None
    finished: float | None = None
    stopping: bool = False
    """Whether somebody cancelled it."""
    progress: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    place: str = ""
    """Where its results are; empty before it was begun, and where nobody noted it."""
    webhook: WebhookProgress | None = None
    waits_until: float | None = None
    """When it may go on, where its key has worked on the pictures of a day."""
    rests_until: float | None = None
    """When it is tried again, where there was no room for its results."""
    unattended: bool = False
    """Whether it waits for a server that works on its queue, and none does."""

    @property
    def has_ended(self) -> bool:
        """Return whether nothing happens to it any more."""
        return self.state in ENDED

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        told: dict[str, Any] = {
            "id": self.id,
            "state": self.state.value,
            "created": stamp(self.created),
            "started": stamp(self.started),
            "finished": stamp(self.finished),
            "description": {**self.description, "out": self.out},
            "progress": dict(self.progress),
        }
        if self.error:
            told["error"] = {"error": self.error, "message": self.message}
        if self.stopping and not self.has_ended:
            told["cancelling"] = True
        told.update(self._waits())
        if self.webhook is not None:
            told["webhook"] = self.webhook._asdict()
        return told

    def _waits(self) -> dict[str, Any]:
        """Return what is told of what it waits for, where that is no other job."""
        if self.unattended:
            return {"waits": {"why": NO_WORKERS}}
        if self.waits_until is not None:
            return waits(self.waits_until)
        if self.rests_until is not None and self.state is State.QUEUED:
            return waits(self.rests_until, NOT_WRITTEN)
        return {}


def waits(until: float, why: str = SPENT) -> dict[str, Any]:
    """Return what is told of a job that waits although others may run: why, and until when.

    >>> waits(86400.0)
    {'waits': {'why': 'pictures_per_day', 'until': '1970-01-02T00:00:00.000Z'}}
    """
    return {"waits": {"why": why, "until": stamp(until)}}


def dumped(content: object) -> str:
    """Return JSON on one line."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
