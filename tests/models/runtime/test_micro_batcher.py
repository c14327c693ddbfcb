"""Things of several callers in one run: who waits, for how long, and who hears of a failure."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import QueueFull
from foveate.models.runtime.micro_batcher import MicroBatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.anyio


class Card:
    """A device that doubles numbers, and is busy until it is let go on."""

    def __init__(self, *, busy: bool = True) -> None:
        self.seen: list[list[int]] = []
        self.ended = 0
        self.go_on = asyncio.Event()
        if not busy:
            self.go_on.set()

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.seen.append(list(items))
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        if 13 in items:
            raise ValueError("thirteen")
        return [2 * item for item in items]


def batcher(card: Card, **more: Any) -> MicroBatcher[int, int]:
    return MicroBatcher(card, **{"most": 8, "wait_s": 60, **more})


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_alone_nobody_waits() -> None:
    card = Card(busy=False)
    join = batcher(card)
    async with asyncio.timeout(5):  # far below wait_s
        assert [await join([number]) for number in (1, 2)] == [[2], [4]]
    assert card.seen == [[1], [2]]


async def test_those_who_come_meanwhile_run_together() -> None:
    card = Card()
    join = batcher(card)
    calls = [asyncio.ensure_future(join(items)) for items in ([1], [2, 3], [4])]
    await turns()
    assert card.seen == [[1]]
    card.go_on.set()
    assert await asyncio.gather(*calls) == [[2], [4, 6], [8]]
    assert card.seen == [[1], [2, 3, 4]]


async def test_a_batch_holds_no_more_than_it_may() -> None:
    card = Card()
    join = batcher(card, most=3)
    calls = [asyncio.ensure_future(join(items)) for items in ([0], [1, 2], [3, 4], [5] * 7, [6])]
    await turns()
    card.go_on.set()
    await asyncio.gather(*calls)
    # One call is never torn apart: whoever runs it knows the sizes that are best.
    assert card.seen == [[0], [1, 2], [3, 4], [5] * 7, [6]]


async def test_waiting_has_a_bound() -> None:
    card = Card()
    join = batcher(card, wait_s=0.02)
    first = asyncio.ensure_future(join([1]))
    await turns()
    began = time.monotonic()
    second = asyncio.ensure_future(join([2]))
    while len(card.seen) < 2:
        await asyncio.sleep(0.002)
        assert time.monotonic() - began < 5
    assert not first.done()
    card.go_on.set()
    assert await asyncio.gather(first, second) == [[2], [4]]


async def test_a_failure_is_heard_by_who_caused_it_alone() -> None:
    card = Card()
    join = batcher(card)
    calls = [asyncio.ensure_future(join(items)) for items in ([1], [2], [13], [4])]
    await turns()
    card.go_on.set()
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert [told[0], told[1], told[3]] == [[2], [4], [8]]
    assert isinstance(told[2], ValueError)


async def test_who_leaves_before_the_run_is_left_out() -> None:
    card = Card()
    join = batcher(card)
    calls = [asyncio.ensure_future(join([number])) for number in (1, 2, 3)]
    await turns()
    calls[1].cancel()
    card.go_on.set()
    assert await asyncio.gather(*calls, return_exceptions=True) != []
    assert card.seen == [[1], [3]]
    assert calls[2].result() == [6]


async def test_a_run_ends_when_all_have_left_it_and_not_before() -> None:
    card = Card()
    join = batcher(card)
    calls = [asyncio.ensure_future(join([number])) for number in (1, 2, 3)]
    await turns()
    calls[0].cancel()
    await turns()
    assert (card.ended, card.seen) == (1, [[1], [2, 3]])
    calls[1].cancel()
    await turns()
    assert card.ended == 1
    calls[2].cancel()
    await turns()
    assert card.ended == 2


async def test_the_queue_has_a_bound() -> None:
    card = Card()
    join = batcher(card, queue=2)
    calls = [asyncio.ensure_future(join([number])) for number in (1, 2, 3)]
    await turns()
    with pytest.raises(QueueFull):
        await join([4])
    card.go_on.set()
    await asyncio.gather(*calls)
    assert await join([5]) == [10]


async def test_a_run_that_loses_something_is_an_error() -> None:
    async def forgetful(items: Sequence[int]) -> list[int]:
        return list(items)[1:]

    with pytest.raises(ValueError, match="Expected 1 results, got 0"):
        await MicroBatcher(forgetful, most=4)([1])
