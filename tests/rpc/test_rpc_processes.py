"""Stages as their users have them: the commands, in processes of their own, one of them killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from foveate.models.supply.weights import FileState, catalogue, verify
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.models
HOST = "127.0.0.1"
FOVEATE = (sys.executable, "-c", "from foveate.cli import main; main()")
CARDS = ("retinaface", "mobilefacenet", "age-gender", "gaze", "astronaut")
LISTENS = re.compile(r"listens on (?:http://)?127\.0\.0\.1:(\d+)")
ACCEPT = {"accept": "application/json", "content-type": "image/png"}
CROP = "/cdn-cgi/image/width={},height=300,fit=cover,gravity=face/astronaut.png"


@pytest.fixture(autouse=True)
def _weights() -> None:
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    for name in CARDS:
        if verify(cards[name], models) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull")


class Process:
    """One command that listens."""

    def __init__(self, folder: Path, *words: str, **settings: str) -> None:
        environment = {**os.environ, "FOVEATE_ATTRIBUTES": "age gender", **settings}
        environment["FOVEATE_CACHING__FOLDER"] = str(folder / f"cache-{words[-1]}-{words[1]}")
        self.process = subprocess.Popen(
            [*FOVEATE, *words], env=environment, stdout=subprocess.PIPE, text=True
        )

    @property
    def port(self) -> int:
        """The port of its first line, once it listens."""
        assert self.process.stdout
        for line in self.process.stdout:
            if found := LISTENS.search(line):
                return int(found[1])
        raise AssertionError("it ended before it listened")

    def end(self, number: int = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        if process.process.poll() is None:
            process.end(signal.SIGKILL)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[Any, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    connection.request(method, path, body, ACCEPT if body else {})
    reply = connection.getresponse()
    try:
        return reply, reply.read()
    finally:
        connection.close()


def told(port: int, picture: bytes) -> tuple[bytes, dict[str, Any]]:
    """What is told of a picture, byte for byte but for how long it took."""
    reply, body = ask(port, "POST", "/v1/recognise", picture)
    assert reply.status == 200, body
    answer = re.sub(rb'"timings_ms":\{[^}]*\}', b"", body)
    return answer, json.loads(body)


def test_stages_apart_say_what_one_process_says_and_one_that_dies_is_named_and_used_again(
    tmp_path: Path, portrait: str, processes: list[Process]
) -> None:
    with open(portrait, "rb") as file:  # noqa: PTH123
        picture = file.read()
    embedder, rest = free_port(), free_port()
    stage = ("stage", "embedder", "--grpc-port", str(embedder))
    elsewhere = {
        "FOVEATE_STAGES__PREPROCESSOR": f"{HOST}:{rest}",
        "FOVEATE_STAGES__EMBEDDER": f"{HOST}:{embedder}",
        "FOVEATE_STAGES__ANALYZER": f"{HOST}:{rest}",
    }
    whole = Process(tmp_path, "serve", "--port", "0", "--grpc-port", str(rest))
    alone, front = Process(tmp_path, *stage), Process(tmp_path, "serve", "--port=0", **elsewhere)
    processes += [whole, alone, front]
    ports = [process.port for process in (front, alone)]
    # Its first line is about gRPC.
    assert whole.port == rest
    all_in_one = whole.port

    answer, known = told(ports[0], picture)
    assert answer == told(all_in_one, picture)[0]
    assert "failed" not in known
    assert len(known["embedding"][0]) == 512

    alone.end(signal.SIGKILL)
    _, known = told(ports[0], picture)
    away = {"error": "StageAway", "message": "The stage embedder is away. Try again in a moment."}
    assert known["failed"]["embedding"] == away
    assert "embedding" not in known
    assert {"faces", "age", "gender"} <= set(known)

    again = Process(tmp_path, *stage)
    processes.append(again)
    assert again.port == embedder
    end = time.monotonic() + 20
    while "embedding" not in known and time.monotonic() < end:
        time.sleep(0.1)
        _, known = told(ports[0], picture)
    assert told(ports[0], picture)[0] == answer
    assert again.end() == 0


def test_a_server_that_looks_from_afar_loads_no_network_and_says_who_looked(
    tmp_path: Path, portrait: str, processes: list[Process]
) -> None:
    folder, port = str(portrait).rpartition("/")[0], free_port()
    look = Process(tmp_path, "stage", "look", "--grpc-port", str(port))
    front = Process(
        tmp_path,
        *("serve", "--port=0", f"--origin={folder}"),
        FOVEATE_STAGES__LOOK=f"{HOST}:{port}",
    )
    processes += [look, front]
    assert look.port == port
    at = front.port
    for width in (100, 110):
        reply, _ = ask(at, "GET", CROP.format(width))
        assert reply.headers["Foveate-Gravity"] == "face"
    _, ready = ask(at, "GET", "/health/ready")
    assert "loaded" not in json.loads(ready)["networks"].values()
    look.end(signal.SIGKILL)
    reply, _ = ask(at, "GET", CROP.format(120))
    assert reply.headers["Foveate-Gravity"] == "face", "what was seen is known"
    _, metrics = ask(at, "GET", "/metrics")
    assert b"look-" not in metrics.split(b"foveate_fallbacks_total{", 1)[-1].split(b"# HELP")[0]
