"""A gRPC server with stages that say what the test says, and certificates for it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from service_networks import Detector, analyses

from foveate.app import create
from foveate.deadline import current
from foveate.delivery.delivery import Delivery
from foveate.errors import ClientDisconnected, UnknownOption
from foveate.metrics import Metrics
from foveate.remote.caller import Caller
from foveate.rpc.server import RpcServer
from foveate.service.recognise import Recogniser
from foveate.service.stages.preprocess import Preprocess
from foveate.service.stages.running import InThreads
from foveate.service.stages.search import Search, SubjectMatch
from foveate.settings import Caching, People, Rpc, Settings, Stages
from foveate.vision.batches import ONE_BY_ONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from foveate.app import App

HOST = "127.0.0.1"
VECTOR = np.linspace(-1, 1, 512, dtype=np.float32)
AGE = 100 / 3
GUESSES = {"age": AGE, "gender": {"female": 0.7, "male": 0.3}}
EMOTION = {"emotion": {"happy": 0.9, "sad": 0.1}}


@dataclass
class Tells:
    """A stage that says the same of everything, once it may."""

    say: Any
    name: str = "tells"
    waits_for: threading.Event | None = None
    fails: Exception | None = None
    seen: list[Any] = field(default_factory=list)
    stopped: list[Exception] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def batch_sizes(self) -> Sequence[int]:
        return ONE_BY_ONE

    def __call__(self, item: Any) -> Any:
        return self.batch([item])[0]

    def batch(self, items: Sequence[Any]) -> list[Any]:
        self.seen.extend(items)
        self.begun.set()
        while self.waits_for and not self.waits_for.wait(0.01):
            try:
                current().check()
            except Exception as why:
                self.stopped.append(why)
                raise
        if self.fails:
            raise self.fails
        return [self.say] * len(items)


def everyone(embeddings: np.ndarray, *, collection: str, limit: int) -> list[list[SubjectMatch]]:
    if collection == "none":
        raise UnknownOption("There is no such collection.")
    match = SubjectMatch(subject=collection or "ada", face="f", cosine=1 / 3, probability=0.99)
    return [[match] * limit] * len(embeddings)


@dataclass
class Served:
    """A server that runs on a loop of its own, in a thread."""

    app: App
    server: RpcServer
    metrics: Metrics
    delivery: Delivery
    embed: Tells
    read: Tells
    loop: asyncio.AbstractEventLoop

    @property
    def target(self) -> str:
        return f"{HOST}:{self.server.port}"

    def caller(self, stages: Stages | None = None, stage: str = "embedder") -> Caller:
        return Caller(stage, self.target, stages or Stages(), Rpc())


def app_of(folder: Path, settings: Settings | None = None, **fields: Any) -> App:
    caching = Caching(folder=str(folder / "cache"))
    people = People(folder=str(folder / "people"))
    usual = replace(settings or Settings(), caching=caching, people=people)
    return replace(create(usual), **fields)


def recogniser_that(embed: Tells, read: Tells, pool: Executor) -> Recogniser:
    seeing = analyses(Detector())
    return Recogniser(
        analyses=seeing,
        preprocess=Preprocess(seeing).prepare,
        embed=InThreads(embed, pool),
        reads={
            ("age", "gender"): InThreads(read, pool),
            ("emotion",): InThreads(Tells(EMOTION), pool),
        },
        search=InThreads(Search(everyone), pool),
    )


@contextlib.contextmanager
def serving(folder: Path, settings: Settings | None = None, **fields: Any) -> Iterator[Served]:
    """Serve all services, with networks that see the drawn head."""
    embed, read = Tells(VECTOR), Tells(GUESSES)
    with ThreadPoolExecutor(6) as pool:
        recogniser = recogniser_that(embed, read, pool)
        app = app_of(folder, settings, **{"recogniser": recogniser, **fields})
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        def run(work: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result(20)

        async def start() -> Served:
            metrics = Metrics()
            delivery = Delivery(app, metrics)
            server = RpcServer(app, host=HOST, port=0)
            await server.start(delivery, metrics)
            return Served(app, server, metrics, delivery, embed, read, loop)

        async def stop(served: Served) -> None:
            await served.server.stop(0)
            await served.delivery.admission.stop(1)
            await app.close(5)

        try:
            served = run(start())
            try:
                yield served
            finally:
                run(stop(served))
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


def until(happened: Any, seconds: float = 15) -> None:
    """Wait until it has, and fail when it does not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def disconnected(tells: Tells) -> bool:
    return any(isinstance(why, ClientDisconnected) for why in tells.stopped)
