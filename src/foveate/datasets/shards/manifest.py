"""What is said of a dataset that is finished, for programs: its files, and how to make it again."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zlib import crc32

from foveate.datasets.seams import ShardFile
from foveate.datasets.shards import statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from foveate.datasets.seams import About
    from foveate.datasets.shards.statistics import Counts


def manifest(
    about: About, shards: Sequence[ShardFile], counts: Counts, files: Sequence[ShardFile]
) -> bytes:
    """Return `manifest.json`: nothing in it is of a time or a machine."""
    said = {
        "id": about.id,
        "request": {
            "name": about.name,
            "handler": about.handler,
            "version": about.version,
            "config": about.config,
        },
        "handler_pin": about.pin,
        "raw": about.raw,
        "format": about.format,
        "classes": list(about.classes),
        "splits": {
            split: {"chosen": chosen, "samples": counts.get("samples", {}).get(split, 0)}
            for split, chosen in about.splits.items()
        },
        "skipped": about.skipped,
        "samples": sum(each.samples for each in shards),
        "bytes": sum(each.bytes for each in shards),
        "shards": [_shard(each) for each in shards],
        "files": [_file(each) for each in files],
    }
    return dumped(said)


def _shard(shard: ShardFile) -> dict[str, Any]:
    return {**_file(shard), "samples": shard.samples}


def _file(file: ShardFile) -> dict[str, Any]:
    return {word: getattr(file, word) for word in ("name", "bytes", "sha256", "crc32")}


def file_of(name: str, data: bytes) -> ShardFile:
    """Return what is said of a file beside shards."""
    digest = sha256(data).hexdigest()
    return ShardFile(name=name, bytes=len(data), sha256=digest, crc32=crc32(data), samples=0)


def whole_statistics(shards: Iterable[ShardFile]) -> Counts:
    """Return the sum over all shards."""
    return statistics.total(each.statistics for each in shards)


def statistics_file(shards: Sequence[ShardFile], counts: Counts) -> bytes:
    """Return `statistics.json`: of the whole, and of each shard."""
    each = {shard.name: shard.statistics for shard in shards if shard.samples}
    return dumped({"whole": counts, "shards": each})


def dumped(said: Mapping[str, Any]) -> bytes:
    """Return JSON for people and programs, the same for the same."""
    text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False, default=dict)
    return text.encode(errors="replace") + b"\n"
