"""Memory over many renditions: where it starts, how high it goes, where it stays."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import corpus
import peers
import processes
from load import drive
from results import Check, Outcome, Table
from rounds import in_places
from servers import serving
from speed import CONNECTIONS, OURS, analysis_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rounds import Places
    from servers import Launch, Server

REQUESTS: Final = 1000
CHUNK: Final = 25
REST_S: Final = 5.0
"""How long a server may rest before its memory at the end is read."""
MAX_END_MIB: Final = 150.0
MAX_GROWTH_MIB: Final = 10.0
"""By how much the fitted line may rise over the second half and still be called flat."""
PEER_SHARE: Final = 1 / 4
FORMATS: Final = ("jpeg", "webp", "png")

PATTERNS: Final = {
    OURS: "/cdn-cgi/image/width={width}{quality},format={format}/{name}",
    "ipx": "/w_{width},f_{format}{quality}/{name}",
}
QUALITY: Final = {OURS: ",quality=80", "ipx": ",q_80"}
"""Not for PNG: there it asks for a palette, which costs everybody seconds."""
FACES: Final = (
    "/cdn-cgi/image/fit=cover,gravity=face,width={width},height={width},"
    "format={format}{quality}/{name}"
)


@dataclass(slots=True)
class History:
    """PSS in MiB: before the first request, highest, after a rest, and along the way."""

    idle: float
    peak: float = 0.0
    end: float = 0.0
    along: list[tuple[int, float]] = field(default_factory=list)
    failures: int = 0

    def growth(self) -> float:
        """Return by how many MiB the line through the second half rises."""
        half = self.along[len(self.along) // 2 :]
        mean_x = sum(x for x, _ in half) / len(half)
        mean_y = sum(y for _, y in half) / len(half)
        spread = sum((x - mean_x) ** 2 for x, _ in half)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in half) / spread
        return slope * (half[-1][0] - half[0][0])

    def row(self) -> tuple[str, ...]:
        """Return it as text."""
        figures = (self.idle, self.peak, self.end, self.growth())
        return (*(f"{value:.0f}" for value in figures), str(self.failures))


def mixed(name: str, files: Iterator[str]) -> Iterator[str]:
    """Yield the same varied work for everybody; every fourth of ours looks for faces."""
    chance = random.Random(1)
    for number, file in enumerate(files):
        facing = name == OURS and number % 4 == 3
        pattern = FACES if facing else PATTERNS[name]
        width, kind = chance.randint(100, 1600), FORMATS[chance.randrange(len(FORMATS))]
        quality = "" if kind == "png" else QUALITY[name]
        yield pattern.format(width=width, format=kind, quality=quality, name=file)


def watch(server: Server, paths: Iterator[str], requests: int) -> History:
    """Return the memory of a server over so many requests."""
    history = History(idle=processes.pss_mib(server.pid))
    with processes.PeakMemory(server.pid) as peak:
        for done in range(CHUNK, requests + 1, CHUNK):
            load = drive(server.port, islice(paths, CHUNK), connections=CONNECTIONS)
            history.failures += sum(load.failures.values())
            history.along.append((done, processes.pss_mib(server.pid)))
        history.peak = peak.mib
    time.sleep(REST_S)
    history.end = processes.pss_mib(server.pid)
    return history


OPENERS: Final[dict[str, Callable[[Places], Launch]]] = {
    OURS: lambda places: peers.foveate(places.origin, places.work, **analysis_cache(0)),
    "ipx": lambda places: peers.node_peer("ipx", places.origin),
}


def _history(name: str, requests: int) -> History:
    """Return the memory of one server, alone on the machine."""

    def measurement(places: Places) -> History:
        files = corpus.links(places.origin, corpus.build())
        with serving(OPENERS[name](places)) as server:
            return watch(server, mixed(name, files), requests)

    return in_places(measurement)


def _checks(histories: Mapping[str, History]) -> list[Check]:
    ours = histories[OURS]
    growth, ipx = ours.growth(), histories["ipx"].peak
    return [
        Check(
            "PSS at the end, RetinaFace loaded",
            f"<= {MAX_END_MIB:.0f} MiB",
            f"{ours.end:.0f} MiB",
            ours.end <= MAX_END_MIB,
        ),
        Check(
            "flat: rise over the second half",
            f"<= {MAX_GROWTH_MIB:.0f} MiB",
            f"{growth:.1f} MiB",
            growth <= MAX_GROWTH_MIB,
        ),
        Check(
            "peak PSS, foveate / ipx",
            f"<= {PEER_SHARE:g}x",
            f"{ours.peak / ipx:.2f}x",
            ours.peak <= ipx * PEER_SHARE,
        ),
        Check(
            "every request answered with 200", "0 failures", str(ours.failures), not ours.failures
        ),
    ]


def memory(*, quick: bool) -> Outcome:
    """Return the memory of ours and ipx over many mixed uncached renditions."""
    requests = REQUESTS // 5 if quick else REQUESTS
    histories = {name: _history(name, requests) for name in OPENERS}
    header = ("server", "idle MiB", "peak MiB", "end MiB", "rise over 2nd half MiB", "failures")
    rows = [(name, *history.row()) for name, history in histories.items()]
    return Outcome(
        "memory",
        f"Memory (PSS of the process tree) over {requests} mixed uncached renditions",
        checks=_checks(histories),
        tables=[Table(f"{CONNECTIONS} connections, 12 MP sources", header, rows)],
        notes=[
            "Widths 100 to 1600 as JPEG, WebP and PNG. Every fourth of Foveate's is a face crop.",
            "The analysis cache is off, so that the network really runs. ipx looks for no faces.",
            f"The end is read {REST_S:.0f} s after the last answer.",
        ],
    )
