"""A list says the same to whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.batches.lists import listed as rows
from foveate.service.imports import listed as people

if TYPE_CHECKING:
    from pathlib import Path


def test_people_and_batches_find_a_picture_in_the_same_column(tmp_path: Path) -> None:
    listing = tmp_path / "who.csv"
    listing.write_text("file;Source;subject\nother.png;x.png;Ann\n")
    assert people(listing)[0].path == next(rows(str(listing))).key == str(tmp_path / "x.png")
    listing.write_text("url,subject\nhttps://b.com/c.jpg,Bo\n")
    assert people(listing)[0].path == next(rows(str(listing))).key == "https://b.com/c.jpg"
