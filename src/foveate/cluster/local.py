"""A cluster on this machine: a process that keeps Ray and Serve until it is told to stop.

Ray's own processes are its children and go with it, so nothing else on the machine is touched.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from foveate import locks
from foveate.cluster.library import ray
from foveate.configuration.folder import state_folder
from foveate.errors import BadSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.cluster.serve_scale import Plan
    from foveate.settings import Settings

log = logging.getLogger("foveate.cluster")
START_S: Final = 180.0
STOP_S: Final = 60.0
LOOK_S: Final = 1.0
OBJECT_BYTES: Final = 256 * 1024 * 1024
"""For what travels between replicas: crops and bytes of pictures, each for a moment."""
LOCK: Final = "lock"
"""Who keeps the cluster has it."""
BEGINNING: Final = "beginning"
"""Who starts one has it until that answers."""
STARTING, RUNNING, FAILED = "starting", "running", "failed"


class Deployment(TypedDict):
    """What Serve says of a deployment."""

    status: str
    replicas: Mapping[str, int]
    """How many are in which state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What is known of the process that keeps the cluster."""

    process: int
    state: str = STARTING
    http: str = ""
    grpc: str = ""
    problem: str = ""
    nodes: int = 0
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    """By name."""
    at: float = 0.0
    """When that was so; seconds since 1970, UTC."""


def folder() -> Path:
    """Return where the cluster of this machine is noted, and its log lies. Raises BadSettings."""
    return state_folder("cluster") / "cluster"


def prepared() -> Path:
    """Return that folder, which is there. Raises BadSettings where it cannot be made."""
    place = folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        wanted = f"Expected a folder to note a cluster in at {place}"
        raise BadSettings(f"{wanted}, got: {why.strerror}.") from why
    return place


def read() -> Keeper | None:
    """Return the keeper that runs, if one does."""
    try:
        keeper = Keeper(**json.loads((folder() / "keeper.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return keeper if keeper.state == FAILED or _runs() else None


def up(plan: Mapping[str, Any], variables: Mapping[str, str]) -> Keeper:
    """Return the keeper of a cluster that answers, started now. Blocks.

    Raises Unavailable where one runs already, or none comes up, and BadSettings.
    """
    place = prepared()
    with (place / BEGINNING).open("ab") as beginning:
        # Of two at once, one would start what the other has planned.
        if not locks.take(beginning.fileno(), 0):
            raise _unavailable("A cluster is being started already: foveate cluster status.")
        keeper = read()
        if keeper is not None and keeper.state != FAILED:
            raise _unavailable(f"A cluster runs already, at {keeper.http}: foveate cluster down.")
        (place / "keeper.json").unlink(missing_ok=True)
        (place / "plan.json").write_text(json.dumps(plan))
        return _once_up(_begun(place, variables), time.monotonic() + START_S)


def _begun(place: Path, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with (place / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "foveate.cluster.keep"],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _once_up(process: subprocess.Popen[bytes], until: float) -> Keeper:
    while time.monotonic() < until:
        keeper = read()
        if keeper is not None and keeper.state == RUNNING:
            return keeper
        if keeper is not None and keeper.state == FAILED:
            raise _unavailable(keeper.problem)
        if process.poll() is not None:
            break
        time.sleep(0.2)
    process.terminate()
    raise _unavailable(f"The cluster did not come up. Its log is {folder() / 'log'}.")


def down() -> bool:
    """Return whether a cluster ran, which is stopped now, having finished what it had begun."""
    keeper = read()
    if keeper is None or keeper.state == FAILED:
        (folder() / "keeper.json").unlink(missing_ok=True)
        return False
    until = time.monotonic() + STOP_S
    with suppress(ProcessLookupError):
        os.kill(keeper.process, signal.SIGTERM)
    while _runs():
        if time.monotonic() > until:
            raise _unavailable(f"The cluster did not stop: process {keeper.process}.")
        time.sleep(0.1)
    (folder() / "keeper.json").unlink(missing_ok=True)
    return True


def _seen(keeper: Keeper) -> Keeper:
    """Return the keeper with what runs now."""
    library = ray()
    applications = library.serve.status().applications
    found: dict[str, Deployment] = {
        name: {
            "status": each.status.value.lower(),
            "replicas": {str(s).lower(): n for s, n in each.replica_states.items()},
        }
        for application in applications.values()
        for name, each in application.deployments.items()
    }
    nodes = sum(bool(each["Alive"]) for each in library.nodes())
    return replace(keeper, deployments=found, nodes=nodes, at=time.time())


def keep() -> None:
    """Keep a cluster until SIGTERM or SIGINT. Notes how it is for whoever waits."""
    with (folder() / LOCK).open("ab") as lock:
        if not locks.take(lock.fileno(), 0):
            return  # somebody else was faster
        _note(Keeper(process=os.getpid()))
        keeper = _started()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            # Only now: Ray sets its own, which would end all at once.
            signal.signal(number, lambda *_: stop.set())
        watch(lambda: _note(_seen(keeper)), stop)
        _end()
        (folder() / "keeper.json").unlink(missing_ok=True)


def _started() -> Keeper:
    """Return the keeper of what is planned, once that answers. Notes why it does not."""
    from foveate.cluster.serve_scale import plan_of  # noqa: PLC0415
    from foveate.options.in_settings import load  # noqa: PLC0415

    try:
        settings = load()
        plan = plan_of(json.loads((folder() / "plan.json").read_text()), settings)
        keeper = _seen(_start(settings, plan))
        _note(keeper)
    except Exception as why:
        _note(Keeper(process=os.getpid(), state=FAILED, problem=_told(why)))
        raise
    return keeper


def _end() -> None:
    """End first the replicas, which finish what they began; proxies would go with all answers."""
    from foveate.cluster.serve_app import APPLICATION  # noqa: PLC0415

    library = ray()
    library.serve.delete(APPLICATION)
    library.serve.shutdown()
    library.shutdown()


def watch(look: Callable[[], object], stop: threading.Event, pause_s: float = LOOK_S) -> None:
    """Look again and again how a cluster is, until `stop` is set, whether that is known or not."""
    known = True
    while not stop.wait(pause_s):
        try:
            look()
            known = True
        except Exception:  # a controller that is started anew does not answer for a moment
            if known:  # told once, and not each second
                log.warning("how the cluster is could not be noted", exc_info=True)
            known = False


def _start(settings: Settings, plan: Plan) -> Keeper:
    """Return the keeper once all replicas are there. Raises BadSettings."""
    from foveate.cluster.serve_app import APPLICATION, SERVICER, application  # noqa: PLC0415

    library, server, port = ray(), settings.server, settings.rpc.port
    _join(library, plan)
    library.serve.start(
        proxy_location="HeadOnly",
        http_options={"host": server.host, "port": server.port},
        grpc_options={"port": port, "grpc_servicer_functions": [SERVICER]} if port else None,
    )
    library.serve.run(application(settings, plan), name=APPLICATION, route_prefix="/")
    return Keeper(
        process=os.getpid(),
        state=RUNNING,
        http=f"http://{server.host}:{server.port}",
        grpc=f"{server.host}:{port}" if port else "",
    )


def _join(library: Any, plan: Plan) -> None:  # noqa: ANN401 - an extra
    """Be a cluster of one node, with room for all replicas that there may be."""
    # Ray starts workers with least priority: these serve.
    os.environ.setdefault("RAY_worker_niceness", "0")
    # Ray counts places, and no cores: as many as all replicas may take, however few cores share it.
    places = sum(scale.cpus * scale.max for scale in plan.deployments.values())
    library.init(
        "local",
        _node_ip_address="127.0.0.1",
        num_cpus=max(1, round(places) + 1),
        include_dashboard=False,
        object_store_memory=OBJECT_BYTES,
        namespace="foveate",
        log_to_driver=False,
    )


def _note(keeper: Keeper) -> None:
    file = folder() / "keeper.json"
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(asdict(keeper)))
    beside.replace(file)


def _told(why: Exception) -> str:
    """Return what went wrong: of a deployment, what Serve says of it."""
    if isinstance(why, BadSettings):
        return str(why)
    told = [str(why).strip()]
    with suppress(Exception):  # as far as there is a Serve
        for application in ray().serve.status().applications.values():
            told += filter(None, (each.message for each in application.deployments.values()))
    return " ".join(told)


def _runs() -> bool:
    """Return whether a keeper is there: only one can hold the lock, and no other process has it."""
    try:
        with (folder() / LOCK).open("ab") as file:
            return not locks.take(file.fileno(), 0)
    except FileNotFoundError:
        return False


def _unavailable(sentence: str) -> Unavailable:
    return Unavailable(sentence, public=sentence)
