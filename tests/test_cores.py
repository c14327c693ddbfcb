from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from foveate.cores import cores, share_cores

if TYPE_CHECKING:
    from pathlib import Path

THERE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max 100000", THERE),
        ("100000 100000", 1),
        ("50000 100000", 1),
        ("99900000 100000", THERE),
        ("0 0", THERE),
        ("broken", THERE),
        ("", THERE),
    ],
)
def test_a_container_counts_the_cores_of_its_quota(
    text: str, expected: int, tmp_path: Path
) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    assert cores(quota) == expected


def test_without_a_quota_the_scheduler_says_it(tmp_path: Path) -> None:
    assert cores(tmp_path / "none") == THERE


def test_processes_at_the_same_work_have_a_part_of_the_cores_each(tmp_path: Path) -> None:
    share_cores(10_000)
    try:
        assert cores(tmp_path / "none") == 1
    finally:
        share_cores(1)
    assert cores(tmp_path / "none") == THERE
