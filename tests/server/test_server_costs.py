"""What requests are charged, and who is told."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest
from delivery_fakes import FakeCache, settled, until
from server_fakes import Client, listening, make_core, make_settings, serving

from foveate.ledger.amounts import SHARED, Amounts, Name
from foveate.ledger.books import minute_of
from foveate.settings import Costs, Signing

A = "/cdn-cgi/image/width=8/a.jpg"
CUT = "/cdn-cgi/image/segment=foreground,width=8/a.jpg"
PICTURE = b"picture of cat 8"
RESIZE, CUTOUT = Name("unsigned", "image", "resize"), Name("unsigned", "image", "cutout")


def test_a_miss_is_charged_what_it_took_and_a_hit_what_it_saved() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        for target in (A, A, A, CUT):
            await client.get(target)
        resize = core.ledger.accounts[RESIZE]
        assert (resize.requests, resize.hits) == (3, 2)
        assert resize.bytes_in == len(b"cat")
        assert resize.bytes_out == 3 * len(PICTURE)
        assert resize.bytes_stored == len(PICTURE)
        assert resize.bytes_saved == 2 * len(b"cat")
        assert 0 < resize.cpu_s < 1
        assert core.ledger.accounts[CUTOUT].requests == 1

    serving(core, talk)


def test_what_no_disk_keeps_is_not_charged_as_stored() -> None:
    class FullDisk(FakeCache):
        def put(self, key: str, value: bytes) -> bool:
            super().put(key, value)
            return False

    core = make_core()
    core.renditions = FullDisk()

    async def talk(client: Client) -> None:
        for _ in range(2):
            await client.get(A)
        resize = core.ledger.accounts[RESIZE]
        assert (resize.requests, resize.hits, resize.bytes_stored) == (2, 1, 0)

    serving(core, talk)


def test_what_several_asked_for_at_once_is_made_and_kept_once() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await asyncio.gather(*(client.get(A) for _ in range(3)))
        resize = core.ledger.accounts[RESIZE]
        assert resize.requests == 3
        assert (resize.bytes_in, resize.bytes_stored) == (len(b"cat"), len(PICTURE))

    serving(core, talk)


def test_a_source_that_several_renditions_share_is_charged_once() -> None:
    core = make_core()
    core.origin.slow["a.jpg"] = asyncio.Event()

    async def talk(client: Client) -> None:
        sizes = range(8, 12)
        asked = [client.get(f"/cdn-cgi/image/width={size}/a.jpg") for size in sizes]
        together = asyncio.gather(*asked)
        await until(lambda: core.origin.reads)
        await settled()
        core.origin.slow["a.jpg"].set()
        await together
        assert core.origin.reads == ["a.jpg"]
        assert core.ledger.accounts[RESIZE].bytes_in == len(b"cat")

    serving(core, talk)


def test_hits_of_the_protocol_are_charged_like_any() -> None:
    core = make_core()
    asked = f"GET {A} HTTP/1.1\r\nhost: pics.test\r\n\r\n".encode()
    with listening(core) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        for _ in range(3):
            connection.sendall(asked)
            heard = b""
            while not heard.endswith(PICTURE):
                heard += connection.recv(4096)
    resize = core.ledger.accounts[RESIZE]
    assert (resize.requests, resize.hits) == (3, 2)
    assert resize.bytes_out == 3 * len(PICTURE)
    assert resize.bytes_saved == 2 * len(b"cat")


def test_whoever_signed_is_charged() -> None:
    settings = replace(
        make_settings(), signing=Signing(keys=("key",)), limited_keys={"shop": "secret width"}
    )
    core = make_core(settings)

    async def talk(client: Client) -> None:
        await client.get(core.signer.sign(A))
        await client.get(core.signer.sign(A, key="shop"))
        await client.ask("POST", "/v1/render", {"authorization": "Bearer key"}, body=(b"cat",))
        assert (await client.get(A)).status == 403

    serving(core, talk)
    charged = {name: amounts.requests for name, amounts in core.ledger.accounts.items()}
    assert charged == {
        SHARED: 0,
        Name("signed", "image", "resize"): 1,
        Name("shop", "image", "resize"): 1,
        Name("signed", "/v1/render", "resize"): 1,
        Name("unsigned", "image"): 1,
    }


def test_what_is_charged_is_in_the_metrics() -> None:
    core = make_core(replace(make_settings(), costs=Costs(out_gb=1e6)))

    async def talk(client: Client) -> None:
        await client.get(A)
        text = (await client.get("/metrics")).body.decode()
        assert 'foveate_cost_total{key="unsigned",what="bytes_out"} 0.016' in text
        assert 'foveate_charged_cpu_seconds_total{key="shared"}' in text
        assert "foveate_budget_day_used 0.0" in text

    serving(core, talk)


def test_once_a_budget_is_spent_hits_are_answered_and_work_is_refused() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        await client.get(A)
        core.ledger.stop(2e10)
        assert (await client.get(A)).body == PICTURE
        refused = await client.get("/cdn-cgi/image/width=9/a.jpg")
        assert (refused.status, refused.json()["error"]) == (503, "BudgetSpent")
        assert int(refused.headers["retry-after"]) > 60
        posted = await client.ask("POST", "/v1/render", body=(b"cat",))
        assert posted.json()["error"] == "BudgetSpent"

    serving(core, talk)


def test_costs_are_told_to_this_machine_and_where_there_are_keys_to_their_bearers() -> None:
    core = make_core()
    core.books.add(minute_of(), {RESIZE: Amounts(requests=1)})

    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        local = {"host": "127.0.0.1:8100"}
        told = await client.ask("GET", "/v1/costs?by=key&days=3660", local)
        assert told.json()["rows"][0]["requests"] == 1
        assert (await client.ask("GET", "/v1/costs/machines", local)).json()["needed_cores"] == 0
        wrong = await client.ask("GET", "/v1/costs?by=colour", local)
        assert (wrong.status, wrong.json()["error"]) == (400, "BadOption")
        client.peer = "192.0.2.1"
        assert (await client.ask("GET", "/v1/costs", local)).status == 401

    async def with_key(client: Client) -> None:
        client.peer = "127.0.0.1"
        local = {"host": "127.0.0.1:8100"}
        assert (await client.ask("GET", "/v1/costs", local)).status == 401
        bearer = {"authorization": "Bearer key"}
        assert (await client.ask("GET", "/v1/costs", bearer)).status == 200

    serving(core, talk)
    serving(make_core(replace(make_settings(), signing=Signing(keys=("key",)))), with_key)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?day=1", "Expected one of by, days, got 'day' (did you mean days?)."),
        ("?By=key", "got 'By' (did you mean by?)."),
        ("?days=1&days=2", "Expected days once, got it 2 times."),
        ("/machines?by=key", "Expected one of days, got 'by'."),
    ],
)
def test_words_that_costs_do_not_know_are_refused(query: str, said: str) -> None:
    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        told = await client.ask("GET", f"/v1/costs{query}", {"host": "127.0.0.1:8100"})
        assert (told.status, told.json()["error"]) == (400, "BadOption")
        assert said in told.json()["message"]

    serving(make_core(), talk)
