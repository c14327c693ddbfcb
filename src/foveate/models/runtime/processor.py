"""The processor in words: what it is called, and which units for matrices it has."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from foveate.cores import cores

UNITS: Final = {
    "amx_bf16": "AMX-BF16",
    "amx_int8": "AMX-INT8",
    "avx512_bf16": "AVX512-BF16",
    "avx512_vnni": "AVX512-VNNI",
    "avx_vnni": "AVX-VNNI",
}
"""The kernel's word for a unit and its maker's, the strongest first."""
BF16: Final = frozenset({"AMX-BF16", "AVX512-BF16"})
"""Units that multiply bfloat16. OpenVINO itself claims the type on any AVX-512 and emulates it."""


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor: its name, how many cores this process may use, its units for matrices."""

    name: str
    cores: int
    units: tuple[str, ...] = ()

    @property
    def bf16(self) -> bool:
        """Return whether it multiplies bfloat16 faster than float32."""
        return not BF16.isdisjoint(self.units)

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.name} ({', '.join(self.units) or 'no matrix units'})"


@cache
def this_processor(file: Path = Path("/proc/cpuinfo")) -> Processor:
    """Return the processor of this machine; without units where the kernel does not list them."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    # The first core speaks for all; later lines of the same name are the other cores.
    facts = {
        key.strip(): value.strip() for key, _, value in (x.partition(":") for x in lines[::-1])
    }
    flags = facts.get("flags", "").split()
    units = tuple(word for flag, word in UNITS.items() if flag in flags)
    return Processor(facts.get("model name") or platform.machine(), cores(), units)
