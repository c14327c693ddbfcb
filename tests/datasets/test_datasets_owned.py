"""Folders that go with who had them, whatever he put into them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

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
