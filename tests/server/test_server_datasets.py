"""Datasets over HTTP and WebSocket, with the client that training machines have."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from datasets_served import CONFIG, served
from datasets_stand import Doubling
from test_jobs_webhooks import receiving
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from foveate.cli.main import app
from foveate.datasets.async_client import WAITS, AsyncClient
from foveate.datasets.client import Client
from foveate.datasets.shelf import Shelf
from foveate.errors import (
    BadConfiguration,
    DatasetDamaged,
    DatasetFailed,
    SourceNotFound,
    SourceRefused,
    UnknownDataset,
)
from foveate.jobs.webhooks import signed
from foveate.people.keys import ANY, Keys, Scope
from foveate.settings import Limits, Origins, Signing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def handler() -> Doubling:
    return Doubling()


def asked(client: Client, **config: Any) -> Any:
    return client.request("cats", "doubling", config={**CONFIG, **config})


def test_twenty_who_ask_at_once_are_all_told_and_it_is_made_once(
    tmp_path: Path, handler: Doubling
) -> None:
    handler.pace_s = 0.02
    with served(tmp_path, handler) as url, ThreadPoolExecutor(20) as threads:
        together = threading.Barrier(20)

        def one(_: int) -> tuple[str, float]:
            with Client(url) as client:
                together.wait()
                told = client.wait(asked(client))
                return told.id, time.monotonic()

        told = list(threads.map(one, range(20)))
        assert len({name for name, _ in told}) == 1
        ended = [at for _, at in told]
        assert max(ended) - min(ended) < 1.0
        assert sorted(handler.worked) == sorted(set(handler.worked))
        with Client(url) as client:
            again = asked(client)
            assert (again.is_ready, again.told["samples"]) == (True, 20)
            assert len(handler.worked) == 10


def test_a_look_at_raw_data_may_take_longer_than_a_rendition_and_holds_up_nobody_else(
    tmp_path: Path, handler: Doubling
) -> None:
    limits, looks = Limits(timeout_s=0.5), threading.Event()
    with (
        served(tmp_path, handler, limits=limits, look_s=1.5, looks=looks) as url,
        ThreadPoolExecutor(16) as threads,
        Client(url) as client,
    ):
        client.handlers()  # the first one has everything imported
        (tmp_path / "raw" / "new.png").write_bytes(b"one more")
        asking = [threads.submit(asked, client, seed=seed) for seed in range(16)]
        assert looks.wait(10)
        began = time.monotonic()
        assert list(client.list()) == []
        assert [each["name"] for each in client.handlers()] == ["doubling"]
        assert time.monotonic() - began < 1.0
        assert not any(each.done() for each in asking)
        assert len({each.result(30).id for each in asking}) == 16
        assert time.monotonic() - began < 6.0


def test_any_server_with_one_place_waits_for_what_another_one_was_asked_for(
    tmp_path: Path, handler: Doubling
) -> None:
    handler.pace_s = 0.02
    with (
        served(tmp_path, handler) as one,
        served(tmp_path, handler, books="others") as two,
        Client(one) as asks,
        Client(two) as waits,
    ):
        told = asked(asks)
        assert waits.wait(told.id).told["samples"] == 20
        assert len(waits.download(told.id, tmp_path / "here")) == 20
        broken = asked(asks, fails="003")
        with pytest.raises(DatasetFailed, match="It crashed") as failed:
            waits.wait(broken.id)
        assert failed.value.log == "Traceback"
        assert handler.worked.count("003") == 2
        for unknown in (told.id[:-1] + "g", told.id[:-16] + 16 * "0"):
            with pytest.raises(UnknownDataset):
                waits.get(unknown)
        counted = httpx.get(f"{two}/metrics").text
        assert 'foveate_datasets{state="failed"} 1.0' in counted
        assert "foveate_dataset_downloads_total 1.0" in counted
        assert f"foveate_dataset_bytes {waits.get(told.id).told['bytes']}.0" in counted
        ended = 'foveate_datasets_ended_total{state="%s"} 1.0'
        counted = httpx.get(f"{one}/metrics").text
        assert ended % "ready" in counted
        assert ended % "failed" in counted


def test_what_is_downloaded_is_verified_and_read(tmp_path: Path, handler: Doubling) -> None:
    ready: list[str] = []
    with served(tmp_path, handler) as url, Client(url) as client:
        told = client.request(
            "cats", "doubling", config=CONFIG, on_ready=lambda each: ready.append(each.id)
        )
        client.wait(told)
        local = client.download(told, tmp_path / "here")
        assert (local.id, len(local), local.splits) == (told.id, 20, ("train", "val"))
        train = list(local.samples("train"))
        assert [each.key for each in train[:2]] == ["000-000", "000-001"]
        assert train[0].data == b"picture 0 0"
        listed = {
            f["name"]: f for f in httpx.get(f"{url}/v1/datasets/{told.id}/files").json()["files"]
        }
        for name, file in listed.items():
            assert sha256((local.folder / name).read_bytes()).hexdigest() == file["sha256"]
        _see_archive(url, told.id, local.folder)
        assert client.manifest(told)["id"] == told.id
        # Of the files and of the archive; to read the manifest is to look.
        assert client.get(told).told["downloads"] == 2
        _see_damage(url, tmp_path / "datasets" / told.id)
        _see_commands(url, told.id, tmp_path)
    assert ready == [told.id]


def _see_archive(url: str, name: str, folder: Path) -> None:
    address = f"{url}/v1/datasets/{name}/archive"
    whole = httpx.get(address)
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        assert all(
            archive.read(each) == (folder / each).read_bytes() for each in archive.namelist()
        )
        assert {"manifest.json", "README.md"} < set(archive.namelist())
    etag = whole.headers["etag"]
    part = httpx.get(address, headers={"range": "bytes=100-299", "if-range": etag})
    assert (part.status_code, part.content) == (206, whole.content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
    assert httpx.get(address, headers={"if-none-match": etag}).status_code == 304
    assert httpx.get(address, headers={"range": f"bytes={len(whole.content)}-"}).status_code == 416
    assert httpx.head(address).headers["content-length"] == str(len(whole.content))


def _see_damage(url: str, folder: Path) -> None:
    shard = folder / "train-00001-00.tar"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-1])
    for what in (f"shards/{shard.name}", "archive"):
        told = httpx.get(f"{url}/v1/datasets/{folder.name}/{what}")
        assert (told.status_code, told.json()["error"]) == (410, "DatasetDamaged")
        assert "delete it" in told.json()["message"]
    with Client(url) as client, pytest.raises(DatasetDamaged, match="delete it"):
        client.download(folder.name, folder.parent / "damaged")
    shard.write_bytes(whole)


def _see_commands(url: str, name: str, folder: Path) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["dataset", *words, "--server", url])
        assert done.exit_code == 0, done.output
        return done.stdout

    config = json.dumps(CONFIG)
    words = ("request", "cats", "--handler", "doubling", "--config", config, "--wait")
    assert said(*words).strip() == name
    assert "20 samples" in said("wait", name)
    assert json.loads(said("wait", name, "--json"))["event"] == "ready"
    assert name in said("list", "cats")
    assert said("list", "dogs").strip() == ""
    assert "train: " in said("describe", name)
    assert json.loads(said("describe", name, "--json"))["manifest"]["id"] == name
    assert json.loads(said("handlers", "--json"))["handlers"][0]["name"] == "doubling"
    assert json.loads(said("pin", name, "--json"))["pinned"]
    assert not json.loads(said("unpin", name, "--json"))["pinned"]
    got = said("get", name, "--out", str(folder / "there")).strip()
    assert (folder / "there" / name / "manifest.json").exists()
    assert got.endswith(name)
    said("delete", name)
    assert CliRunner().invoke(app, ["dataset", "wait", name, "--server", url]).exit_code != 0


def test_a_dataset_is_cancelled_from_anywhere_and_who_waits_is_told_why(tmp_path: Path) -> None:
    handler = Doubling(holds_after=2)
    with served(tmp_path, handler) as url, Client(url) as client:
        told = asked(client)
        assert handler.holds.wait(30)
        words = ["dataset", "cancel", told.id, "--server", url]
        done = CliRunner().invoke(app, words)
        assert done.stdout.startswith(f"{told.id} failed")
        assert "DatasetCancelled: It was cancelled." in done.stdout
        with pytest.raises(DatasetFailed, match="DatasetCancelled: It was cancelled"):
            client.wait(told)
        assert client.cancel(told).state == "failed"


def test_a_failure_is_told_with_its_log_and_asking_again_tries_again(
    tmp_path: Path, handler: Doubling
) -> None:
    with served(tmp_path, handler) as url, Client(url) as client:
        told = asked(client, fails="003")
        with pytest.raises(DatasetFailed, match=r"HandlerFailed: It crashed\.") as caught:
            client.wait(told)
        assert caught.value.log == "Traceback"
        with pytest.raises(DatasetFailed):
            client.wait(asked(client, fails="003"))
        with pytest.raises(BadConfiguration, match="times: expected"):
            asked(client, times=99)
        with pytest.raises(UnknownDataset):
            client.wait("cats_doubling-1.0_0123456789abcdef")


def test_who_waits_outlives_the_restart_of_the_server(tmp_path: Path, handler: Doubling) -> None:
    handler.holds_after = 3
    with ThreadPoolExecutor(1) as threads:
        with served(tmp_path, handler) as url:
            client = Client(url)
            told = asked(client)
            waiting = threads.submit(client.wait, told, 60.0)
            assert handler.holds.wait(10)
        assert not waiting.done()
        assert len(handler.worked) < 10
        handler.holds_after = None
        with served(tmp_path, handler, port=int(url.rpartition(":")[2])):
            assert waiting.result(30).is_ready
        assert {*handler.worked} == {f"{number:03}" for number in range(10)}
        client.close()


def eye_sees(url: str, secret: str) -> Any:
    return httpx.get(f"{url}/v1/handlers", headers={"authorization": f"Bearer {secret}"}).json()


def test_keys_have_scopes_and_links_lead_to_events(tmp_path: Path, handler: Doubling) -> None:
    scopes = {"eye": Scope.READ, "train": Scope.WRITE, "chief": Scope.ADMIN}
    keys = Keys(tmp_path / "books")
    secrets = {name: keys.add(name, ANY, scope) for name, scope in scopes.items()}
    signed = Signing(keys=("a-key-of-sixteen-chars",))
    with served(tmp_path, handler, signing=signed) as url, contextlib.ExitStack() as stack:
        chief, client, eye, nobody = (
            stack.enter_context(Client(url, secrets.get(name, "")))
            for name in ("chief", "train", "eye", "nobody")
        )
        with pytest.raises(SourceRefused, match="foveate dataset key add"):
            asked(nobody)
        with pytest.raises(SourceRefused, match="not for write of datasets"):
            asked(eye)
        told = client.wait(asked(client))
        with pytest.raises(SourceRefused, match="not for admin of datasets"):
            client.delete(told)
        assert eye.get(told).is_ready
        (tmp_path / "books" / "raw" / "dogs.json").write_text('{"kind":')
        raw = httpx.get(f"{url}/v1/raw", headers={"authorization": f"Bearer {secrets['eye']}"})
        assert [each["name"] for each in raw.json()["raw"]] == ["cats"]
        assert [each["name"] for each in raw.json()["broken"]] == ["dogs"]
        assert str(tmp_path) not in raw.text
        known = eye_sees(url, secrets["eye"])
        assert [each["name"] for each in known["handlers"]] == ["doubling"]
        assert [each["name"] for each in known["broken"]] == ["thumbs-1.0"]
        events = httpx.get(url + told.told["links"]["events"]).text
        names = [line for line in events.splitlines() if line.startswith("event: ")]
        assert names[-1] == "event: ready"
        assert httpx.get(f"{url}/v1/datasets/{told.id}/events").status_code == 401
        chief.delete(told)
        assert next(client.list(), None) is None


def test_an_event_loop_waits_beside_other_work(tmp_path: Path, handler: Doubling) -> None:
    async def go(url: str) -> None:
        heard = asyncio.Event()
        async with AsyncClient(url) as client:

            async def on_ready(_: Any) -> None:
                heard.set()

            told = await client.request("cats", "doubling", config=CONFIG, on_ready=on_ready)
            ready = await client.wait(told, 30)
            local = await client.download(ready, tmp_path / "here")
            assert len(local) == 20
            await asyncio.wait_for(heard.wait(), 10)
            slow = await client.request("cats", "doubling", config={**CONFIG, "seed": 5})
            waiting = asyncio.ensure_future(client.wait(slow))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    with served(tmp_path, handler) as url:
        asyncio.run(go(url))


def test_as_many_as_may_wait_keep_no_other_call_waiting(tmp_path: Path, handler: Doubling) -> None:
    handler.holds_after = 0

    async def go(url: str) -> None:
        async with AsyncClient(url) as client:
            slow = await client.request("cats", "doubling", config=CONFIG)
            waiting = [asyncio.ensure_future(client.wait(slow)) for _ in range(WAITS)]
            assert await asyncio.to_thread(handler.holds.wait, 10)
            assert (await asyncio.wait_for(client.get(slow), 5)).id == slow.id
            await client.cancel(slow)
            told = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
            assert {type(each) for each in told} == {DatasetFailed}

    with served(tmp_path, handler) as url:
        asyncio.run(go(url))


def test_polls_wait_for_what_is_new(tmp_path: Path, handler: Doubling) -> None:
    handler.pace_s = 0.02
    with served(tmp_path, handler) as url, Client(url) as client:
        name = asked(client).id
        seen: list[str] = []
        after = 0
        # A state may be told before the event of it.
        while seen[-1:] != ["ready"]:
            told = httpx.get(f"{url}/v1/datasets/{name}?after={after}&wait=20", timeout=30).json()
            seen += [event["event"] for event in told["events"]]
            after = told["events"][-1]["number"]
        assert (seen[0], seen[-1]) == ("queued", "ready")
        began = time.monotonic()
        assert httpx.get(f"{url}/v1/datasets/{name}?after={after}&wait=20").json()["events"] == []
        beyond = httpx.get(f"{url}/v1/datasets/{name}?after=999&wait=20").json()["events"]
        assert [event["event"] for event in beyond] == ["ready"]
        assert "event: ready" in httpx.get(f"{url}/v1/datasets/{name}/events?after=999").text
        with connect(f"{url.replace('http', 'ws')}/v1/datasets/{name}/events?after=999") as socket:
            assert json.loads(socket.recv(5))["event"] == "ready"
        for path in (name, f"{name}/events"):
            assert httpx.get(f"{url}/v1/datasets/{path}?after={2**63}").status_code == 400
        assert time.monotonic() - began < 5


def test_a_websocket_that_is_refused_is_no_error_of_ours(
    tmp_path: Path, handler: Doubling, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path, handler) as url:
        for _ in range(2):
            with pytest.raises(InvalidStatus, match="404"):
                connect(f"{url.replace('http', 'ws')}/v1/datasets/none/events")
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []


def test_what_is_deleted_while_somebody_fetches_it_breaks_off_with_one_line(
    tmp_path: Path,
    handler: Doubling,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_: object) -> Iterator[bytes]:
        yield b"{"
        raise SourceNotFound("It was deleted.")

    caplog.set_level(logging.INFO)
    with served(tmp_path, handler) as url, Client(url) as client:
        dataset = asked(client)
        client.wait(dataset.id)
        caplog.clear()
        monkeypatch.setattr(Shelf, "pieces", gone)
        for what in ("archive", "manifest"):
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(f"{url}/v1/datasets/{dataset.id}/{what}")
        assert httpx.get(f"{url}/v1/datasets/{dataset.id}").status_code == 200
    told = [(each.levelname, each.message) for each in caplog.records if "deleted" in each.message]
    assert [level for level, _ in told] == ["INFO", "INFO"]
    assert [each for each in caplog.records if each.levelno > logging.INFO] == []


def test_a_webhook_is_told_of_the_end(tmp_path: Path, handler: Doubling) -> None:
    origins = Origins(allow_private=True)
    with (
        receiving(200) as (address, heard),
        served(tmp_path, handler, origins=origins) as url,
        Client(url) as client,
    ):
        told = client.request("cats", "doubling", config=CONFIG, webhook=address)
        client.wait(told)
        until = time.monotonic() + 10
        while not heard and time.monotonic() < until:
            time.sleep(0.02)
        secret = httpx.get(f"{url}/v1/datasets/webhook-secret").json()["secret"]
    headers, body = heard[0]
    said = json.loads(body)
    assert (said["type"], said["data"]["id"]) == ("dataset.ready", told.id)
    about = (headers["webhook-id"], int(headers["webhook-timestamp"]))
    assert signed(secret, *about, body)["webhook-signature"] == headers["webhook-signature"]
