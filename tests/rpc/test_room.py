"""Room for messages: who gets it, who gives way, and that all of it comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from foveate.errors import BadBody, BodyTooSlow, ClientDisconnected, QueueFull
from foveate.remote import stages_pb2 as pb
from foveate.rpc.room import MessageRoom, room_of
from foveate.settings import Load, Rpc, Settings
from foveate.trace import FETCH, Trace

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

MIB = 1024 * 1024
SMALL = pb.Embedding(values=[1.0]).SerializeToString()


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 10))


async def settled() -> None:
    for _ in range(9):
        await asyncio.sleep(0)


def room(places: int, **how: Any) -> MessageRoom:
    return MessageRoom(1000, places, **{"patience_s": 5.0, **how})


class Call:
    """A call, as gRPC shows it, whose message comes, and whose work ends, when the test says so."""

    def __init__(self, within: MessageRoom) -> None:
        self.sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.work, self.trace, self.reads = asyncio.Event(), Trace(), 0
        self.code: grpc.StatusCode | None = None
        self.task = asyncio.ensure_future(self._life(within))

    async def read(self) -> Any:
        self.reads += 1
        data = await self.sent
        if self.code is not None:
            raise grpc.aio.AbortError
        return data

    def done(self) -> bool:
        return self.code is not None

    async def abort(self, code: grpc.StatusCode, _said: str, **_: object) -> None:
        self.code = code
        await asyncio.sleep(0)
        if not self.sent.done():
            self.sent.set_result(grpc.aio.EOF)
        raise grpc.aio.AbortError

    async def _life(self, within: MessageRoom) -> Any:
        async with within.arrival(self, self.trace) as arrival:
            message = await arrival.message(pb.Embedding)
            await self.work.wait()
            return message


async def calls(count: int, within: MessageRoom) -> list[Call]:
    made = []
    for _ in range(count):
        made.append(Call(within))
        await settled()
    return made


def reading(those: Iterable[Call]) -> list[bool]:
    return [bool(call.reads) for call in those]


def test_of_those_who_wait_for_room_the_last_is_the_first() -> None:
    async def scenario() -> None:
        first, second, third, last = those = await calls(4, room(2))
        assert reading(those) == [True, True, False, False], "of these nothing is read"
        first.sent.set_result(SMALL)
        first.work.set()
        assert (await first.task).values == [1.0]
        await settled()
        assert reading((third, last)) == [False, True]
        second.sent.set_result(SMALL)
        second.work.set()
        await settled()
        assert third.reads

    run(scenario())


def test_a_message_that_is_here_takes_its_real_size_until_its_work_is_done() -> None:
    async def scenario() -> None:
        those = await calls(3, room(2))
        those[0].sent.set_result(SMALL)
        await settled()
        assert reading(those) == [True, True, False], "a few bytes are missing"
        assert sum(span.bytes for span in those[0].trace.spans if span.name == FETCH) == len(SMALL)
        those[1].sent.set_result(SMALL)
        await settled()
        assert reading(those) == [True] * 3

    run(scenario())


def test_slow_ones_give_way_to_who_waits_and_the_first_of_them_go_on() -> None:
    async def scenario() -> None:
        within = room(4, slow_s=0.01)
        slow = await calls(4, within)
        await asyncio.sleep(0.1)
        assert not any(call.task.done() for call in slow), "nobody waits"
        (quick,) = await calls(1, within)
        with pytest.raises(QueueFull):
            await slow[3].task
        assert slow[3].code is grpc.StatusCode.RESOURCE_EXHAUSTED
        await settled()
        assert quick.reads
        assert not any(call.task.done() for call in slow[:3])

    run(scenario())


def test_who_becomes_slow_while_others_wait_gives_way_then() -> None:
    async def scenario() -> None:
        those = await calls(3, room(2, slow_s=0.05))
        assert reading(those) == [True, True, False]
        with pytest.raises(QueueFull):
            await those[1].task
        await settled()
        assert those[2].reads

    run(scenario())


def test_a_message_that_does_not_come_is_not_waited_for() -> None:
    async def scenario() -> None:
        (slow,) = await calls(1, room(2, slow_s=0.01, patience_s=0.02))
        with pytest.raises(BodyTooSlow):
            await slow.task
        assert slow.code is grpc.StatusCode.DEADLINE_EXCEEDED

    run(scenario())


@pytest.mark.parametrize(("sent", "kind"), [(b"\xff", BadBody), (grpc.aio.EOF, ClientDisconnected)])
def test_what_is_no_message_is_refused(sent: Any, kind: type[Exception]) -> None:
    async def scenario() -> None:
        (call,) = await calls(1, room(2))
        call.sent.set_result(sent)
        with pytest.raises(kind):
            await call.task

    run(scenario())


def test_whoever_leaves_gives_all_of_his_room_back() -> None:
    async def scenario() -> None:
        within = room(2)
        those = await calls(4, within)
        those[0].sent.set_result(SMALL)
        await settled()
        for call in reversed(those):
            call.task.cancel()
            await settled()
        assert reading(await calls(3, within)) == [True, True, False]

    run(scenario())


def test_one_who_leaves_as_room_is_given_to_him_passes_it_on() -> None:
    async def scenario() -> None:
        first, _, waits, leaves = await calls(4, room(2))
        first.task.cancel()
        leaves.task.cancel()
        await settled()
        assert waits.reads

    run(scenario())


@pytest.mark.parametrize(
    ("memory", "message", "places"), [(2048 * MIB, 64 * MIB, 8), (256 * MIB, 64 * MIB, 2)]
)
def test_room_is_a_part_of_the_memory_and_never_less_than_two(
    memory: int, message: int, places: int
) -> None:
    settings = Settings(load=Load(memory_bytes=memory), rpc=Rpc(max_message_bytes=message))

    async def scenario() -> None:
        assert sum(reading(await calls(places + 1, room_of(settings)))) == places

    run(scenario())
