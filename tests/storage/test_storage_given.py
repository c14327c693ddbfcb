"""Pictures that designs were given: kept once, by what is in them, up to a number of bytes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from foveate.errors import NotKept, SourceNotFound, SourceTooLarge
from foveate.settings import Designs, Limits, Origins
from foveate.storage.given import FOLDER, SCHEME, Given, WithGiven
from foveate.storage.router import open_origin

if TYPE_CHECKING:
    from pathlib import Path


def given(folder: Path, **more: int) -> Given:
    return Given(Designs(folder=str(folder), **more), max_bytes=100)  # type: ignore[arg-type]


def origin(folder: Path, pictures: Given) -> WithGiven:
    below = open_origin(Origins(folder=str(folder)), Limits())
    return WithGiven(below, pictures, probe=lambda _: None)  # type: ignore[arg-type,return-value]


def test_what_was_given_is_read_by_its_key_and_kept_once(tmp_path: Path) -> None:
    pictures = given(tmp_path)
    key = pictures.put(b"picture")
    assert (key.startswith(SCHEME), pictures.put(b"picture")) == (True, key)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    read = asyncio.run(origin(tmp_path, given(tmp_path)).read(key))
    assert (read.data, f"{SCHEME}{read.version}") == (b"picture", key)
    assert not read.lifetime.private


def test_its_version_is_known_once_it_was_looked_for(tmp_path: Path) -> None:
    key = given(tmp_path).put(b"picture")
    there = origin(tmp_path, given(tmp_path))
    assert there.version_now(key) is None
    assert asyncio.run(there.version(key)) == key.removeprefix(SCHEME)
    assert there.version_now(key) == key.removeprefix(SCHEME)


@pytest.mark.parametrize("name", ["0" * 64, "../designs.sqlite3", "", "A" * 64])
def test_nothing_else_is_read(tmp_path: Path, name: str) -> None:
    given(tmp_path).put(b"picture")
    (tmp_path / "designs.sqlite3").write_bytes(b"secret")
    with pytest.raises(SourceNotFound):
        asyncio.run(origin(tmp_path, given(tmp_path)).read(f"{SCHEME}{name}"))


def test_one_that_was_taken_away_is_not_found(tmp_path: Path) -> None:
    pictures = given(tmp_path)
    name = pictures.put(b"picture").removeprefix(SCHEME)
    pictures.check(name)
    (tmp_path / FOLDER / name).unlink()
    with pytest.raises(SourceNotFound):
        pictures.read(name)


def test_there_is_room_for_so_many_bytes(tmp_path: Path) -> None:
    pictures = given(tmp_path, pictures_bytes=10)
    pictures.put(b"picture")
    with pytest.raises(NotKept):
        pictures.put(b"another one")
    with pytest.raises(SourceTooLarge):
        pictures.put(b"x" * 101)


def test_other_keys_are_those_of_the_origin(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"from the origin")
    there = origin(tmp_path, given(tmp_path / "designs"))
    assert asyncio.run(there.read("a.jpg")).data == b"from the origin"
