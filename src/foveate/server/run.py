"""A uvicorn that prints where it listens, stops in good order, and says so by its exit code."""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import uvicorn

from foveate.delivery.admission import SWITCH_S, WORKER
from foveate.server import uvicorn_check
from foveate.server.logs import configure as configure_logs
from foveate.server.logs import is_news
from foveate.server.websocket import MOST_BYTES, PING_S, websocket

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from foveate.server.asgi import Front
    from foveate.settings import Load, Settings

BACKLOG: Final = 2048
LISTENERS: Final = 16
"""How often the loop listens: in each round libuv takes one connection of every listener."""
NEAR: Final = 20
"""How many ports beyond a taken one are tried."""
MAX_PORT: Final = 65_535
MAX_CONNECTIONS: Final = 10_000
STRAGGLERS_S: Final = 2.0
SENTENCES: Final = {
    errno.EADDRINUSE: "is in use already. Stop what listens there, or choose another --port",
    errno.EACCES: "may not be used without more rights. Choose a --port above 1023",
    errno.EADDRNOTAVAIL: "is no address of this machine. Choose another --host",
}


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one. Raises OSError in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as why:
        reason = SENTENCES.get(why.errno or 0, f"cannot be used: {why.strerror}")
        raise OSError(f"{host}:{port} {reason}.") from why


def listen_near(host: str, port: int) -> socket.socket:
    """Return a bound socket: at that port, or at the next one that nobody uses.

    Raises OSError in one sentence, about the first one, when there is none among the next few.
    """
    try:
        return listen(host, port)
    except OSError as why:
        if isinstance(why.__cause__, OSError) and why.__cause__.errno == errno.EADDRINUSE:
            for near in range(port + 1, min(port + NEAR, MAX_PORT) + 1):
                with suppress(OSError):
                    return listen(host, near)
        raise


def listeners(bound: socket.socket) -> list[socket.socket]:
    """Return the socket several times, so that a crowd is let in before it is worked for.

    Otherwise whoever comes last stands outside, behind all others, even for a hit or a probe.
    """
    if sys.platform == "win32":
        return [bound]  # a port of completion takes a socket once
    return [bound, *(bound.dup() for _ in range(LISTENERS - 1))]


def base_url(bound: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - translated away
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Calls `on_started` once requests are answered, and `on_stopping` before it waits for them."""

    def __init__(
        self,
        config: uvicorn.Config,
        on_started: Callable[[], None],
        on_stopping: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._on_stopping = on_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and let running requests finish."""
        self._on_stopping()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then tell."""
        await super().startup(sockets)
        if self.started:
            # What is here stays: no collection of garbage has to walk through it again.
            gc.freeze()
            self._on_started()


def configure(front: Front, settings: Settings) -> uvicorn.Config:
    """Return how uvicorn serves `front`. Raises BadInstallation where it could not be bounded."""
    logging.getLogger("uvicorn.error").addFilter(is_news)
    return uvicorn.Config(
        front,
        loop="auto",
        http=_protocol(front, settings.load, settings.server.root_path),
        ws=websocket,  # type: ignore[arg-type]  # what makes a protocol is as good as its class
        ws_max_size=MOST_BYTES,
        ws_ping_interval=PING_S,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.load.stop_timeout_s,
    )


def _protocol(front: Front, load: Load, root: str) -> type[asyncio.Protocol]:
    """Return the protocol with our bounds. Raises BadInstallation: there is none without them."""
    uvicorn_check.check()
    # Only now: where something is missing, these could not be imported.
    from foveate.server.bounds import Bounds  # noqa: PLC0415
    from foveate.server.hits import protocol  # noqa: PLC0415

    most = _connections()
    bounds = Bounds(
        connections=most,
        connections_per_client=round(most * min(1.0, 2 * load.client_share)),
        unsent_bytes=load.unsent_bytes,
    )
    return protocol(front.images, bounds, front.observers, root)


def _connections() -> int:
    """Return how many connections leave file descriptors for files and for origins."""
    if sys.platform == "win32":
        return MAX_CONNECTIONS
    import resource  # noqa: PLC0415 - not everywhere

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if allowed < 0 else min(MAX_CONNECTIONS, allowed * 3 // 4)


def run(
    front: Front, settings: Settings, bound: socket.socket, on_started: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM, let running requests finish, and return.

    Raises BadInstallation.
    """
    configure_logs(settings.server)
    # Each time the loop's thread reads a file or a socket, a worker may take the interpreter.
    sys.setswitchinterval(SWITCH_S)
    # uvicorn raises the signal once more after a clean stop, which would make it look like a crash.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    Server(configure(front, settings), on_started, front.dismiss).run(sockets=listeners(bound))


def leave_stragglers() -> None:
    """End the process although a worker is stuck in a decoder, for which Python would wait."""
    until = time.monotonic() + STRAGGLERS_S
    while any(thread.name.startswith(WORKER) for thread in threading.enumerate()):
        if time.monotonic() > until:
            logging.shutdown()
            os._exit(0)
        time.sleep(0.02)
