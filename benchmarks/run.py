"""Measure Foveate, and its peers beside it.

    python benchmarks/run.py [--only NAME ...] [--update] [--quick] [--json FILE]

Peers are installed into `.peers/` on the first run. All measurements together write REPORT.md
and REPORT.json; with --only or --quick they are printed, and written only where --json says,
or with --update into the report, which keeps what it says of the others.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import report
from batch import batch
from batch_peers import batch_peers
from classes import classes
from clicks import clicks
from conformance import conformance
from dataset_formats import measure as dataset_formats
from dataset_rates import dataset_rates
from defaults import measure as defaults
from design_rows import design_rows
from design_sizes import design_sizes
from designs_words import measure as designs_words
from detector import detector
from effects import measured as effects
from engines import engines
from everything import everything
from heads import heads
from index import index
from mattes import mattes
from memory import memory
from moderation import moderation
from moving import measured as moving
from nasty import nasty
from networks import networks
from objects import objects
from recognise import measure as recognise
from redaction import redaction
from rich.console import Console
from rich.table import Table
from saliency import gaze
from scenes import measure as scenes
from small_faces import small_faces
from speed import RACES, cached, run_race
from srcset import srcset
from startup import lightness, startup
from subjects import subjects
from tags import tagged
from text import text
from upscale import upscale
from widths import widths

from designs import designs
from people import people
from rpc import measure as rpc
from studio import measure as studio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Outcome

MEASUREMENTS: Final[dict[str, Callable[..., Outcome]]] = {
    "import": lightness,
    "startup": startup,
    **{race.name: partial(run_race, race) for race in RACES},
    "widths": widths,
    "defaults": defaults,
    "srcset": srcset,
    "cached": cached,
    "batch": batch,
    "batch-peers": batch_peers,
    "memory": memory,
    "everything": everything,
    "networks": networks,
    "detector": detector,
    "gaze": gaze,
    "heads": heads,
    "small faces": small_faces,
    "people": people,
    "recognise": recognise,
    "index": index,
    "rpc": rpc,
    "studio": studio,
    "mattes": mattes,
    "moving": moving,
    "redaction": redaction,
    "moderation": moderation,
    "objects": objects,
    "classes": classes,
    "designs": designs,
    "design rows": design_rows,
    "design sizes": design_sizes,
    "effects": effects,
    "clicks": clicks,
    "subjects": subjects,
    "tags": tagged,
    "text": text,
    "upscale": upscale,
    "engines": engines,
    "dataset formats": dataset_formats,
    "dataset rates": dataset_rates,
    "conformance": conformance,
    "nasty": nasty,
    "scenes": scenes,
    "designs words": designs_words,
}
console: Final = Console(width=None if sys.stdout.isatty() else 120)


def _grid(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    grid = Table(*header, title=title, title_justify="left")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


def _show(outcome: Outcome, seconds: float) -> None:
    console.rule(f"{outcome.title} ({seconds:.0f} s)")
    if outcome.skipped:
        console.print(f"Not measured: {outcome.skipped}.")
    for table in outcome.tables:
        _grid(table.title, table.header, table.rows)
    for check in outcome.checks:
        colour = "green" if check.met else "red"
        verdict = f"[{colour}]{'met' if check.met else 'NOT MET':8}[/]"
        console.print(f"{verdict} {check.what}: {check.got} (target {check.target})")
    for note in outcome.notes:
        console.print(note, style="dim", markup=False)


def _measure(names: Sequence[str], *, quick: bool) -> list[Outcome]:
    outcomes = []
    for name in names:
        start = time.perf_counter()
        console.print(f"measuring {name} ...", style="dim")
        outcomes.append(MEASUREMENTS[name](quick=quick))
        _show(outcomes[-1], time.perf_counter() - start)
    return outcomes


def _ordered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return measurements as a whole run has them."""
    places = {name: place for place, name in enumerate(MEASUREMENTS)}
    return sorted(outcomes, key=lambda outcome: places[outcome.name])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Foveate, and its peers beside it.")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, metavar="NAME", default=[])
    parser.add_argument("--update", action="store_true", help="renew these in the report")
    parser.add_argument("--quick", action="store_true", help="few rounds: a look, no comparison")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    parser.epilog = f"NAME is one of {', '.join(MEASUREMENTS)}."
    return parser.parse_args()


def main() -> int:
    """Measure, print, write; return 0 when every target is met and 1 otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers stop too
    asked = _arguments()
    outcomes = _measure(asked.only or list(MEASUREMENTS), quick=asked.quick)
    known = report.facts(quick=asked.quick)
    if asked.update:
        outcomes = _ordered([*report.kept(asked.only), *outcomes])
    if asked.update or not (asked.only or asked.quick):
        report.write(outcomes, known)
    if asked.json:
        asked.json.write_text(report.as_json(outcomes, known))
    return 0 if all(outcome.met for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
