"""Processes that read and write a face index while somebody measures them.

python benchmarks/index_roles.py ROLE FOLDER [SECONDS]
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.enrolled import EnrolledFace
from foveate.geometry.box import Box
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NAME: Final = "faces"
MODEL: Final = "benchmark-1"
WARM: Final = 40
LIMIT: Final = 10


def queries(folder: str) -> NDArray[np.float32]:
    """Return what was left to be asked for, beside the index."""
    vectors: NDArray[np.float32] = np.load(Path(folder).with_suffix(".npy"))
    return vectors


def resident_mb() -> int:
    """Return what this process has in memory."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def measure(folder: str, _: float) -> None:
    """Ask for each query once, then print times, what was found, and memory."""
    asked = queries(folder)
    bare = resident_mb()
    store = LanceStore(folder)
    for vector in asked[:WARM]:
        store.search(NAME, vector, LIMIT)
    times, found = [], []
    for vector in asked:
        start = time.perf_counter()
        matches = store.search(NAME, vector, LIMIT)
        times.append((time.perf_counter() - start) * 1000)
        found.append([match.face.id for match in matches])
    told = {"ms": times, "found": found, "mb": resident_mb(), "bare_mb": bare}
    print(json.dumps(told), flush=True)


def searcher(folder: str, seconds: float) -> None:
    """Search again and again, then print each time that it took, and errors."""
    store, asked = LanceStore(folder), queries(folder)
    for vector in asked[:WARM]:
        store.search(NAME, vector, LIMIT)
    times, errors, seen = [], [], 0
    last, turn = time.monotonic() + seconds, 0
    while time.monotonic() < last:
        start = time.perf_counter()
        try:
            matches = store.search(NAME, asked[turn % len(asked)], LIMIT)
            seen = max(seen, store.count(NAME))
            assert len(matches) == LIMIT
        except Exception as why:  # noqa: BLE001 - it is what is measured
            errors.append(repr(why))
        times.append((time.perf_counter() - start) * 1000)
        turn += 1
        time.sleep(0.02)
    print(json.dumps({"ms": times, "errors": errors, "seen": seen}), flush=True)


def adder(folder: str, seconds: float) -> None:
    """Add faces from four threads, one by one, and print the id of each that is acknowledged."""
    store = LanceStore(folder)
    rng, last = np.random.default_rng(), time.monotonic() + seconds

    def go(_: int) -> None:
        while time.monotonic() < last:
            raw = rng.standard_normal(512).astype(np.float32)
            name = rng.bytes(16).hex()
            store.add(NAME, MODEL, [_face(name, raw / np.float32(np.linalg.norm(raw)))])
            sys.stdout.write(name + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, range(4)))


def _face(name: str, vector: NDArray[np.float32]) -> EnrolledFace:
    return EnrolledFace(id=name, subject="new", embedding=vector, box=Box(0, 0, 1, 1))


ROLES: Final[dict[str, Callable[[str, float], None]]] = {
    "measure": measure,
    "searcher": searcher,
    "adder": adder,
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
