"""Foveate on a real Ray of two nodes, where Ray is installed: what is answered, and what is not."""

from __future__ import annotations

import http.client
import json
import threading
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from socket import socket
from typing import TYPE_CHECKING, Any

import pytest

from foveate.settings import Caching, Costs, Origins, People, Rpc, Settings, load

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Ray's own, of what it is made of
    ray = pytest.importorskip("ray")
    serve = pytest.importorskip("ray.serve")
    cluster_utils = pytest.importorskip("ray.cluster_utils")

import grpc

from foveate.app import create
from foveate.cluster.serve_app import APPLICATION, SERVICER, application
from foveate.cluster.serve_scale import plan_of
from foveate.deadline import NEVER
from foveate.errors import BadSettings
from foveate.imaging.probe import probe
from foveate.models.supply.weights import folder
from foveate.options.grammar import parse_options
from foveate.remote import stages_pb2 as pb
from foveate.remote.failures import DETAILS
from foveate.remote.methods import PREPROCESS, RECOGNISE
from foveate.storage.source import Source
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.models,
    # Ray leaves sockets and files to the end of the process.
    pytest.mark.filterwarnings("ignore"),
]
PICTURE = "astronaut.png"
CROP = "width=120,height=90,fit=cover,gravity=face"
TOKEN = "a token"  # noqa: S105
SECONDS = 60
MORE = 5
"""Answers that tell of what is, and not of what was underway: more than are asked for at once."""
FEW = {"cpus": 0.3, "max": 2}


@dataclass
class Served:
    """A cluster whose second node can be taken away."""

    cluster: Any
    second: Any
    settings: Settings
    port: int
    grpc_port: int
    picture: bytes

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"accept": "application/json", "content-type": "image/png"} if body else {}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.headers, data

    def crop(self, number: int) -> tuple[int, Any, bytes]:
        """Ask for a crop that nobody has asked for."""
        return self.ask(f"/cdn-cgi/image/{CROP},brightness=1.{number:05}/{PICTURE}")

    def recognise(self) -> tuple[int, Any]:
        status, _, data = self.ask("/v1/recognise?parts=faces,embedding", self.picture)
        return status, json.loads(data)


def free_port() -> int:
    with socket() as probe_of_it:
        probe_of_it.bind(("127.0.0.1", 0))
        return int(probe_of_it.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    samples = folder(load().models) / "samples"
    if not (samples / PICTURE).exists():
        pytest.skip(f"{PICTURE} is not here: foveate models pull")
    own: Path = tmp_path_factory.mktemp("serve")
    settings = replace(
        Settings(),
        models=load().models,
        origins=Origins(folder=str(samples)),
        caching=Caching(folder=str(own / "cache")),
        people=People(folder=str(own / "people")),
        costs=Costs(folder=str(own / "costs")),
        rpc=Rpc(token=TOKEN, port=1),
    )
    usual = {"include_dashboard": False, "object_store_memory": 128 * 1024 * 1024}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_worker_niceness", "0")
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # A node that is gone is to be noticed within seconds.
        environment.setenv("RAY_health_check_period_ms", "500")
        environment.setenv("RAY_health_check_failure_threshold", "3")
        cluster = cluster_utils.Cluster(
            initialize_head=True, head_node_args={"num_cpus": 2, **usual}
        )
        second = cluster.add_node(num_cpus=2, **usual)
        ray.init(cluster.address, namespace="foveate", log_to_driver=False)
        port, grpc_port = free_port(), free_port()
        try:
            serve.start(
                proxy_location="HeadOnly",
                http_options={"host": "127.0.0.1", "port": port},
                grpc_options={"port": grpc_port, "grpc_servicer_functions": [SERVICER]},
            )
            two = {**FEW, "min": 2}
            named = {"front": two, "look": two, "embedder": two, "searcher": FEW}
            plan = plan_of({"host": "127.0.0.1", "deployments": named}, settings)
            serve.run(application(settings, plan), name=APPLICATION)
            picture = (samples / PICTURE).read_bytes()
            yield Served(cluster, second, settings, port, grpc_port, picture)
        finally:
            serve.shutdown()
            ray.shutdown()
            cluster.shutdown()


def test_a_rendition_is_the_same_as_without_a_cluster_to_the_byte(served: Served) -> None:
    status, headers, data = served.ask(f"/cdn-cgi/image/{CROP}/{PICTURE}")
    assert (status, headers["foveate-gravity"]) == (200, "face")
    again = served.ask(f"/cdn-cgi/image/{CROP}/{PICTURE}")
    assert again[1]["cache-status"] == "Foveate; hit"
    assert again[2] == data
    here = create(replace(served.settings, rpc=Rpc()))
    source = Source(served.picture, probe=lambda read: probe(read, limits=here.settings.limits))
    work = here.renderer.prepare(source, parse_options(CROP).options)
    assert work.run(NEVER, Trace()).data == data


def test_recognition_goes_through_the_stages(served: Served) -> None:
    status, told = served.recognise()
    assert status == 200
    assert len(told["faces"]) == 1
    assert len(told["embedding"][0]) == 512
    stages = json.loads(served.ask("/health/status")[2])["stages"]
    assert {each["name"] for each in stages} == {"look", "embedder", "searcher"}
    # By the front itself no network was loaded.
    ready = json.loads(served.ask("/health/ready")[2])
    assert "mobilefacenet" not in ready["runs_on"]


def test_grpc_streams_what_is_told_and_names_what_fails(served: Served) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{served.grpc_port}") as channel:
        token = (("authorization", f"Bearer {TOKEN}"),)
        recognise = channel.unary_stream(RECOGNISE.path, response_deserializer=pb.Told.FromString)
        asked = pb.RecogniseRequest(
            picture=pb.Picture(image=served.picture), parts=["faces", "embedding"]
        ).SerializeToString()
        told = list(recognise(asked, timeout=SECONDS, metadata=token))
        assert [each.stage for each in told] == ["faces", "embedding", "done"]
        preprocess = channel.unary_unary(PREPROCESS.path)
        with pytest.raises(grpc.RpcError) as failed:
            preprocess(b"", timeout=SECONDS, metadata=token)
        assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        said = dict(failed.value.trailing_metadata())[DETAILS]
        assert pb.Error.FromString(said).error == "BadBody"
        for call in (preprocess, lambda *args, **more: list(recognise(*args, **more))):
            with pytest.raises(grpc.RpcError) as failed:
                call(asked, timeout=SECONDS)
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_without_a_token_serve_listens_for_no_calls() -> None:
    settings = Settings(rpc=Rpc(port=1))
    with pytest.raises(BadSettings, match=r"rpc\.token"):
        application(settings, plan_of({}, settings))


@dataclass
class Load:
    """People who ask all the time."""

    served: Served
    answers: list[tuple[int, Any]] = field(default_factory=list)
    crops: list[tuple[int, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def recognise(self) -> None:
        while not self.stop.is_set():
            self.answers.append(self.served.recognise())

    def crop(self, first: int) -> None:
        while not self.stop.is_set():
            first += 1
            status, headers, _ = self.served.crop(first)
            self.crops.append((status, headers["foveate-gravity"]))

    def more(self) -> None:
        """Wait until people have had answers to what they asked since."""
        answers, crops = len(self.answers) + MORE, len(self.crops) + MORE
        once("nobody is answered", lambda: len(self.answers) >= answers)
        once("nobody is sent a crop", lambda: len(self.crops) >= crops)


def once(otherwise: str, it_is: Callable[[], bool]) -> None:
    """Wait until it is so."""
    until = time.monotonic() + SECONDS
    while not it_is():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


@contextmanager
def under_load(served: Served, first: int) -> Iterator[Load]:
    load = Load(served)
    threads = [
        threading.Thread(target=load.recognise),
        threading.Thread(target=load.recognise),
        threading.Thread(target=load.crop, args=(first,)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in threads:
            thread.join()


def replicas(deployment: str) -> list[str]:
    names = [each["name"] for each in ray.util.list_named_actors(all_namespaces=True)]
    return [name for name in names if f"{APPLICATION}#{deployment}#" in name]


def honest(load: Load) -> None:
    """Check that each answer is whole, or names what is missing."""
    for status, told in load.answers:
        assert status == 200, told
        if "embedding" not in told:
            assert told["failed"]["embedding"]["error"] in {"StageAway", "TimedOut"}, told
    # Faces are looked for here where the stage is away, and the answer says so.
    assert {status for status, _ in load.crops} == {200}, load.crops
    assert {told.partition(";")[0] for _, told in load.crops} <= {"face"}


def recovers(served: Served) -> None:
    def embeds() -> bool:
        status, told = served.recognise()
        return status == 200 and "embedding" in told

    once("the embedder did not come back", embeds)


def test_replicas_that_are_killed_cost_no_answer_and_are_replaced(served: Served) -> None:
    before = replicas("embedder")
    with under_load(served, 10_000) as load:
        load.more()
        for name in (before[0], replicas("look")[0]):
            ray.kill(ray.get_actor(name, namespace="serve"), no_restart=True)
        once("nobody took its place", lambda: len({*replicas("embedder")} - {before[0]}) >= 2)
        load.more()
    honest(load)
    recovers(served)


def test_a_node_that_is_killed_takes_nothing_along(served: Served) -> None:
    with under_load(served, 20_000) as load:
        load.more()
        served.cluster.remove_node(served.second, allow_graceful=False)
        once("the node is there still", lambda: sum(each["Alive"] for each in ray.nodes()) == 1)
        load.more()
    honest(load)
    recovers(served)
    assert served.crop(30_000)[0] == 200
