"""`foveate jobs key`: who may ask a server for jobs over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.work_keys import keys_app
from foveate.people.keys import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def _folder(settings: Settings) -> Path:
    from foveate.jobs.folders import queue_folder

    return queue_folder(settings)


app = keys_app(
    "jobs",
    {Scope.WRITE: "its own jobs, which it queues, cancels and deletes", Scope.ADMIN: "everybody's"},
    _folder,
)
