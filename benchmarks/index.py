"""How fast and how surely people are found again, and whether anything is lost.

    python benchmarks/index.py [--quick] [--million] [--minutes N] [--folder FOLDER]

Faces are real embeddings with noise (`index_faces.py`). `--million` adds a million faces, which
takes 6 GB of disk for a while. What others do to the index meanwhile runs in processes of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
from identified import identified
from index_faces import MODEL, asked, faces, many, name_of
from index_roles import LIMIT, NAME
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.enrolled import Selection
from foveate.people.care import index_of
from foveate.people.store import LanceStore
from foveate.people.upkeep import IDLE_S

TITLE: Final = "People found again"
ROLES: Final = Path(__file__).with_name("index_roles.py")
QUERIES: Final = 400
CHUNK: Final = 4_000
KILLS: Final = 20
STALL_MS: Final = 200.0
BARS: Final = {100_000: 10.0, 1_000_000: 25.0}
RECALL: Final = 0.98


def started(role: str, folder: Path, seconds: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROLES), role, str(folder), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> dict[str, list[float]]:
    out, _ = process.communicate()
    return dict(json.loads(out))


def size_mb(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 2**20


def filled(folder: Path, count: int) -> tuple[float, float]:
    """Fill an index, and return the seconds that all of it and the last training took.

    What is to be asked, and what is nearest to it, lies beside.
    """
    store, start, done, longest = LanceStore(str(folder)), time.perf_counter(), 0, 0.0
    store.create(NAME, MODEL)
    question, blocks = None, []
    for block in many(count):
        if question is None:
            question = asked(block, QUERIES)
        for at in range(0, len(block), CHUNK):
            store.add(NAME, MODEL, faces(block[at : at + CHUNK], done + at))
            before = time.perf_counter()
            store.create(NAME, MODEL)  # comes after the upkeep
            longest = max(longest, time.perf_counter() - before)
        blocks.append(nearest(question, block, done))
        done += len(block)
    took = time.perf_counter() - start
    longest = max(longest, rested(store, count))
    store.close()
    np.save(folder.with_suffix(".npy"), question)
    cosines = np.concatenate([each for each, _ in blocks], axis=1)
    rows = np.concatenate([each for _, each in blocks], axis=1)
    best = np.argsort(-cosines, axis=1)[:, :LIMIT]
    np.save(folder.with_suffix(".truth.npy"), np.take_along_axis(rows, best, axis=1))
    return took, longest


def rested(store: LanceStore, count: int) -> float:
    """Return how long it takes, with nobody writing, until the index is one part.

    Few faces stay in several parts: that is waited for no longer than training could take.
    """
    start, most_s = time.perf_counter(), IDLE_S * 4 + count / 1000
    while index_of(store._tables.latest(NAME).list_indices()).trained_on < count:  # noqa: SLF001 - it is ours
        if time.perf_counter() - start > most_s:
            break
        time.sleep(0.5)
    return time.perf_counter() - start - IDLE_S


def nearest(question: np.ndarray, block: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosines and the numbers of the nearest in a block, exactly."""
    cosines = question @ block.T
    rows = np.argpartition(-cosines, LIMIT, axis=1)[:, :LIMIT]
    return np.take_along_axis(cosines, rows, axis=1), rows + start


def searched(folder: Path, count: int, built: tuple[float, float]) -> tuple[list[Check], Table]:
    got = finished(started("measure", folder))
    truth = np.load(folder.with_suffix(".truth.npy"))
    hits = [
        len({name_of(int(row)) for row in rows} & set(found))
        for rows, found in zip(truth, got["found"], strict=True)
    ]
    recall = sum(hits) / truth.size
    p50, p99 = np.percentile(got["ms"], (50, 99))
    rows = [
        ("p50, ms", f"{p50:.1f}"),
        ("p99, ms", f"{p99:.1f}"),
        (f"recall@{LIMIT}", f"{recall:.4f}"),
        ("memory of a searching process, MB", str(got["mb"])),
        ("of which before it opened the index", str(got["bare_mb"])),
        ("disk, MB", str(size_mb(folder))),
        ("enrolled in, s", f"{built[0]:.0f}"),
        ("longest training of the search index, s", f"{built[1]:.1f}"),
    ]
    title = f"{count:,} faces"
    checks = [Check(f"recall@{LIMIT}, {title}", f">= {RECALL}", f"{recall:.4f}", recall >= RECALL)]
    if bar := BARS.get(count):
        checks.append(Check(f"search p50, {title}", f"<= {bar:g} ms", f"{p50:.1f} ms", p50 <= bar))
    return checks, Table(title, ("what", "value"), rows)


def killed(folder: Path, times: int) -> Check:
    """Kill a process that adds, again and again; everything it told of must be there."""
    lost = told = 0
    for turn in range(times):
        writer = started("adder", folder, 60)
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(random.Random(turn).uniform(0.1, 1.0))
        writer.kill()
        lines = [first, *writer.stdout.readlines()]
        writer.wait()
        names = [line.strip() for line in lines if line.endswith("\n")]
        store = LanceStore(str(folder))
        there, _ = store.embeddings(NAME, Selection(ids=tuple(names)))
        lost += len(set(names) - set(there))
        told += len(names)
        assert len(store.search(NAME, np.load(folder.with_suffix(".npy"))[0], LIMIT)) == LIMIT
    got = f"{lost} of {told} lost"
    return Check(f"kill -9 during adds, {times} times", "0 acknowledged faces lost", got, lost == 0)


def together(folder: Path, minutes: float) -> tuple[list[Check], Table]:
    """Search in two processes while a third adds, tidies and indexes."""
    seconds = minutes * 60
    readers = [started("searcher", folder, seconds) for _ in range(2)]
    writer = started("adder", folder, seconds)
    added = len(writer.communicate()[0].splitlines())
    got = [finished(reader) for reader in readers]
    times = np.concatenate([each["ms"] for each in got])
    errors = sum(len(each["errors"]) for each in got)
    rows = [
        ("searches", str(len(times))),
        ("faces added meanwhile", str(added)),
        ("p50, ms", f"{np.percentile(times, 50):.1f}"),
        ("p99, ms", f"{np.percentile(times, 99):.1f}"),
        ("slowest, ms", f"{times.max():.0f}"),
        (f"over {STALL_MS:g} ms", str(int((times > STALL_MS).sum()))),
        ("errors", " ".join(map(str, (errors, *(each["errors"][:1] for each in got))))),
    ]
    what = f"two searching while one adds, {minutes:g} min"
    checks = [
        Check(f"{what}: errors", "0", str(errors), errors == 0),
        Check(f"{what}: slowest", f"<= {STALL_MS:g} ms", f"{times.max():.0f} ms",
              bool(times.max() <= STALL_MS)),
    ]  # fmt: skip
    return checks, Table(what, ("what", "value"), rows)


def erased(folder: Path) -> Check:
    """Erase a subject, and read all files for what is left of it."""
    store = LanceStore(str(folder))
    gone = store.faces(NAME, Selection(subjects=("person 5",)))
    start = time.perf_counter()
    store.erase(NAME, Selection(subjects=("person 5",)))
    took = time.perf_counter() - start
    traces = [trace for face in gone for trace in (face.embedding.tobytes(), face.id.encode())]
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = sum(trace in data for data in map(Path.read_bytes, files) for trace in traces)
    near = [match.face.id for match in store.search(NAME, gone[0].embedding, LIMIT)]
    found += sum(face.id in near for face in gone)
    store.close()
    got = f"{found} of {len(traces)} traces in {len(files)} files, {took:.1f} s"
    return Check("erase a subject", "gone from all files and from search", got, found == 0)


def index(
    *, quick: bool, million: bool = False, minutes: float = 10.0, folder: str = ""
) -> Outcome:
    """Return speed, recall, memory and what is lost, of one or two sizes."""
    if not DATA.exists():
        return without_data("index", TITLE)
    checks, tables = identified()
    outcome = Outcome("index", TITLE, checks=checks, tables=tables)
    root = Path(folder or tempfile.mkdtemp(prefix="foveate-index-"))
    sizes = [10_000 if quick else 100_000, *([1_000_000] if million else [])]
    for count in sizes:
        place = root / f"{count}"
        built = filled(place, count)
        checks, table = searched(place, count, built)
        outcome.checks += checks
        outcome.tables.append(table)
        outcome.checks.append(erased(place))
    first = root / f"{sizes[0]}"
    outcome.checks.append(killed(first, 3 if quick else KILLS))
    checks, table = together(first, 0.2 if quick else minutes)
    outcome.checks += checks
    outcome.tables.append(table)
    if not folder:
        shutil.rmtree(root)
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--folder", default="", help="keep the indices here")
    given = parser.parse_args()
    tell(index(**vars(given)))


if __name__ == "__main__":
    main()
