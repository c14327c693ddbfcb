"""This checkout of Foveate beside another one: what requests cost in both, round by round.

    python benchmarks/joints.py OTHER/src [--theirs NAME=VALUE ...] [--ours NAME=VALUE ...]

OTHER/src goes on the path of the other one's interpreter, which is this one unless --python says
otherwise. Settings are for one side: `--theirs models__engine=auto --ours runtime__engine=auto`.
Ratios are ours over theirs, the median of the rounds and their range: below 1 we are better.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import corpus
import heic
import peers
import processes
from load import Post, drive
from memory import REQUESTS, History, mixed, watch
from rounds import Measured, Places, in_places, measure, ratio, three_digits
from servers import Launch, Server, serving
from speed import CONNECTIONS, OURS, analysis_cache
from startup import FIRSTS, put_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = tuple[str, ...]
    Sides = Sequence["Checkout"]

PYTHON: Final = Path(sys.executable)
HEADER: Final = ("what", "theirs", "ours", "ours / theirs", "bytes", "failures")
_PLAIN: Final = "/cdn-cgi/image/width=400,format=baseline-jpeg"
_SQUARE: Final = f"{_PLAIN},height=400,fit=cover"
_CROPS: Final = "/v1/crops?aspect=1:1&aspect=4:5&aspect=9:16&aspect=16:9&aspect=3:2"


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of one kind: `{}` in the path is a new name each, without it the picture is sent."""

    path: str
    suffix: str = ".jpg"
    requests: int = 24
    """In one round, few enough to be done in time; 0 is the same six again for three seconds."""


KINDS: Final[Mapping[str, Kind]] = {
    "plain": Kind(f"{_PLAIN}/{{}}"),
    "face": Kind(f"{_SQUARE},gravity=face/{{}}"),
    "auto": Kind(f"{_SQUARE},gravity=auto/{{}}"),
    "cached": Kind(f"{_PLAIN}/{{}}", requests=0),
    "boxes": Kind(_CROPS),
    "crops": Kind(f"{_CROPS}&render=1", requests=12),
    "heic": Kind(f"{_PLAIN}/{{}}", ".heic", 8),
    "heic-small": Kind(f"{_PLAIN}/{{}}", ".heif", 8),
    "heic-crops": Kind(f"{_CROPS}&render=1", ".heic", 2),
}
WHAT: Final = ("start", *KINDS, "memory")


@dataclass(frozen=True, slots=True)
class Checkout:
    """One side: the sources on its path, its interpreter, and what is set for it alone."""

    path: Path
    python: Path
    settings: Mapping[str, str]

    def launch(self, origin: Path, work: Path) -> Launch:
        """Return its server: renditions are kept, what was seen is not."""
        usual = peers.foveate(origin, work, **analysis_cache(0), **self.settings)
        return replace(
            usual,
            command=lambda port: (str(self.python.parent / "foveate"), *usual.command(port)[1:]),
            environment={**usual.environment, "PYTHONPATH": str(self.path)},
        )

    def imported(self) -> float:
        """Return the ms of processor that `import foveate` takes. Raises if it is another one."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [str(self.python), "-c", "import foveate; print(foveate.__file__)"]
        there = subprocess.check_output(command, env={"PYTHONPATH": str(self.path)}, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not Path(there).is_relative_to(self.path):
            raise RuntimeError(f"expected one in {self.path}, got {there}")
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000

    def started(self, origin: Path, work: Path) -> tuple[float, ...]:
        """Return ms to the first picture by the clock and of processor, and those of importing."""
        with serving(self.launch(origin, work)) as server:
            if server.get(FIRSTS["first picture"]).status != 200:
                raise RuntimeError(f"{self.path}: expected a first picture")
            clock = (time.perf_counter() - server.started) * 1000
            return clock, processes.cpu_ms(server.pid), self.imported()

    def memory(self, count: int, places: Places) -> History:
        """Return the memory over so many mixed requests; alone, as shared pages count in part."""
        paths = mixed(OURS, corpus.links(places.origin, corpus.build("phone")))
        with serving(self.launch(places.origin, places.work)) as server:
            return watch(server, paths, count)


def row(theirs: Sequence[float], ours: Sequence[float], *more: str) -> Row:
    """Return the medians of both, and the median and range of the ratios."""
    return (*(three_digits(median(side)) for side in (theirs, ours)), ratio(theirs, ours)[1], *more)


def starts(sides: Sides, rounds: int, places: Places) -> Iterator[Row]:
    """Yield rows of starting and importing, after one of each that fills the page cache."""
    put_small(places.origin)
    took = [
        [side.started(places.origin, places.work / f"{turn}-{n}") for n, side in enumerate(sides)]
        for turn in range(rounds + 1)
    ]
    theirs, ours = (list(zip(*side[1:], strict=True)) for side in zip(*took, strict=True))
    names = ("first picture, ms", "first picture, CPU ms", "import foveate, CPU ms")
    for name, before, now in zip(names, theirs, ours, strict=True):
        yield name, *row(before, now)


def compared(kind: Kind, running: Sequence[Server], asks: Iterator[str | Post], rounds: int) -> Row:
    """Return ms of processor for each request, how large answers are, and how many were none."""
    few, measured = list(islice(asks, 6)), [Measured() for _ in running]
    warm = [drive(server.port, iter(few), connections=1) for server in running]
    for turn in range(rounds):
        for server, into in list(zip(running, measured, strict=True))[:: 1 - turn % 2 * 2]:
            some = islice(asks, kind.requests) if kind.requests else cycle(few)
            links, seconds = (min(kind.requests, 4), None) if kind.requests else (CONNECTIONS, 3.0)
            measure(server, some, into, connections=links, seconds=seconds)
    sizes = sorted({f"{load.body_bytes // max(1, load.answers):,}" for load in warm})
    failed = (str(m.failures + len(few) - w.answers) for m, w in zip(measured, warm, strict=True))
    return row(*(each.cpu_ms for each in measured), " or ".join(sizes), " + ".join(failed))


def requests(sides: Sides, only: Sequence[str], rounds: int, places: Places) -> Iterator[Row]:
    """Yield a row for each kind of request, while both sides serve."""
    photos = {
        ".jpg": corpus.build("phone"),
        ".heic": heic.build(),
        ".heif": heic.build(".heif", 96),
    }
    names = {suffix: corpus.links(places.origin, paths) for suffix, paths in photos.items()}
    with ExitStack() as stack:
        running = [
            stack.enter_context(serving(side.launch(places.origin, places.work / str(n))))
            for n, side in enumerate(sides)
        ]
        for name, kind in ((name, KINDS[name]) for name in only):
            asks: Iterator[str | Post] = map(kind.path.format, names[kind.suffix])
            if "{}" not in kind.path:
                asks = cycle([Post(kind.path, file.read_bytes()) for file in photos[kind.suffix]])
            yield f"{name}, CPU ms", *compared(kind, running, asks, rounds)


def show(rows: Iterable[Row]) -> None:
    """Print rows as they come."""
    for what, *cells in rows:
        print(f"{what:23}", *map(str.rjust, cells, (8, 8, 22, 18, 8)), flush=True)


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="folder that holds the other package, `foveate`")
    parser.add_argument("--python", type=Path, default=PYTHON, help="the other one's interpreter")
    for side in ("--theirs", "--ours"):
        parser.add_argument(side, nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", nargs="+", choices=WHAT, default=WHAT)
    parser.add_argument("--quick", action="store_true", help="few rounds: a look, no comparison")
    return parser.parse_args()


def main() -> None:
    """Compare and print."""
    asked = arguments()
    theirs, ours = (dict(s.split("=", 1) for s in side) for side in (asked.theirs, asked.ours))
    here = Checkout(Path(__file__).resolve().parents[1] / "src", PYTHON, ours)
    sides = (Checkout(asked.other.resolve(), asked.python, theirs), here)
    rounds, count = (2, 50) if asked.quick else (7, REQUESTS)
    show([HEADER])
    if "start" in asked.only:
        in_places(lambda places: show(starts(sides, rounds, places)))
    if kinds := [name for name in KINDS if name in asked.only]:
        in_places(lambda places: show(requests(sides, kinds, rounds, places)))
    if "memory" in asked.only:
        before, now = (in_places(partial(side.memory, count)) for side in sides)
        failed = f"{before.failures} + {now.failures}"
        show([(f"peak PSS of {count}, MiB", *row([before.peak], [now.peak], "", failed))])
        show([(f"end PSS of {count}, MiB", *row([before.end], [now.end], "", failed))])


if __name__ == "__main__":
    main()
