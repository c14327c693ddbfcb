"""What a dataset consists of, and whether it is there whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from datasets_stand import a_server, cats, made

from foveate.datasets.listings import Listings
from foveate.datasets.shards.finish import ShardFormats
from foveate.datasets.shelf import Shelf
from foveate.errors import DatasetDamaged, SourceNotFound
from foveate.settings import Origins
from foveate.storage.kept import KeptFiles

if TYPE_CHECKING:
    from collections.abc import Callable

SHARD = "train-00001-00.tar"


def cut(shard: Path) -> None:
    shard.write_bytes(shard.read_bytes()[:-1])


def linked(shard: Path) -> None:
    outside = shard.rename(shard.parent.parent / "outside")
    shard.symlink_to(outside)


def looped(shard: Path) -> None:
    shard.unlink()
    shard.symlink_to(shard)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a dataset."""
    folder = tmp_path_factory.mktemp("made")
    return folder / "datasets" / made(a_server(folder, formats=ShardFormats()), cats()).id


def listings(place: Path) -> Listings:
    return Listings(Shelf(KeptFiles(str(place.parent), Origins())))


@pytest.mark.parametrize("damage", [cut, linked, looped, Path.unlink])
def test_a_damaged_file_is_told_of_before_a_byte_of_it(
    damage: Callable[[Path], None], place: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(place, tmp_path / place.name))
    damage(copy / SHARD)
    known = listings(copy)
    with pytest.raises(DatasetDamaged, match=rf"expected {SHARD} of \d+ bytes, got another"):
        known.file(copy.name, SHARD)
    with pytest.raises(DatasetDamaged):
        known.archive(copy.name)
    assert known.file(copy.name, "README.md").bytes > 0
    with pytest.raises(SourceNotFound):
        known.file(copy.name, "nothing")


@pytest.mark.parametrize("said", [None, b"[1", b"[]", b"{}"])
def test_a_manifest_that_says_nothing_is_damage(said: bytes | None, tmp_path: Path) -> None:
    (tmp_path / "shoes").mkdir()
    if said is not None:
        (tmp_path / "shoes" / "manifest.json").write_bytes(said)
    with pytest.raises(DatasetDamaged):
        listings(tmp_path / "shoes").listed("shoes")


def test_an_archive_in_parts_is_looked_at_and_laid_out_once(place: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(place, tmp_path / place.name))
    known = listings(copy)
    layout = known.archive(copy.name)
    cut(copy / SHARD)
    assert known.archive(copy.name, part=True) is layout
    with pytest.raises(DatasetDamaged):
        known.archive(copy.name)


def test_files_come_in_pages(place: Path) -> None:
    known = listings(place)
    all_, none = known.page(place.name, 1000, "")
    assert none is None
    assert [each.name for each in all_] == list(known.listed(place.name).files)
    pages, after = [], ""
    while after is not None:
        rows, after = known.page(place.name, 3, after)
        pages.append(rows)
    assert [each for rows in pages for each in rows] == all_
    assert {len(rows) for rows in pages[:-1]} == {3}
    with pytest.raises(SourceNotFound):
        known.page(place.name, 3, "nothing")


def test_manifests_are_remembered_by_their_bytes(place: Path, tmp_path: Path) -> None:
    for name in (place.name, "other"):
        (tmp_path / name).symlink_to(place)
    known = listings(tmp_path / place.name)
    first = known.listed(place.name)
    known.listed("other")
    assert known.listed(place.name) is first
    known.most = 2 * first.weight - 1
    known.forget("other")
    known.listed("other")
    assert known.listed(place.name) is not first


def test_a_folder_that_was_moved_may_be_a_link_to_where_it_is(place: Path, tmp_path: Path) -> None:
    (tmp_path / place.name).symlink_to(place)
    assert listings(tmp_path / place.name).archive(place.name).size > 0
