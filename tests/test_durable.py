"""What is to stay when the power goes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from foveate.durable import give_name, sync_disk, sync_files, sync_folder, write_whole

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


def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, seen = os.fsync, list[tuple[list[int], bytes]]()
    file = tmp_path / "note.json"

    def watched(number: int) -> None:
        sizes = [each.stat().st_size for each in file.parent.iterdir()]
        seen.append((sizes, file.read_bytes() if file.exists() else b""))
        sync(number)

    monkeypatch.setattr(os, "fsync", watched)
    write_whole(file, b"one")
    write_whole(file, b"other")
    assert seen[0] == ([3], b"")
    assert seen[-1] == ([5], b"other")
    assert (sorted(seen[-2][0]), seen[-2][1]) == ([3, 5], b"one")


@pytest.mark.skipif(sys.platform == "win32", reason="no folders are synced")
def test_the_names_of_files_are_on_the_disk_in_all_folders_up_to_the_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, seen = os.fsync, set[int]()

    def watched(number: int) -> None:
        seen.add(os.fstat(number).st_ino)
        sync(number)

    monkeypatch.setattr(os, "fsync", watched)
    top = tmp_path / "top"
    file = top / "a/b/c/d.jpg"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"d")
    sync_files([file], top)
    synced = [file, *(top / each for each in ("a/b/c", "a/b", "a", ""))]
    assert seen == {each.stat().st_ino for each in synced}


def test_what_cannot_be_written_leaves_what_was_there_and_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
