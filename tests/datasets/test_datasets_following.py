"""Waiting for a dataset, with a server that goes away and proxies that let little through."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from foveate.datasets.following import Patience, follow, pause_s, persist
from foveate.errors import RateExceeded, SourceUnreachable, TimedOut, UnknownDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HISTORY = ("queued", "progress", "progress", "ready")


@dataclass
class Fake:
    """A server with four events, of which each connection brings so many before it is lost."""

    sockets: list[int]
    polls: list[int | Exception]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def _since(self, after: int, many: int) -> list[dict[str, Any]]:
        numbered = [{"number": n, "event": each} for n, each in enumerate(HISTORY, 1)]
        return numbered[after : after + many]

    def events(
        self, dataset: str, after: int, stopped: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        del dataset, stopped
        self.asked.append(("socket", after))
        many = self.sockets.pop(0) if self.sockets else 0
        yield from self._since(after, many)
        raise SourceUnreachable

    def get(self, dataset: str, after: int = -1, wait_s: float = 0.0) -> dict[str, Any]:
        del dataset, wait_s
        self.asked.append(("poll", after))
        many = self.polls.pop(0)
        if isinstance(many, Exception):
            raise many
        events = self._since(after, many)
        state = "ready" if after + len(events) == len(HISTORY) else "running"
        return {"events": events, "state": state}


class Quick(Patience):
    """Waits for nothing."""

    def pause(self, seconds: float) -> None:
        del seconds
        self.check()


def told(fake: Fake) -> list[str]:
    return [event["event"] for event in follow(fake, "shoes", 0, Quick())]


def test_each_event_comes_once_over_sockets_that_are_lost_and_a_server_that_restarts() -> None:
    fake = Fake([1, 0, 2], [SourceUnreachable(), SourceUnreachable(), 1, 0])
    assert told(fake) == list(HISTORY)
    assert fake.asked[:3] == [("socket", 0), ("poll", 1), ("poll", 1)]


def test_a_proxy_without_websockets_lets_polls_tell_all() -> None:
    fake = Fake([], [2, 0, 2])
    assert told(fake) == list(HISTORY)
    assert [after for how, after in fake.asked if how == "poll"] == [0, 2, 2]


def test_who_knows_the_last_event_already_waits_no_longer() -> None:
    assert list(follow(Fake([], [0, 0]), "shoes", len(HISTORY), Quick())) == []


def test_the_last_event_is_told_though_the_state_is_known_before() -> None:
    class Ahead(Fake):
        def get(self, dataset: str, after: int = -1, wait_s: float = 0.0) -> dict[str, Any]:
            return {**super().get(dataset, after, wait_s), "state": "ready"}

    assert told(Ahead([], [3, 1])) == list(HISTORY)


def test_a_dataset_that_was_deleted_is_no_longer_waited_for() -> None:
    with pytest.raises(UnknownDataset):
        told(Fake([1], [UnknownDataset()]))


def test_who_has_no_more_patience_is_told_and_so_is_who_is_stopped() -> None:
    with pytest.raises(TimedOut, match="Expected a dataset within 0 s"):
        list(follow(Fake([0], []), "shoes", 0, Patience(0.0)))
    patience = Patience()
    patience.stop.set()
    began = time.monotonic()
    with pytest.raises(TimedOut):
        patience.pause(60)
    assert time.monotonic() - began < 5


def test_who_asks_too_often_waits_as_long_as_he_was_told() -> None:
    assert pause_s(1, RateExceeded(41.0)) == 41.0
    assert pause_s(60, RateExceeded(1.0)) == pause_s(60)


def test_a_call_is_made_again_until_it_is_answered() -> None:
    answers = iter([SourceUnreachable(), RateExceeded(1.0), "here"])

    def call() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert persist(call, Quick()) == "here"


def test_a_server_that_answers_polls_at_once_is_not_asked_without_a_pause() -> None:
    class Hasty(Quick):
        def pause(self, seconds: float) -> None:
            paused.append(seconds)
            super().pause(seconds)

    paused: list[float] = []
    fake = Fake([], [0, 0, 4])
    assert [each["event"] for each in follow(fake, "shoes", 0, Hasty())] == list(HISTORY)
    assert [round(each) for each in paused] == [1, 1]


def test_who_waits_for_a_server_that_is_away_is_told_once_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = SourceUnreachable("refused", public="The server at x cannot be reached.")
    answers: list[Exception | str] = [away, away, away, "here", away, "here"]

    def call() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    patience = Quick()
    with caplog.at_level(logging.WARNING, "foveate.datasets"):
        assert [persist(call, patience), persist(call, patience)] == ["here", "here"]
    waits, again = "Waiting on. The server at x cannot be reached.", "The server answers again."
    assert caplog.messages == [waits, again]


def test_who_never_reached_a_server_is_not_told_that_something_is_made() -> None:
    def call() -> str:
        raise SourceUnreachable("refused", public="The server at x cannot be reached.")

    with pytest.raises(TimedOut, match=r"within 0 s, got no answer: The server at x cannot"):
        persist(call, Patience(0.0))
