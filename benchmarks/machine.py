"""The machine in words: what it can do, never what it is called."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Final

NOTABLE: Final = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16")


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return ""


def describe() -> str:
    """Return cores, instruction sets, memory, system and Python in one line."""
    flags = _field("/proc/cpuinfo", "flags").split()
    sets = ", ".join(flag for flag in NOTABLE if flag in flags) or "none of note"
    gib = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    cores = len(os.sched_getaffinity(0))
    model = _field("/proc/cpuinfo", "model name") or platform.machine()
    return (
        f"{cores} cores ({model}; {sets}), {gib:.0f} GiB memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )
