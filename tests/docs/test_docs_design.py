"""Pages of design have a map of their room: each of its files is there, and no other one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/design"
ROOMS = {
    "batch": "batches",
    "cluster": "cluster",
    "datasets": "datasets",
    "designs": "design",
    "drawing": "design/drawing",
    "jobs": "jobs",
}
MAPS = re.compile(r"^\| file(?: of `([a-z/]+)`)? \|.*\n\| --- \|.*\n((?:\|.*\n)+)", re.MULTILINE)


def maps() -> dict[str, set[str]]:
    """Return which files the pages tell of, by the package that they are in."""
    found = {}
    for page, room in ROOMS.items():
        for package, rows in MAPS.findall((PAGES / f"{page}.md").read_text("utf-8")):
            firsts = [row.split("|")[1] for row in rows.splitlines()]
            found[package or room] = {name for first in firsts for name in first.split("`")[1::2]}
    return found


def test_each_page_has_a_map() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == ROOMS.keys()
    assert maps().keys() >= {*ROOMS.values()}


@pytest.mark.parametrize("package", sorted(maps()))
def test_a_map_has_each_file_of_its_room_and_no_other(package: str) -> None:
    files = (ROOT / "src/foveate" / package).glob("*.py")
    assert {name for name in maps()[package] if not _is_room(package, name)} == {
        file.stem for file in files if file.stem != "__init__"
    }


def _is_room(package: str, name: str) -> bool:
    return (ROOT / "src/foveate" / package / name).is_dir()
