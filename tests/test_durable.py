"""What is to stay when the power goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.durable import sync_disk, sync_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_and_their_disk_are_synced(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a")
    sync_folder(tmp_path)
    sync_disk(tmp_path)


def test_a_folder_that_is_not_there_is_not_taken_for_one_that_is_safe(tmp_path: Path) -> None:
    for sync in (sync_folder, sync_disk):
        with pytest.raises(OSError, match="none"):
            sync(tmp_path / "none")
