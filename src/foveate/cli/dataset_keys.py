"""`foveate dataset key`: who may ask a server for datasets over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.work_keys import keys_app
from foveate.people.keys import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def _folder(settings: Settings) -> Path:
    from foveate.datasets.raw.registry import books_folder

    return books_folder(settings)


app = keys_app(
    "datasets",
    {
        Scope.READ: "list, follow and download",
        Scope.WRITE: "ask for datasets and pin them too",
        Scope.ADMIN: "delete",
    },
    _folder,
)
