"""What a server costs: CPU time and memory of its whole process tree, read from /proc."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024


def tree(pid: int) -> list[int]:
    """Return the process and all its descendants that are alive."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found.extend(map(int, task.read_text().split()))
            except OSError:
                continue
    return found


def cpu_ms(pid: int) -> float:
    """Return the CPU time that the tree has used so far, user and system, ended children too."""
    ticks = 0
    for member in tree(pid):
        try:
            stat = Path(f"/proc/{member}/stat").read_text()
        except OSError:
            continue
        # The name may hold spaces and brackets, so count from behind its closing bracket.
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks * 1000 / _TICKS_PER_S


def pss_mib(pid: int) -> float:
    """Return the proportional set size of the tree in MiB: shared pages count once."""
    total = 0
    for member in tree(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / _MIB


def busy_ms() -> float:
    """Return the CPU time that the whole machine has been busy since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, fields)
    return (user + nice + system + irq + softirq) * 1000 / _TICKS_PER_S


class PeakMemory:
    """Watches the tree of `pid` while a `with` block runs; `mib` is the highest PSS it saw."""

    def __init__(self, pid: int, every_s: float = 0.1) -> None:
        self._pid, self._every_s = pid, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.mib = pss_mib(pid)

    def _watch(self) -> None:
        while not self._stop.wait(self._every_s):
            self.mib = max(self.mib, pss_mib(self._pid))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
