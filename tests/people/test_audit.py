"""The audit log: a line for each thing that was asked, or nothing is done."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from foveate.errors import AuditFailed
from foveate.people.audit import FILE, AuditLog

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_appended_and_read_from_a_time_on(tmp_path: Path) -> None:
    times = iter([1.0, 2.0, 3.0])
    log = AuditLog(tmp_path / "new", clock=lambda: next(times))
    for verb in ("search", "erase", "search"):
        log.write({"verb": verb, "subjects": ["Ann\nLee", "Zoë"]}, sync=verb == "erase")
    assert [entry["verb"] for entry in log.entries()] == ["search", "erase", "search"]
    assert [entry["time"] for entry in log.entries(since=2.0)] == [2.0, 3.0]
    assert (tmp_path / "new" / FILE).read_bytes().count(b"\n") == 3
    assert next(log.entries())["subjects"] == ["Ann\nLee", "Zoë"]
    assert stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.write({"verb": "one"})
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"time": 3, "verb": "tw')
    log.write({"verb": "three"})
    assert [entry["verb"] for entry in log.entries()] == ["one", "three"]


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    assert list(log.entries()) == []
    log.write({"verb": "one"})
    (tmp_path / FILE).rename(tmp_path / "audit.1")
    log.write({"verb": "two"})
    assert [entry["verb"] for entry in log.entries()] == ["two"]


def test_what_cannot_be_written_is_an_error_that_names_no_path_to_strangers(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(AuditFailed) as caught:
        AuditLog(tmp_path).write({"verb": "erase"})
    assert str(tmp_path) not in caught.value.public
