"""Real servers on loopback: start them, wait for their first answer, stop them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HOST = "127.0.0.1"
POLL_S = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start one server: its command for a port, and a path that answers when it is up."""

    name: str
    command: Callable[[int], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/"
    """Any answer from here below 500 means that it serves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    started: float
    """`time.perf_counter()` of the moment before its process was created."""

    @property
    def pid(self) -> int:
        """Return the root of its process tree."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Return whether the process that was started still runs."""
        return self.process.poll() is None

    def get(self, path: str, *, timeout_s: float = 60.0, accept: str = "*/*") -> Answer:
        """Return the answer to one GET on a fresh connection. Raises OSError when there is none."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout_s)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            body = response.read()
        except http.client.HTTPException as why:
            raise ConnectionError(f"{self.name} broke off: {why!r}") from why
        finally:
            connection.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body, time.perf_counter() - start)


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await(server: Server, ready: str, within_s: float, log: IO[bytes]) -> None:
    while time.perf_counter() - server.started < within_s and server.alive:
        try:
            if server.get(ready, timeout_s=5.0).status < 500:
                return
        except OSError:
            time.sleep(POLL_S)
    log.seek(0)
    tail = log.read()[-2000:].decode(errors="replace")
    state = "does not answer" if server.alive else f"ended with {server.process.returncode}"
    raise RuntimeError(f"{server.name} {state} after {within_s:.0f} s at most. It said:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and whatever it started, first politely."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # a group of its own: see start_new_session
    process.wait(10)


@contextmanager
def serving(launch: Launch, *, within_s: float = 60.0) -> Iterator[Server]:
    """Yield a running server that has given its first answer; stop it afterwards."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(launch.command(port)),
            env={**os.environ, **launch.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(launch.name, port, process, started)
            _await(server, launch.ready, within_s, log)
            yield server
        finally:
            _stop(process)
