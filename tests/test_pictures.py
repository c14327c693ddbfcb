"""Whoever walks a folder meets the same pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.album import Album
from foveate.batches.walk import in_folder
from foveate.service.imports import listed

if TYPE_CHECKING:
    from pathlib import Path


def test_an_album_a_batch_and_an_import_meet_the_same_pictures(tmp_path: Path) -> None:
    for name in ("Ann/a.JPG", "Ann/b.psd", "Ann/._a.jpg", "Ann/@eaDir/a.jpg", "Ann/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    met = [str(tmp_path / name) for name in ("Ann/a.JPG", "Ann/b.psd")]
    assert [row.key for row in in_folder(str(tmp_path), "")] == met
    assert [person.path for person in listed(tmp_path)] == met
    assert [str(file) for file in Album(tmp_path).pictures] == met
