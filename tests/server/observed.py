"""A real service on a real socket, whose networks see what the test says, and what it logs."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from service_networks import Detector, analyses

from foveate.app import App, create
from foveate.server.asgi import Front
from foveate.server.logs import configure as configure_logs
from foveate.server.run import Server, configure, listen
from foveate.service.analyse import Analyser
from foveate.service.crops import Cropper
from foveate.service.render import Renderer
from foveate.settings import Caching, Load, Origins, Settings
from foveate.settings import Server as ServerSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.imaging import Image

SMALL = "/cdn-cgi/image/width=40,format=png/a.png"
FACE = "/cdn-cgi/image/width=30,height=60,fit=cover,gravity=face,format=png/a.png"


def make_app(folder: Path, photo: Image, *, faces: bool = True, **server: Any) -> App:
    """The service with `a.png` as its only original."""
    pictures = folder / "pictures"
    pictures.mkdir()
    photo.write_to_file(str(pictures / "a.png"))
    settings = Settings(
        origins=Origins(folder=str(pictures)),
        caching=Caching(folder=str(folder / "caches")),
        load=Load(workers=2, stop_timeout_s=3),
        server=ServerSettings(**server),
    )
    app, seen = create(settings), analyses(Detector() if faces else Detector(None))
    renderer = Renderer(analyses=seen, limits=settings.limits, encoding=settings.encoding)
    return replace(
        app,
        analyses=seen,
        renderer=renderer,
        analyser=Analyser(analyses=seen),
        cropper=Cropper(analyses=seen, limits=settings.limits, renderer=renderer),
    )


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["x-request-id"]

    @property
    def hit(self) -> bool:
        return "cache" in self.headers["server-timing"]


@dataclass
class Client:
    """One connection that is kept open."""

    connection: http.client.HTTPConnection

    def ask(
        self, target: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, target, body, named)
        response = self.connection.getresponse()
        pairs = [(name.lower(), value) for name, value in response.getheaders()]
        assert [name for name, _ in pairs].count("x-request-id") == 1
        return Reply(response.status, dict(pairs), response.read())


@contextlib.contextmanager
def serving(app: App, log: Log | None = None) -> Iterator[Client]:
    """Serve on a socket of this machine, and stop in good order."""
    if log is not None:
        log.configure(app.settings.server)
    bound, started = listen("127.0.0.1", 0), threading.Event()
    server = Server(configure(Front(app), app.settings), started.set)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        assert started.wait(5)
        connection = http.client.HTTPConnection(*bound.getsockname()[:2], timeout=10)
        with contextlib.closing(connection):
            yield Client(connection)
    finally:
        server.should_exit = True
        thread.join()


class Log(io.StringIO):
    """What is logged, instead of to stderr, which pytest exchanges now and then."""

    def configure(self, server: ServerSettings) -> None:
        configure_logs(server)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self)

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines()]


@contextlib.contextmanager
def logging_kept() -> Iterator[Log]:
    """Keep what is logged, and undo what configuring does to the process."""
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, ("foveate", "foveate.access", "uvicorn"))]
    handlers, levels = root.handlers[:], [logger.level for logger in loggers]
    # Those of pytest would be closed, and used again.
    root.handlers.clear()
    try:
        yield Log()
    finally:
        root.handlers[:] = handlers
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
