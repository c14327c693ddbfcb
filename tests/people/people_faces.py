"""Faces with embeddings by chance, and a look into the files of an index."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from foveate.enrolled import EnrolledFace
from foveate.geometry.box import Box
from foveate.people.opened import MOST_FACES, Sealing
from foveate.people.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.people.store import LanceStore

MODEL = "chance-1"
KEY = bytes(range(32))
BOX = Box(10.0, 20.0, 30.0, 40.0)


def unit(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Unit vectors, each near to nothing else."""
    raw = np.random.default_rng(seed).standard_normal((count, 512)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def face(vector: NDArray[np.float32], subject: str = "", **others: Any) -> EnrolledFace:
    return EnrolledFace(
        **{"id": uuid4().hex, "embedding": vector, "subject": subject, "box": BOX, **others}
    )


def some(count: int, subject: str = "", seed: int = 0) -> list[EnrolledFace]:
    """Faces of one subject, each enrolled a second after the one before."""
    vectors = enumerate(unit(count, seed))
    return [face(vector, subject, added=float(number)) for number, vector in vectors]


def sealing(*keys: bytes, most: int = MOST_FACES) -> Sealing:
    """What seals new collections with the first of these keys."""
    return Sealing(Keyring(lambda: keys or (KEY,)), most)


class Stubborn:
    """A database whose tables cannot be dropped a few times: as on a disk that fails."""

    def __init__(self, database: Any, times: int) -> None:
        self._database, self.times = database, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def drop_table(self, name: str, **how: Any) -> None:
        if name.endswith(".faces") and self.times:
            self.times -= 1
            raise OSError("the disk fails")
        self._database.drop_table(name, **how)


class FullDisk:
    """A table to which a few times nothing more can be written than that rows are gone."""

    def __init__(self, table: Any, times: int = 1) -> None:
        self._table, self.times = table, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def update(self, *args: Any, **how: Any) -> Any:
        if self.times:
            self.times -= 1
            raise OSError("no space left")
        return self._table.update(*args, **how)


class HalfWritten:
    """A table to which something is written once, and then no version that has it."""

    def __init__(self, table: Any, folder: Path) -> None:
        self._table, self._versions = table, folder / "staff.faces.lance" / "_versions"
        self._times = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def add(self, rows: Any) -> Any:
        return self._half(lambda: self._table.add(rows))

    def update(self, *args: Any, **how: Any) -> Any:
        return self._half(lambda: self._table.update(*args, **how))

    def _half(self, act: Callable[[], Any]) -> Any:
        before = set(self._versions.iterdir())
        done = act()
        if not self._times:
            return done
        self._times -= 1
        for version in set(self._versions.iterdir()) - before:
            version.unlink()
        raise OSError("no space left")


def meanwhile(store: LanceStore, *acts: Callable[[], Any]) -> list[Any]:
    """What came of these, in this order, when all had looked before the first of them wrote."""
    writer, held = store._writer, Event()  # noqa: SLF001
    with ThreadPoolExecutor(len(acts) + 1) as pool:
        pool.submit(lambda: writer.change("staff", lambda: held.wait(10)))
        asked = []
        for count, act in enumerate(acts, 1):
            _wait_for(lambda count=count: writer._waiting >= count)  # type: ignore[misc] # noqa: SLF001
            asked.append(pool.submit(act))
        _wait_for(lambda: writer._waiting > len(acts))  # noqa: SLF001
        held.set()
        return [each.exception(10) or each.result() for each in asked]


def _wait_for(done: Callable[[], bool]) -> None:
    last = time.monotonic() + 10
    while not done() and time.monotonic() < last:
        time.sleep(0.001)


def files_with(folder: Path, needle: bytes) -> list[str]:
    """The files below a folder in which these bytes stand."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files if needle in path.read_bytes()]
