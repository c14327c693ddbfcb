"""Fakes at the ports of the server, and a client that speaks ASGI to it without a socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from foveate.errors import SourceNotFound
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.options.signing import Signer
from foveate.ports import Original
from foveate.server.asgi import Front
from foveate.server.run import Server, configure, listen
from foveate.settings import Caching, Limits, Load, Origins, Settings, Signing
from foveate.values import Rendition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence

    import uvicorn

    from foveate.deadline import Deadline


@dataclass
class FakeSource:
    """Originals in a dict; `tells` is whether the version is known without reading."""

    originals: dict[str, Original | Exception] = field(default_factory=dict)
    tells: bool = True
    reads: list[str] = field(default_factory=list)
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """By a part of the keys that have to wait for it."""

    async def version(self, key: str) -> str | None:
        return self.version_now(key)

    def version_now(self, key: str) -> str | None:
        found = self._find(key)
        return found.version if self.tells else None

    async def read(self, key: str) -> Original:
        self.reads.append(key)
        for part, go in self.slow.items():
            if part in key:
                await go.wait()
        return self._find(key)

    def _find(self, key: str) -> Original:
        found = self.originals.get(key, SourceNotFound(f"no {key}"))
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class FakeCache:
    """A cache that forgets nothing, all of it in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    @property
    def memory(self) -> FakeCache:
        return self

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.kept[key] = value


def paint(data: bytes, options: TransformOptions) -> Rendition:
    body = b"picture of " + data + b" %d" % (options.width or 0)
    return Rendition(
        data=body,
        content_type="image/jpeg",
        size=None,
        facts={"Foveate-Gravity": "face"},
        timings_ms={"encode": 2.0},
    )


@dataclass
class FakeCore:
    """The application, with pictures that are made of words."""

    settings: Settings
    source: FakeSource = field(default_factory=FakeSource)
    renditions: FakeCache = field(default_factory=FakeCache)
    painter: Callable[[bytes, TransformOptions], Rendition] = paint
    need: int = 1
    rendered: list[TransformOptions] = field(default_factory=list)
    overlays: list[Mapping[str, bytes]] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    hold: threading.Event | None = None
    probed_in: list[str] = field(default_factory=list)
    rested: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    recipe: str = "as ever"

    @property
    def signer(self) -> Signer:
        return Signer(self.settings.signing.keys)

    def render(
        self,
        data: bytes,
        options: TransformOptions,
        *,
        deadline: Deadline,
        overlays: Mapping[str, bytes] | None = None,
    ) -> Rendition:
        self.rendered.append(options)
        self.overlays.append(overlays or {})
        self._wait(deadline)
        return self.painter(data, options)

    def _wait(self, deadline: Deadline) -> None:
        """Work until `hold` is set, as long as the deadline allows."""
        self.deadlines.append(deadline)
        while self.hold is not None and not self.hold.wait(0.005):
            deadline.check()

    def analyse(
        self, data: bytes, parts: Sequence[str], *, deadline: Deadline
    ) -> dict[str, object]:
        self._wait(deadline)
        return {"bytes": len(data), "parts": list(parts), "timings_ms": dict.fromkeys(parts, 3.5)}

    def crops(
        self,
        data: bytes,  # noqa: ARG002
        aspects: Sequence[str],
        *,
        deadline: Deadline,
        gravity: str = "face",
    ) -> dict[str, Any]:
        self._wait(deadline)
        crops = [{"aspect": aspect, "box": {}, "gravity": gravity} for aspect in aspects]
        return {"crops": crops, "timings_ms": {"faces": 12.5}}

    def render_crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline, gravity: str = "face"
    ) -> list[tuple[str, Rendition]]:
        self._wait(deadline)
        asked = TransformOptions(gravity=Gravity(GravityKind(gravity)))
        self.rendered += [asked for _ in aspects]
        return [(aspect, paint(data, asked)) for aspect in aspects]

    def estimate(
        self,
        data: bytes,  # noqa: ARG002
        options: TransformOptions,  # noqa: ARG002
        others: Collection[bytes] = (),  # noqa: ARG002
    ) -> int:
        self.probed_in.append(threading.current_thread().name.partition("_")[0])
        return self.need

    def status(self) -> dict[str, str]:
        return {"retinaface": "ready"}

    def rest(self) -> None:
        self.rested.set()

    async def close(self) -> None:
        self.closed = True


def make_settings(
    *,
    workers: int = 2,
    queue: int = 64,
    memory_bytes: int = 1000,
    timeout_s: float = 5.0,
    max_bytes: int = 1000,
    keys: tuple[str, ...] = (),
    strict: bool = False,
    folder: str = "pictures",
    browser_ttl_s: int = 14_400,
) -> Settings:
    return Settings(
        strict=strict,
        origins=Origins(folder=folder),
        limits=Limits(timeout_s=timeout_s, max_bytes=max_bytes),
        load=Load(workers=workers, queue=queue, memory_bytes=memory_bytes, stop_timeout_s=1),
        signing=Signing(keys=keys),
        caching=Caching(browser_ttl_s=browser_ttl_s),
    )


def make_core(settings: Settings | None = None, **originals: Original | Exception) -> FakeCore:
    core = FakeCore(settings or make_settings())
    core.source.originals = {"a.jpg": Original(b"cat", "v1"), **originals}
    return core


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    pairs: list[tuple[str, str]]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Asks a front, in one event loop."""

    front: Front

    async def get(self, target: str, **headers: str) -> Reply:
        return await self.ask("GET", target, headers)

    async def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: Sequence[bytes] = (b"",),
        gone: asyncio.Event | None = None,
    ) -> Reply:
        """Send one request; the client leaves when `gone` is set."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").lower().encode(), value.encode())
                for name, value in {"host": "pics.test", **(headers or {})}.items()
            ],
        }
        chunks = list(body)
        leave = gone or asyncio.Event()
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if chunks:
                chunk = chunks.pop(0)
                return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}
            await leave.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        return _reply(sent)


def _reply(sent: list[Any]) -> Reply:
    start = sent[0]
    pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(start["status"], dict(pairs), body, pairs)


def serving(core: FakeCore, talk: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
    """Run `talk` against a front for `core`, then stop the front."""

    async def main() -> None:
        front = Front(core)
        try:
            await talk(Client(front))
        finally:
            await stop(front)

    asyncio.run(main())


async def stop(front: Front) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    said: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        said.append(message["type"])

    await front({"type": "lifespan"}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def until(condition: Callable[[], object], timeout_s: float = 3.0) -> None:
    """Wait until `condition()` is true, or fail."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.002)


@contextlib.contextmanager
def listening(
    core: FakeCore, adjust: Callable[[uvicorn.Config], None] = lambda _: None
) -> Iterator[int]:
    """Serve `core` on a real socket, in a thread; `adjust` may change how."""
    bound = listen("127.0.0.1", 0)
    port: int = bound.getsockname()[1]
    started = threading.Event()
    config = configure(Front(core), core.settings)
    adjust(config)
    server = Server(config, started.set)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        assert started.wait(5)
        yield port
    finally:
        if core.hold is not None:
            core.hold.set()
        server.should_exit = True
        thread.join()


def until_true(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Wait in a thread until `condition()` is true, or fail."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
