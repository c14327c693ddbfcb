"""How long an encrypted collection takes to open and to search, and what memory it takes.

    python benchmarks/sealed.py [--quick]

Faces are unit vectors by chance: every one is compared, so it makes no difference which they are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np

from foveate.enrolled import EnrolledFace, Selection
from foveate.geometry.box import Box
from foveate.people.opened import Sealing
from foveate.people.sealing import Keyring
from foveate.people.store import LanceStore

NAME: Final = "sealed"
MODEL: Final = "chance"
KEY: Final = bytes(range(32))
CHUNK: Final = 4_000
LIMIT: Final = 25
QUERIES: Final = 300


def opened(folder: str) -> LanceStore:
    return LanceStore(folder, queue=100_000, sealing=Sealing(Keyring(lambda: [KEY])))


def unit(count: int, seed: int) -> np.ndarray:
    raw = np.random.default_rng(seed).standard_normal((count, 512)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def faces(vectors: np.ndarray, start: int) -> list[EnrolledFace]:
    box = Box(0, 0, 112, 112)
    return [
        EnrolledFace(id=uuid4().hex, subject=f"person {start + row}", embedding=vector, box=box)
        for row, vector in enumerate(vectors)
    ]


def fill(folder: str, count: int) -> None:
    store = opened(folder)
    store.create(NAME, MODEL)
    start = time.perf_counter()
    for at in range(0, count, CHUNK):
        store.add(NAME, MODEL, faces(unit(min(CHUNK, count - at), at + 1), at))
    store.close()
    print(f"{count:,} faces, enrolled in {time.perf_counter() - start:.1f} s")


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def took_ms(store: LanceStore, question: np.ndarray, selection: Selection) -> float:
    start = time.perf_counter()
    store.search(NAME, question, LIMIT, selection)
    return 1e3 * (time.perf_counter() - start)


def measure(folder: str, count: int) -> None:
    """Search in a process of its own, whose memory nothing else has grown."""
    store, asked, all_ = opened(folder), unit(QUERIES, 0), Selection()
    store.collections()
    before = resident()
    first = took_ms(store, asked[0], all_)
    print(f"  first search: {first:.0f} ms, {(resident() - before) / count:.0f} bytes a face")
    times = [took_ms(store, each, all_) for each in asked]
    print("  search, p50 / p99: {:.1f} / {:.1f} ms".format(*np.percentile(times, (50, 99))))
    one = [took_ms(store, each, Selection(subjects=("person 7",))) for each in asked[:30]]
    print(f"  among one subject, p50: {np.median(one):.1f} ms")
    after = []
    for row, each in enumerate(asked[:10]):
        store.add(NAME, MODEL, faces(each[None], count + row))
        after.append(took_ms(store, each, all_))
    print(f"  the first after a change, p50: {np.median(after):.1f} ms")
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure[0], int(given.measure[1]))
        return
    for count in (10_000,) if given.quick else (10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="foveate-sealed-") as folder:
            fill(folder, count)
            command = [sys.executable, __file__, "--measure", folder, str(count)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
