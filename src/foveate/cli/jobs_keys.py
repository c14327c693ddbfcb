"""`foveate jobs key`: who may ask a server for jobs over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.work_keys import keys_app

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def _folder(settings: Settings) -> Path:
    from foveate.jobs.folders import queue_folder

    return queue_folder(settings)


app = keys_app(
    "jobs",
    "read: look at its jobs; write: queue, cancel and delete too; admin: everybody's.",
    _folder,
)
