"""Fakes at the ports of delivery: sources of words, and pictures made of them."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from foveate.delivery.admission import Admission
from foveate.errors import SourceNotFound
from foveate.metrics import Metrics
from foveate.rendition import Rendition
from foveate.service.work import Work
from foveate.settings import Caching, Limits, Load, Origins, Server, Settings, Signing
from foveate.values import Purged

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping

    from foveate.deadline import Deadline
    from foveate.options.model import TransformOptions
    from foveate.storage.freshness import Known
    from foveate.storage.shared import SharedStore
    from foveate.storage.source import Source
    from foveate.trace import Trace

T = TypeVar("T")


@dataclass
class FakeOrigin:
    """Sources in a dict; `tells` is whether the version is known without reading."""

    sources: dict[str, Source | Exception] = field(default_factory=dict)
    tells: bool = True
    reads: list[str] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)
    renews: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    """What happens when the origin is asked for a version."""
    forgotten: int = 0
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """By a part of the keys that have to wait for it."""

    async def version(self, key: str) -> str | None:
        if key in self.renews:
            await self.renews[key](key)
        found = self._find(key)
        return found.version if self.tells else None

    def version_now(self, key: str) -> str | None:
        found = self._find(key)
        return found.version if self.tells and key not in self.stale else None

    def last(self, key: str) -> Known | None:
        return self.known.get(key)

    def forget_bytes(self) -> None:
        self.forgotten += 1

    async def read(self, key: str) -> Source:
        self.reads.append(key)
        for part, go in self.slow.items():
            if part in key:
                await go.wait()
        return self._find(key)

    def _find(self, key: str) -> Source:
        found = self.sources.get(key, SourceNotFound(f"no {key}"))
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class FakeDisk:
    """A slow cache that forgets nothing, and notes the threads that wait for it."""

    kept: dict[str, bytes] = field(default_factory=dict)
    used_in: list[str] = field(default_factory=list)

    def get(self, key: str) -> bytes | None:
        self.used_in.append(this_thread())
        return self.kept.get(key)

    def holds(self, key: str) -> bool:
        return key in self.kept

    def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        self.used_in.append(this_thread())
        value = self.kept.get(key)
        return (value[:size], len(value)) if value is not None else None

    def put(self, key: str, value: bytes) -> bool:
        self.used_in.append(this_thread())
        self.kept[key] = value
        return True


@dataclass
class FakeCache:
    """A cache that forgets nothing, all of it in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)
    claimed_elsewhere: set[str] = field(default_factory=set)

    @property
    def memory(self) -> Mapping[str, bytes]:
        return self.kept

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def get_blocking(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def holds(self, key: str) -> bool:
        return key in self.kept

    async def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        value = self.kept.get(key)
        return (value[:size], len(value)) if value is not None else None

    def put(self, key: str, value: bytes) -> bool:
        self.kept[key] = value
        return True

    def on_disk(self, key: str) -> bool:
        return key in self.kept

    def reread(self, key: str) -> bytes | None:
        return self.kept.get(key)

    @contextmanager
    def claimed(self, key: str) -> Iterator[bool]:
        yield key not in self.claimed_elsewhere

    def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        gone = [key for key, value in self.kept.items() if meant(value[:size])]
        return Purged(len(gone), sum(len(self.kept.pop(key)) for key in gone))


def paint(data: bytes, options: TransformOptions) -> Rendition:
    body = b"picture of " + data + b" %d" % (options.width or 0)
    return Rendition(body, "image/jpeg", None, {"Foveate-Gravity": "face"})


def squeeze(made: Rendition) -> Rendition:
    return replace(made, data=made.data.replace(b"picture", b"p."))


@dataclass
class FakeCore:
    """The application, with pictures that are made of words."""

    settings: Settings
    origin: FakeOrigin = field(default_factory=FakeOrigin)
    renditions: FakeCache = field(default_factory=FakeCache)
    painter: Callable[[bytes, TransformOptions], Rendition] = paint
    squeezer: Callable[[Rendition], Rendition] = squeeze
    """What more effort makes of a rendition."""
    need: int = 1
    rendered: list[TransformOptions] = field(default_factory=list)
    recompressed: list[TransformOptions] = field(default_factory=list)
    overlays: list[Mapping[str, bytes]] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    hold: threading.Event | None = None
    probed_in: list[str] = field(default_factory=list)
    pixels_forgotten: int = 0
    shared: SharedStore | None = None
    current_generation: str = "as ever"
    """What `generation` says."""

    @property
    def renderer(self) -> FakeRenderer:
        return FakeRenderer(self)

    @property
    def recompressor(self) -> FakeRenderer:
        return FakeRenderer(self, hard=True)

    def generation(self, options: TransformOptions) -> str:  # noqa: ARG002
        return self.current_generation

    def held_bytes(self) -> int:
        return 0

    def make_room(self, need: int) -> None:
        """Nothing is held."""

    def trim_memory(self) -> None:
        """There is none to give back."""

    def forget_pixels(self) -> None:
        self.pixels_forgotten += 1

    def work(self, run: Callable[[Deadline, Trace], T]) -> Work[T]:
        """Return work whose header was read in this thread."""
        self.probed_in.append(this_thread())
        return Work(self.need, run)

    def wait(self, deadline: Deadline) -> None:
        """Work until `hold` is set, as long as the deadline allows."""
        self.deadlines.append(deadline)
        while self.hold is not None and not self.hold.wait(0.005):
            deadline.check()


@dataclass(frozen=True)
class FakeRenderer:
    core: FakeCore
    hard: bool = False

    def prepare(
        self,
        picture: Source,
        options: TransformOptions,
        others: Mapping[str, Source] | None = None,
    ) -> Work[Rendition]:
        core = self.core

        def run(deadline: Deadline, trace: Trace) -> Rendition:
            (core.recompressed if self.hard else core.rendered).append(options)
            core.overlays.append({key: other.data for key, other in (others or {}).items()})
            core.wait(deadline)
            took(trace, "encode", 2.0)
            made = core.painter(picture.data, options)
            return core.squeezer(made) if self.hard else made

        return core.work(run)


def this_thread() -> str:
    """Return the name of this thread, without its number."""
    return threading.current_thread().name.partition("_")[0]


def took(trace: Trace, name: str, ms: float) -> None:
    """Write a span that took so long."""
    with trace.waiting(name) as span:
        pass
    span.wall_s = ms / 1000


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
    cors: tuple[str, ...] = (),
    root_path: str = "",
    recompress_hits: int = 0,
) -> Settings:
    return Settings(
        strict=strict,
        origins=Origins(folder=folder),
        limits=Limits(timeout_s=timeout_s, max_bytes=max_bytes),
        load=Load(workers=workers, queue=queue, memory_bytes=memory_bytes, stop_timeout_s=1),
        signing=Signing(keys=keys),
        caching=Caching(browser_ttl_s=browser_ttl_s, recompress_hits=recompress_hits),
        server=Server(cors=cors, root_path=root_path),
    )


class Desk:
    """An admission with work that lasts until it is released."""

    def __init__(self, *, timeout_s: float = 5.0, workers: int = 1, queue: int = 1) -> None:
        self.metrics = Metrics()
        self.trimmed = threading.Event()
        self.release = threading.Event()
        self.running: list[Deadline] = []
        load = Load(workers=workers, queue=queue, memory_bytes=100)
        self.admission = Admission(
            load,
            timeout_s=timeout_s,
            metrics=self.metrics,
            memory=self,
            trim_after_s=0.05,
        )

    def held_bytes(self) -> int:
        return 0

    def make_room(self, need: int) -> None:
        """Nothing is held."""

    def trim_memory(self) -> None:
        self.trimmed.set()

    def work(self, deadline: Deadline, _: Trace) -> str:
        self.running.append(deadline)
        while not self.release.wait(0.002):
            deadline.check()
        return "done"

    async def ask(self, work: Callable[[Deadline, Trace], str] | None = None) -> str:
        async with self.admission.admit() as admitted:
            return await admitted.work(Work(1, work or self.work), span="render")


def at(desk: Desk, talk: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `talk`, then stop the desk."""

    async def main() -> None:
        try:
            await talk()
        finally:
            await desk.admission.stop(0)

    asyncio.run(main())


async def until(condition: Callable[[], object], timeout_s: float = 3.0) -> None:
    """Wait until `condition()` is true, or fail."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.002)


async def settled() -> None:
    """Let all happen that waits for nothing but its turn, on a busy machine as well."""
    for _ in range(100):
        await asyncio.sleep(0)


def until_true(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Wait in a thread until `condition()` is true, or fail."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
