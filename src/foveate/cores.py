"""How many cores this process may use: a container often has fewer than its machine."""

from __future__ import annotations

import os
import sys
from math import ceil
from pathlib import Path
from typing import Final

QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds of processor in each period, and the period; `max` for no bound (cgroup v2)."""


_SHARERS: Final = [1]


def share_cores(processes: int) -> None:
    """Leave the others their part of the cores, where this process is one of so many at work."""
    _SHARERS[0] = processes


def cores(quota: Path = QUOTA) -> int:
    """Return how many cores are for this process, at least 1."""
    return max(1, _left(quota) // _SHARERS[0])


def _left(quota: Path) -> int:
    """Return how many cores the scheduler and the container's quota leave."""
    there = os.cpu_count() or 1
    if sys.platform == "linux":
        there = len(os.sched_getaffinity(0))
    try:
        allowed, period = quota.read_text(encoding="ascii").split()
        return max(1, min(there, ceil(int(allowed) / int(period))))
    except (OSError, ValueError, ZeroDivisionError):
        return there
