"""What is to stay when the power goes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from foveate.durable import give_name, sync_disk, sync_folder

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


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_given_a_name_that_nothing_has_also_where_there_are_no_links(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    for content in (b"a", b"b"):
        (tmp_path / content.decode()).write_bytes(content)
    give_name(tmp_path / "a", tmp_path / "name")
    with pytest.raises(FileExistsError):
        give_name(tmp_path / "b", tmp_path / "name")
    assert (tmp_path / "name").read_bytes() == b"a"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b", "name"]
