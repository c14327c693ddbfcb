"""How many cores this process may use: a container often has fewer than its machine."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path
from typing import Final

QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds of processor in each period, and the period; `max` for no bound (cgroup v2)."""


def cores(quota: Path = QUOTA) -> int:
    """Return how many cores the scheduler and the container's quota leave, at least 1."""
    try:
        there = len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux says it
        there = os.cpu_count() or 1
    try:
        allowed, period = quota.read_text(encoding="ascii").split()
        return max(1, min(there, ceil(int(allowed) / int(period))))
    except (OSError, ValueError, ZeroDivisionError):
        return there
