"""Rows that wait on disk, where nobody can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people_faces import MODEL, files_with, some

from foveate.people.schema import to_table
from foveate.people.spool import Spool

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_come_back_in_order_as_often_as_is_asked_for() -> None:
    tables = [to_table(some(count, "Ann", count), MODEL) for count in (3, 1)]
    with Spool(None) as rows:
        assert list(rows) == []
        for each in tables:
            rows.add(each)
        assert list(rows) == list(rows) == tables
        assert len(rows) == 4


def test_nothing_of_a_face_stands_in_a_file(tmp_path: Path) -> None:
    with Spool(tmp_path) as rows:
        rows.add(to_table(some(3, "Ann Lee"), MODEL))
        rows._file.seek(0)  # noqa: SLF001 - what is on the disk
        assert b"Ann Lee" not in rows._file.read()  # noqa: SLF001
        assert files_with(tmp_path, b"") == []
