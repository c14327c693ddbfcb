"""A stream of what is told of a picture: its order, what fails, who leaves, what is remembered."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import Detector, Reader, analyses, done, forgetting, picture

from foveate.deadline import Deadline, current
from foveate.errors import (
    BadOption,
    ClientDisconnected,
    NotAnImage,
    UnsupportedOption,
    WeightsMissing,
)
from foveate.imaging.pixel_source import PixelSource
from foveate.service.analyse import Analyser
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.recognise import Recogniser, gathered
from foveate.service.stages.preprocess import MOST, Preprocess
from foveate.service.stages.running import InThreads
from foveate.service.stages.search import Search, SubjectMatch
from foveate.service.told import TOLD, Asked, asked
from foveate.trace import Trace
from foveate.vision.batches import ONE_BY_ONE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.service.stages.preprocess import FaceCrops, Look, Preprocessed
    from foveate.service.told import Told
    from foveate.service.work import Work
    from foveate.storage.source import Source
    from foveate.values import Face

pytestmark = pytest.mark.anyio

AGE = 35.04
GUESSES = {
    "age": AGE,
    "gender": {"female": 0.7, "male": 0.3},
    "emotion": {"happy": 0.9, "sad": 0.1},
    "race": {"white": 1.0},
}


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


@dataclass
class Tells:
    """A stage that says the same of every face, once it may."""

    name: str
    say: Any
    waits_for: threading.Event | None = None
    fails: Exception | None = None
    seen: list[int] = field(default_factory=list)
    stopped: list[Exception] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def batch_sizes(self) -> Sequence[int]:
        return ONE_BY_ONE

    def __call__(self, item: Any) -> Any:
        return self.batch([item])[0]

    def batch(self, items: Sequence[Any]) -> list[Any]:
        self.seen.append(len(items))
        self.begun.set()
        while self.waits_for and not self.waits_for.wait(0.01):
            try:
                current().check()
            except ClientDisconnected as why:
                self.stopped.append(why)
                raise
        if self.fails:
            raise self.fails
        return [self.say] * len(items)


def everyone(embeddings: np.ndarray, *, collection: str, limit: int) -> list[list[SubjectMatch]]:
    match = SubjectMatch(subject=collection or "ada", face="f", cosine=0.8, probability=0.99)
    return [[match] * limit] * len(embeddings)


@pytest.fixture
def pool() -> Any:
    with ThreadPoolExecutor(6) as made:
        yield made


def stages(
    pool: Executor,
    *,
    detector: Detector | None = None,
    search: Any = everyone,
    reader: Reader | None = None,
    **changed: Tells,
) -> Recogniser:
    vector = np.eye(512, dtype=np.float32)[0]
    told = {
        "embed": Tells("embed", vector),
        "age": Tells("age", {word: GUESSES[word] for word in ("age", "gender")}),
        "emotion": Tells("emotion", {"emotion": GUESSES["emotion"]}),
        **changed,
    }
    seeing = analyses(detector or Detector(), memo=MEMO(), attributes=reader or Reader())

    def run(stage: Tells) -> InThreads[Any, Any]:
        return InThreads(stage, pool)

    return Recogniser(
        analyses=seeing,
        preprocess=Preprocess(seeing).prepare,
        embed=run(told["embed"]),
        reads={("age", "gender"): run(told["age"]), ("emotion",): run(told["emotion"])},
        search=InThreads(Search(search), pool) if search else None,
    )


def MEMO() -> Any:  # noqa: N802
    return forgetting(1_000_000)


def soon(seconds: float = 20) -> Deadline:
    return Deadline(time.monotonic() + seconds, threading.Event())


def stream(
    recogniser: Recogniser, data: bytes, what: Asked | None = None, within: Deadline | None = None
) -> AsyncGenerator[Told]:
    deadline = within or soon()

    async def opens(prepare: Callable[[Source], Work[Any]]) -> Any:
        work = await asyncio.to_thread(prepare, picture(data))
        return await asyncio.to_thread(work.run, deadline, Trace())

    return recogniser.recognise(what or asked(TOLD), opens, deadline, Trace())


async def all_of(told: AsyncIterator[Told]) -> dict[str, Told]:
    return {each.stage: each async for each in told}


async def test_faces_come_first_and_everything_that_is_switched_on_comes(
    png: bytes, pool: Executor
) -> None:
    recogniser = stages(pool)
    told = [each async for each in stream(recogniser, png)]
    assert told[0].stage == "faces"
    assert sorted(each.stage for each in told) == sorted(set(TOLD) - {"race"})
    by_stage = {each.stage: each for each in told}
    assert len(by_stage["faces"].value.faces) == 1
    assert by_stage["age"].value == [AGE]
    assert by_stage["gender"].value == [GUESSES["gender"]]
    assert by_stage["search"].value[0][0].subject == "ada"
    assert [each.at_ms for each in told] == sorted(each.at_ms for each in told)
    assert recogniser.switched_off(asked()) == ("race",)


async def test_each_result_is_told_as_soon_as_it_is_there(png: bytes, pool: Executor) -> None:
    slow, slower = threading.Event(), threading.Event()
    recogniser = stages(
        pool,
        embed=Tells("embed", np.ones(512, np.float32), waits_for=slow),
        emotion=Tells("emotion", {"emotion": GUESSES["emotion"]}, waits_for=slower),
    )
    order = []
    async for each in stream(recogniser, png):
        order.append(each.stage)
        if each.stage == "gender":
            slow.set()
        if each.stage == "search":
            slower.set()
    assert order == ["faces", "age", "gender", "embedding", "search", "emotion"]


async def test_a_stage_that_fails_is_named_and_the_rest_goes_on(
    png: bytes, pool: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    recogniser = stages(
        pool,
        embed=Tells("embed", 0, fails=WeightsMissing("mobilefacenet")),
        emotion=Tells("emotion", 0, fails=ZeroDivisionError("a bug")),
    )
    told = await all_of(stream(recogniser, png))
    assert told["embedding"].to_json()["error"] == "WeightsMissing"
    assert "models pull mobilefacenet" in str(told["embedding"].to_json()["message"])
    # Nobody can be searched for without an embedding, for the same reason.
    assert told["search"].to_json()["error"] == "WeightsMissing"
    assert told["emotion"].to_json()["error"] == "FoveateError"
    assert "bug" not in str(told["emotion"].to_json())
    assert "a bug" in caplog.text
    assert told["gender"].error is None


async def test_without_an_index_search_is_named_and_nothing_else(
    png: bytes, pool: Executor
) -> None:
    told = await all_of(stream(stages(pool, search=None), png, asked(["search", "faces"])))
    assert list(told) == ["faces", "search"]
    assert isinstance(told["search"].error, UnsupportedOption)


async def test_only_what_is_asked_for_is_computed(png: bytes, pool: Executor) -> None:
    embed, age = Tells("embed", np.ones(512, np.float32)), Tells("age", {"age": AGE, "gender": {}})
    recogniser = stages(pool, embed=embed, age=age)
    assert list(await all_of(stream(recogniser, png, asked(["age"])))) == ["age"]
    assert (embed.seen, age.seen) == ([], [1])
    told = await all_of(stream(recogniser, png, asked(["search"], collection="staff", limit=3)))
    assert list(told) == ["search"]
    assert [match.subject for match in told["search"].value[0]] == ["staff"] * 3


async def test_nobody_is_told_of_where_there_is_no_face(png: bytes, pool: Executor) -> None:
    embed = Tells("embed", 0)
    recogniser = stages(pool, detector=Detector(box=None), embed=embed)
    told = await all_of(stream(recogniser, png))
    assert all(not len(each.value) for name, each in told.items() if name != "faces")
    assert told["faces"].to_json()["value"] == {"width": 320, "height": 240, "faces": []}
    assert embed.seen == []


async def test_who_leaves_ends_all_that_goes_on(png: bytes, pool: Executor) -> None:
    before = len(asyncio.all_tasks())
    embed = Tells("embed", 0, waits_for=threading.Event())
    told = stream(stages(pool, embed=embed), png)
    async for each in told:
        if each.stage == "gender":
            break
    await asyncio.wait_for(asyncio.to_thread(embed.begun.wait, 5), 6)
    await told.aclose()
    until = time.monotonic() + 5
    while not embed.stopped and time.monotonic() < until:
        await asyncio.sleep(0.01)
    assert embed.stopped
    assert len(asyncio.all_tasks()) == before


async def test_boxes_are_told_before_faces_are_cut_out_and_who_leaves_then_ends_that(
    png: bytes, pool: Executor
) -> None:
    embed, go = Tells("embed", 0), threading.Event()
    recogniser = stages(pool, embed=embed)

    def slowly(look: Look) -> Work[Preprocessed]:
        def then(made: Preprocessed) -> Preprocessed:
            go.wait(5)
            return made

        return recogniser.preprocess(look).then(then)

    slow = replace(recogniser, preprocess=slowly)
    told = stream(slow, png)
    assert (await anext(told)).stage == "faces"
    assert not go.is_set()
    await told.aclose()
    go.set()
    assert embed.seen == []
    # A stage elsewhere may tell all that it has at once.
    elsewhere = replace(
        recogniser,
        preprocess=lambda look: recogniser.preprocess(replace(look, seen=lambda *_: None)),
    )
    assert (await anext(stream(elsewhere, png))).stage == "faces"


async def test_who_leaves_hears_nothing_of_what_failed_meanwhile(
    png: bytes, pool: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    recogniser = stages(pool)

    def badly(look: Look) -> Work[Preprocessed]:
        def then(_: Preprocessed) -> Preprocessed:
            raise NotAnImage

        return recogniser.preprocess(look).then(then)

    told = stream(replace(recogniser, preprocess=badly), png)
    assert (await anext(told)).stage == "faces"
    await asyncio.sleep(0.05)
    await told.aclose()
    gc.collect()
    await asyncio.sleep(0)
    assert caplog.text == ""


async def test_at_the_end_of_the_time_what_has_not_come_is_named(
    png: bytes, pool: Executor
) -> None:
    go = threading.Event()
    emotion = Tells("emotion", {"emotion": {}}, waits_for=go)
    told = await all_of(stream(stages(pool, emotion=emotion), png, within=soon(1.5)))
    go.set()
    assert told["emotion"].to_json()["error"] == "TimedOut"
    assert told["gender"].error is None


async def test_a_picture_that_is_none_is_an_error_and_no_event(pool: Executor) -> None:
    with pytest.raises(NotAnImage):
        await all_of(stream(stages(pool), b"no picture"))


async def test_what_is_shown_was_computed_now_unless_it_may_be_remembered(
    png: bytes, pool: Executor
) -> None:
    detector, embed = Detector(), Tells("embed", np.eye(512, dtype=np.float32)[3])
    recogniser = stages(pool, detector=detector, embed=embed)
    for _ in range(2):
        await all_of(stream(recogniser, png))
    assert (detector.calls, embed.seen) == (2, [1, 1])
    first = await all_of(stream(recogniser, png, asked(TOLD, cache=True)))
    assert (detector.calls, len(embed.seen)) == (3, 3)
    again = await all_of(stream(recogniser, png, asked(TOLD, cache=True)))
    assert (detector.calls, len(embed.seen)) == (3, 3)
    np.testing.assert_array_equal(again["embedding"].value[0], first["embedding"].value[0])
    assert again["search"].value == first["search"].value
    assert again["faces"].value == first["faces"].value


def test_a_search_is_among_all_only_where_a_collection_is_named() -> None:
    assert asked().words == TOLD[:-1]
    assert asked(collection="staff").words == TOLD
    assert asked(["search"]).words == ("search",)


async def test_what_an_analysis_read_before_is_remembered(png: bytes, pool: Executor) -> None:
    emotion = Tells("emotion", {"emotion": GUESSES["emotion"]})
    age = Tells("age", {"age": AGE, "gender": GUESSES["gender"]})
    recogniser = stages(pool, emotion=emotion, age=age)
    source = PixelSource(picture(png), soon(), Trace())
    read = await asyncio.to_thread(recogniser.analyses.open(source).get, ATTRIBUTES)
    told = await all_of(stream(recogniser, png, asked(["gender"], cache=True)))
    assert told["gender"].value == [read[0].gender]
    assert age.seen == []


async def test_a_gathered_answer_has_a_key_for_each_stage(png: bytes, pool: Executor) -> None:
    recogniser = stages(pool, emotion=Tells("emotion", 0, fails=WeightsMissing("expression")))
    whole = await gathered(stream(recogniser, png), recogniser.switched_off(asked()))
    answer = whole.to_json()
    assert list(answer) == [
        *("width", "height", "faces", "embedding", "age", "gender", "search"),
        *("failed", "switched_off", "timings_ms"),
    ]
    assert answer["switched_off"] == ["race"]
    assert answer["gender"] == [{"label": "female", "probabilities": GUESSES["gender"]}]
    assert whole["gender"] == [GUESSES["gender"]]
    with pytest.raises(WeightsMissing):
        whole["emotion"]


@pytest.mark.parametrize(
    ("parts", "more"),
    [
        (["faces", "agge"], {}),
        (["matte"], {}),
        ([], {"limit": 0}),
        ([], {"limit": 101}),
        ([], {"collection": "x" * 101}),
    ],
)
def test_what_cannot_be_told_is_refused(parts: list[str], more: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        asked(parts, **more)


def test_a_misspelt_part_is_told_what_was_meant() -> None:
    with pytest.raises(BadOption, match="embedding"):
        asked(["embeding"])


async def test_faces_of_concurrent_requests_share_a_run_where_the_device_gains(
    pool: Executor,
) -> None:
    go = threading.Event()

    class OnDevice(Tells):
        def batch_sizes(self) -> Sequence[int]:
            return 1, 8

    stage = OnDevice("embed", 1)
    run: InThreads[Any, Any] = InThreads(stage, pool)
    await run([0], soon())  # the first one loads the network
    stage.waits_for = go
    calls = [asyncio.ensure_future(run([0, 0], soon())) for _ in range(4)]
    while len(stage.seen) < 2:
        await asyncio.sleep(0.001)
    go.set()
    await asyncio.gather(*calls)
    assert stage.seen[:2] == [1, 2]
    assert sum(stage.seen) == 9
    assert len(stage.seen) < 1 + 4


async def test_on_a_processor_nobody_waits_for_others(pool: Executor) -> None:
    stage = Tells("embed", 1)
    run: InThreads[FaceCrops, Any] = InThreads(stage, pool)
    await run([0], soon())  # type: ignore[list-item]
    await asyncio.gather(*(run([0], soon()) for _ in range(3)))  # type: ignore[list-item]
    assert stage.seen == [1, 1, 1, 1]


class Crowd(Detector):
    """Sees the head many times."""

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        return super().__call__(rgb) * (MOST + 3)


async def test_as_many_faces_are_told_of_from_memory_as_without(png: bytes, pool: Executor) -> None:
    recogniser = stages(pool, detector=Crowd())
    analyse = Analyser(analyses=recogniser.analyses)
    work = analyse.prepare(picture(png), names=["embedding", "attributes"])
    assert len((await asyncio.to_thread(done, work))["embedding"]) == MOST + 3
    words = ["embedding", "age", "gender", "emotion", "search"]
    for cache in (True, False):
        told = await all_of(stream(recogniser, png, asked(words, cache=cache)))
        rows = {word: len(each.value) for word, each in told.items()}
        assert rows == dict.fromkeys(words, MOST), cache


def test_a_face_that_nobody_has_named_is_null_in_json() -> None:
    match = SubjectMatch(subject="", face="f", cosine=0.8, probability=0.99)
    assert match.to_json()["subject"] is None
