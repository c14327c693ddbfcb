"""Batches on a Ray cluster: the same bytes as here, whatever is killed on the way."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from batch_stand import drawn, ink_of, made, table

import foveate
from foveate.batches.ray_data import Share, started
from foveate.errors import BadOption, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

INKS = ("red", "green", "blue")
PIXELS = ["width=16,format=png", "width=8,format=webp"]


def test_a_worker_has_room_where_all_it_needs_is() -> None:
    node = {"Alive": True, "Resources": {"CPU": 4.0, "memory": 10e9}}
    gone = {**node, "Alive": False}
    graphics = {"Alive": True, "Resources": {"CPU": 8.0, "GPU": 1.0, "memory": 64e9}}
    assert Share(1, 0, 10**9).room([node, gone]) == 4
    assert Share(1, 0, 4 * 10**9).room([node, node]) == 4
    assert Share(2, 0.25, 10**9).room([node, graphics]) == 4
    with pytest.raises(BadOption, match="1 cores, 1 GPUs and 1,000,000,000 bytes"):
        Share(1, 1, 10**9).room([node])


def test_what_a_program_does_on_sigterm_stays_its_own_where_no_cluster_is_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def own(*_: object) -> None: ...

    def init(*_: object, **__: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as Ray's own
        raise ConnectionError("nobody is there")

    ray: Any = ModuleType("ray")
    ray.is_initialized, ray.init = lambda: False, init
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setitem(sys.modules, "ray.data", ModuleType("ray.data"))
    before = signal.signal(signal.SIGTERM, own)
    try:
        with pytest.raises(Unavailable, match="nobody is there"):
            started("10.0.0.1:6379", 1)
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A node of no cores, with whoever runs the batch, and two with one each."""
    pytest.importorskip("ray", reason="pip install 'foveate[cluster]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    nodes = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
    )
    for _ in range(2):
        nodes.add_node(num_cpus=1, object_store_memory=80_000_000)
    nodes.connect(namespace="test")
    yield nodes
    import ray  # noqa: PLC0415

    ray.shutdown()
    nodes.shutdown()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(72):
        drawn(tmp_path / "in" / f"{number:03}.png", INKS[number % 3], (60, 40 + number))
    return tmp_path / "in"


def workers(word: bytes) -> list[int]:
    """Return the processes that have a word in their name."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def ancestors(pid: int) -> set[int]:
    found = set()
    while pid > 1:
        found.add(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def ours(word: bytes) -> list[int]:
    """Return the processes below this one that have a word in their name."""
    return [pid for pid in workers(word) if os.getpid() in ancestors(pid)]


@pytest.mark.usefixtures("cluster")
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_makes_what_one_machine_makes(
    photos: Path,
    tmp_path: Path,
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    words = {"parts": "colours", "crops": "1:1"}
    here = foveate.batch(photos, tmp_path / "here", PIXELS, **words)
    there = foveate.batch(photos, tmp_path / "there", PIXELS, engine="ray", **words)
    assert (there.done, there.errors) == (here.done, here.errors) == (72, {"BrokenImage": 1})
    assert made(tmp_path / "there") == made(tmp_path / "here")
    again = foveate.batch(photos, tmp_path / "there", PIXELS, engine="ray", **words)
    assert (again.done, again.before, again.failed_before) == (0, 72, 1)


@pytest.mark.filterwarnings("ignore")
def test_an_actor_and_a_node_are_killed_and_every_picture_is_made_once(
    cluster: Any, photos: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    killed: list[int] = []

    def tell(row: Any, report: foveate.BatchReport) -> None:  # noqa: ARG001
        told.append(row.row.path)
        if len(told) == 1:
            killed.extend(ours(b"MapWorker")[:1])
            os.kill(killed[0], signal.SIGKILL)
        if len(told) == 24:
            cluster.remove_node(cluster.list_all_nodes()[-1], allow_graceful=False)

    report = foveate.batch(photos, tmp_path / "out", PIXELS, engine="ray", told=tell)
    assert killed
    assert (report.done, report.failed) == (72, 0)
    assert sorted(told) == [f"{number:03}" for number in range(72)]
    assert len(made(tmp_path / "out")) == 2 * 72 + 1
    assert [row["status"] for row in table(tmp_path / "out")] == ["done"] * 72
    for number in (0, 35, 71):
        assert ink_of(tmp_path / "out" / f"{number:03}-1.png") == INKS[number % 3]
