"""Fakes at the ports of the server, and a client that speaks ASGI to it without a socket."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import delivery_fakes
from delivery_fakes import make_settings, paint, this_thread, took

from foveate.errors import NotAnImage
from foveate.ledger.books import IN_MEMORY, Books
from foveate.ledger.ledger import Ledger
from foveate.models.runtime.lazy_session import Usage
from foveate.options.gravities import gravity_text
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.options.presets import read_presets
from foveate.options.signing import Signer, read_limited
from foveate.remote.circuit import StageState, State
from foveate.server.asgi import Front
from foveate.server.run import Server, configure, listen, listeners
from foveate.storage.references import Reference
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence

    import uvicorn

    from foveate.datasets.room import Datasets
    from foveate.deadline import Deadline
    from foveate.options.grammar import Presets
    from foveate.options.model import Faces, Objects
    from foveate.rendition import Rendition
    from foveate.service.responsive import SrcsetAsked
    from foveate.service.told import Asked, Told
    from foveate.service.work import Work
    from foveate.settings import Settings
    from foveate.trace import Trace


@dataclass
class FakeCore(delivery_fakes.FakeCore):
    """The application with all its verbs."""

    told_in: list[str] = field(default_factory=list)
    """The threads in which results were brought into the shape of an answer."""
    closed_in_s: float = 0.0
    begun: bool = False
    tells: list[Exception | Told] = field(default_factory=list)
    """What recognition says."""
    pause: asyncio.Event | None = None
    """What it waits for after the first thing."""
    asked: list[Asked] = field(default_factory=list)
    people: Any = None
    access: Any = None
    comparer: Any = None
    ledger: Ledger = field(default_factory=Ledger)
    books: Books = field(default_factory=lambda: Books(IN_MEMORY))
    networks: dict[str, str] = field(
        default_factory=lambda: {"retinaface": "loaded", "gaze": "missing"}
    )
    left: int = 0
    """How many recognitions were ended before their end."""

    @property
    def signer(self) -> Signer:
        limited = read_limited(self.settings.limited_keys, self.presets)
        return Signer(self.settings.signing.keys, limited)

    @property
    def presets(self) -> Presets:
        return read_presets(self.settings.presets)

    @property
    def analyser(self) -> FakeAnalyser:
        return FakeAnalyser(self)

    @property
    def cropper(self) -> FakeCropper:
        return FakeCropper(self)

    @property
    def scorer(self) -> FakeScorer:
        return FakeScorer(self)

    @property
    def srcsets(self) -> FakeSrcsets:
        return FakeSrcsets(self)

    @property
    def recogniser(self) -> FakeRecogniser:
        return FakeRecogniser(self)

    @property
    def references(self) -> FakeReferences:
        return FakeReferences(self)

    def source_of(self, data: bytes) -> Source:
        return Source(data, probe=self.looked_at)

    def looked_at(self, data: bytes) -> Any:
        """What is known of a header: only of pictures there is something to know."""
        if data.startswith(b"no picture"):
            raise NotAnImage
        return SimpleNamespace(format="jpeg")

    def begin(self) -> None:
        self.begun = True

    def status(self) -> dict[str, str]:
        return self.networks

    def usage(self) -> dict[str, Usage]:
        used = Usage(runs=1, seconds=0.1, provider="CPU", fell_back=0)
        return {"retinaface": used, "gaze": replace(used, provider="")}

    def stages(self) -> Sequence[StageState]:
        return (
            StageState("look", State.AWAY, since=1e9),
            StageState("embedder", State.ANSWERING, since=1e9),
            StageState("searcher", State.REFUSED, since=1e9),
        )

    async def close(self, timeout_s: float) -> None:
        self.closed_in_s = timeout_s


@dataclass(frozen=True)
class Told:
    """What a verb found, and the name that it has in an archive."""

    core: FakeCore
    content: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def file_stem(self) -> str:
        self.core.told_in.append(this_thread())
        return self.name.replace(":", "x")

    def to_json(self) -> Mapping[str, Any]:
        self.core.told_in.append(this_thread())
        return self.content


@dataclass(frozen=True)
class FakeAnalyser:
    core: FakeCore

    def prepare(self, picture: Source, names: Sequence[str]) -> Work[Told]:
        def run(deadline: Deadline, trace: Trace) -> Told:
            self.core.wait(deadline)
            for name in names:
                took(trace, name, 3.5)
            timings_ms = dict.fromkeys(names, 3.5)
            content = {"bytes": len(picture.data), "parts": [*names], "timings_ms": timings_ms}
            return Told(self.core, content)

        return self.core.work(run)


@dataclass(frozen=True)
class FakeScorer:
    core: FakeCore

    def prepare(
        self, picture: Source, options: TransformOptions, others: Mapping[str, Source]
    ) -> Work[Told]:
        def run(deadline: Deadline, trace: Trace) -> Told:
            self.core.wait(deadline)
            took(trace, "compare", 1.5)
            drawn = {key: other.data.decode() for key, other in others.items()}
            content = {"score": 75.5, "bytes": len(picture.data), "width": options.width}
            return Told(self.core, {**content, **({"drawn": drawn} if drawn else {})})

        return self.core.work(run)


@dataclass(frozen=True)
class FakeSrcsets:
    core: FakeCore

    def prepare(
        self,
        picture: Source,
        options: TransformOptions,
        others: Mapping[str, Source],
        *,
        asked: SrcsetAsked,
        address: Callable[[TransformOptions], str],
    ) -> Work[Told]:
        def run(deadline: Deadline, trace: Trace) -> Told:
            self.core.wait(deadline)
            took(trace, "placeholder", 1.5)
            told = {"src": address(replace(options, width=8)), "sizes": asked.sizes}
            return Told(self.core, {**told, "bytes": len(picture.data), "drawn": len(others)})

        return self.core.work(run)


@dataclass(frozen=True)
class FakeRecogniser:
    core: FakeCore

    def switched_off(self, asked: Asked) -> tuple[str, ...]:
        return tuple(word for word in asked.words if word == "race")

    async def recognise(
        self, asked: Asked, opens: Any, deadline: Deadline, trace: Trace
    ) -> AsyncGenerator[Told]:
        assert not deadline()
        self.core.asked.append(asked)
        await opens(lambda _: self.core.work(lambda deadline, _: self.core.wait(deadline)))
        with trace.waiting("embedding"):
            pass
        try:
            for told in self.core.tells:
                if isinstance(told, Exception):
                    raise told
                yield told
                if self.core.pause:
                    await self.core.pause.wait()
        except (GeneratorExit, asyncio.CancelledError):
            self.core.left += 1
            raise


@dataclass(frozen=True)
class FakeReferences:
    core: FakeCore

    async def put(self, data: bytes) -> Reference:
        name = hashlib.sha256(data).hexdigest()
        self.core.origin.sources[f"reference:{name}"] = replace(
            self.core.source_of(data), version="v1"
        )
        return Reference(name, 600.0)

    async def url(self, name: str) -> str | None:
        return f"https://bucket.test/{name}" if name == "elsewhere" else None


@dataclass(frozen=True)
class FakeCropper:
    core: FakeCore

    def prepare(
        self,
        _: Source,
        aspects: Sequence[str],
        gravity: Gravity | None,
        *,
        zoom: float | None,
        faces: Faces | None,
        objects: Objects | None,
    ) -> Work[Told]:
        def run(deadline: Deadline, trace: Trace) -> Told:
            self.core.wait(deadline)
            took(trace, "faces", 12.5)
            told = {"faces": faces, "objects": objects}
            asked: dict[str, object] = {name: value for name, value in told.items() if value}
            asked |= {"gravity": gravity and gravity_text(gravity), "zoom": zoom}
            crops = [{"aspect": aspect, "box": {}, **asked} for aspect in aspects]
            return Told(self.core, {"crops": crops, "timings_ms": {"faces": 12.5}})

        return self.core.work(run)

    def prepare_pictures(
        self,
        picture: Source,
        aspects: Sequence[str],
        gravity: Gravity | None,
        *,
        zoom: float | None,
        faces: Faces | None,
        objects: Objects | None,
    ) -> Work[list[tuple[Told, Rendition]]]:
        kept = gravity or Gravity(GravityKind.CENTRE)
        which = {"faces": faces or "all", "objects": objects or "all"}
        asked = TransformOptions(gravity=kept, zoom=zoom or 0.0, **which)

        def run(deadline: Deadline, trace: Trace) -> list[tuple[Told, Rendition]]:
            self.core.wait(deadline)
            self.core.rendered += [asked for _ in aspects]
            for _ in aspects:
                took(trace, "encode", 2.0)
            return [(Told(self.core, name=name), paint(picture.data, asked)) for name in aspects]

        return self.core.work(run)


def make_core(settings: Settings | None = None, **sources: Source | Exception) -> FakeCore:
    core = FakeCore(settings or make_settings())
    core.origin.sources = {"a.jpg": Source(b"cat", "v1"), **sources}
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
    root_path: str = ""
    """What the server below was told of a prefix."""
    peer: str = ""
    """From where its connection comes."""

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
        sent: list[Any] | None = None,
    ) -> Reply:
        """Send one request; the client leaves when `gone` is set, and `sent` shows what it got."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": self.root_path,
            "query_string": query.encode(),
            "client": (self.peer, 50_000) if self.peer else None,
            "headers": [
                (name.replace("_", "-").lower().encode(), value.encode())
                for name, value in {"host": "pics.test", **(headers or {})}.items()
            ],
        }
        chunks = list(body)
        leave = gone or asyncio.Event()
        sent = [] if sent is None else sent

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


@contextlib.contextmanager
def listening(
    core: FakeCore,
    adjust: Callable[[uvicorn.Config], None] = lambda _: None,
    datasets: Datasets | None = None,
    port: int = 0,
) -> Iterator[int]:
    """Serve `core` on a real socket, in a thread; `adjust` may change how."""
    bound = listen("127.0.0.1", port)
    port = bound.getsockname()[1]
    started = threading.Event()
    config = configure(Front(core, datasets=datasets), core.settings)
    adjust(config)
    server = Server(config, started.set)
    thread = threading.Thread(target=server.run, args=(listeners(bound),))
    thread.start()
    try:
        assert started.wait(5)
        yield port
    finally:
        if hold := getattr(core, "hold", None):
            hold.set()
        server.should_exit = True
        thread.join()
