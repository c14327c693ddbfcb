"""What of a batch of designs is done: a line for each file, written once that is in its place."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Final

from foveate import locks
from foveate.batches.row import version_of
from foveate.errors import BadOption
from foveate.storage.keys import is_remote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER: Final = ".foveate-design"
JOURNAL: Final = "done.jsonl"
LOCK: Final = "lock"
UNFINISHED: Final = ".part"
"""How files end that are not in their place yet."""
_BYTES: Final = 16


def asked_digest(design: str, how: str, values: Mapping[str, str], files: Iterable[Path]) -> str:
    """Return what changes when a rendition would be another one.

    `files` are the pictures that the row names.
    """
    digest = blake2b(digest_size=_BYTES)
    versions = {str(file): _version(file) for file in files}
    digest.update(json.dumps([design, how, sorted(values.items()), versions]).encode())
    return digest.hexdigest()


def _version(file: Path) -> str:
    with suppress(OSError, ValueError):
        return version_of(file.stat())
    return ""


def local_files(values: Iterable[str], folder: Path) -> list[Path]:
    """Return which values are files there: their time and size say whether they changed."""
    found = []
    for value in values:
        if value and len(value) < 1000 and not is_remote(value):  # noqa: PLR2004 - of a name
            with suppress(OSError, ValueError, RuntimeError):
                file = folder / value
                found += [file] if file.is_file() else []
    return found


class Journal:
    """The lines in a folder of results, for one process at a time."""

    def __init__(self, out: Path) -> None:
        """Open it. Raises BadOption where another process works there."""
        home = out / FOLDER
        home.mkdir(parents=True, exist_ok=True)
        self._out = out
        self._lock = (home / LOCK).open("ab")
        if not locks.take(self._lock.fileno()):
            self._lock.close()
            raise BadOption(f"Expected one batch of designs in {out} at a time, got a second one.")
        for left in home.glob(f"*{UNFINISHED}"):
            left.unlink(missing_ok=True)
        self._done = dict(_lines(home / JOURNAL))
        self._file: IO[str] = (home / JOURNAL).open("a", encoding="utf-8")
        if self._file.tell():
            self._file.write("\n")  # the last line may be cut

    def has(self, asked: str, name: str) -> bool:
        """Return whether that very file was made, and is there still, as long as it was."""
        size, _ = self._done.get(f"{asked} {name}", (None, ""))
        with suppress(OSError):
            return size is not None and (self._out / name).stat().st_size == size
        return False

    def remark(self, asked: str, name: str) -> str:
        """Return what was noticed as that file was made; empty of nothing."""
        return self._done.get(f"{asked} {name}", (0, ""))[1]

    def note(self, asked: str, name: str, size: int, remark: str = "") -> None:
        """Note that a file is in its place, and what was noticed as it was made."""
        said = [asked, name, size, *filter(None, [remark])]
        self._file.write(json.dumps(said) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Let others go on."""
        self._file.close()
        self._lock.close()


def _lines(file: Path) -> Iterable[tuple[str, tuple[int, str]]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            # One may be cut, where a process was killed.
            with suppress(ValueError, TypeError):
                asked, name, size, *remark = json.loads(line)
                yield f"{asked} {name}", (int(size), " ".join(map(str, remark)))
