"""Datasets: training sets that are made once, and kept for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import CAPACITY, CORES, FOLDER_OR_BUCKET, LIMIT, MIB

Engine = Literal["local", "ray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Datasets:
    """Datasets by `/v1/datasets`: where they are, and what making and keeping them may take."""

    folder: str = setting(
        "",
        "Keep datasets below this folder or s3://BUCKET/PREFIX, which servers may share: each is "
        "made by one of them. Empty is the user's data folder.",
        FOLDER_OR_BUCKET,
    )
    books: str = setting(
        "",
        "Keep what is noted of datasets, `datasets.sqlite3`, in this folder of this machine; empty "
        "is the user's state folder.",
    )
    raw: str = setting(
        "",
        "The folder in which raw data is registered, a file NAME.json for each; empty is `raw` "
        "beside `datasets.sqlite3`.",
    )
    at_once: int = setting(
        1,
        "Datasets made at once; 0 leaves them to another server with this folder.",
        Meta(ge=0, le=64),
    )
    workers: int = setting(
        0,
        "Handlers that work on each of them at once; 0 is the number of cores, or all that the "
        "cluster has room for.",
        Meta(ge=0, le=CORES),
    )
    engine: Engine = setting(
        "local",
        "Where they work: `local` is this machine, `ray` the cluster of `batches.ray_address`.",
    )
    keep_days: int = setting(
        90,
        "Delete a dataset that nobody asked for so long, unless it is pinned; 0 never does.",
        Meta(ge=0, le=3660),
    )
    budget_bytes: int = setting(
        0,
        "Where all datasets have more bytes, delete those that were not asked for the longest, "
        "unless they are pinned, or were used within two hours; 0 is no limit.",
        CAPACITY,
    )
    handlers_folder: str = setting(
        "",
        "Handlers are installed into this folder; empty is `handlers` in the user's data folder.",
    )
    handlers_from: tuple[str, ...] = setting(
        (),
        "Where handlers may be installed from: `index`, `index:URL`, `wheels:FOLDER`, `git:URL`. "
        "None can be by default.",
    )
    handlers_online: tuple[str, ...] = setting(
        (), "The names of those handlers that may reach the network."
    )
    handler_memory_bytes: int = setting(
        2048 * MIB, "What the process of a handler may hold.", LIMIT
    )
    handler_disk_bytes: int = setting(
        1024 * MIB, "What the files of a handler may take, in a folder that goes with it.", LIMIT
    )
    sample_s: float = setting(
        60.0, "How long a handler may take for one picture.", Meta(ge=0.1, le=86_400)
    )
