"""What a handler may take."""

from __future__ import annotations

from dataclasses import dataclass

from foveate.settings.kinds import MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the process of a handler; what goes beyond one of them ends it."""

    sample_s: float = 60.0
    """How long one sample may take."""
    select_s: float = 1.0
    """How much longer it may take, for each sample, to say which samples there are."""
    start_s: float = 60.0
    """How long it may take to import."""
    processors: float = 4.0
    """How many may work for it at once, on average."""
    memory_bytes: int = 2048 * MIB
    disk_bytes: int = 1024 * MIB
    """What may lie in its folder, which is empty when it starts and gone when it ends."""
    output_bytes: int = 512 * MIB
    """What may be made of one sample."""
    told_bytes: int = 32 * MIB
    """What may be told of that: it takes some ten times as much memory here."""
    threads: int = 256
    """How many it may have at once, and some more for each core of the machine it is on."""
    outputs: int = 1000
    """How many pictures may be made of one sample."""
    network: bool = False
    """Whether it may reach the network."""
