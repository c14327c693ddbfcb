"""Where batches write: one of several programs has a name, and the others are told."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from foveate.batches.destination import FolderDestination, Placing, _link
from foveate.errors import NameTaken

if TYPE_CHECKING:
    from pathlib import Path

EXECUTORS = 8


def claimed(folder: Path, data: bytes, name: str = "web/x.png") -> bool:
    destination = FolderDestination(folder)
    aside = folder / f"{data!r}.aside"
    aside.write_bytes(data)
    try:
        destination.claim(Placing(aside, name))
    except NameTaken:
        return False
    return True


def test_one_of_many_who_come_at_once_has_a_name_and_keeps_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(EXECUTORS) as pool:
        won = list(pool.map(lambda each: claimed(tmp_path, b"%d" % each), range(EXECUTORS)))
    assert won.count(True) == 1
    assert (tmp_path / "web/x.png").read_bytes() == b"%d" % won.index(True)
    assert not (tmp_path / f"{b'%d' % won.index(True)!r}.aside").exists()
    assert not claimed(tmp_path, b"y", "web/x.png/below.png")


def test_a_place_without_links_gives_a_name_once_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    one, other, name = (tmp_path / each for each in ("one", "other", "name"))
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    _link(one, name)
    with pytest.raises(FileExistsError):
        _link(other, name)
    assert (name.read_bytes(), other.read_bytes()) == (b"1", b"2")
