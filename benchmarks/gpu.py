"""The networks of recognition on a GPU: faces a second by size of the batch, and with joined calls.

    python benchmarks/gpu.py WEIGHTS [--provider cuda|cpu] [--seconds S] [--json FILE]

WEIGHTS is a folder with the ONNX files, as `foveate models pull` leaves them. This stands alone:
beside onnxruntime-gpu and numpy it takes only the micro-batcher of this checkout, so that it runs
on a machine on which Foveate is not installed. What goes in is noise: networks take as long for it.

The first table is one caller with batches of one size. The second is many callers with a face
each, as requests come: each call on its own, and joined by the micro-batcher.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from foveate.models import quiet
from foveate.models.runtime.micro_batcher import MicroBatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Faces = NDArray[np.float32]

PROVIDERS: Final = {"cuda": "CUDAExecutionProvider", "cpu": "CPUExecutionProvider"}
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64)
CALLERS: Final = (1, 8, 32)
SIZES: Final = (1, 8, 32)
"""Of batches; a batch between two of them is filled up."""
MOST: Final = SIZES[-1]
"""Faces that the micro-batcher joins."""
WARM: Final = 5


@dataclass(frozen=True, slots=True)
class Network:
    """A network by its file, and the shape of one face, or of one picture, that it takes."""

    file: str
    shape: tuple[int, ...]


NETWORKS: Final = {
    "faces, 640 x 480": Network("retinaface_mnet025", (3, 480, 640)),
    "embedding": Network("mobilefacenet", (3, 112, 112)),
    "age and gender": Network("age_gender", (3, 112, 112)),
    "emotion": Network("expression", (3, 112, 112)),
    "race": Network("gear", (198, 198, 3)),
    "pose": Network("head_pose", (3, 224, 224)),
    "liveness": Network("liveness", (3, 128, 128)),
}


def opened(path: Path, provider: str) -> Any:  # noqa: ANN401 - it comes without types
    """Return the session on that provider. Raises RuntimeError where it is not what was got."""
    library = quiet.onnxruntime()
    library.set_default_logger_severity(3)
    if hasattr(library, "preload_dlls") and provider == "cuda":
        library.preload_dlls()
    session = library.InferenceSession(str(path), providers=[PROVIDERS[provider]])
    got = session.get_providers()[0]
    if got != PROVIDERS[provider]:
        raise RuntimeError(f"expected {PROVIDERS[provider]}, got {got}")
    return session


def used_mib() -> int:
    """Return the memory of the first GPU that is in use, in MiB; 0 where there is none."""
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    try:
        return int(subprocess.check_output(command, text=True).split()[0])
    except (OSError, subprocess.CalledProcessError):
        return 0


def noise(shape: tuple[int, ...], count: int) -> Faces:
    """Return so many things of that shape."""
    return np.random.default_rng(0).random((count, *shape), np.float32)


def rate(run: Callable[[], object], seconds: float) -> float:
    """Return how often that runs in a second, after a few times that do not count."""
    for _ in range(WARM):
        run()
    took, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or not took:
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return 1 / median(took)


def by_batch(session: Any, network: Network, seconds: float) -> Iterator[float]:  # noqa: ANN401
    """Yield things a second for each size of a batch."""
    name = session.get_inputs()[0].name
    for count in BATCHES:
        batch = noise(network.shape, count)
        yield count * rate(partial(session.run, None, {name: batch}), seconds)


async def by_callers(
    call: Callable[[Sequence[Faces]], Any], thing: Faces, callers: int, seconds: float
) -> tuple[float, float]:
    """Return things a second of all callers, and the median ms that one waits."""
    waited: list[float] = []
    end = time.perf_counter() + seconds

    async def caller() -> None:
        while time.perf_counter() < end:
            start = time.perf_counter()
            await call([thing])
            waited.append(time.perf_counter() - start)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return len(waited) / seconds, 1000 * median(waited)


async def joined(
    open_one: Callable[[], Any], network: Network, seconds: float
) -> list[list[float]]:
    """Return, by number of callers, things a second and ms: each on its own, and joined."""
    sessions, loop = {size: open_one() for size in SIZES}, asyncio.get_running_loop()
    name, thing = sessions[1].get_inputs()[0].name, noise(network.shape, 1)[0]
    with ThreadPoolExecutor(4) as pool:

        async def run(things: Sequence[Faces]) -> Sequence[Any]:
            size = next(size for size in SIZES if size >= len(things))
            full = np.stack([*things, *([things[-1]] * (size - len(things)))])
            outs = await loop.run_in_executor(pool, sessions[size].run, None, {name: full})
            return outs[0][: len(things)]

        batcher: MicroBatcher[Faces, Any] = MicroBatcher(run, most=MOST)
        for count in (*SIZES, *SIZES):
            await asyncio.gather(*(run([thing] * count) for _ in range(4)))
        return [
            [
                callers,
                *await by_callers(run, thing, callers, seconds),
                *await by_callers(batcher, thing, callers, seconds),
            ]
            for callers in CALLERS
        ]


def switching(session: Any, network: Network) -> list[float]:  # noqa: ANN401
    """Return ms of a call of the same size as the one before, and of one of another size."""
    name, one, eight = session.get_inputs()[0].name, *(noise(network.shape, n) for n in (1, 8))
    took: dict[bool, list[float]] = {True: [], False: []}
    last = None
    for batch in (one, one, eight, eight) * 4:
        start = time.perf_counter()
        session.run(None, {name: batch})
        took[batch is last].append(1000 * (time.perf_counter() - start))
        last = batch
    return [median(took[True]), median(took[False][1:])]


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as Markdown."""
    print(f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", sep="\n")
    for row in rows:
        print(f"| {' | '.join(f'{x:,.0f}' if isinstance(x, float) else str(x) for x in row)} |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="folder of the ONNX files")
    parser.add_argument("--provider", choices=PROVIDERS, default="cuda")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each cell")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    asked = parser.parse_args()
    empty, rows, calls, switches = used_mib(), [], {}, []
    for name, network in NETWORKS.items():
        before, open_one = used_mib(), partial(opened, asked.weights / f"{network.file}.onnx")
        session = open_one(asked.provider)
        rates = list(by_batch(session, network, asked.seconds))
        rows.append([name, *rates, used_mib() - before])
        switches.append([name, *(f"{ms:.1f}" for ms in switching(session, network))])
        del session
        if name in ("embedding", "age and gender"):
            calls[name] = asyncio.run(
                joined(partial(open_one, asked.provider), network, asked.seconds)
            )
    print(f"{asked.provider}: things a second, and MiB of the device after all of them\n")
    table(["network", *(f"batch {count}" for count in BATCHES), "MiB"], rows)
    for name, found in calls.items():
        print(f"{name}: callers with one face each, faces a second and median ms\n")
        header = ("callers", "alone", "ms", "joined", "ms")
        table(header, [[row[0], row[1], f"{row[2]:.1f}", row[3], f"{row[4]:.1f}"] for row in found])
    print("one session, batches of 1 and of 8 in turn: ms of a call\n")
    table(["network", "same size as before", "another size"], switches)
    print(f"device in use at the start {empty} MiB, at the end {used_mib()} MiB")
    if asked.json:
        asked.json.write_text(json.dumps({"batches": rows, "calls": calls, "switches": switches}))


if __name__ == "__main__":
    main()
