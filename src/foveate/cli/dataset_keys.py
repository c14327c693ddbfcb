"""`foveate dataset key`: who may ask a server for datasets over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.work_keys import keys_app

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.settings import Settings


def _folder(settings: Settings) -> Path:
    from foveate.datasets.raw.registry import books_folder

    return books_folder(settings)


app = keys_app(
    "datasets",
    "read: list, follow and download; write: ask for datasets and pin them too; admin: delete.",
    _folder,
)
