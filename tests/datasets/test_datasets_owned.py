"""Folders that go with who had them, whatever he put into them."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from foveate.datasets.handlers import runner
from foveate.datasets.owned import Owned

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders by their descriptors")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owned:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Owned.begun("own-")


def nested(folder: Path, deep: int) -> None:
    """Make folders in each other, with a file in each: no path is as long as they are deep."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(deep):
        os.mkdir("folder", dir_fd=here)
        below = os.open("folder", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def test_what_is_deeper_than_any_path_is_long_goes(own: Owned) -> None:
    nested(own.folder, 3000)
    own.remove()
    assert not own.folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names")
def test_a_pipe_of_that_name_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    os.mkfifo(tmp_path / "own-pipe")
    begins = threading.Thread(target=lambda: Owned.begun("own-").remove(), daemon=True)
    begins.start()
    begins.join(10)
    assert not begins.is_alive()


def test_what_nobody_has_goes_at_once_where_nobody_else_begins_one(tmp_path: Path) -> None:
    (tmp_path / "own-left").mkdir()
    held = Owned.begun("own-", tmp_path)
    assert (tmp_path / "own-left").exists()
    other = Owned.begun("own-", tmp_path, young_s=0.0)
    assert sorted(tmp_path.iterdir()) == sorted([held.folder, other.folder])
    held.remove()
    other.remove()


@pytest.mark.parametrize(
    ("user", "goes"), [(0, True), (runner.NOBODY, True), (runner.NOBODY - 1, False)]
)
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")
def test_only_what_is_ours_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, goes: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "own-left"
    left.mkdir()
    os.chown(left, user, user)
    os.utime(left, (0, 0))
    Owned.begun("own-")
    assert left.exists() is not goes


def test_what_nobody_may_look_at_goes(own: Owned) -> None:
    inner = own.folder / "hidden" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_bytes(b"x")
    for folder in (inner, inner.parent, own.folder):
        folder.chmod(0)
    own.remove()
    assert not own.folder.exists()


def test_what_a_link_leads_to_stays(own: Owned, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "file").write_bytes(b"x")
    (own.folder / "inner").mkdir()
    for link in (own.folder / "link", own.folder / "inner" / "link"):
        link.symlink_to(other)
    own.remove()
    assert not own.folder.exists()
    assert (other / "file").read_bytes() == b"x"
