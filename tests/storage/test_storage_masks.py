"""Masks by their ids: kept, shared by processes, and gone after their time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from foveate.errors import UnknownMask
from foveate.geometry.box import Size
from foveate.storage.masks import MaskStore

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "a" * 26, "b" * 26
SIZE = Size(40, 30)


@dataclass
class Clock:
    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


def store(folder: Path, clock: Clock | None = None, private_bytes: int = 1 << 20) -> MaskStore:
    bounds = {"max_bytes": 1 << 20, "private_bytes": private_bytes}
    return MaskStore(folder=folder, ttl_s=60, clock=clock or Clock(), **bounds)


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def put(kept: MaskStore, name: str = ONE, *, disk: bool = True) -> float:
    return kept.put(name, b"png\nof it", size=SIZE, digest="d" * 64, disk=disk).expires


def test_a_mask_is_found_by_its_id_in_this_process_and_in_another(tmp_path: Path) -> None:
    clock = Clock()
    put(store(tmp_path, clock))
    found = store(tmp_path, clock).get(ONE)
    assert (found.png, found.size, found.digest) == (b"png\nof it", SIZE, "d" * 64)
    assert found.expires == clock.now + 60


def test_what_there_is_not_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnknownMask, match="Ask /v1/select again"):
        store(tmp_path).get(OTHER)


def test_after_its_time_a_mask_is_unknown_and_selecting_it_again_gives_it_more(
    tmp_path: Path,
) -> None:
    clock = Clock()
    kept = store(tmp_path, clock)
    put(kept)
    clock.now += 50
    assert put(kept) == clock.now + 60
    clock.now += 50
    kept.get(ONE)
    clock.now += 11
    with pytest.raises(UnknownMask, match="time of the mask"):
        kept.get(ONE)


def test_what_must_not_come_to_lie_on_a_disk_does_not(tmp_path: Path) -> None:
    kept = store(tmp_path)
    put(kept, disk=False)
    assert files(tmp_path) == []
    assert kept.get(ONE).png == b"png\nof it"


def test_what_is_in_memory_alone_has_a_room_of_its_own(tmp_path: Path) -> None:
    kept = store(tmp_path, private_bytes=600)
    put(kept, disk=False)
    for other in range(9):
        kept.put(f"{other:a>26}", bytes(1 << 20), size=SIZE, digest="d" * 64, disk=True)
    assert kept.get(ONE).private
    put(kept, OTHER, disk=False)
    with pytest.raises(UnknownMask):
        kept.get(ONE)


def test_a_mask_is_as_private_as_the_picture_it_was_last_selected_in(tmp_path: Path) -> None:
    kept = store(tmp_path)
    for disk in (False, True, False):
        put(kept, disk=disk)
        assert kept.get(ONE).private is not disk


def test_files_of_masks_go_when_their_time_is_over(tmp_path: Path) -> None:
    put(store(tmp_path))
    for file in files(tmp_path):
        os.utime(file, (time.time() - 61,) * 2)
    put(store(tmp_path), OTHER)
    assert len(files(tmp_path)) == 1


def test_nothing_is_opened_before_there_is_a_mask(tmp_path: Path) -> None:
    store(tmp_path / "masks")
    assert not (tmp_path / "masks").exists()
