"""What happens to a dataset, for whoever waits for it: over lost connections and restarts."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from foveate.errors import RateExceeded, SourceFailed, SourceTimeout, SourceUnreachable, TimedOut
from foveate.storage.api_server import later_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Away = SourceUnreachable | SourceTimeout | SourceFailed | RateExceeded

log = logging.getLogger("foveate.datasets")
T = TypeVar("T")
ENDED: Final = frozenset({"ready", "failed"})
POLL_S: Final = 30.0
"""Proxies give up after a minute."""
EMPTY_S: Final = 1.0
"""A poll that brings nothing lasts so long at least, whatever the server is."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 15.0
AWAY: Final = (SourceUnreachable, SourceTimeout, SourceFailed, RateExceeded)
"""What goes over: a server that restarts or is asked too often, a network that is lost."""
TOLD_AT: Final = 2
"""After so many failures in a row somebody is told: one alone is over before that is read."""


class Told(Protocol):
    """A server that tells of datasets."""

    def get(self, dataset: str, after: int = -1, wait_s: float = 0.0) -> dict[str, Any]:
        """Return how a dataset stands, with its events after that one, once there are some."""
        ...

    def events(
        self, dataset: str, after: int, stopped: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        """Yield events as they happen. Raises SourceUnreachable where that ends early."""
        ...


def pause_s(failures: int, why: Exception | None = None) -> float:
    """Return how long to wait after so many failures in a row, of which that is the last.

    >>> pause_s(1), pause_s(3), pause_s(60)
    (0.25, 1.0, 15.0)
    """
    backoff = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 30))
    return later_s(why, backoff)


@dataclass(slots=True)
class Patience:
    """How long somebody waits, and what ends it: the time, or a word from another thread."""

    timeout_s: float = float("inf")
    stop: threading.Event = field(default_factory=threading.Event)
    _until: float = field(init=False)
    _away: str = field(default="", init=False)
    """Why the last call was not answered; empty where it was."""
    _is_told: bool = field(default=False, init=False)
    """Whether somebody was told so."""

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.timeout_s

    @property
    def left_s(self) -> float:
        """Return how long he waits still."""
        return 0.0 if self.stop.is_set() else max(0.0, self._until - time.monotonic())

    def over(self) -> bool:
        """Return whether he waits no more."""
        return self.left_s <= 0

    def check(self) -> None:
        """Raise TimedOut where he waits no more."""
        if self.over():
            within = f"Expected a dataset within {self.timeout_s:g} s, got"
            got = self._away or "none yet: it is made on, so wait again, or longer."
            sentence = f"{within} {'no answer: ' if self._away else ''}{got}"
            raise TimedOut(sentence, public=sentence)

    def answered(self) -> None:
        """Know that the server is there, and say so where it was told of as away."""
        if self._is_told:
            log.warning("The server answers again.")
        self._away, self._is_told = "", False

    def missed(self, why: Away, failures: int) -> None:
        """Know that it is not, and after so many failures in a row say so, once."""
        self._away = why.public
        if failures == TOLD_AT:
            log.warning("Waiting on. %s", why.public)
            self._is_told = True

    def pause(self, seconds: float) -> None:
        """Wait for so long, or until it is over. Raises TimedOut."""
        self.stop.wait(min(seconds, self.left_s))
        self.check()


def persist(call: Callable[[], T], patience: Patience) -> T:
    """Return what a call gives, which is made again as long as the server is away."""
    failures = 0
    while True:
        try:
            told = call()
        except AWAY as why:
            failures += 1
            patience.missed(why, failures)
            patience.pause(pause_s(failures, why))
        else:
            patience.answered()
            return told


def follow(server: Told, dataset: str, after: int, patience: Patience) -> Iterator[dict[str, Any]]:
    """Yield what happens to a dataset after that event, until it is ready or has failed.

    Each round is a WebSocket for as long as it lasts and, when that ends early, one long poll:
    behind a proxy that lets no WebSocket through the polls alone are as quick. An answer may tell a
    state that is newer than its events: the last event is in the next one.
    """
    ended = False
    while True:
        with suppress(*AWAY):
            for event in server.events(dataset, after, patience.over):
                after = event["number"]
                yield event
                if event["event"] in ENDED:
                    return
        patience.check()
        wait_s, began = min(POLL_S, patience.left_s), time.monotonic()
        told = persist(partial(server.get, dataset, after, wait_s), patience)
        for event in told["events"]:
            after = event["number"]
            yield event
            if event["event"] in ENDED:
                return
        if ended:
            return
        ended = told["state"] in ENDED
        if not (ended or told["events"]):
            patience.pause(began + EMPTY_S - time.monotonic())
