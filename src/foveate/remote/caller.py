"""Calls to one stage: under the caller's deadline, again where that may help, and not in vain."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BudgetSpent, SourceTooLarge
from foveate.remote.channel import open_channel
from foveate.remote.circuit import ATTEMPTS, Circuit, StageState, State, backoff_s
from foveate.remote.failures import TRIED_AGAIN, away, failure_of, was_reached, was_refused
from foveate.remote.library import grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.deadline import Deadline
    from foveate.remote.methods import Method
    from foveate.settings import Rpc, Stages

    Opens = Callable[[str, Stages, Rpc], Any]

log = logging.getLogger(__name__)
FAIR_S: Final = 0.4
"""Who gives a stage less time than that learns nothing of it when the time is over."""
TRIAL_S: Final = 5.0
"""How long a stage that hung is waited for, by nobody: it may have to load its networks first."""
OVER: Final = "DEADLINE_EXCEEDED"
TOLD: Final = {
    State.ANSWERING: (logging.INFO, "answers again"),
    State.AWAY: (logging.WARNING, "does not answer, and is left alone for a while"),
    State.REFUSED: (
        logging.WARNING,
        "refuses every call: FOVEATE_STAGES__TOKEN is not its token (there, FOVEATE_RPC__TOKEN)",
    ),
}
"""What is said once of each change, and how loud."""


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """A call in the thread that waits for it: a wake-up less, and nobody can end it."""

    result: Callable[[], Any]
    """Makes it."""

    def cancel(self) -> None:
        """Leave it to end by its own timeout."""


@dataclass(frozen=True, slots=True, eq=False)
class Underway:
    """A call that was begun."""

    call: Any
    """A future of gRPC's, or one's own."""
    began: float
    """By the clock of its caller."""
    trial: bool
    """Whether it is to tell if a stage is back."""


@dataclass(eq=False)
class Caller:
    """One stage elsewhere, for all threads and loops of a process."""

    stage: str
    """What it is called in settings."""
    target: str
    """HOST:PORT."""
    stages: Stages
    rpc: Rpc
    opens: Opens = open_channel
    """What opens the way to it: over gRPC, unless somebody knows another."""
    clock: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random
    wall: Callable[[], float] = time.time
    _circuit: Circuit = field(default_factory=Circuit, init=False)
    _since: float = field(init=False)
    _changing: threading.Lock = field(default_factory=threading.Lock, init=False)
    _channel: Any = field(default=None, init=False)
    _methods: dict[Method, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._since = self.wall()

    @property
    def state(self) -> StageState:
        """Return how calls to it go."""
        with self._changing:
            return StageState(self.stage, self._circuit.state, self._since)

    def call(self, method: Method, request: Any, deadline: Deadline) -> Any:  # noqa: ANN401
        """Return the reply. Blocks, for workers. Raises StageAway and what the stage raises."""
        attempts = Attempts(self, method, request, deadline)
        own = deadline.cancelled is None
        while True:
            call = attempts.begin(own=own)
            with deadline.stopping(call.cancel):
                try:
                    return attempts.succeeded(call.result())
                except (grpc().RpcError, grpc().FutureCancelledError) as why:
                    wait_s = attempts.failed(why)
            time.sleep(wait_s)
            deadline.check()

    async def ask(self, method: Method, request: Any, deadline: Deadline) -> Any:  # noqa: ANN401
        """Return the same to a loop. Whoever is cancelled cancels the call."""
        attempts = Attempts(self, method, request, deadline)
        while True:
            call = attempts.begin()
            await _ended(call)
            try:
                return attempts.succeeded(call.result())
            except (grpc().RpcError, grpc().FutureCancelledError) as why:
                wait_s = attempts.failed(why)
            await asyncio.sleep(wait_s)

    def begin(
        self, method: Method, request: bytes, timeout_s: float | None, *, own: bool = False
    ) -> Underway:
        """Return a call underway, of a request as bytes; one's `own` is for who waits for it now.

        Raises StageAway at once where the circuit is broken. Of a stage that hung, a copy of the
        call is the trial, for which nobody waits.
        """
        with self._changing:
            began, before, multi = self.clock(), self._circuit, self._multi(method)
            if not before.lets_call(began):
                raise away(self.stage, "it did not answer before")
            self._circuit = before.calling()
        trial, unwatched = before.broken, before.broken and before.hung
        metadata = _authorization(self.stages.token)
        if own and not trial:
            return Underway(
                Own(partial(multi, request, timeout=timeout_s, metadata=metadata)),
                began,
                trial=False,
            )
        call = multi.future(request, timeout=TRIAL_S if unwatched else timeout_s, metadata=metadata)
        underway = Underway(call, began, trial=trial)
        if trial:
            call.add_done_callback(lambda _: self._tried(underway, learns=unwatched))
        if unwatched:
            raise away(self.stage, "it did not answer before, and is tried")
        return underway

    def note(self, call: Underway, *, reached: bool, refused: bool = False) -> None:
        """Learn from how a call went."""
        with self._changing:
            before, now = self._circuit, self.clock()
            if reached:
                self._circuit = before.answered(now, refused=refused)
            else:
                self._circuit = before.failed(now, began=call.began, trial=call.trial)
            state = self._circuit.state
            changed = state is not before.state
            if changed:
                self._since = self.wall()
        if changed:
            level, said = TOLD[state]
            log.log(level, "The stage %s at %s %s.", self.stage, self.target, said)

    def _tried(self, call: Underway, *, learns: bool) -> None:
        """End a trial; who waited for it learns from it himself, if he could."""
        if learns:
            self.note(call, reached=was_reached(call.call), refused=was_refused(call.call))
        with self._changing:
            self._circuit = self._circuit.tried(self.clock())

    def close(self) -> None:
        """Let go of the connection."""
        with self._changing:
            if self._channel is not None:
                self._channel.close()
            self._channel, self._methods = None, {}

    def _multi(self, method: Method) -> Any:  # noqa: ANN401
        if self._channel is None:
            self._channel = self.opens(self.target, self.stages, self.rpc)
        if method not in self._methods:
            self._methods[method] = self._channel.unary_unary(
                method.path,
                response_deserializer=method.reply.FromString,
            )
        return self._methods[method]


class Attempts:
    """What is tried for one call."""

    def __init__(
        self,
        caller: Caller,
        method: Method,
        request: Any,  # noqa: ANN401
        deadline: Deadline,
    ) -> None:
        # Once, also where it is tried again; to ask for its size would serialise it as well.
        data, most = request.SerializeToString(), caller.rpc.max_message_bytes
        if len(data) > most:
            raise SourceTooLarge(
                f"Expected at most {most} bytes for the stage {caller.stage} "
                f"(rpc.max_message_bytes), got {len(data)}."
            )
        self._caller = caller
        self._method = method
        self._data: bytes = data
        self._deadline = deadline
        self._made = 0
        self._underway: Underway
        left_s = self._left_s()
        self._fair = left_s is None or left_s >= FAIR_S

    def begin(self, *, own: bool = False) -> Any:  # noqa: ANN401
        """Return a call underway. Raises StageAway, and the reason where the time is over."""
        self._deadline.check()
        self._made += 1
        self._underway = self._caller.begin(self._method, self._data, self._left_s(), own=own)
        return self._underway.call

    def succeeded(self, reply: Any) -> Any:  # noqa: ANN401
        """Return the reply, and note that the stage is there."""
        self._note(reached=True)
        return reply

    def failed(self, why: Any) -> float:  # noqa: ANN401
        """Return how long to wait until the next attempt. Raises where there is none."""
        if isinstance(why, grpc().FutureCancelledError):
            if self._fair and not self._deadline.disconnected:
                self._note(reached=False)  # our watch was sooner than that of gRPC
            self._deadline.check()
            raise away(self._caller.stage, "the call was cancelled") from why
        code, stage = why.code().name, self._caller.stage
        if self._fair or code != OVER:
            self._note(reached=was_reached(why), refused=was_refused(why))
        wait_s = backoff_s(self._made - 1, self._caller.draw())
        left_s = self._left_s()
        in_time = left_s is None or wait_s < left_s
        failure = failure_of(stage, why)
        may_pass = code in TRIED_AGAIN and not isinstance(failure, BudgetSpent)
        if may_pass and self._made < ATTEMPTS and in_time:
            return wait_s
        raise failure from why

    def _note(self, *, reached: bool, refused: bool = False) -> None:
        self._caller.note(self._underway, reached=reached, refused=refused)

    def _left_s(self) -> float | None:
        until = self._deadline.until
        return None if until == math.inf else max(0.0, until - time.monotonic())


def _authorization(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),) if token else ()


async def _ended(call: Any) -> None:  # noqa: ANN401
    """Wait until a call has ended, however it did; end it where nobody waits any more."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def tell(_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(ended.set)

    call.add_done_callback(tell)
    try:
        await ended.wait()
    except asyncio.CancelledError:
        call.cancel()
        raise
