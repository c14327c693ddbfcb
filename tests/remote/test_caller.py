"""Calls to a stage: made again where that helps, not made in vain, and back when it is."""

from __future__ import annotations

import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from foveate.deadline import Deadline
from foveate.errors import BadSettings, BudgetSpent, KeyNeeded, StageAway, TimedOut
from foveate.remote import stages_pb2 as pb
from foveate.remote.caller import Caller, Underway
from foveate.remote.channel import read_pem
from foveate.remote.circuit import ENOUGH, HUNG_S, OPEN_S, State
from foveate.remote.failures import DETAILS
from foveate.remote.methods import EMBED, full_name
from foveate.settings import Rpc, Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
REQUEST = pb.EmbedRequest()


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def stage(answer: Callable[[Any], pb.EmbedReply], port: int = 0) -> Iterator[int]:
    """An embedder that does as the test says."""
    handler = grpc.unary_unary_rpc_method_handler(
        lambda _, context: answer(context),
        pb.EmbedRequest.FromString,
        pb.EmbedReply.SerializeToString,
    )
    server = grpc.server(ThreadPoolExecutor(4), options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(full_name("Embedder"), {"Embed": handler}),)
    )
    bound = server.add_insecure_port(f"{HOST}:{port}")
    server.start()
    try:
        yield bound
    finally:
        server.stop(0).wait()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def caller(port: int, clock: Clock | None = None) -> Caller:
    return Caller(
        "embedder", f"{HOST}:{port}", Stages(), Rpc(), clock=clock or time.monotonic, draw=lambda: 1
    )


def soon(seconds: float = 20) -> Deadline:
    return Deadline(time.monotonic() + seconds, threading.Event())


def timed(seconds: float = 20) -> Deadline:
    """A deadline that nobody can bring forward: the call is made in the caller's own thread."""
    return Deadline(time.monotonic() + seconds)


either = pytest.mark.parametrize("until", [soon, timed])


class Failing:
    """Fails so many times, then answers."""

    def __init__(self, times: int, code: grpc.StatusCode, details: bytes | None = None) -> None:
        self.times, self.code, self.details, self.calls = times, code, details, 0

    def __call__(self, context: Any) -> pb.EmbedReply:
        self.calls += 1
        if self.calls <= self.times:
            if self.details is not None:
                context.set_trailing_metadata(((DETAILS, self.details),))
            context.abort(self.code, "an inner word")
        return pb.EmbedReply(embeddings=[pb.Embedding(values=[1.0])])


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED], ids=str
)
@either
def test_what_may_pass_is_tried_again(code: grpc.StatusCode, until: Callable[[], Deadline]) -> None:
    fails = Failing(2, code)
    with stage(fails) as port:
        assert caller(port).call(EMBED, REQUEST, until()).embeddings
    assert fails.calls == 3


def test_what_cannot_pass_is_not_tried_again() -> None:
    fails = Failing(1, grpc.StatusCode.UNIMPLEMENTED)
    with (
        stage(fails) as port,
        pytest.raises(StageAway, match="UNIMPLEMENTED: an inner word") as why,
    ):
        caller(port).call(EMBED, REQUEST, soon())
    assert fails.calls == 1
    assert "inner" not in why.value.public


@either
def test_a_stage_whose_budget_is_spent_is_not_asked_again(until: Callable[[], Deadline]) -> None:
    said = pb.Error(error=BudgetSpent.__name__, message="spent").SerializeToString()
    fails = Failing(9, grpc.StatusCode.RESOURCE_EXHAUSTED, said)
    with stage(fails) as port, pytest.raises(BudgetSpent):
        caller(port).call(EMBED, REQUEST, until())
    assert fails.calls == 1


@pytest.mark.alone
def test_no_attempt_is_made_for_which_there_is_no_time() -> None:
    fails = Failing(9, grpc.StatusCode.UNAVAILABLE)
    with stage(fails) as port:
        asks = caller(port)
        asks.draw = lambda: -20  # waits of half a second and more
        began = time.monotonic()
        with pytest.raises(StageAway):
            asks.call(EMBED, REQUEST, soon(0.45))
    assert fails.calls == 1
    assert time.monotonic() - began < 0.45


def test_a_stage_that_is_away_is_left_alone_and_then_tried_once() -> None:
    clock, port = Clock(), free_port()
    asks = caller(port, clock)
    with pytest.raises(StageAway):
        asks.call(EMBED, REQUEST, soon())
    with pytest.raises(StageAway, match="it did not answer before"):
        asks.call(EMBED, REQUEST, soon())
    answers = Failing(0, grpc.StatusCode.UNAVAILABLE)
    with stage(answers, port):
        with pytest.raises(StageAway, match="it did not answer before"):
            asks.call(EMBED, REQUEST, soon())
        assert answers.calls == 0, "nobody is called while the circuit is broken"
        end = time.monotonic() + 15
        while time.monotonic() < end and not answers.calls:
            clock.now += 10 * OPEN_S
            try:
                asks.call(EMBED, REQUEST, soon())
            except StageAway:  # gRPC itself has not connected yet
                time.sleep(0.05)
        assert answers.calls == 1
        assert asks.call(EMBED, REQUEST, soon()).embeddings, "whole at once after one success"


def test_a_stage_tells_since_when_it_is_away_or_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "foveate.remote.caller")
    wall = Clock()
    asks = Caller("embedder", f"{HOST}:1", Stages(), Rpc(), clock=wall, wall=wall)
    told = [asks.state]
    for reached in (False,) * ENOUGH + (False, True, True):
        wall.now += 1
        call = Underway(None, began=wall.now, trial=not told[-1].answers)
        asks.note(call, reached=reached)
        told.append(asks.state)
    assert [state.answers for state in told] == [True] * ENOUGH + [False] * 2 + [True] * 2
    assert [state.since for state in told] == [100] * ENOUGH + [103] * 2 + [105] * 2
    assert told[0].name == "embedder"
    assert [row.levelname for row in caplog.records] == ["WARNING", "INFO"]


def test_a_token_that_a_stage_refuses_is_told_once_until_it_is_accepted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "foveate.remote.caller")
    said = pb.Error(error="BadToken", message="Not this one.").SerializeToString()
    with stage(Failing(2 * ENOUGH, grpc.StatusCode.UNAUTHENTICATED, said)) as port:
        asks = caller(port)
        for _ in range(2 * ENOUGH):
            with pytest.raises(StageAway, match="UNAUTHENTICATED"):
                asks.call(EMBED, REQUEST, soon())
            assert (asks.state.state, asks.state.answers) == (State.REFUSED, False)
        assert asks.call(EMBED, REQUEST, soon()).embeddings
    assert asks.state.answers
    warning, back = caplog.records
    assert (warning.levelname, back.levelname) == ("WARNING", "INFO")
    assert "FOVEATE_STAGES__TOKEN" in warning.getMessage()


def test_a_key_that_somebody_else_lacks_is_no_token_of_ours_that_is_refused() -> None:
    said = pb.Error(error="KeyNeeded", message="No key.").SerializeToString()
    with stage(Failing(1, grpc.StatusCode.UNAUTHENTICATED, said)) as port:
        asks = caller(port)
        with pytest.raises(KeyNeeded):
            asks.call(EMBED, REQUEST, soon())
        assert asks.state.answers


def test_errors_of_a_stage_that_speaks_break_nothing() -> None:
    said = pb.Error(error="TimedOut", message="Too slow.").SerializeToString()
    fails = Failing(2 * ENOUGH, grpc.StatusCode.DEADLINE_EXCEEDED, said)
    with stage(fails) as port:
        asks = caller(port, Clock())
        for _ in range(2 * ENOUGH):
            with pytest.raises(TimedOut, match="Too slow"):
                asks.call(EMBED, REQUEST, soon())
        assert asks.call(EMBED, REQUEST, soon()).embeddings


class Hanging:
    """Answers nobody until it may."""

    def __init__(self) -> None:
        self.may, self.calls = threading.Event(), 0

    def __call__(self, _: Any) -> pb.EmbedReply:
        self.calls += 1
        self.may.wait(10)
        return pb.EmbedReply()


@either
@pytest.mark.parametrize(("left_s", "breaks"), [(0.5, True), (0.05, False)])
def test_a_stage_that_hangs_is_left_alone_unless_it_had_too_little_time(
    left_s: float, until: Callable[[float], Deadline], *, breaks: bool
) -> None:
    hangs = Hanging()
    with stage(hangs) as port:
        asks = caller(port, Clock())
        for _ in range(ENOUGH):
            with pytest.raises(TimedOut):
                asks.call(EMBED, REQUEST, until(left_s))
        hangs.may.set()
        if breaks:
            with pytest.raises(StageAway, match="it did not answer before"):
                asks.call(EMBED, REQUEST, soon())
        else:
            assert asks.call(EMBED, REQUEST, soon()) == pb.EmbedReply()


def test_for_a_stage_that_hung_nobody_waits_again() -> None:
    clock, hangs = Clock(), Hanging()
    with stage(hangs) as port:
        asks = caller(port, clock)
        asks.note(Underway(None, began=clock.now - HUNG_S, trial=False), reached=False)
        clock.now += OPEN_S
        for _ in range(ENOUGH):
            with pytest.raises(StageAway):
                asks.call(EMBED, REQUEST, soon())
            clock.now += 10 * OPEN_S
        hangs.may.set()
        end = time.monotonic() + 15
        while not asks.state.answers and time.monotonic() < end:
            time.sleep(0.01)
        assert hangs.calls == 1, "one trial at a time"
        assert asks.call(EMBED, REQUEST, soon()) == pb.EmbedReply()


@either
def test_the_deadline_is_passed_on(until: Callable[[float], Deadline]) -> None:
    left: list[float] = []

    def note(context: Any) -> pb.EmbedReply:
        left.append(context.time_remaining())
        return pb.EmbedReply()

    with stage(note) as port:
        caller(port).call(EMBED, REQUEST, until(7))
    assert 4 < left[0] <= 7.02, "in hundredths on the wire, rounded up"


def test_files_of_certificates_that_are_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"stages\.tls_ca: expected a readable PEM file"):
        read_pem("stages.tls_ca", str(tmp_path / "none.pem"))
    (tmp_path / "empty.pem").touch()
    with pytest.raises(BadSettings, match="one without -----BEGIN"):
        read_pem("stages.tls_ca", str(tmp_path / "empty.pem"))
