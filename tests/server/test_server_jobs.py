"""Jobs over HTTP and WebSocket, with a real server that is killed, and begun again."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from batch_stand import drawn, ink_of, made
from typer.testing import CliRunner
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from foveate.cli.main import app
from foveate.people.keys import ANY, Keys, Scope

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()", "serve", "--port", "0")
MANY = 60


@dataclass
class Served:
    """A server in a process of its own, on folders that outlive it."""

    folder: Path
    process: subprocess.Popen[str]
    port: int
    key: str = ""

    def ask(
        self, method: str, path: str, said: Any = None, **headers: str
    ) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"content-type": "application/json", **headers}
        if self.key:
            sent["authorization"] = f"Bearer {self.key}"
        body = None if said is None else json.dumps(said)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else {}, answer.headers

    def events(self, job: dict[str, Any], after: int = 0) -> Generator[dict[str, Any]]:
        """Follow a job by its link, without any header, as a page does."""
        address = f"ws://127.0.0.1:{self.port}{job['links']['events']}&after={after}"
        with connect(address) as socket:
            for message in socket:
                yield json.loads(message)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            body: bytes = answer.read()
            return body

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextlib.contextmanager
def served(folder: Path, key: str = "", **environment: str) -> Iterator[Served]:
    names = {"FOVEATE_JOBS__FOLDER": "out", "FOVEATE_JOBS__QUEUE_FOLDER": "queue"}
    places = {name: str(folder / below) for name, below in names.items()}
    own = {**os.environ, **places, "XDG_STATE_HOME": str(folder / "state"), **environment}
    words = [*COMMAND, "--origin", str(folder / "in")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=own) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        try:
            yield Served(folder, process, int(found[1]), key)
        finally:
            if process.poll() is None:
                process.kill()


def asked(**more: Any) -> dict[str, Any]:
    return {"sources": ["."], "renditions": [{"options": "width=8"}], **more}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pictures")
    for number in range(MANY):
        drawn(place / f"{number:03}.png", ("red", "green")[number % 2], (400, 300))
    return place


@pytest.fixture
def folder(tmp_path: Path, pictures: Path) -> Path:
    (tmp_path / "in").symlink_to(pictures)
    return tmp_path


def test_a_job_survives_the_kill_of_its_server_and_nothing_is_missing(folder: Path) -> None:
    with served(folder) as server:
        status, job, headers = server.ask("POST", "/v1/jobs", asked(out="all"))
        assert (status, headers["location"]) == (201, job["links"]["self"])
        _, behind, _ = server.ask("POST", "/v1/jobs", asked(sources=["001.png"]))
        with contextlib.closing(server.events(job)) as events:
            first = next(each for each in events if each["event"] == "progress")
        server.kill()
    with served(folder) as server:
        rest = list(server.events(job, first["number"]))
        assert all(event["number"] > first["number"] for event in rest)
        sums = rest[-1]["data"]
        assert (rest[-1]["event"], sums["failed"]) == ("done", 0)
        assert sums["done"] + sums["before"] == MANY
        if "running" in [event["event"] for event in rest]:  # else it was quicker than the kill
            assert sums["before"] >= first["data"]["done"] > 0
        _check_commands(server, behind["id"])
        _check_results(server, job)


def _check_commands(server: Served, job: str) -> None:
    """See what the command line says of a job of one picture."""
    there = ["--server", f"http://127.0.0.1:{server.port}"]
    results = server.folder / "fetched"

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["jobs", *words, *there])
        assert done.exit_code == 0, done.output
        return done.stdout

    events = [json.loads(line) for line in said("watch", job, "--json").splitlines()]
    assert events[-1]["event"] == "done"
    assert said("show", job).startswith(f"{job} is done: 1 of 1 done, 0 failed.")
    assert said("fetch", job, str(results)).startswith("2 files, ")
    assert said("fetch", job, str(results)).startswith("0 files, ")
    assert ink_of(results / "001.png") == "green"
    submitted = said("submit", "00*.png", "-o", "width=4", "--out", "mine").strip()
    assert submitted in said("list")
    assert CliRunner().invoke(app, ["jobs", "show", "none", *there]).exit_code != 0


def _check_results(server: Served, job: dict[str, Any]) -> None:
    place = server.folder / "out" / "local" / "all"
    assert len(made(place)) == MANY + 1
    assert ink_of(place / "001.png") == "green"
    _, page, _ = server.ask("GET", f"{job['links']['files']}?limit=3&after=058.png")
    assert [each["name"] for each in page["files"]] == ["059.png", "manifest.jsonl"]
    assert server.get(page["files"][0]["url"]) == (place / "059.png").read_bytes()
    head = server.ask("HEAD", page["files"][0]["url"])
    assert (head[0], int(head[2]["content-length"])) == (200, page["files"][0]["bytes"])
    behind = server.ask("GET", page["files"][0]["url"], range="bytes=9999999-")
    assert (behind[0], behind[1]["error"]) == (416, "RangeNotSatisfiable")
    told = server.get(job["links"]["events"]).decode()
    assert re.findall("^event: (.*)$", told, re.MULTILINE)[-1] == "done"
    assert server.ask("DELETE", job["links"]["self"])[0] == 204
    assert not place.exists()
    assert server.ask("GET", job["links"]["self"])[0] == 404


def test_a_cancelled_job_stops_and_a_server_that_ends_puts_it_back(folder: Path) -> None:
    # Slow enough to run still when the server ends.
    slow = asked(renditions=[{"options": f"width={width}"} for width in range(300, 320)])
    with served(folder) as server:
        _, job, _ = server.ask("POST", "/v1/jobs", slow)
        events = server.events(job)
        assert [next(events)["event"] for _ in range(2)] == ["queued", "running"]
        assert server.end() == 0
        after = list[str]()
        with pytest.raises(ConnectionClosedError, match="1012"):
            after.extend(event["event"] for event in events)
        assert not {"done", "failed", "cancelled"} & set(after)
    with served(folder) as server:
        assert server.ask("GET", job["links"]["self"])[1]["state"] in {"queued", "running"}
        began = time.monotonic()
        assert server.ask("POST", f"{job['links']['self']}/cancel")[0] == 202
        *_, last = server.events(job)
        assert (last["event"], time.monotonic() - began < 10) == ("cancelled", True)
        assert server.ask("DELETE", job["links"]["self"])[0] == 204


@pytest.fixture(scope="module")
def keyed(
    tmp_path_factory: pytest.TempPathFactory, pictures: Path
) -> Iterator[tuple[Served, dict[str, str]]]:
    """A server that works on nothing, and three keys."""
    folder = tmp_path_factory.mktemp("keyed")
    (folder / "in").symlink_to(pictures)
    scopes = {"shop": Scope.WRITE, "chief": Scope.ADMIN, "eye": Scope.READ}
    keys = Keys(folder / "queue")
    secrets = {name: keys.add(name, ANY, scope) for name, scope in scopes.items()}
    limits = {"FOVEATE_JOBS__WORKERS": "0", "FOVEATE_JOBS__QUEUED_PER_KEY": "2"}
    with served(folder, **limits, FOVEATE_SIGNING__KEYS="a-key-of-sixteen-chars") as server:
        yield server, secrets


def test_keys_see_their_own_jobs_and_have_quotas(
    keyed: tuple[Served, dict[str, str]],
) -> None:
    server, keys = keyed
    assert server.ask("POST", "/v1/jobs", asked())[0] == 401
    server.key = keys["eye"]
    assert server.ask("POST", "/v1/jobs", asked())[0] == 403
    server.key = keys["shop"]
    once = {"idempotency-key": "once"}
    _, job, _ = server.ask("POST", "/v1/jobs", asked(), **once)
    status, again, _ = server.ask("POST", "/v1/jobs", asked(), **once)
    assert (status, again["id"]) == (200, job["id"])
    assert server.ask("POST", "/v1/jobs", asked(out="x"), **once)[0] == 409
    assert server.ask("POST", "/v1/jobs", asked())[0] == 201
    status, refused, headers = server.ask("POST", "/v1/jobs", asked())
    assert (status, refused["error"]) == (429, "QuotaSpent")
    assert int(headers["retry-after"]) > 0
    server.key = keys["eye"]
    assert server.ask("GET", job["links"]["self"])[0] == 404
    assert server.ask("GET", "/v1/jobs")[1] == {"jobs": [], "next": None}
    server.key = keys["chief"]
    page = server.ask("GET", "/v1/jobs?limit=1")[1]
    rest = server.ask("GET", f"/v1/jobs?after={page['next']}")[1]["jobs"]
    assert [each["id"] for each in rest] == [job["id"]]


def test_events_are_for_the_key_or_the_link_and_bodies_are_bounded(
    keyed: tuple[Served, dict[str, str]],
) -> None:
    server, keys = keyed
    server.key = keys["chief"]
    _, job, _ = server.ask("POST", "/v1/jobs", asked())
    assert server.ask("POST", "/v1/jobs", {"sources": ["x" * 2_000_000]})[0] == 413
    assert server.ask("POST", "/v1/jobs", asked(sources=["/etc/passwd"]))[0] == 404
    assert "limit" in server.ask("GET", "/v1/jobs?limt=2")[1]["message"]
    assert server.ask("GET", f"{job['links']['self']}/events?after={2**63}")[0] == 400
    address = f"ws://127.0.0.1:{server.port}{job['links']['events']}"
    with contextlib.closing(server.events(job)) as events:
        assert next(events)["event"] == "queued"
    with pytest.raises(InvalidStatus, match="403"):
        connect(address[:-1])
    plain = address.partition("?")[0]
    for key, status in (("eye", "404"), ("nobody", "401")):
        bearer = {"authorization": f"Bearer {keys.get(key, key)}"}
        with pytest.raises(InvalidStatus, match=status):
            connect(plain, additional_headers=bearer)
    bearer = {"authorization": f"Bearer {keys['chief']}"}
    with connect(plain, additional_headers=bearer) as socket:
        assert json.loads(socket.recv())["event"] == "queued"
