"""Batches: the share of the bound, killed and run again, and a million rows."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import results
from results import DATA, Check, Outcome, Table, without_data

import foveate
from foveate.app import create
from foveate.cores import cores
from foveate.deadline import NEVER
from foveate.imaging.one_decode import OneDecode
from foveate.imaging.pixels import from_array
from foveate.library import read_options
from foveate.settings import load
from foveate.storage.anywhere import Anywhere
from foveate.storage.source import Source
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.app import App

NAME, TITLE = (
    "batch",
    "Batches: 2,000 photos to three sizes around faces, killed, and a million rows",
)
FOLDERS: Final = ("click/fit", "instances/fit", "osie_fit/images", "utkface/images", "depth/fit")
CROPS: Final = tuple(
    f"width={side},height={side},fit=cover,gravity=face,format=jpeg" for side in (640, 320, 160)
)
PICTURES: Final = 2000
BOUND: Final = 0.92
KILLS: Final = 20
ROWS: Final = 1_000_000
MOST_MIB: Final = 300
CACHE: Final = "FOVEATE_CACHING__FOLDER"
RESIZED: Final = "width=320,format=baseline-jpeg,quality=80"


def photos(place: Path, count: int) -> Path | None:
    """Return a folder with links to so many photos, or None where there are none."""
    found = sorted(file for folder in FOLDERS for file in (DATA / folder).glob("*.jpg"))
    if len(found) < count:
        return None
    random.Random(0).shuffle(found)
    place.mkdir()
    for number, file in enumerate(found[:count]):
        (place / f"{number:05}.jpg").symlink_to(file)
    return place


def new_app(cache: Path) -> App:
    """Return an app that has seen no picture yet."""
    settings = load()
    return create(replace(settings, caching=replace(settings.caching, folder=str(cache))), Anywhere)


@contextmanager
def cached_in(folder: str) -> Iterator[None]:
    """Have caches there, and after it where they were: the folder goes, and others come."""
    before = os.environ.get(CACHE)
    os.environ[CACHE] = str(Path(folder) / "seen")
    foveate.forget_settings()
    try:
        yield
    finally:
        os.environ.pop(CACHE)
        os.environ.update({CACHE: before} if before is not None else {})
        foveate.forget_settings()


def bound_cpu_s(app: App, folder: Path, texts: Sequence[str]) -> float:
    """Return the processor time of a plain loop over a folder: nothing written, nobody waited for.

    Of each picture all renditions are made of one decode.
    """
    options = [read_options(text) for text in texts]
    started = time.process_time()
    for file in sorted(folder.iterdir()):
        source = Source(file.read_bytes(), version="now", probe=app.probe, key=str(file))
        renderer = replace(app.renderer, mezzanine=OneDecode(source.name))
        for each in options:
            renderer.prepare(source, each).run(NEVER, Trace())
    return time.process_time() - started


def raced(folder: Path, place: Path) -> tuple[list[Check], Table]:
    """Return how near a batch comes to what its cores can do."""
    count = len(list(folder.iterdir()))
    app = new_app(place / "seen by the loop")
    foveate.batch(next(folder.iterdir()), place / "warm", CROPS, app=app)
    report = foveate.batch(folder, place / "out", CROPS)
    cpu_s = bound_cpu_s(app, folder, CROPS)
    bound = cores() * count / cpu_s
    share = report.worked / report.seconds / bound
    header = ("pictures", "pictures/s", "bound/s", "share", "CPU ms each", "in a plain loop")
    row = (
        *(str(count), f"{report.per_second:.1f}", f"{bound:.1f}", f"{share:.3f}"),
        *(f"{1000 * report.cpu_s / count:.1f}", f"{1000 * cpu_s / count:.1f}"),
    )
    what = "pictures/s over what the cores could do in a plain loop"
    check = Check(what, f">= {BOUND}", f"{share:.3f}", share >= BOUND)
    failed = Check("pictures that failed", "0", str(report.failed), not report.failed)
    return [check, failed], Table("Three face crops of each", header, [row])


FOVEATE: Final = (sys.executable, "-c", "from foveate.cli import main; main()")


def killed(folder: Path, place: Path, kills: int) -> list[Check]:
    """Return whether anything is missing, twice or half after so many kills and a last run."""
    words = ["batch", str(folder), "--out", str(place / "out"), "-o", RESIZED, "--json"]
    chance, told = random.Random(1), Counter[str]()
    count, ended = len(list(folder.iterdir())), 0
    for _ in range(kills):
        sources, end = _run_for(words, chance.randrange(2 * count // kills))
        told.update(sources)
        ended += end == -signal.SIGKILL
    last = subprocess.run([*FOVEATE, *words], capture_output=True, text=True, check=False)
    told.update(_sources(last.stdout.splitlines(keepends=True)))
    rows = [json.loads(line) for line in (place / "out" / "manifest.jsonl").open()]
    outputs = {each["name"]: each["bytes"] for row in rows for each in row["outputs"]}
    files = {file.name: file.stat().st_size for file in (place / "out").glob("*.jpg")}
    missing = count - len(outputs)
    half = sum(files.get(name) != size for name, size in outputs.items())
    half += len(set(files) - set(outputs))
    twice = sum(times - 1 for times in told.values() if times > 1)
    return [
        Check(f"missing after {ended} kills", "0", str(missing), not missing),
        Check("done twice", "0", str(twice), not twice),
        Check("half, or nobody's", "0", str(half), not half),
    ]


def _run_for(words: Sequence[str], pictures: int) -> tuple[list[str], int]:
    """Return what a run told until it was killed after so many pictures, and how it ended."""
    process = subprocess.Popen([*FOVEATE, *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(pictures + 1)]
    process.kill()
    said += process.stdout.readlines()
    process.stdout.close()
    return _sources(said), process.wait()


def _sources(said: Sequence[str]) -> list[str]:
    whole = (line for line in said if line.endswith("}\n"))
    rows = (json.loads(line) for line in whole)
    return [row["source"] for row in rows if "source" in row]


MEMORY: Final = """
import json, resource, sys
import foveate
peaks = []
def told(made, report):
    if report.worked % {every} == 0:
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
options, names = "width=8,format=png", "{{row}}.png"
report = foveate.batch(sys.argv[1], sys.argv[2], options, names=names, told=told)
print(json.dumps([report.done, report.copied, report.seconds, peaks]))
"""


def million(place: Path, rows: int) -> tuple[list[Check], Table]:
    """Return the memory of a long list of tiny pictures, few of which differ."""
    place.mkdir()
    for number in range(100):
        pixels = np.full((16, 16, 3), number, np.uint8)
        from_array(pixels).write_to_file(str(place / f"{number}.png"))
    names = islice(cycle(f"{number}.png" for number in range(100)), rows)
    with (place / "list.csv").open("w") as lines:
        lines.write("file,n\n")
        lines.writelines(f"{name},{n}\n" for n, name in enumerate(names))
    code = MEMORY.format(every=rows // 20)
    command = [sys.executable, "-c", code, str(place / "list.csv"), str(place / "out")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    done_, copied, seconds, peaks = json.loads(done.stdout)
    growth = peaks[-1] - peaks[len(peaks) // 2]
    header = ("rows", "copies", "rows/s", "MiB at a twentieth", "half", "end")
    row = (
        *(str(done_), str(copied), f"{done_ / seconds:.0f}", f"{peaks[0]:.0f}"),
        *(f"{peaks[len(peaks) // 2]:.0f}", f"{peaks[-1]:.0f}"),
    )
    checks = [
        Check(
            f"peak RSS over {rows} rows",
            f"<= {MOST_MIB} MiB",
            f"{peaks[-1]:.0f} MiB",
            peaks[-1] <= MOST_MIB,
        ),
        Check("rise over the second half", "<= 10 MiB", f"{growth:.1f} MiB", growth <= 10),
        Check("rows that are not there", "0", str(rows - done_), rows == done_),
    ]
    return checks, Table("A list of tiny pictures, a hundred of which differ", header, [row])


def batch(*, quick: bool) -> Outcome:
    """Return how batches do."""
    with tempfile.TemporaryDirectory(prefix="foveate-batch-") as work, cached_in(work):
        place = Path(work)
        count = PICTURES // 20 if quick else PICTURES
        folder = photos(place / "photos", count)
        if folder is None:
            return without_data(NAME, TITLE)
        race, share = raced(folder, place / "race")
        after = killed(folder, place / "killed", 2 if quick else KILLS)
        memory, long = million(place / "tiny", ROWS // 50 if quick else ROWS)
    return Outcome(
        NAME,
        TITLE,
        checks=[*race, *after, *memory],
        tables=[share, long],
        notes=["The plain loop has the pictures in the same order, and one thread."],
    )


if __name__ == "__main__":
    results.alone(batch, __doc__)
