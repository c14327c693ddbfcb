"""How soon who is in a picture is told, and what that takes beside its networks.

    python benchmarks/recognise.py [--quick]

One photo of a megapixel with one face, warm, in one process without HTTP: from the bytes to each
event. Ways take turns, so that a noisy minute hits all of them alike.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
from results import Check, Outcome, Table, alone

from foveate.app import create, recogniser_of
from foveate.delivery.delivery import Delivery
from foveate.imaging import Image
from foveate.metrics import Metrics
from foveate.models.runtime.engines import choice_of, open_onnxruntime
from foveate.models.runtime.onnx_engine import ON_CPU
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.service.stages.running import InThreads
from foveate.service.stages.search import Search, SubjectMatch
from foveate.service.told import asked
from foveate.settings import Caching, load
from foveate.vision.attributes import ON_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.ports import Session
    from foveate.service.told import Asked
    from foveate.settings import Settings

NAME, TITLE = "recognise", "Who is in a picture"
CARDS: Final = ("retinaface", "mobilefacenet", "age-gender", "expression", "gear", "astronaut")
WIDTH, HEIGHT = 1156, 867
STREAMS: Final = 8
FIRST_MS, ALL_MS = 40, 150
OVERHEAD: Final = 0.10
SLOWER: Final = 0.03
BATCH: Final = 8


def photo() -> bytes:
    """A photo in the shape of most, of one megapixel, with one face."""
    card = next(card for card in catalogue(load().models) if card.name == "astronaut")
    whole = Image.new_from_file(str(where(card, load().models)))
    part = whole.crop(0, 0, 512, 384).resize(WIDTH / 512, vscale=HEIGHT / 384)
    data: bytes = part.jpegsave_buffer(Q=90)
    return data


class Known:
    """A small index in memory: a thousand people, none of whom is known."""

    def __init__(self) -> None:
        drawn = np.random.default_rng(1).normal(size=(1000, 512)).astype(np.float32)
        self._vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def __call__(
        self, embeddings: NDArray[np.float32], *, collection: str, limit: int
    ) -> list[list[SubjectMatch]]:
        assert not collection
        cosines = embeddings @ self._vectors.T
        best = np.argsort(-cosines, axis=1)[:, :limit]
        return [
            [
                SubjectMatch(subject=str(at), face="", cosine=float(row[at]), probability=0)
                for at in order
            ]
            for row, order in zip(cosines, best, strict=True)
        ]


@dataclass
class Recorder:
    """A session that keeps what it was last asked."""

    inner: Session
    inputs: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        return str(self.inner.provider)

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        return self.inner.shapes

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        self.inputs = inputs
        return self.inner.run(inputs)


@dataclass
class Way:
    """One setting under which pictures are recognised, and what was measured of it."""

    app: App
    first_ms: list[float] = field(default_factory=list)
    all_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    delivery: Delivery | None = None

    async def once(self, data: bytes, what: Asked) -> tuple[float, float]:
        """From the bytes to the first event and to the last, in milliseconds."""
        self.delivery = self.delivery or Delivery(self.app, Metrics())
        delivery, began = self.delivery, time.perf_counter()
        first = 0.0
        async with delivery.admission.admit() as admitted:
            source = self.app.source_of(data)
            opens = partial(delivery.run, admitted, [source], span="preprocess")
            stream = self.app.recogniser.recognise(what, opens, admitted.deadline, admitted.trace)
            async for told in stream:
                assert told.error is None, told.error
                first = first or told.at_ms
        return first, (time.perf_counter() - began) * 1000

    async def alone(self, data: bytes) -> None:
        before = time.process_time()
        first, last = await self.once(data, asked())
        self.cpu_ms.append((time.process_time() - before) * 1000)
        self.first_ms.append(first)
        self.all_ms.append(last)

    async def streams(self, data: bytes, count: int, each: int) -> float:
        """Pictures a second of so many clients, who ask again and again."""

        async def client() -> None:
            for _ in range(each):
                await self.once(data, asked())

        began = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(count)))
        return count * each / (time.perf_counter() - began)


def way(settings: Settings, join: int) -> Way:
    app = create(replace(settings, runtime=replace(settings.runtime, join_faces=join)))
    search = InThreads(Search(Known()), app.analyses.pool)
    return Way(replace(app, recogniser=replace(app.recogniser, search=search)))


def bare(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Milliseconds of one thread that does nothing else, and of all processors."""
    walls, spent = [], []
    for _ in range(rounds):
        began, before = time.perf_counter(), time.process_time()
        run()
        walls.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - before) * 1000)
    return median(walls), median(spent)


@dataclass(frozen=True)
class Bare:
    """What a network takes that does nothing else, in milliseconds."""

    on: str
    ms: float
    cpu_ms: float
    one_thread_ms: float
    """On one thread, whatever it is run with."""


def on_one_thread(card: str, session: Session, settings: Settings) -> Session:
    """The same network on one thread, where onnxruntime runs it on the processor."""
    if session.provider != ON_CPU:
        return session
    name = choice_of(card, settings.models, settings.runtime).card
    (run,) = choose(catalogue(settings.models), [name])
    return open_onnxruntime(run, settings.models, settings.runtime)


def networks(app: App, data: bytes, rounds: int) -> Mapping[str, Bare]:
    """Each network on the very tensors that recognition gives it."""
    recorders: dict[str, Recorder] = {}

    def session(card: str) -> Callable[[], Recorder]:
        lazy = app.registry.session(card)
        return lambda: recorders.setdefault(card, Recorder(lazy()))

    settings = app.settings
    seeing = replace(app.analyses, networks=type(app.analyses.networks)(settings, session))
    recogniser = recogniser_of(settings, session, seeing)
    recording = Way(replace(app, recogniser=recogniser))
    asyncio.run(recording.once(data, asked(["faces", "embedding", *ON_REQUEST])))
    took = {}
    for card, each in recorders.items():
        ms, cpu_ms = bare(partial(each.inner.run, each.inputs), rounds)
        alone = partial(on_one_thread(card, each.inner, settings).run, each.inputs)
        alone()
        took[card] = Bare(each.provider, ms, cpu_ms, bare(alone, rounds)[0])
    return took


def batches(app: App, rounds: int) -> Sequence[tuple[str, ...]]:
    """What a face costs in a batch of one and of eight, where any size will do."""
    rows = []
    for card, shape, name in (
        ("mobilefacenet", (3, 112, 112), "input"),
        ("age-gender", (3, 112, 112), "input"),
        ("expression", (3, 112, 112), "input"),
        ("gear", (198, 198, 3), "input_1"),
    ):
        session = app.registry.session(card)()
        if session.shapes:
            rows.append((card, session.provider, f"compiled for {session.shapes[0][0]}", "-"))
            continue
        taken = []
        for size in (1, BATCH):
            tensor = {name: np.ones((size, *shape), np.float32)}
            session.run(tensor)
            taken.append(bare(lambda t=tensor, s=session: s.run(t), rounds)[0] / size)  # type: ignore[misc]
        rows.append((card, session.provider, *(f"{ms:.1f}" for ms in taken)))
    return rows


def measure(*, quick: bool = False) -> Outcome:
    """Measure all of it."""
    outcome = Outcome(NAME, TITLE)
    cards = {card.name: card for card in catalogue(load().models)}
    missing = [name for name in CARDS if verify(cards[name], load().models) is not FileState.OK]
    if missing:
        outcome.skipped = f"needs foveate models pull {' '.join(missing)}"
        return outcome
    rounds = 8 if quick else 60
    with TemporaryDirectory() as folder:
        settings = replace(load(), attributes=ON_REQUEST, caching=Caching(folder=folder))
        asyncio.run(_measure(outcome, settings, rounds))
        _networks(outcome, settings, rounds)
    return outcome


async def _measure(outcome: Outcome, settings: Settings, rounds: int) -> None:
    data = photo()
    apart, joined = way(settings, 1), way(settings, BATCH)
    for _ in range(3):
        for each in (apart, joined):
            await each.once(data, asked())
    for _ in range(rounds):
        for each in (apart, joined):
            await each.alone(data)
    first, last = median(apart.first_ms), median(apart.all_ms)
    outcome.checks += [
        Check("first boxes, median", f"<= {FIRST_MS} ms", f"{first:.1f} ms", first <= FIRST_MS),
        Check("all attributes and search", f"<= {ALL_MS} ms", f"{last:.1f} ms", last <= ALL_MS),
    ]
    rates: dict[tuple[int, str], list[float]] = {}
    for _ in range(max(2, rounds // 12)):
        for count in (1, STREAMS):
            for name, each in (("apart", apart), ("joined", joined)):
                rate = await each.streams(data, count, 16 // count)
                rates.setdefault((count, name), []).append(rate)
    best = {key: median(values) for key, values in rates.items()}
    rows = [(str(count), name, f"{rate:.2f}") for (count, name), rate in best.items()]
    outcome.tables.append(Table("Pictures a second", ("streams", "faces", "pictures/s"), rows))
    lost = median(joined.all_ms) / last - 1
    outcome.checks.append(
        Check("joining at one stream", f"<= {SLOWER:.0%} slower", f"{lost:+.1%}", lost <= SLOWER)
    )
    outcome.notes.append(f"processor time of a picture: {median(apart.cpu_ms):.1f} ms")


def _networks(outcome: Outcome, settings: Settings, rounds: int) -> None:
    data, plain = photo(), way(settings, 1)
    took = networks(plain.app, data, rounds)
    rows = [
        (card, each.on, f"{each.one_thread_ms:.1f}", f"{each.ms:.1f}", f"{each.cpu_ms:.1f}")
        for card, each in took.items()
    ]
    header = ("network", "runs on", "on one thread, ms", "ms", "processor ms")
    outcome.tables.append(Table("Bare networks, on the same tensors", header, rows))
    whole = sum(each.one_thread_ms for each in took.values())

    async def sequence() -> tuple[float, float]:
        for _ in range(rounds):
            await plain.alone(data)
        return median(plain.all_ms), median(plain.cpu_ms)

    wall, cpu = asyncio.run(sequence())
    extra, spent = wall / whole - 1, sum(each.cpu_ms for each in took.values())
    outcome.checks.append(
        Check(
            "time over the sum of bare networks",
            f"<= {OVERHEAD:.0%}",
            f"{extra:+.1%} ({wall:.1f} over {whole:.1f} ms on one thread)",
            extra <= OVERHEAD,
        )
    )
    outcome.notes.append(f"processor time: {cpu:.1f} ms, of which bare networks {spent:.1f} ms")
    threaded = sum(each.ms for each in took.values())
    over = wall / threaded - 1
    outcome.notes.append(
        f"time over bare networks as they are run: {over:+.1%} ({threaded:.1f} ms)"
    )
    faces = batches(plain.app, rounds)
    header = ("network", "runs on", "one", f"of {BATCH}")
    outcome.tables.append(Table("Milliseconds a face, in batches", header, faces))


if __name__ == "__main__":
    alone(measure, __doc__)
