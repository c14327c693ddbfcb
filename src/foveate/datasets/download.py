"""A dataset on this machine: fetched file by file, gone on with after a kill, and verified."""

from __future__ import annotations

import re
import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from foveate import locks
from foveate.datasets.following import AWAY, Patience, pause_s
from foveate.datasets.growing import Growing
from foveate.datasets.identity import ID
from foveate.datasets.shards.names import MANIFEST, is_file
from foveate.datasets.verified import Verified
from foveate.errors import BadOption, DatasetDamaged, NotWritten, SourceFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    Progress = Callable[[int, int], None]
    """Told how many bytes are here, and how many there are in all."""

LOCK: Final = ".lock"
SHA256: Final = re.compile("[0-9a-f]{64}")
PARALLEL: Final = 8
TRIES: Final = 12
"""So often in a row a file may bring nothing new before it is given up: over a minute."""
WHOLE, PARTIAL = 200, 206
LOCKED_S: Final = 0.2
"""How often it is looked whether somebody else fetches still."""


class Answered(Protocol):
    """The answer to who asked for a file."""

    @property
    def status(self) -> int:
        """206 where it goes on from where it was asked to."""
        ...

    def iter_stream(self) -> Iterator[bytes]:
        """Yield its bytes as they come."""
        ...


class Files(Protocol):
    """A server that has the files of datasets."""

    def file(self, dataset: str, name: str, start: int) -> AbstractContextManager[Answered]:
        """Give a file from that byte on."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as a server lists it."""

    name: str
    bytes: int
    sha256: str


def wanted_of(listed: Sequence[Any]) -> list[Wanted]:
    """Return the files of a dataset. Raises SourceFailed for a name that leads elsewhere."""
    try:
        files = [Wanted(each["name"], int(each["bytes"]), each["sha256"]) for each in listed]
        if all(map(_is_sound, files)):
            return files
    except (KeyError, TypeError, ValueError, OverflowError):
        pass
    raise SourceFailed("Expected a list of files with name, bytes and sha256, got another.")


def distinct(wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """Return files that can lie in one folder. Raises SourceFailed for others."""
    names = {each.name for each in wanted}
    folders = {name[:at] for name in names for at, each in enumerate(name) if each == "/"}
    if len(names) < len(wanted) or names & folders:
        raise SourceFailed("Expected files of different names, got one twice, or within another.")
    return wanted


def checked(dataset: str) -> str:
    """Return an id that may be the name of a folder. Raises BadOption."""
    if not ID.fullmatch(dataset):
        raise BadOption(f"Expected the id of a dataset, got {dataset!r:.80}.")
    return dataset


def _is_sound(file: Wanted) -> bool:
    return is_file(file.name) and file.bytes >= 0 and SHA256.fullmatch(file.sha256) is not None


@dataclass(slots=True)
class Download:
    """Fetches the files of one dataset into a folder."""

    files: Files
    dataset: str
    folder: Path
    progress: Progress = lambda _here, _all: None
    patience: Patience = field(default_factory=Patience)
    _here: int = 0
    _all: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def run(self, wanted: Sequence[Wanted], parallel: int = PARALLEL) -> None:
        """Fetch what is not here yet, so many files at once; the manifest comes last.

        Who is killed meanwhile goes on where he was. Raises a SourceError, NotWritten.
        """
        with _writing(self.folder), _locked(self.folder, self.patience):
            verified = Verified(self.folder)
            missing = [each for each in wanted if not verified.has(each.name, each.sha256)]
            self._all = sum(each.bytes for each in wanted)
            self._count(self._all - sum(each.bytes for each in missing))
            for manifest in (False, True):
                now = [each for each in missing if (each.name == MANIFEST) is manifest]
                self._fetch_all(now, verified, parallel)

    def _fetch_all(self, wanted: Sequence[Wanted], verified: Verified, parallel: int) -> None:
        with ThreadPoolExecutor(parallel, "download") as pool:
            fetching = [pool.submit(self._fetch, each, verified) for each in wanted]
            try:
                done, _ = wait(fetching, return_when=FIRST_EXCEPTION)
                for each in done:
                    each.result()
            except BaseException:
                # Of Ctrl-C, too: the others end at their next piece, and what is here stays.
                self.patience.stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _fetch(self, file: Wanted, verified: Verified) -> None:
        with Growing(self.folder / file.name, file.bytes, self._count) as growing:
            self._fill(file, growing)
            if growing.sha256 != file.sha256:
                growing.restart()
                self._fill(file, growing)
            if growing.sha256 != file.sha256:
                growing.restart()
                told = f"Expected {file.name} of sha256 {file.sha256}, got another."
                raise DatasetDamaged(told, public=DatasetDamaged.summary)
            growing.finish()
        verified.note(file.name, file.sha256)

    def _fill(self, file: Wanted, growing: Growing) -> None:
        """Fetch the rest of a file, over lost connections and restarts of the server."""
        failures = 0
        while not growing.is_whole:
            before = growing.size
            try:
                self._go_on(file, growing)
            except AWAY as why:
                failures = 1 if growing.size > before else failures + 1
                if failures > TRIES:
                    raise
                self.patience.pause(pause_s(failures, why))

    def _go_on(self, file: Wanted, growing: Growing) -> None:
        with self.files.file(self.dataset, file.name, growing.size) as answered:
            if answered.status not in {WHOLE, PARTIAL}:
                raise SourceFailed(f"Expected {file.name}, got an answer {answered.status}.")
            if growing.size and answered.status != PARTIAL:
                growing.restart()
            for part in answered.iter_stream():
                self.patience.check()
                growing.write(part)
                if growing.is_whole:
                    return
        raise SourceFailed(f"Expected {file.bytes} bytes of {file.name}, got {growing.size}.")

    def _count(self, more: int) -> None:
        with self._counting:
            self._here += more
            self.progress(self._here, self._all)


@contextmanager
def _locked(folder: Path, patience: Patience) -> Iterator[None]:
    """Wait until nobody else fetches into a folder: all processes of a machine may ask at once."""
    with (folder / LOCK).open("ab") as file:
        while not locks.take(file.fileno()):
            patience.pause(LOCKED_S)
        try:
            yield
        finally:
            locks.release(file.fileno())


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as why:
        raise NotWritten(f"Expected to write into {folder}, got {why.strerror or why}.") from why
