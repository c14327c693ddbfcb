"""Image URLs under load: shared work, clients that leave, full queues, slow origins."""

from __future__ import annotations

import asyncio
import threading

from delivery_fakes import make_settings, until
from server_fakes import Client, make_core, serving

from foveate.storage.source import Source

A = "/cdn-cgi/image/width=8/a.jpg"


def test_many_who_ask_for_the_same_at_once_share_one_rendering() -> None:
    core = make_core()
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        tasks = [asyncio.create_task(client.get(A)) for _ in range(20)]
        await until(lambda: core.rendered)
        assert core.hold is not None
        core.hold.set()
        replies = await asyncio.gather(*tasks)
        assert {reply.body for reply in replies} == {b"picture of cat 8"}

    serving(core, talk)
    assert len(core.rendered) == 1
    assert core.origin.reads == ["a.jpg"]


def test_a_client_that_leaves_stops_the_rendering_and_nothing_is_cached() -> None:
    core = make_core(make_settings(workers=1, queue=0))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        gone = asyncio.Event()
        leaving = asyncio.create_task(client.ask("GET", A, gone=gone))
        await until(lambda: core.deadlines)
        gone.set()
        assert (await leaving).json()["error"] == "ClientDisconnected"
        assert core.deadlines[0].disconnected
        assert core.renditions.kept == {}
        assert core.hold is not None
        core.hold.set()
        assert (await client.get(A)).status == 200

    serving(core, talk)


def test_one_of_two_who_leaves_does_not_stop_the_other() -> None:
    core = make_core()
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        gone = asyncio.Event()
        leaving = asyncio.create_task(client.ask("GET", A, gone=gone))
        staying = asyncio.create_task(client.get(A))
        await until(lambda: core.deadlines)
        gone.set()
        assert (await leaving).status == 502
        assert core.hold is not None
        core.hold.set()
        assert (await staying).status == 200

    serving(core, talk)


def test_beyond_the_queue_it_is_503_with_retry_after_while_health_and_hits_answer() -> None:
    core = make_core(make_settings(workers=1, queue=1))

    async def talk(client: Client) -> None:
        await client.get(A)
        core.hold = threading.Event()
        urls = [f"/cdn-cgi/image/width={width}/a.jpg" for width in (1, 2, 3)]
        tasks = [asyncio.create_task(client.get(url)) for url in urls[:2]]
        await until(lambda: len(core.deadlines) == 2)
        full = await client.get(urls[2])
        assert (full.status, full.json()["code"]) == (503, 9522)
        assert full.headers["retry-after"] == "2"
        assert (await client.get("/health/live")).status == 200
        assert (await client.get(A)).headers["cf-resized"].startswith("internal=ok/h")
        core.hold.set()
        assert [reply.status for reply in await asyncio.gather(*tasks)] == [200, 200]

    serving(core, talk)


def test_a_picture_beyond_the_memory_budget_is_503() -> None:
    core = make_core(make_settings(memory_bytes=10))
    core.need = 11

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (503, 9527)

    serving(core, talk)


def test_work_that_takes_too_long_is_504() -> None:
    core = make_core(make_settings(timeout_s=0.05))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        reply = await client.get(A)
        assert (reply.status, reply.json()["code"]) == (504, 9529)

    serving(core, talk)


def test_a_slow_origin_holds_no_worker() -> None:
    core = make_core(make_settings(workers=1))

    async def talk(client: Client) -> None:
        await client.get(A)
        core.origin.slow = {"": asyncio.Event()}
        slow = asyncio.create_task(client.get("/cdn-cgi/image/width=2/a.jpg"))
        await until(lambda: len(core.origin.reads) == 2)
        free = await client.ask("POST", "/v1/render?options=width=3", body=[b"dog"])
        assert free.body == b"picture of dog 3"
        core.origin.slow[""].set()
        assert (await slow).status == 200

    serving(core, talk)


def test_an_origin_that_answers_slowly_keeps_nobody_else_waiting() -> None:
    core = make_core(make_settings(workers=1, queue=20))
    keys = [f"https://slow.test/{number}" for number in range(80)]
    for key in ("https://quick.test/a", *keys):
        core.origin.sources[key] = Source(b"dog", "v1")

    async def talk(client: Client) -> None:
        core.origin.slow = {"slow.test": asyncio.Event()}
        slow = [asyncio.create_task(client.get(f"/cdn-cgi/image/width=1/{key}")) for key in keys]
        await until(lambda: core.origin.reads)
        assert (await client.get(A)).body == b"picture of cat 8"
        assert (await client.get("/cdn-cgi/image/width=1/https://quick.test/a")).status == 200
        core.origin.slow["slow.test"].set()
        statuses = [reply.status for reply in await asyncio.gather(*slow)]
        # Half of the seventeen places for originals, and half of the queue.
        assert sorted(statuses) == [200] * (8 + 10) + [503] * (80 - 18)

    serving(core, talk)


def test_many_renditions_of_one_original_fetch_it_once() -> None:
    core = make_core(make_settings(workers=1))
    core.origin.tells = False
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        urls = [f"/cdn-cgi/image/width={width}/a.jpg" for width in range(1, 41)]
        tasks = [asyncio.create_task(client.get(url)) for url in urls]
        await until(lambda: core.rendered)
        core.origin.tells = True
        late = asyncio.create_task(client.get("/cdn-cgi/image/width=99/a.jpg"))
        await asyncio.sleep(0.01)
        assert core.hold is not None
        core.hold.set()
        replies = await asyncio.gather(*tasks, late)
        assert {reply.status for reply in replies} == {200}
        assert core.origin.reads == ["a.jpg"]
        await client.get("/cdn-cgi/image/width=77/a.jpg")

    serving(core, talk)
    assert core.origin.reads == ["a.jpg"] * 2


def test_headers_are_looked_at_while_all_workers_are_busy() -> None:
    core = make_core(make_settings(workers=1, memory_bytes=10))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        busy = asyncio.create_task(client.get(A))
        await until(lambda: core.deadlines)
        core.need = 11
        reply = await client.get("/cdn-cgi/image/width=1/a.jpg")
        assert reply.json()["error"] == "MemoryBudgetSpent"
        assert core.hold is not None
        core.hold.set()
        assert (await busy).status == 200

    serving(core, talk)
    assert set(core.probed_in) == {"foveate-worker"}
