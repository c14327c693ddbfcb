"""How many replicas each deployment has, what each takes, and how many calls go to one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from foveate.errors import BadSettings
from foveate.people.lance import installed

if TYPE_CHECKING:
    from foveate.settings import Settings

T = TypeVar("T")
FRONT: Final = "front"
"""The deployment that answers HTTP and gRPC, and makes renditions."""
STAGES: Final = ("look", "embedder", "analyzer", "searcher", "preprocessor")
BATCHES: Final = 2
"""How many batches may be at a replica: one that is worked on, and one that gathers meanwhile."""
SPARE: Final = 4
"""How many times its target a replica takes, until more replicas are there."""

Replicas = Annotated[int, Meta(ge=1, le=10_000)]
Amount = Annotated[float, Meta(ge=0, le=1024)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One deployment."""

    min: Replicas = 1
    max: Replicas = 4
    target: Annotated[float, Meta(gt=0, le=10_000)] = 2.0
    """Calls in flight for each replica: with more there come replicas, with fewer some go."""
    up_s: Annotated[float, Meta(ge=0, le=3600)] = 2.0
    """How long there have to be more before replicas come."""
    down_s: Annotated[float, Meta(ge=0, le=86_400)] = 60.0
    cpus: Amount = 1.0
    """What Ray sets aside for a replica, and how many renditions it works on at once."""
    gpus: Amount = 0.0
    memory_bytes: Annotated[int, Meta(ge=0)] = 0
    """What Ray sets aside; 0 is nothing."""
    batch: Annotated[int, Meta(ge=1, le=4096)] = 16
    """The most things that a network is given at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is deployed."""

    host: str = "0.0.0.0"  # noqa: S104 - as whoever deploys says what is listened on
    """What HTTP is listened on: where it is not this machine, nobody is let in as from here."""
    deployments: dict[str, Scale] = field(default_factory=dict)
    """By name; what is not named takes what is usual."""


def plan_of(arguments: Mapping[str, Any], settings: Settings) -> Plan:
    """Return what to deploy: what is named, beside the front and what the settings make useful.

    Raises BadSettings.
    """
    _check_names(arguments)
    for name, row in _rows(arguments).items():
        _read(row, Scale, f"{name}: ")
    plan = _read(dict(arguments), Plan)
    wanted, named = usual(settings), plan.deployments
    if strangers := sorted(named.keys() - {FRONT, *STAGES}):
        known = ", ".join((FRONT, *STAGES))
        raise BadSettings(f"The plan of the cluster: expected {known}, got {strangers[0]!r}.")
    for name, scale in named.items():
        if scale.min > scale.max:
            wanted_max = f"max of at least {scale.min}"
            raise BadSettings(f"The plan of the cluster: {name}: expected {wanted_max}.")
    rows = {name: named.get(name, Scale()) for name in (*wanted, *named)}
    return replace(plan, deployments=rows)


def _rows(arguments: Mapping[str, Any]) -> dict[Any, Any]:
    """Return what is said of deployments, as far as it can be that."""
    rows = arguments.get("deployments")
    return rows if isinstance(rows, dict) else {}


def _read(said: object, kind: type[T], of: str = "") -> T:
    """Return what is said as what it means. Raises BadSettings."""
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as why:
        raise BadSettings(f"The plan of the cluster: {of}{why}.") from why


def _check_names(arguments: Mapping[str, Any]) -> None:
    """Raise BadSettings for a name that nobody knows, which would change nothing in silence."""
    rows = _rows(arguments).values()
    for row, kind in ((arguments, Plan), *((row, Scale) for row in rows)):
        known = sorted(each.name for each in fields(kind))
        if isinstance(row, Mapping) and (strangers := sorted(map(str, row.keys() - {*known}))):
            wanted = ", ".join(known)
            raise BadSettings(f"The plan of the cluster: expected {wanted}, got {strangers[0]!r}.")


def usual(settings: Settings) -> tuple[str, ...]:
    """Return what is deployed unless more is named.

    Faces are cut out by the front, which has the picture: so crops travel, and no pictures do.
    """
    analyzer = ("analyzer",) if settings.attributes else ()
    searcher = ("searcher",) if installed() else ()
    return (FRONT, "look", "embedder", *analyzer, *searcher)


def in_flight(scale: Scale) -> int:
    """Return how many calls a replica takes at most.

    Never fewer than fill a batch while another one is worked on: Serve's own 5 would be the end of
    batches. And some more than the target, or nobody would see that more replicas are needed.

    >>> in_flight(Scale(batch=16, target=2)), in_flight(Scale(batch=1, target=10))
    (32, 40)
    """
    return max(BATCHES * scale.batch, math.ceil(SPARE * scale.target))


def options(scale: Scale, settings: Settings) -> dict[str, Any]:
    """Return the options of a deployment of Serve."""
    resources: dict[str, Any] = {"num_cpus": scale.cpus, "num_gpus": scale.gpus}
    if scale.memory_bytes:
        resources["memory"] = scale.memory_bytes
    return {
        "ray_actor_options": resources,
        "max_ongoing_requests": in_flight(scale),
        # Waiting at the door of all replicas, beyond which the answer is an honest 503.
        "max_queued_requests": settings.load.queue,
        "autoscaling_config": {
            "min_replicas": scale.min,
            "max_replicas": scale.max,
            "target_ongoing_requests": scale.target,
            "upscale_delay_s": scale.up_s,
            "downscale_delay_s": scale.down_s,
            "metrics_interval_s": 1.0,
            "look_back_period_s": max(2.0, scale.up_s),
        },
        "health_check_period_s": 5.0,
        "health_check_timeout_s": 10.0,
        # A replica that goes finishes what it has begun, as a server that is stopped does.
        "graceful_shutdown_wait_loop_s": 0.5,
        "graceful_shutdown_timeout_s": float(settings.load.stop_timeout_s),
    }


def for_replica(settings: Settings, scale: Scale) -> Settings:
    """Return the settings of one replica: as many workers as it has processors."""
    workers = settings.load.workers or max(1, math.ceil(scale.cpus))
    return replace(settings, load=replace(settings.load, workers=workers))
