"""Where batches are worked on, when that is not this machine alone."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import CORES


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """What `foveate batch --engine ray` takes of a cluster, and datasets of `datasets.engine`."""

    ray_address: str = setting(
        "",
        "The Ray cluster, HOST:PORT or `auto`; empty is what RAY_ADDRESS names, or one that is "
        "started on this machine.",
    )
    worker_cpus: int = setting(
        1, "Cores of a worker, each for a picture at a time.", Meta(ge=1, le=CORES)
    )
    worker_gpus: float = setting(
        0.0,
        "GPUs of a worker; 0.25 is four workers on each. `runtime.provider` has networks use them.",
        Meta(ge=0, le=16),
    )
