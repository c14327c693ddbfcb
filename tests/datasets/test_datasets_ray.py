"""Datasets made by a Ray cluster: the same bytes as here, whatever is killed on the way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from datasets_stand import (
    Chunking,
    Doubling,
    a_server,
    ask_for,
    at_work,
    cats,
    contents,
    ended,
    made,
    pictures,
)
from test_datasets_kill import let_time_go_by

from foveate.batches.ray_data import Share, mark
from foveate.datasets.chunks import parts
from foveate.datasets.dataset import State
from foveate.datasets.handlers.environments import Environment
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.making import Bench
from foveate.datasets.on_ray import Failed, OnRay, Order
from foveate.datasets.ray_work import Actor, Home, here
from foveate.errors import BadConfiguration, BadInstallation, BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.preparer import Preparer

NEED = Share(1, 0, 10**8)
SERVER = """
import asyncio, sys
from pathlib import Path
from datasets_stand import Doubling, a_server, ask_for, at_work, cats
from foveate.datasets.on_ray import OnRay
from test_datasets_ray import NEED

async def go():
    engine = OnRay(sys.argv[2], NEED, 0, ())
    server = a_server(Path(sys.argv[1]), handler=Doubling(pace_s=0.05), engine=engine)
    async with at_work(server):
        await asyncio.to_thread(ask_for, server, cats())
        await asyncio.sleep(60)

asyncio.run(go())
"""


def an_order(
    tmp_path: Path, handler: Doubling | None = None, **changed: Any
) -> tuple[Order, Dataset, Preparer]:
    """Return an order of a dataset, its first chunk of ten pictures alone."""
    server = a_server(tmp_path, handler=handler)
    dataset = ask_for(server, cats())
    raw = server.registry.of("cats")
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    bench = Bench(
        dataset=dataset,
        pictures=server.registry.place(raw),
        installed=server.installed.of("doubling", "1.0"),
        formats=server.formats,
        shelf=server.shelf,
        work=work,
    )
    order = Order(
        release=version("foveate"),
        bench=bench,
        labels=(),
        parts=parts(server.registry.look(raw).samples, 10),
        address="",
        cores=1,
        need=NEED,
        workers=0,
        handlers_from=(),
        marked=mark(work, server.shelf.files.place),
        folder=str(tmp_path),
    )
    return order._replace(**changed), dataset, server


def refusal(order: Order) -> str:
    """Return why an actor cannot begin."""
    (said,) = Actor(order).begin()
    assert isinstance(said, Failed)
    assert isinstance(said.why, BadOption | BadInstallation)
    return said.why.public


@pytest.fixture
def a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a machine has its own files that are soon gone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_actor_writes_what_a_thread_would_and_leaves_nothing(a_machine: Path) -> None:
    order, dataset, server = an_order(a_machine)
    actor, (part,) = Actor(order), order.parts
    assert list(actor.begin()) == []
    *counts, finished = actor.chunk(part)
    assert list(actor.end()) == []
    assert (counts, finished.shards[0].samples) == ([10], 20)
    assert list(server.shelf.finished(dataset.id)) == ["train-00000"]
    assert list(contents(server, dataset)) == ["train-00000-00.txt"]
    assert not list(a_machine.glob("foveate-*"))


def test_an_actor_leaves_a_whole_chunk_to_a_handler_that_makes_chunks_by_itself(
    a_machine: Path,
) -> None:
    handler = Chunking()
    order, dataset, server = an_order(a_machine, handler)
    actor, (part,) = Actor(order), order.parts
    assert list(actor.begin()) == []
    *counts, finished = actor.chunk(part)
    assert list(actor.end()) == []
    assert (counts, finished.shards[0].samples, handler.alone) == ([10], 20, ["train-00000"])
    assert list(contents(server, dataset)) == ["train-00000-00.txt"]


def test_what_an_actor_cannot_do_there_is_said_with_the_name_of_its_node(a_machine: Path) -> None:
    order, dataset, _ = an_order(a_machine)
    assert "the same release of Foveate" in refusal(order._replace(release="0.0"))
    other = replace(order.bench, dataset=replace(dataset, pin="cd"))
    assert "the same doubling 1.0 on each node" in refusal(order._replace(bench=other))
    elsewhere = (str(a_machine / "nowhere/work/cluster"), "word")
    assert "nowhere as the same folder on each node" in refusal(order._replace(marked=elsewhere))
    (a_machine / "raw/000.png").unlink()
    assert "got no 000.png on" in refusal(order)


def test_what_a_killed_actor_left_goes_with_the_next_one(a_machine: Path) -> None:
    old, young, held = (a_machine / f"foveate-dataset-{name}" for name in ("old", "young", "x"))
    for each in (old, young, held):
        each.mkdir()
    os.utime(old, (0, 0))
    living = Home.own()
    os.utime(living.folder, (0, 0))
    next_one = Home.own()
    assert not old.exists()
    assert all(each.exists() for each in (young, held, living.folder, next_one.folder))
    next_one.remove()
    living.remove()


def test_an_installed_handler_is_the_one_of_the_node_and_comes_from_where_it_may(
    tmp_path: Path,
) -> None:
    words = {"name": "shout", "version": "1.0", "source": "wheels:/srv", "packages": ["shout==1.0"]}
    place = tmp_path / "shout-1.0"
    here_too = Limits(network=True)
    asked = Environment(**words, pin="ab", schema={}, folder=place, limits=here_too)
    with pytest.raises(BadConfiguration, match="that is allowed here"):
        here(asked, ())
    place.mkdir()
    (place / "handler.json").write_text(json.dumps({**words, "pin": "cd"}))
    found = here(asked, ())
    assert (found.pin, found.limits) == ("cd", here_too)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of a node without cores, and two with one each."""
    pytest.importorskip("ray", reason="pip install 'foveate[cluster]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Workers have to find what stands in for handlers.
    before, os.environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", ""), os.pathsep.join(sys.path)
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    head = {"num_cpus": 0, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    yield cluster
    cluster.shutdown()
    os.environ["PYTHONPATH"] = before


def on(nodes: Any) -> OnRay:
    return OnRay(nodes.address, NEED, 0, ())


def actors() -> list[int]:
    """Return the processes of actors."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ray::Actor" in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def before_long(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def noted(tmp_path: Path) -> int:
    """Return how many chunks are finished."""
    return len(list((tmp_path / "datasets/.foveate/parts").glob("*/*.json")))


@pytest.fixture(scope="module")
def as_here(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Return the files of what this machine makes of 40 pictures."""
    home = tmp_path_factory.mktemp("here")
    pictures(home / "raw", 40)
    server = a_server(home)
    return contents(server, made(server, cats()))


def meanwhile(server: Preparer, does: Callable[[], object], **config: Any) -> Dataset:
    """Return a dataset that a server makes, while something else is done."""

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats(**config))
            await asyncio.to_thread(does)
            return await ended(server, dataset, within_s=120)

    return asyncio.run(go())


@pytest.mark.filterwarnings("ignore")
def test_an_actor_and_a_node_are_killed_and_the_files_are_those_of_one_machine(
    nodes: Any, tmp_path: Path, as_here: Mapping[str, bytes]
) -> None:
    pictures(tmp_path / "raw", 40)
    server = a_server(tmp_path, handler=Doubling(pace_s=0.1), engine=on(nodes))

    def kill() -> None:
        before_long(lambda: noted(tmp_path) >= 1 and actors())
        os.kill(actors()[0], signal.SIGKILL)
        nodes.remove_node(nodes.list_all_nodes()[-1], allow_graceful=False)

    dataset = meanwhile(server, kill)
    assert (dataset.state, dataset.samples, dataset.progress["samples"]) == (State.READY, 80, 40)
    assert contents(server, dataset) == as_here
    assert not list((tmp_path / "datasets/.foveate").glob("work/*"))


@pytest.mark.filterwarnings("ignore")
def test_a_handler_that_fails_there_fails_its_dataset_with_its_log(
    nodes: Any, tmp_path: Path
) -> None:
    server = a_server(tmp_path, engine=on(nodes))
    dataset = meanwhile(server, lambda: None, fails="007")
    told = (dataset.state, dataset.error, dataset.message, dataset.log)
    assert told == (State.FAILED, "HandlerFailed", "It crashed.", "Traceback")
    before_long(lambda: not actors())


@pytest.mark.filterwarnings("ignore")
def test_a_server_that_is_killed_takes_its_actors_along_and_the_next_one_goes_on(
    nodes: Any, tmp_path: Path, as_here: Mapping[str, bytes]
) -> None:
    pictures(tmp_path / "raw", 40)
    words = [sys.executable, "-c", SERVER, str(tmp_path), nodes.address]
    killed = subprocess.Popen(words)
    before_long(lambda: noted(tmp_path) >= 4)
    killed.kill()
    killed.wait()
    before_long(lambda: not actors())
    there = noted(tmp_path)
    let_time_go_by(tmp_path)
    handler = Doubling()
    next_one = a_server(tmp_path, name="next", handler=handler)
    dataset = made(next_one, cats())
    assert len(handler.worked) == 40 - 2 * there
    assert contents(next_one, dataset) == as_here


@pytest.mark.filterwarnings("ignore")
def test_a_server_that_ends_stops_what_the_cluster_makes(nodes: Any, tmp_path: Path) -> None:
    pictures(tmp_path / "raw", 40)
    server = a_server(tmp_path, handler=Doubling(pace_s=0.2), engine=on(nodes))

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            await asyncio.to_thread(before_long, lambda: noted(tmp_path))
        return server.store.of(dataset.id)

    assert asyncio.run(go()).state is State.RUNNING
    before_long(lambda: not actors())
    assert 1 <= noted(tmp_path) < 20
