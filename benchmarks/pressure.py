"""Clients that ask for more than their share: what it costs, and whether others notice.

    python benchmarks/pressure.py [SCENARIO ...]

Starts the real server for each scenario, presses it from a process of its own, and meanwhile asks
for `/health/live` on fresh connections. Prints one table and exits with 1 where a bar is not kept.
A new scenario is a function that presses a port, and a row in SCENARIOS.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import processes
import pyvips
from servers import HOST, Launch, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers import Server

MAX_MIB: Final = 512.0
MAX_P99_MS: Final = 50.0
MAX_FREE_S: Final = 1.0
REST_S: Final = 10.0
EVERY_S: Final = 0.02
MOUNT: Final = "/cdn-cgi/image"
SMALL: Final = f"{MOUNT}/width=99/small.jpg"
CLOSE: Final = "Host: x\r\nConnection: close\r\n\r\n"
LARGE: Final = f"{MOUNT}/width=2600,height=2600,fit=squeeze,format=png/noise.jpg"
"""About 20 MB: in the cache in memory."""
HUGE: Final = f"{MOUNT}/width=5200,height=5000,fit=squeeze,format=png/noise.jpg"
"""About 75 MB: in the cache on disk only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way of asking for too much. `press` raises AssertionError where others are harmed."""

    name: str
    press: Callable[[int], None]
    warm: tuple[str, ...] = (SMALL,)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a scenario cost."""

    name: str
    above_idle_mib: float
    after_mib: float
    """Above idle, after a rest."""
    p50_ms: float
    p99_ms: float
    free_s: float
    harmed: bool

    @property
    def kept(self) -> bool:
        """Return whether all bars are kept."""
        bars = (MAX_MIB, MAX_P99_MS, MAX_FREE_S)
        figures = (self.above_idle_mib, self.p99_ms, self.free_s)
        return not self.harmed and all(map(float.__le__, figures, bars))

    def row(self) -> str:
        """Return it as a line of the table."""
        return (
            f"{self.name:15} {self.above_idle_mib:10.0f} {self.after_mib:10.0f} "
            f"{self.p50_ms:9.1f} {self.p99_ms:9.1f} {self.free_s:7.1f}  "
            f"{'others were harmed' if self.harmed else 'kept' if self.kept else 'NOT KEPT'}"
        )


HEADER: Final = "scenario         peak +MiB after +MiB    p50 ms    p99 ms  free s"


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    kind: str = "image/jpeg",
    timeout_s: float = 60.0,
) -> int:
    """Return the status of one request on a fresh connection, its answer read to the end."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        connection.request(method, path, body, {"content-type": kind} if body else {})
        response = connection.getresponse()
        while response.read(1 << 20):
            pass
        return response.status
    finally:
        connection.close()


def together(count: int, seconds: float, act: Callable[[], object]) -> None:
    """Repeat `act` in so many threads for so long."""
    until = time.monotonic() + seconds

    def repeat() -> None:
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                act()

    threads = [threading.Thread(target=repeat) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def silent_readers(port: int) -> None:
    """120 clients ask for one cached picture of 20 MB and read nothing."""
    clients = []
    for _ in range(120):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((HOST, port))
        client.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        clients.append(client)
    time.sleep(6)
    assert ask(port, LARGE) == 200
    for client in clients:
        client.close()


def large_hits(port: int) -> None:
    """12 clients read a picture of 75 MB that only the disk holds, and 4 ask for its head."""
    heads = threading.Thread(
        target=together, args=(4, 6, lambda: ask(port, HUGE + "?head", method="HEAD"))
    )
    heads.start()
    together(12, 6, lambda: ask(port, HUGE))
    heads.join()


def much_json(port: int) -> None:
    """4 clients send a megabyte of options, and 4 as much of them as is taken."""
    megabyte = json.dumps({"url": "small.jpg", "options": "a=1," * 240_000 + "b=1"}).encode()
    taken = json.dumps({"url": "small.jpg", "options": "a=1," * 16_000 + "b=1"}).encode()

    def post() -> None:
        for body in (megabyte, taken):
            ask(port, "/v1/render", method="POST", body=body, kind="application/json")

    together(4, 6, post)
    honest = b'{"url":"small.jpg","options":"width=20"}'
    status = ask(port, "/v1/render", method="POST", body=honest, kind="application/json")
    assert status == 200


def slow_senders(port: int) -> None:
    """76 clients send pictures at 17 kB/s, from one address; others post meanwhile."""
    head = b"POST /v1/render?options=width=20 HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"
    until = time.monotonic() + 10

    def send_slowly() -> None:
        with socket.create_connection((HOST, port), source_address=("127.0.0.9", 0)) as client:
            client.sendall(head + b"Content-Length: 50000000\r\n\r\n")
            while time.monotonic() < until:
                client.sendall(b"\0" * 8500)
                time.sleep(0.5)

    slow = threading.Thread(target=together, args=(76, 10, send_slowly))
    slow.start()
    picture = _noise(2000, 1500)
    while time.monotonic() < until - 1:
        time.sleep(1)
        for body in (_noise(64, 64), picture):
            status = ask(port, "/v1/render?options=width=20", method="POST", body=body)
            assert status == 200, status
    slow.join()


def overload(port: int) -> None:
    """200 clients ask for pictures that were never made, for 8 s: ten times what can be done."""
    until = time.monotonic() + 8
    chance = random.Random(1)
    answers: dict[str, int] = {}

    async def client() -> None:
        while time.monotonic() < until:
            width = chance.randint(20, 1900)
            more = chance.choice(("", ",format=webp", ",height=300,fit=cover,gravity=face"))
            path = f"{MOUNT}/width={width}{more}/noise.jpg"
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(HOST, port)
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
                )
                status = (await reader.readuntil(b"\r\n"))[9:12].decode()
                answers[status] = answers.get(status, 0) + 1
                await reader.read()
                writer.close()
                await asyncio.sleep(0.1 if status == "503" else 0)

    async def crowd() -> None:
        await asyncio.gather(*(client() for _ in range(200)))

    asyncio.run(crowd())
    print(f"overload: answers by status {answers}")
    assert answers.get("200", 0) > 10, answers


def leavers(port: int) -> None:
    """1,500 clients a second ask for a picture that was never made, and leave at once."""
    began, count = time.monotonic(), 0
    while (passed_s := time.monotonic() - began) < 8:
        if count > passed_s * 1500:
            time.sleep(0.001)
            continue
        count += 1
        path = f"{MOUNT}/width={20 + count % 1880}/noise.jpg"
        with socket.create_connection((HOST, port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\n{CLOSE}".encode())
    print(f"leavers: {count / 8:.0f} a second")


FACE: Final = f"{MOUNT}/width=300,height=300,fit=cover,gravity=face/noise.jpg"
SCENARIOS: Final = (
    Scenario(name="silent readers", press=silent_readers, warm=(LARGE, LARGE)),
    Scenario(name="large hits", press=large_hits, warm=(HUGE, HUGE)),
    Scenario(name="much JSON", press=much_json),
    Scenario(name="slow senders", press=slow_senders),
    Scenario(name="leavers", press=leavers),
    Scenario(name="overload", press=overload, warm=(FACE, LARGE)),
)


def _noise(width: int, height: int) -> bytes:
    image = pyvips.Image.gaussnoise(width, height, sigma=60, mean=128).cast("uchar")
    data: bytes = image.bandjoin([image.rot180(), image.fliphor()]).jpegsave_buffer(Q=90)
    return data


def _pressing(press: Callable[[int], None], port: int) -> None:
    os.nice(10)  # The server's loop must not wait for those who press it.
    press(port)


def _health_ms(port: int) -> float:
    began = time.perf_counter()
    assert ask(port, "/health/live") == 200
    return (time.perf_counter() - began) * 1000


def _free_s(server: Server) -> float:
    """Return how long the workers still work for those who have left."""
    began = time.monotonic()
    while b"foveate_in_flight 0.0" not in server.get("/metrics").body:
        time.sleep(0.05)
    return time.monotonic() - began


def measure(scenario: Scenario, folder: Path, work: Path) -> Pressed:
    """Return what a scenario costs a server of its own."""
    cache = {"FOVEATE_CACHING__FOLDER": str(work / scenario.name), **scenario.settings}
    launch = Launch(
        name="foveate",
        command=lambda port: (
            *(sys.executable, "-c", "from foveate.cli import main; main()", "serve"),
            *("--origin", str(folder), "--port", str(port)),
        ),
        environment=cache,
        ready="/health/live",
    )
    with serving(launch) as server:
        for path in ("/metrics", "/v1/nothing", *scenario.warm):
            ask(server.port, path)
        time.sleep(4)
        idle = processes.pss_mib(server.pid)
        pressing = multiprocessing.get_context("fork").Process(
            target=_pressing, args=(scenario.press, server.port)
        )
        pressing.start()
        health = []
        with processes.PeakMemory(server.pid, every_s=0.1) as memory:
            while pressing.is_alive():
                health.append(_health_ms(server.port))
                time.sleep(EVERY_S)
        free_s = _free_s(server)
        time.sleep(REST_S)
        health.sort()
        return Pressed(
            name=scenario.name,
            above_idle_mib=memory.mib - idle,
            after_mib=processes.pss_mib(server.pid) - idle,
            p50_ms=health[len(health) // 2],
            p99_ms=health[len(health) * 99 // 100],
            free_s=free_s,
            harmed=pressing.exitcode != 0,
        )


def main() -> int:
    """Measure the scenarios that are named, or all; return 1 where a bar is not kept."""
    wanted = sys.argv[1:] or [scenario.name for scenario in SCENARIOS]
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "origin"
        folder.mkdir()
        (folder / "noise.jpg").write_bytes(_noise(2000, 1500))
        (folder / "small.jpg").write_bytes(_noise(200, 150))
        print(HEADER, flush=True)
        for scenario in SCENARIOS:
            if scenario.name in wanted:
                found.append(measure(scenario, folder, Path(place)))
                print(found[-1].row(), flush=True)
    return 0 if all(pressed.kept for pressed in found) else 1


if __name__ == "__main__":
    sys.exit(main())
