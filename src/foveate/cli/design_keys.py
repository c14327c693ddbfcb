"""`foveate design key`: who may ask a server for designs over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.work_keys import keys_app
from foveate.people.keys import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def _folder(settings: Settings) -> Path:
    from foveate.storage.given import designs_folder

    return designs_folder(settings.designs)


app = keys_app(
    "designs",
    {
        Scope.READ: "list, read and draw",
        Scope.WRITE: "keep and change designs too",
        Scope.ADMIN: "delete",
    },
    _folder,
)
