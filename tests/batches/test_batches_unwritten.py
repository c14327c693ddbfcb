"""What cannot be written: what is wrong with it, or only that there is no room now."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from foveate.batches.asides import ASIDE, FolderAsides
from foveate.batches.manifest import FILE, Manifest, connected, open_manifest
from foveate.batches.row import Row
from foveate.batches.unwritten import writing
from foveate.errors import BadOption, DiskFull, FoveateError, NotWritten, WeightsMissing

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = Path("/dev/full")


def test_a_manifest_that_nobody_may_ask_for_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_dir", refused)
    with pytest.raises(NotWritten, match=f"to {tmp_path}/.*No entry"):
        Manifest(tmp_path)


def locked(place: Path) -> None:
    first, second = (sqlite3.connect(place / "a", timeout=0.0) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    second.execute("BEGIN IMMEDIATE")


def short(place: Path) -> None:
    books = sqlite3.connect(place / "b")
    books.executescript("CREATE TABLE a (b); PRAGMA max_page_count = 3")
    books.execute("INSERT INTO a VALUES (zeroblob(100000))")


def refused(place: Path) -> None:
    raise PermissionError(errno.EACCES, f"No entry to {place}")


@pytest.mark.parametrize(
    ("write", "kind"), [(short, DiskFull), (locked, NotWritten), (refused, NotWritten)]
)
def test_for_want_of_room_alone_it_is_written_later(
    write: Callable[[Path], None], kind: type[FoveateError], tmp_path: Path
) -> None:
    with pytest.raises(kind, match=f"to {tmp_path}"), writing(tmp_path):
        write(tmp_path)


@pytest.mark.skipif(not FULL.exists(), reason="no device that is full")
def test_a_rendition_that_finds_no_room_is_no_fault_of_its_picture(tmp_path: Path) -> None:
    (tmp_path / ASIDE).mkdir()
    (tmp_path / ASIDE / f"row.{os.getpid()}").symlink_to(FULL)
    with pytest.raises(DiskFull):
        FolderAsides(tmp_path).write("row", b"much", "a.jpg")


def ending_full(home: Path) -> None:
    with open_manifest(home) as manifest:
        manifest.begin()
        manifest.pass_over(Row(key="a", path="a"))
        manifest._books.execute("PRAGMA query_only=1")  # noqa: SLF001
        raise WeightsMissing("retinaface")


def test_what_ended_a_batch_is_told_where_its_manifest_takes_no_more_either(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        ending_full(tmp_path)


def test_a_manifest_that_takes_no_more_at_its_end_says_so_and_is_closed(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.begin()
    manifest.pass_over(Row(key="a", path="a"))
    manifest._books.execute("PRAGMA query_only=1")  # noqa: SLF001
    with pytest.raises(NotWritten):
        manifest.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        manifest.names.owns("a")


def folder_in_the_way(place: Path) -> Path:
    connected(place / FILE).close()
    (place / f"{FILE}-wal").mkdir()
    return place / FILE


def folder_gone(place: Path) -> Path:
    return place / "none" / FILE


@pytest.mark.parametrize(
    ("file", "why"),
    [(folder_in_the_way, "Is a directory"), (folder_gone, "No such file or directory")],
)
def test_a_manifest_that_cannot_be_opened_is_no_full_disk(
    file: Callable[[Path], Path], why: str, tmp_path: Path
) -> None:
    with pytest.raises(NotWritten, match=why):
        connected(file(tmp_path))


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="nobody else to be")
def test_a_manifest_of_somebody_else_is_no_full_disk() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        connected(Path(folder) / FILE).close()
        (Path(folder) / FILE).chmod(0o600)
        os.seteuid(65534)
        try:
            with pytest.raises(NotWritten, match="Permission denied"):
                connected(Path(folder) / FILE)
        finally:
            os.seteuid(0)


def test_a_manifest_that_may_grow_no_further_is_no_full_disk(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    books = connected(tmp_path / FILE)
    books.execute("CREATE TABLE a (b)")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40 * 1024, before[1]))
    try:
        with pytest.raises(NotWritten, match="File too large"), writing(tmp_path / FILE):
            books.execute("INSERT INTO a VALUES (zeroblob(100000))")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        books.close()


def test_a_manifest_that_is_none_is_not_one_that_finds_no_room(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(BadOption) as refusal:
        connected(tmp_path / FILE)
    assert str(tmp_path) not in refusal.value.public
