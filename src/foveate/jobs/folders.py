"""Where things of jobs lie: the queue and its keys, and the results of all."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from foveate.configuration.folder import data_folder, named_folder, state_folder

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def queue_folder(settings: Settings) -> Path:
    """Return where the queue and the keys lie. Raises BadSettings."""
    if settings.jobs.queue_folder:
        return named_folder("jobs.queue_folder", settings.jobs.queue_folder)
    return state_folder("jobs.queue_folder") / "jobs"


def results_place(settings: Settings) -> str:
    """Return below which folder, or prefix of a bucket, all results are. Raises BadSettings."""
    written = settings.jobs.folder
    if "://" in written:
        return written.rstrip("/")
    usual = data_folder("jobs.folder") / "jobs"
    return str(named_folder("jobs.folder", written) if written else usual)


def origin_place(settings: Settings) -> str:
    """Return which pictures this server has, as far as they lie below its origin."""
    written = settings.origins.folder
    if not written or "://" in written:
        return written.rstrip("/")
    return os.path.realpath(named_folder("origins.folder", written))


def folder_of(key: str) -> str:
    """Return what the folder of a key is called, of which no other one differs in case alone.

    >>> folder_of("shop"), folder_of("Shop")
    ('shop', 'shop-d00aae')
    """
    if key == key.lower():
        return key
    return f"{key.lower()}-{sha256(key.encode()).hexdigest()[:6]}"
