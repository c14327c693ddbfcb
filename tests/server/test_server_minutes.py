"""What was worked on in the last minutes."""

from __future__ import annotations

import asyncio

from foveate.metrics import IN_FLIGHT, QUEUED, Metrics
from foveate.server.minutes import MOST, Minutes


def test_what_goes_on_is_noted_and_the_oldest_forgotten() -> None:
    metrics, seen = Metrics(), iter(range(10_000))
    metrics.gauges[IN_FLIGHT] = lambda: next(seen)
    minutes = Minutes(metrics)
    for _ in range(MOST + 2):
        minutes.look()
    told = minutes.to_json()
    assert told["in_flight"] == list(range(2, MOST + 2))
    assert told["queued"] == [0] * MOST


def test_it_looks_as_long_as_it_is_let() -> None:
    metrics = Metrics()
    metrics.gauges[QUEUED] = lambda: 3
    minutes = Minutes(metrics, every_s=0.001)

    async def run() -> int:
        minutes.begin()
        while len(minutes.to_json()["queued"]) < 3:
            await asyncio.sleep(0.001)
        await minutes.end()
        so_far = len(minutes.to_json()["queued"])
        await asyncio.sleep(0.01)
        assert len(minutes.to_json()["queued"]) == so_far
        return so_far

    assert asyncio.run(asyncio.wait_for(run(), 5)) >= 3
    assert set(minutes.to_json()["queued"]) == {3}


def test_one_that_never_began_can_be_ended() -> None:
    asyncio.run(Minutes(Metrics()).end())
