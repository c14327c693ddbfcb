"""Designs on the disk: versions, who was faster, and what another process sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from foveate.design.scene.model import Page, Run, Scene, Text
from foveate.errors import DesignConflict, DesignsUnusable, DesignTooLarge, UnknownDesign
from foveate.service.kept_designs import FILE, Store

if TYPE_CHECKING:
    from pathlib import Path


def scene(name: str) -> Scene:
    return Scene(name=name, pages=(Page(id="p", width=10, height=10),))


def store(folder: Path, most: int = 100, versions: int = 3) -> Store:
    return Store(folder, most=most, versions=versions, clock=lambda: 1.0)


def test_what_one_process_keeps_another_one_sees(tmp_path: Path) -> None:
    here, there = store(tmp_path), store(tmp_path)
    kept = here.add(scene("a"), "shop", "poster")
    assert there.scene("poster") == (kept, scene("a"))
    there.put("poster", scene("b"), "other", 1)
    assert (here.of("poster").version, here.of("poster").by) == (2, "other")
    here.close()
    assert store(tmp_path).scene("poster", 1)[1] == scene("a")


def test_of_two_processes_that_change_a_version_one_does(tmp_path: Path) -> None:
    stores = [store(tmp_path) for _ in range(4)]
    stores[0].add(scene("a"), "shop", "poster")

    def change(number: int) -> bool:
        try:
            stores[number].put("poster", scene(f"n{number}"), "shop", 1)
        except DesignConflict:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(change, range(4))) == 1
    assert [each.version for each in stores[0].versions("poster")] == [2, 1]


def test_the_oldest_versions_go_and_are_said_to_be_gone(tmp_path: Path) -> None:
    of = store(tmp_path)
    digests = [of.add(scene("v1"), "shop", "poster").digest]
    digests += [of.put("poster", scene(f"v{n + 1}"), "shop", n).digest for n in range(1, 6)]
    assert [each.version for each in of.versions("poster")] == [6, 5, 4]
    assert of.by_digest("poster", digests[3]) == scene("v4")
    with pytest.raises(UnknownDesign, match="got 2"):
        of.scene("poster", 2)
    with pytest.raises(UnknownDesign):
        of.by_digest("poster", digests[0])


def test_there_are_no_more_designs_than_may_be_and_deleting_makes_room(tmp_path: Path) -> None:
    of = store(tmp_path, most=2)
    first = of.add(scene("a"), "shop")
    of.add(scene("b"), "shop")
    with pytest.raises(DesignConflict, match="at most 2 designs"):
        of.add(scene("c"), "shop")
    of.delete(first.id)
    assert len(of.add(scene("c"), "shop").id) == 16
    with pytest.raises(UnknownDesign):
        of.delete(first.id)


def test_a_file_that_is_no_book_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no book" * 1000)
    with pytest.raises(DesignsUnusable):
        store(tmp_path).page("", 10, 0)


def test_what_could_not_be_read_back_is_not_kept(tmp_path: Path) -> None:
    of, text = store(tmp_path), Text(id="t", width=9, height=9, runs=(Run(text="\n" * 2000),))
    long = Scene(pages=(Page(id="p", width=10, height=10, blocks=(text,)),))
    with pytest.raises(DesignTooLarge, match="at most 2000 elements"):
        of.add(long, "shop", "long")
    assert of.page("", 10, 0) == []
    of.add(scene("a"), "shop", "poster")
    with pytest.raises(DesignTooLarge):
        of.put("poster", long, "shop", 1)
    assert of.scene("poster")[1] == scene("a")


def test_sizes_are_all_kept_or_none(tmp_path: Path) -> None:
    of = store(tmp_path, most=3)
    of.add(scene("a"), "shop", "poster")
    of.add(scene("b"), "shop", "other")
    sizes = [("poster-1x1", scene("1")), ("poster-2x2", scene("2"))]
    with pytest.raises(DesignConflict, match="at most 3 designs"):
        of.keep_sizes("poster", sizes, "shop")
    with pytest.raises(DesignConflict, match="other to be free"):
        of.keep_sizes("poster", [sizes[0], ("other", scene("2"))], "shop")
    assert len(of.page("", 10, 0)) == 2
    of.delete("other")
    assert [each.version for each in of.keep_sizes("poster", sizes, "shop")] == [1, 1]
    again = of.keep_sizes("poster", [("poster-1x1", scene("3")), sizes[1]], "shop")
    assert [(each.id, each.version) for each in again] == [("poster-1x1", 2), ("poster-2x2", 1)]
