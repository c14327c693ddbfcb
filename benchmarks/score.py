"""The score of pictures: processor time of one against a reference, and of the reference once.

    python benchmarks/score.py [--rounds N] [--json FILE]

Pictures of the corpus at several sizes against themselves as JPEG of quality 70, one thread. The
time is that of the processor, the median of the rounds; memory is what the first score of the
largest size adds to the process. Targets are those of 800 by 600 pixels.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import corpus
import machine

from foveate.imaging import Image
from foveate.imaging.pixels import to_array
from foveate.vision.score import KEPT_PIXELS, Score

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

SIZES: Final = ((400, 300), (800, 600), (1600, 1200))
AIM: Final = (800, 600)
MOST_ONCE_MS: Final = 11
MOST_PROBE_MS: Final = 20
QUALITY: Final = 70
ROUNDS: Final = 21


@dataclass(frozen=True, slots=True)
class Row:
    """What one size took, in ms of processor."""

    size: tuple[int, int]
    once_ms: float
    probe_ms: float
    score: float


def pair(width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a photo of that size, and what JPEG makes of it."""
    photo = Image.thumbnail(str(corpus.build()[0]), width, height=height, size="force")
    photo = photo.copy_memory()
    again = Image.new_from_buffer(photo.jpegsave_buffer(Q=QUALITY), "")
    return to_array(photo), to_array(again)


def took_ms(act: Callable[[], object], rounds: int) -> float:
    """Return the median ms of processor of this thread, after one that is not counted."""
    act()
    spent = []
    for _ in range(rounds):
        before = time.thread_time()
        act()
        spent.append((time.thread_time() - before) * 1000)
    return median(spent)


def measured(size: tuple[int, int], rounds: int) -> Row:
    """Return what a size takes; where nothing is kept of a reference, once is nothing."""
    reference, distorted = pair(*size)
    score = Score(reference)
    kept = size[0] * size[1] <= KEPT_PIXELS
    once = took_ms(lambda: Score(reference), rounds) if kept else 0.0
    return Row(size, once, took_ms(lambda: score(distorted), rounds), score(distorted))


def added_mib() -> float:
    """Return by how much scoring the largest size raises what this process holds at most."""
    reference, distorted = pair(*SIZES[-1])
    small = reference[:64, :64]
    Score(small)(distorted[:64, :64])
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = peak_kib()
    Score(reference)(distorted)
    return (peak_kib() - before) / 1024


def peak_kib() -> int:
    """Return the most that this process held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def main() -> int:
    """Measure and print; return 1 where a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, help="write what was measured here as well")
    asked = parser.parse_args()
    mib = added_mib()
    rows = [measured(size, asked.rounds) for size in SIZES]
    print(machine.describe())
    print(f"{'pixels':>12} {'once, ms':>10} {'a picture, ms':>14} {'ns a pixel':>11} {'score':>7}")
    for row in rows:
        width, height = row.size
        ns = 1e6 * row.probe_ms / (width * height)
        size = f"{width}x{height}"
        print(f"{size:>12} {row.once_ms:10.1f} {row.probe_ms:14.1f} {ns:11.1f} {row.score:7.2f}")
    print(f"memory added by {SIZES[-1][0]}x{SIZES[-1][1]}: {mib:.0f} MiB")
    aim = next(row for row in rows if row.size == AIM)
    met = aim.once_ms <= MOST_ONCE_MS and aim.probe_ms <= MOST_PROBE_MS
    print(f"target at 800x600: {MOST_ONCE_MS} + {MOST_PROBE_MS} ms: {'met' if met else 'missed'}")
    if asked.json:
        told = [{"size": r.size, "once_ms": r.once_ms, "probe_ms": r.probe_ms} for r in rows]
        asked.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
