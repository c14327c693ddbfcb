"""Jobs: batches that the server is asked for, and works on behind everything else."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import CORES, FOLDER_OR_BUCKET, LIMIT, MIB, PATTERNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Jobs by `/v1/jobs`: what they may take, and what is kept of them."""

    folder: str = setting(
        "",
        "Results go below this folder or s3://BUCKET/PREFIX, a folder for each key and job; empty "
        "is the user's data folder.",
        FOLDER_OR_BUCKET,
    )
    queue_folder: str = setting(
        "",
        "Keep the queue, `jobs.sqlite3`, and the keys in this folder, one for servers with the "
        "same origin; empty is the user's state folder.",
    )
    workers: int = setting(
        1,
        "Jobs worked on at once; 0 leaves them to another server on this queue.",
        Meta(ge=0, le=64),
    )
    pictures: int = setting(
        1,
        "Pictures that each of them works on at once; 0 is the number of cores.",
        Meta(ge=0, le=CORES),
    )
    memory_bytes: int = setting(
        1024 * MIB, "Pictures in flight of a job may take this much, by estimate.", LIMIT
    )
    queued_per_key: int = setting(
        1000,
        "Jobs of one key that may wait or run; beyond it the answer is 429.",
        Meta(ge=1, le=1_000_000),
    )
    pictures_per_day: int = setting(
        0,
        "Pictures that jobs of one key may work on in a day (UTC): then they wait for the next, "
        "and new ones are answered 429. 0 is no limit.",
        Meta(ge=0, le=10**12),
    )
    keep_days: int = setting(
        30, "Delete a job and its results so long after its end; 0 never does.", Meta(ge=0, le=3660)
    )
    link_ttl_s: int = setting(
        3600, "Links to results, and to events, are good for this long.", Meta(ge=1, le=604_800)
    )
    webhooks: tuple[str, ...] = setting(
        ("*",),
        "Webhooks may go to these: patterns as in `origins.allow`. Addresses that are not public "
        "are refused, unless `origins.allow_private` lets them be.",
        PATTERNS,
    )
