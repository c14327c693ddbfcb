"""How soon Foveate is there: from the command to the first answer, and `import foveate`."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Final

import corpus
import peers
import pyvips
from results import Check, Outcome, Table
from rounds import Places, in_places
from servers import serving

if TYPE_CHECKING:
    from pathlib import Path

MAX_START_S: Final = 1.5
HEAVY: Final = {"pyvips", "onnxruntime", "starlette", "fastapi", "httpcore", "obstore", "numpy"}
FIRSTS: Final = {
    "first picture": "/cdn-cgi/image/width=200,format=baseline-jpeg/small.jpg",
    "first face crop": (
        "/cdn-cgi/image/fit=cover,gravity=face,width=200,height=300,format=baseline-jpeg/small.jpg"
    ),
}


def _one_start(places: Places) -> dict[str, float]:
    """Return seconds from the command to each first answer, asked for one after the other."""
    with serving(peers.foveate(places.origin, places.work)) as server:
        seconds = {"health": time.perf_counter() - server.started}
        for what, path in FIRSTS.items():
            answer = server.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path}: expected 200, got {answer.status} {answer.body!r}")
            if "gravity=face" in path and answer.headers.get("foveate-gravity") != "face":
                raise RuntimeError(f"{path}: expected a crop around the face, got {answer.headers}")
            seconds[what] = time.perf_counter() - server.started
    return seconds


def put_small(origin: Path) -> None:
    """Put the picture there that `FIRSTS` name."""
    source = corpus.samples()["astronaut"]
    pyvips.Image.new_from_file(str(source)).write_to_file(str(origin / "small.jpg[Q=90]"))


def _starts(places: Places, count: int) -> list[dict[str, float]]:
    put_small(places.origin)
    _one_start(places)  # byte code and the page cache
    starts = []
    for number in range(count):
        fresh = places.work / str(number)  # a rendition cache of its own
        fresh.mkdir()
        starts.append(_one_start(Places(places.origin, fresh)))
    return starts


def startup(*, quick: bool) -> Outcome:
    """Return how long `foveate serve` takes to its first answers, weights present."""
    starts = in_places(lambda places: _starts(places, 2 if quick else 5))
    medians = {what: median(start[what] for start in starts) for what in starts[0]}
    rows = [
        (what, f"{value:.2f}", f"{min(s[what] for s in starts):.2f}")
        for what, value in medians.items()
    ]
    first = medians["first picture"]
    return Outcome(
        "startup",
        "From the command `foveate serve` to the first answer",
        checks=[
            Check(
                "first picture answered, median",
                f"<= {MAX_START_S:g} s",
                f"{first:.2f} s",
                first <= MAX_START_S,
            )
        ],
        tables=[Table(f"{len(starts)} starts", ("until", "median s", "best s"), rows)],
    )


def lightness(*, quick: bool) -> Outcome:
    """Return how long `import foveate` takes, and which heavy libraries it pulls in."""
    command = [sys.executable, "-c", "import sys, foveate; print(*sys.modules)"]
    seconds, modules = [], set[str]()
    for _ in range(2 if quick else 5):
        start = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds.append(time.perf_counter() - start)
        if done.returncode:
            raise RuntimeError(f"`import foveate` failed:\n{done.stderr[-2000:]}")
        modules |= set(done.stdout.split())
    found = sorted(HEAVY & modules)
    return Outcome(
        "import",
        "`import foveate`",
        checks=[
            Check("imports no heavy library", "none", ", ".join(found) or "none", not found),
        ],
        notes=[
            (
                f"Looked for {', '.join(sorted(HEAVY))}. Interpreter start included, it takes "
                f"{median(seconds) * 1000:.0f} ms (median)."
            )
        ],
    )
