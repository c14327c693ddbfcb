"""A server with datasets of ten pictures, and a handler that tests can see through."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from datasets_stand import Few, pictures
from delivery_fakes import make_settings
from server_fakes import listening, make_core

from foveate.datasets.opened import open_datasets
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys
from foveate.service.access import Access
from foveate.settings import Datasets as DatasetsSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasets_stand import Doubling

    from foveate.datasets.raw.memo import Memo
    from foveate.datasets.raw.raw import Picture
    from foveate.settings import Settings

CONFIG = {"shards": {"samples": 2}}


def settings_of(folder: Path, books: str = "books", **more: Any) -> Settings:
    of = DatasetsSettings(folder=str(folder / "datasets"), books=str(folder / books))
    return replace(make_settings(), datasets=of, **more)


class Slow:
    """What is known of pictures, told after a while."""

    def __init__(self, memo: Memo, seconds: float, looks: threading.Event) -> None:
        self.memo, self.seconds, self.looks = memo, seconds, looks

    def pictures(self, *of: Any) -> Iterator[Picture]:
        self.looks.set()
        time.sleep(self.seconds)
        return self.memo.pictures(*of)


@contextlib.contextmanager
def served(
    folder: Path,
    handler: Doubling,
    port: int = 0,
    *,
    look_s: float = 0.0,
    looks: threading.Event | None = None,
    **more: Any,
) -> Iterator[str]:
    """Serve datasets of ten pictures `cats`, which the first server knows; give the address.

    A look at what changed of them takes so long, and sets that event when it begins.
    """
    settings = settings_of(folder, **more)
    if not (folder / "raw").exists():
        raw = Raw(name="cats", kind=Kind.FOLDER, place=str(pictures(folder / "raw", 10)))
        open_registry(settings).add(raw)
    datasets = open_datasets(settings, handlers=Few([handler]))
    if look_s:
        registry = datasets.desk.registry
        registry.memo = Slow(registry.memo, look_s, looks or threading.Event())  # type: ignore[assignment]
    core = make_core(settings)
    core.access = Access(keys=Keys(folder / "people"), audit=AuditLog(folder / "people"))
    core.people = SimpleNamespace(collections=list)
    with listening(core, datasets=datasets, port=port) as bound:
        yield f"http://127.0.0.1:{bound}"
