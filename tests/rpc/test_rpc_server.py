"""The gRPC door, over real sockets: what it answers, whom it refuses, what it leaves undone."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import grpc
import numpy as np
import pytest
from certificates import certified
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from rpc_servers import AGE, HOST, VECTOR, app_of, disconnected, serving, until

from foveate.deadline import Deadline
from foveate.errors import (
    BadBody,
    BadOption,
    ClientDisconnected,
    KeyNeeded,
    NotAnImage,
    OptionNotAllowed,
    QueueFull,
    ScopeNotAllowed,
    SourceNotFound,
    SourceTooLarge,
    StageAway,
    TimedOut,
    Unavailable,
    UnknownOption,
    UnsupportedOption,
    WeightsMissing,
)
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.metrics import REQUESTS
from foveate.models.supply.built import identity, record_of
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import catalogue, where
from foveate.people.keys import Scope
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.methods import ANALYZE, EMBED, FIND_FACES, PREPROCESS, RECOGNISE, SEARCH
from foveate.remote.stages import EmbedAfar, PreprocessAfar, ReadAfar, SearchAfar
from foveate.rpc.door import Door
from foveate.rpc.guard import is_known, searching
from foveate.rpc.server import RpcServer
from foveate.rpc.services import SERVICES, STAGES, recognise
from foveate.service.stages.arrays import array_to_bytes
from foveate.service.stages.preprocess import CUT, FaceCrops, Look, Preprocess
from foveate.service.stages.search import Query
from foveate.service.told import Found, Told
from foveate.settings import Limits, Load, Rpc, Server, Settings, Signing, Stages
from foveate.storage.source import Source
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from rpc_servers import Served


CROPS = FaceCrops(crops={name: np.full(shape, 7, np.uint8) for name, shape in m.SHAPES.items()})
ELSEWHERE = "192.0.2.1"
EMBED_ONE = pb.EmbedRequest(faces=m.crops_messages([CROPS], ["embedding"]))


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def thumbnail(height: int, width: int) -> bytes:
    return array_to_bytes(np.zeros((height, width, 3), np.uint8))


def soon(seconds: float = 20) -> Deadline:
    return Deadline(time.monotonic() + seconds, threading.Event())


def asked(served: Served, method: Any, request: Any, stages: Stages | None = None) -> Any:
    caller = served.caller(stages)
    try:
        return caller.call(method, request, soon())
    finally:
        caller.close()


def channel(served: Served) -> Any:
    return grpc.insecure_channel(served.target)


def test_stages_elsewhere_say_what_those_here_say(tmp_path: Path, png: bytes) -> None:
    async def told(caller: Any) -> list[Any]:
        embedded = await EmbedAfar(caller)([CROPS, CROPS], soon())
        read = await ReadAfar(caller, ("age", "gender"))([CROPS], soon())
        query = Query(embeddings=np.stack(embedded), collection="staff", limit=2)
        return [embedded, read, await SearchAfar(caller)([query], soon())]

    with serving(tmp_path) as served:
        caller = served.caller()
        embedded, read, searched = asyncio.run(told(caller))
        assert np.array_equal(embedded, [VECTOR, VECTOR])
        assert read == [{"age": AGE, "gender": {"female": 0.7, "male": 0.3}}]
        assert [[match.subject for match in matches] for matches in searched[0]] == [
            ["staff"] * 2
        ] * 2
        look = Look(picture=Source(png, probe=served.app.probe), words=tuple(CUT))
        afar = PreprocessAfar(caller).prepare(look).run(soon(), Trace())
        here = Preprocess(served.app.recogniser.analyses)(look)
        assert (afar.size, afar.faces) == (here.size, here.faces)
        assert len(here.crops) == 1
        for name, crop in here.crops[0].crops.items():
            assert np.array_equal(crop, afar.crops[0].crops[name])
        caller.close()


def test_nothing_is_asked_of_stages_about_nobody(tmp_path: Path) -> None:
    async def told(caller: Any) -> list[Any]:
        return [await EmbedAfar(caller)([], soon()), await ReadAfar(caller, ("age",))([], soon())]

    with serving(tmp_path) as served:
        assert asyncio.run(told(served.caller())) == [[], []]
        assert not served.metrics.counters


def test_a_recognition_is_a_message_for_each_stage_and_done(tmp_path: Path, png: bytes) -> None:
    with serving(tmp_path) as served, channel(served) as open_channel:
        recognise = open_channel.unary_stream(
            RECOGNISE.path,
            request_serializer=pb.RecogniseRequest.SerializeToString,
            response_deserializer=pb.Told.FromString,
        )
        request = pb.RecogniseRequest(picture=pb.Picture(image=png), collection="none")
        told = {each.stage: each for each in recognise(request, timeout=20)}
        assert next(iter(told)) == "faces"
        assert list(told)[-1] == "done"
        assert (told["faces"].faces.size.width, len(told["faces"].faces.faces)) == (320, 1)
        assert list(told["embedding"].embeddings[0].values) == VECTOR.tolist()
        assert told["age"].guesses[0].years == AGE
        assert told["search"].error.error == "UnknownOption"
        assert list(told["done"].switched_off) == ["race"]


def test_an_upload_is_named_by_its_reference(tmp_path: Path, png: bytes) -> None:
    with serving(tmp_path) as served:
        put = served.app.references.put(png)
        name = asyncio.run_coroutine_threadsafe(put, served.loop).result(20).name
        by_name = pb.PreprocessRequest(picture=pb.Picture(reference=name), words=["embedding"])
        reply = asked(served, PREPROCESS, by_name)
        by_bytes = pb.PreprocessRequest(picture=pb.Picture(image=png), words=["embedding"])
        assert reply == asked(served, PREPROCESS, by_bytes)
        for wrong in ("../../etc/passwd", "/etc/passwd", "0" * 64, "http://127.0.0.1/a"):
            picture = pb.Picture(reference=wrong)
            with pytest.raises(SourceNotFound):
                asked(served, PREPROCESS, pb.PreprocessRequest(picture=picture))


def test_an_upload_that_stages_share_is_handed_on_by_name(tmp_path: Path, png: bytes) -> None:
    other = Image.black(64, 48, bands=3).pngsave_buffer()

    def size(served: Served, *, shared: bool, reference: str) -> Size:
        picture = Source(other, probe=served.app.probe, reference=reference)
        afar = PreprocessAfar(served.caller(), shared).prepare(Look(picture=picture))
        return afar.run(soon(), Trace()).size

    with serving(tmp_path) as served:
        put = served.app.references.put(png)
        name = asyncio.run_coroutine_threadsafe(put, served.loop).result(20).name
        with pytest.raises((BadBody, StageAway), match="320x240"):  # what lies there is another
            size(served, shared=True, reference=name)
        for shared, named in ((False, name), (True, "0" * 64), (True, "")):
            assert size(served, shared=shared, reference=named) == Size(64, 48)


@pytest.mark.parametrize(
    ("method", "request_", "kind"),
    [
        (PREPROCESS, pb.PreprocessRequest(), BadBody),
        (PREPROCESS, pb.PreprocessRequest(picture=pb.Picture(image=b"no picture")), NotAnImage),
        (PREPROCESS, pb.PreprocessRequest(words=["agee"]), BadOption),
        (EMBED, pb.EmbedRequest(faces=[pb.FaceCrops()]), BadBody),
        (ANALYZE, pb.AnalyzeRequest(words=["race"]), OptionNotAllowed),
        (ANALYZE, pb.AnalyzeRequest(words=["liveness"]), BadOption),
        (ANALYZE, pb.AnalyzeRequest(), BadOption),
        (SEARCH, pb.SearchRequest(limit=1000), BadOption),
        (SEARCH, pb.SearchRequest(embeddings=[pb.Embedding(values=[1.0])]), BadBody),
        (
            SEARCH,
            pb.SearchRequest(collection="none", embeddings=[m.embedding_message(VECTOR)]),
            UnknownOption,
        ),
        (FIND_FACES, pb.FindFacesRequest(rgb=b"no array", score=0.5), BadBody),
        (FIND_FACES, pb.FindFacesRequest(score=float("nan")), BadBody),
        (FIND_FACES, pb.FindFacesRequest(rgb=thumbnail(1281, 1280), score=0.5), BadBody),
        (FIND_FACES, pb.FindFacesRequest(rgb=thumbnail(1, 5121), score=0.5), BadBody),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    tmp_path: Path, method: Any, request_: Any, kind: type[Exception]
) -> None:
    with serving(tmp_path) as served, pytest.raises(kind) as caught:
        asked(served, method, request_)
    assert type(caught.value) is kind


def test_without_an_index_search_is_not_implemented(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        bare = replace(served.app.recogniser, search=None)
    with serving(tmp_path, recogniser=bare) as served, pytest.raises(UnsupportedOption):
        asked(served, SEARCH, pb.SearchRequest())


def test_a_bug_says_nothing_of_itself(tmp_path: Path) -> None:
    with serving(tmp_path) as served, channel(served) as open_channel:
        served.embed.fails = ValueError("an inner word")
        embed = open_channel.unary_unary(EMBED.path)
        with pytest.raises(grpc.RpcError) as caught:
            embed(EMBED_ONE.SerializeToString(), timeout=20)
        assert caught.value.code() is grpc.StatusCode.INTERNAL
        assert "inner" not in caught.value.details()


def test_weights_that_are_missing_are_said_with_their_cure(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.embed.fails = WeightsMissing("mobilefacenet")
        with pytest.raises(WeightsMissing, match="foveate models pull mobilefacenet"):
            asked(served, EMBED, EMBED_ONE)


def test_calls_are_counted_by_method_and_code(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        asked(served, EMBED, EMBED_ONE)
        with pytest.raises(BadOption):
            asked(served, ANALYZE, pb.AnalyzeRequest())
        counters = served.metrics.counters
        ended = {(EMBED.path, "OK"): 1, (ANALYZE.path, "INVALID_ARGUMENT"): 1}
        until(lambda: {key[1]: n for key, n in [*counters.items()] if key[0] is REQUESTS} == ended)


def test_the_deadline_of_a_call_is_that_of_its_work(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.embed.waits_for = threading.Event()
        began = time.monotonic()
        caller = served.caller()
        with pytest.raises(TimedOut):
            caller.call(EMBED, EMBED_ONE, soon(0.5))
        assert time.monotonic() - began < 5
        until(lambda: served.embed.stopped)
        caller.close()


def test_no_work_goes_on_for_a_call_that_was_cancelled(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.embed.waits_for = threading.Event()
        caller, deadline = served.caller(), soon()
        assert deadline.cancelled
        with ThreadPoolExecutor(1) as pool:
            calling = pool.submit(caller.call, EMBED, EMBED_ONE, deadline)
            assert served.embed.begun.wait(10)
            deadline.cancelled.set()
            with pytest.raises(ClientDisconnected):
                calling.result(10)
        until(lambda: disconnected(served.embed))
        caller.close()


def test_whoever_is_cancelled_on_a_loop_cancels_his_call(tmp_path: Path) -> None:
    async def leave(served: Served) -> None:
        calling = asyncio.ensure_future(EmbedAfar(served.caller())([CROPS], soon()))
        assert await asyncio.to_thread(served.embed.begun.wait, 10)
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)

    with serving(tmp_path) as served:
        served.embed.waits_for = threading.Event()
        asyncio.run(leave(served))
        until(lambda: disconnected(served.embed))


def test_a_full_queue_sends_away_by_name(tmp_path: Path) -> None:
    settings = Settings(load=Load(workers=1, queue=0))
    with serving(tmp_path, settings) as served, ThreadPoolExecutor(1) as pool:
        served.embed.waits_for = threading.Event()
        first = pool.submit(asked, served, EMBED, EMBED_ONE)
        assert served.embed.begun.wait(10)
        with pytest.raises(QueueFull):
            asked(served, EMBED, EMBED_ONE)
        served.embed.waits_for.set()
        assert len(first.result(10).embeddings) == 1


def test_messages_have_a_limit_on_both_sides(tmp_path: Path) -> None:
    settings = Settings(rpc=Rpc(max_message_bytes=65_536))
    large = pb.EmbedRequest(faces=m.crops_messages([CROPS] * 3, ["embedding"]))
    with serving(tmp_path, settings) as served:
        assert len(asked(served, EMBED, EMBED_ONE).embeddings) == 1
        with pytest.raises(QueueFull):
            asked(served, EMBED, large)
        caller = replace(served.caller(), rpc=settings.rpc)
        with pytest.raises(SourceTooLarge, match="at most 65536 bytes"):
            caller.call(EMBED, large, soon())
        assert not served.embed.seen[1:]


def test_a_message_that_does_not_come_ends_its_call(tmp_path: Path) -> None:
    sends = threading.Event()

    def message() -> Iterator[bytes]:
        sends.wait(20)
        yield b""

    settings = Settings(limits=Limits(timeout_s=2))
    with serving(tmp_path, settings) as served, channel(served) as open_channel:
        with pytest.raises(grpc.RpcError) as caught:
            open_channel.stream_unary(EMBED.path)(message(), timeout=20)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert caught.value.details().startswith("The body did not come in time")
        sends.set()


def test_each_key_is_charged_for_its_calls(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        secret = served.app.access.keys.add("desk", "staff", Scope.READ)
        search = pb.SearchRequest(collection="staff", embeddings=[m.embedding_message(VECTOR)])
        asked(served, SEARCH, search, Stages(token=secret))
        asked(served, EMBED, EMBED_ONE)
        accounts = served.app.ledger.accounts
        until(lambda: sum(each.requests for each in [*accounts.values()]) == 2)
    charged = {name[:2]: each for name, each in accounts.items() if each.requests}
    assert set(charged) == {("desk", SEARCH.path), ("grpc", EMBED.path)}
    assert charged["desk", SEARCH.path].bytes_in == search.ByteSize()


def test_reflection_tells_all_services(tmp_path: Path) -> None:
    with serving(tmp_path) as served, channel(served) as open_channel:
        ask = reflection_pb2.ServerReflectionRequest(list_services="")
        stub = reflection_pb2_grpc.ServerReflectionStub(open_channel)
        (reply,) = stub.ServerReflectionInfo(iter([ask]), timeout=20)
        names = {each.name for each in reply.list_services_response.service}
        assert {f"foveate.v1.{each.name}" for each in SERVICES} < names
        ask = reflection_pb2.ServerReflectionRequest(file_containing_symbol="foveate.v1.Embedder")
        (reply,) = stub.ServerReflectionInfo(iter([ask]), timeout=20)
        assert reply.file_descriptor_response.file_descriptor_proto


def test_a_service_is_well_when_its_weights_are_here(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    settings = Settings()
    settings = replace(settings, models=replace(settings.models, folder=str(models)))
    (card,) = choose(catalogue(settings.models), ["mobilefacenet"])
    path = where(card, settings.models)
    path.touch()
    built = {**identity(card), "sha256": sha256(b"").hexdigest(), "bytes": 0}
    record_of(path).write_text(json.dumps(built))
    with serving(tmp_path, settings) as served, channel(served) as open_channel:
        check = health_pb2_grpc.HealthStub(open_channel).Check

        def well(service: str) -> bool:
            ask = health_pb2.HealthCheckRequest(service=service)
            said = check(ask, timeout=20).status
            return bool(said == health_pb2.HealthCheckResponse.SERVING)

        assert well("")
        assert {each.name: well(f"foveate.v1.{each.name}") for each in SERVICES} == {
            "Preprocessor": False,
            "Embedder": True,
            "Analyzer": False,
            "Searcher": True,
            "Recogniser": False,
            "Looker": False,
        }


def test_a_service_whose_stage_is_elsewhere_needs_no_weights(tmp_path: Path) -> None:
    stages = Stages(preprocessor=f"{HOST}:1")
    app = app_of(tmp_path, Settings(stages=stages))
    ready = {each.name: each.ready(app) for each in SERVICES}
    assert ready["Preprocessor"]
    assert ready["Recogniser"]


def test_every_stage_that_can_be_pointed_to_can_be_run() -> None:
    assert set(STAGES) == set(Stages(**dict.fromkeys(STAGES, f"{HOST}:1")).named)


TOKEN = "a-token-of-some-length"  # noqa: S105


@pytest.mark.parametrize(
    "settings",
    [Settings(rpc=Rpc(token=TOKEN)), Settings(signing=Signing(keys=("other", TOKEN)))],
)
def test_without_the_token_nobody_is_answered_but_probes(
    tmp_path: Path, settings: Settings
) -> None:
    with serving(tmp_path, settings) as served, channel(served) as open_channel:
        assert asked(served, EMBED, EMBED_ONE, Stages(token=TOKEN)).embeddings
        for wrong in ("", TOKEN[:-1], TOKEN + "x"):
            with pytest.raises(StageAway):
                asked(served, EMBED, EMBED_ONE, Stages(token=wrong))
        embed = open_channel.unary_unary(EMBED.path)
        with pytest.raises(grpc.RpcError) as caught:
            embed(EMBED_ONE.SerializeToString(), timeout=20)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        reflect = reflection_pb2_grpc.ServerReflectionStub(open_channel).ServerReflectionInfo
        ask = reflection_pb2.ServerReflectionRequest(list_services="")
        with pytest.raises(grpc.RpcError) as caught:
            list(reflect(iter([ask]), timeout=20))
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        check = health_pb2_grpc.HealthStub(open_channel).Check
        assert check(health_pb2.HealthCheckRequest(), timeout=20).status
        assert len(served.embed.seen) == 1


def test_of_strangers_nothing_is_read(tmp_path: Path) -> None:
    sends = threading.Event()

    def message() -> Iterator[bytes]:
        sends.wait(20)
        yield b""

    settings = Settings(rpc=Rpc(token=TOKEN))
    with serving(tmp_path, settings) as served, channel(served) as open_channel:
        with pytest.raises(grpc.RpcError) as caught:
            open_channel.stream_unary(EMBED.path)(message(), timeout=10)
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        sends.set()


@pytest.mark.parametrize(
    ("authorization", "known"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN}", True),
        (TOKEN, False),
        (f"Basic {TOKEN}", False),
        ("Bearer ", False),
        ("", False),
        ("Bearer \u00e9", False),
    ],
)
def test_tokens_come_as_bearers(authorization: str, *, known: bool) -> None:
    assert is_known(authorization, ["x", TOKEN]) is known


def test_by_tls_only_who_trusts_the_certificate_is_answered(tmp_path: Path) -> None:
    chain, key = certified(tmp_path)
    settings = Settings(rpc=Rpc(tls_certificate=chain, tls_key=key))
    with serving(tmp_path, settings) as served:
        assert asked(served, EMBED, EMBED_ONE, Stages(tls_ca=chain)).embeddings
        with pytest.raises(StageAway):
            asked(served, EMBED, EMBED_ONE)
        (tmp_path / "other").mkdir()
        other, _ = certified(tmp_path / "other")
        with pytest.raises(StageAway):
            asked(served, EMBED, EMBED_ONE, Stages(tls_ca=other))


def test_two_servers_do_not_share_a_port(tmp_path: Path) -> None:
    async def start(app: Any, port: int) -> None:
        await RpcServer(app, host=HOST, port=port).start(None, None)  # type: ignore[arg-type]

    with serving(tmp_path) as served:
        starting = start(served.app, served.server.port)
        with pytest.raises(Unavailable, match="cannot be listened on"):
            asyncio.run_coroutine_threadsafe(starting, served.loop).result(20)


def test_scores_of_faces_are_within_their_range(tmp_path: Path) -> None:
    rgb = array_to_bytes(np.zeros((8, 8, 3), np.uint8))
    with serving(tmp_path) as served, pytest.raises(BadBody, match=r"score in 0\.\.1"):
        asked(served, FIND_FACES, pb.FindFacesRequest(rgb=rgb, score=2))


@pytest.mark.parametrize(
    ("host", "token", "authorization", "may"),
    [
        ("127.0.0.1", "", "", True),
        ("::1", "", "", True),
        ("192.0.2.1", "", "", False),
        ("192.0.2.1", "t", "Bearer t", True),
        ("127.0.0.1", "t", "", False),
    ],
)
def test_without_keys_strangers_search_only_with_a_token(
    tmp_path: Path, host: str, token: str, authorization: str, *, may: bool
) -> None:
    app = app_of(tmp_path, Settings(server=Server(host=host), rpc=Rpc(token=token)))
    door = Door(app, None, None, None, authorization)  # type: ignore[arg-type]
    with nullcontext() if may else pytest.raises(KeyNeeded, match="until it has a key"):
        searching(door, "search", "staff")


@pytest.mark.parametrize("token", ["", TOKEN])
def test_a_key_opens_searches_of_its_collection_and_nothing_else(
    tmp_path: Path, token: str
) -> None:
    with serving(tmp_path, Settings(rpc=Rpc(token=token))) as served:
        secret = served.app.access.keys.add("desk", "staff", Scope.READ)
        vector = m.embedding_message(VECTOR)
        search = partial(asked, served, SEARCH)
        ours = pb.SearchRequest(collection="staff", embeddings=[vector])
        assert search(ours, Stages(token=secret)).faces
        other = pb.SearchRequest(collection="guests", embeddings=[vector])
        with pytest.raises(ScopeNotAllowed):
            search(other, Stages(token=secret))
        with pytest.raises((KeyNeeded, StageAway)):
            search(ours, Stages(token=secret[:-1]))
        with pytest.raises((KeyNeeded, StageAway)):
            search(ours)
        if token:
            with pytest.raises(StageAway):
                asked(served, EMBED, EMBED_ONE, Stages(token=secret))
            assert search(other, Stages(token=token)).faces
            with pytest.raises(ScopeNotAllowed):
                search(pb.SearchRequest(collection="guests"), Stages(token=secret))
        rows = list(served.app.access.audit.entries())
    assert [row["by"] for row in rows] == ["desk", *["grpc"][: bool(token)]]


@pytest.mark.parametrize(
    ("bearer", "request_", "code"),
    [
        ("key", pb.RecogniseRequest(parts=["faces"]), "PERMISSION_DENIED"),
        ("key", pb.RecogniseRequest(parts=["faces", "search"], collection="staff"), ""),
        ("token", pb.RecogniseRequest(parts=["faces"]), ""),
    ],
)
def test_a_key_opens_no_recognition_that_searches_for_nobody(
    tmp_path: Path, png: bytes, bearer: str, request_: Any, code: str
) -> None:
    with serving(tmp_path, Settings(rpc=Rpc(token=TOKEN))) as served, channel(served) as opened:
        secret = served.app.access.keys.add("desk", "staff", Scope.READ)
        request_.picture.image = png
        tell = opened.unary_stream(RECOGNISE.path)
        said = f"Bearer {secret if bearer == 'key' else TOKEN}"
        call = tell(request_.SerializeToString(), timeout=20, metadata=(("authorization", said),))
        with nullcontext() if not code else pytest.raises(grpc.RpcError) as caught:
            assert list(call)
        assert not code or caught.value.code() is grpc.StatusCode[code]


def test_keys_that_cannot_be_read_are_told_by_their_sentence(tmp_path: Path) -> None:
    with serving(tmp_path, Settings(rpc=Rpc(token=TOKEN))) as served, channel(served) as opened:
        served.app.access.keys.add("desk", "staff", Scope.READ)
        (served.app.access.audit.folder / "keys.json").write_text("no JSON")
        search = opened.unary_unary(SEARCH.path)
        with pytest.raises(grpc.RpcError) as caught:
            search(b"", timeout=20, metadata=(("authorization", "Bearer other"),))
        assert caught.value.code() is grpc.StatusCode.INTERNAL
        assert caught.value.details() == "The keys of the face index cannot be read."


def test_a_search_is_noted(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        vector = m.embedding_message(VECTOR)
        asked(served, SEARCH, pb.SearchRequest(collection="staff", embeddings=[vector]))
        (row,) = served.app.access.audit.entries()
    assert (row["by"], row["verb"], row["collection"]) == ("local", "search", "staff")
    assert row["subjects"] == ["staff"] * row["count"]


def test_whoever_leaves_a_recognition_ends_it_at_once() -> None:
    ended: list[str] = []

    class Endless:
        async def recognise(self, *_: Any) -> AsyncGenerator[Told]:
            try:
                while True:
                    found = Found(Size(8, 8), ())
                    yield Told(stage="faces", value=found, ms=1.0, at_ms=1.0)
            finally:
                await asyncio.sleep(0)
                ended.append("faces")

    async def leave() -> None:
        door: Any = SimpleNamespace(
            app=SimpleNamespace(recogniser=Endless(), settings=Settings()),
            delivery=SimpleNamespace(admission=None),
            picture=lambda _: Source(b"a picture"),
        )
        admitted: Any = SimpleNamespace(deadline=soon(), trace=Trace())
        told = recognise(door, pb.RecogniseRequest(parts=["faces"]), admitted)
        await anext(told)
        await told.aclose()
        assert ended == ["faces"]

    asyncio.run(leave())


def test_a_search_takes_so_many_vectors_and_only_those_with_a_direction(tmp_path: Path) -> None:
    vector = m.embedding_message(VECTOR)
    none = m.embedding_message(np.zeros(512, np.float32))
    with serving(tmp_path) as served:
        with pytest.raises(BadBody, match="at most 100 embeddings, got 101"):
            asked(served, SEARCH, pb.SearchRequest(embeddings=[vector] * 101))
        with pytest.raises(BadOption, match="embedding 1: expected a vector that has a direction"):
            asked(served, SEARCH, pb.SearchRequest(embeddings=[vector, none]))


def test_who_asks_for_somebody_else_is_not_of_this_machine(tmp_path: Path) -> None:
    app = app_of(tmp_path, Settings())
    assert searching(Door(app, None, None, None), "search", "staff")  # type: ignore[arg-type]
    door = Door(app, None, None, None, forwarded=True)  # type: ignore[arg-type]
    with pytest.raises(KeyNeeded):
        searching(door, "search", "staff")
    with serving(tmp_path) as served, channel(served) as open_channel:
        search = open_channel.unary_unary(SEARCH.path)
        request = pb.SearchRequest(embeddings=[m.embedding_message(VECTOR)]).SerializeToString()
        assert search(request, timeout=20)
        with pytest.raises(grpc.RpcError) as caught:
            search(request, timeout=20, metadata=(("x-forwarded-for", "192.0.2.1"),))
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
