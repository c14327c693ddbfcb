"""Interleaved rounds: A B C A B C ..., so that a noisy minute hits everybody alike."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, TypeVar

import corpus
import processes
from load import drive
from results import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from load import Load, Post
    from servers import Server

T = TypeVar("T")

HEADER: Final = (
    *("server", "CPU ms/request", "requests/s", "p50 ms", "p95 ms"),
    *("foreign cores", "failures"),
)


@dataclass(slots=True)
class Measured:
    """What the rounds of one server gave, one entry a round."""

    cpu_ms: list[float] = field(default_factory=list)
    rps: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p95_ms: list[float] = field(default_factory=list)
    foreign: list[float] = field(default_factory=list)
    """Cores that were busy with something else than this server, the load generator included."""
    failures: int = 0

    def add(self, load: Load, cpu_ms: float, busy_ms: float) -> None:
        """Note one round. Raises RuntimeError when nothing was answered with 200."""
        if not load.answers:
            raise RuntimeError(f"expected answers with 200, got (status: count) {load.failures}")
        self.failures += sum(load.failures.values())
        self.cpu_ms.append(cpu_ms / load.answers)
        self.rps.append(load.rps)
        self.p50_ms.append(load.percentile_ms(0.5))
        self.p95_ms.append(load.percentile_ms(0.95))
        self.foreign.append(max(0.0, busy_ms - cpu_ms) / 1000 / load.wall_s)

    def row(self) -> tuple[str, ...]:
        """Return the medians over the rounds, as text."""
        figures = (self.cpu_ms, self.rps, self.p50_ms, self.p95_ms, self.foreign)
        return (*(three_digits(median(values)) for values in figures), str(self.failures))


def three_digits(value: float) -> str:
    """Return the number with the digits that mean something.

    >>> three_digits(1793.4), three_digits(36.66), three_digits(0.5583)
    ('1,793', '36.7', '0.558')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def measure(
    server: Server,
    asks: Iterator[str | Post],
    into: Measured,
    *,
    connections: int,
    seconds: float | None = None,
) -> None:
    """Drive one round and note what it took."""
    cpu, busy = processes.cpu_ms(server.pid), processes.busy_ms()
    load = drive(server.port, asks, connections=connections, seconds=seconds)
    into.add(load, processes.cpu_ms(server.pid) - cpu, processes.busy_ms() - busy)


def table(title: str, measured: Mapping[str, Measured]) -> Table:
    """Return the rounds' medians, one row a server."""
    return Table(title, HEADER, [(name, *each.row()) for name, each in measured.items()])


def ratio(below: Sequence[float], above: Sequence[float]) -> tuple[float, str]:
    """Return the median of above/below over the rounds, and it as text with its range."""
    each = [b / a for a, b in zip(below, above, strict=True)]
    return median(each), f"{median(each):.2f}x ({min(each):.2f} to {max(each):.2f})"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one measurement, on one file system with the corpus so that links work."""

    origin: Path
    work: Path


def in_places(measurement: Callable[[Places], T]) -> T:
    """Return what `measurement` gives in fresh folders, which are gone afterwards."""
    corpus.PEERS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=corpus.PEERS) as folder:
        places = Places(Path(folder) / "origin", Path(folder) / "work")
        places.origin.mkdir()
        places.work.mkdir()
        return measurement(places)
