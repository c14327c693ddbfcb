"""How fast a design is filled in with rows, at 1080 pixels, and whether memory stays as it was.

    python benchmarks/design_rows.py [--quick]

The design is that of the guide, once with a photo that stays, once with a photo of 1600 pixels for
each row. A rendition is drawn and encoded as JPEG of 1080 x 1080. Two processes draw.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from results import Check, Outcome, Table, tell

import foveate
from foveate.design.drawing.engine import installed
from foveate.designs.batch import Batch, Report
from foveate.imaging import Image
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.service.draw import Drawing
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME, TITLE = "design-rows", "Designs: one filled in with many rows"
LEAST: Final = 25.0
MOST_GROWTH: Final = 1.2
ROWS, QUICK, WORKERS = 1000, 100, 2
PHOTOS: Final = 400
"""Photos of their own are no more than so many, each of other bytes."""
NEEDED: Final = ("astronaut", "inter-400", "inter-700")
GUIDE: Final = Path(__file__).parents[1] / "docs/guides/designs.md"
MIB: Final = 1024.0


def _photos(folder: Path, count: int) -> list[str]:
    """Return the names of photos of 1600 pixels, each another crop of the sample."""
    models = load().models
    (card,) = (card for card in catalogue(models) if card.name == NEEDED[0])
    image = Image.new_from_file(str(where(card, models)))[:3].resize(3.2).copy_memory()
    for number in range(count):
        part = image.crop(number % 30, number // 30, 1600, 1200)
        part.jpegsave(str(folder / f"{number}.jpg"), Q=88)
    return [f"{number}.jpg" for number in range(count)]


def _held_mib() -> float:
    """Return what all processes below this one hold together."""
    me, held = os.getpid(), 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
        except (OSError, ValueError):
            continue
        if int(said.get("PPid", "0")) == me:
            held += int(said.get("VmRSS", "0").split()[0])
    return held / MIB


def _run(folder: Path, photos: Sequence[str], rows: int) -> tuple[Report, float, float]:
    """Return how it went, and what was held after a third of the rows and at the end."""
    text = GUIDE.read_text("utf-8").split("```xml\n")[1].split("```")[0]
    (folder / "sale.xml").write_text(text.replace("astronaut.jpg", "0.jpg"))
    with (folder / "rows.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("title", "price", "photo"))
        out.writerows((f"Sale {n}", f"{n} €", photos[n % len(photos)]) for n in range(rows))
    report, held = Report(), list[float]()
    batch = Batch(
        design=foveate.Design.open(folder / "sale.xml"),
        rows=folder / "rows.csv",
        out=folder / f"out-{len(photos)}",
        drawing=Drawing("jpeg"),
        workers=WORKERS,
    )
    for number, _ in enumerate(batch.run(report)):
        if number in {rows // 3, rows - 1}:
            held.append(_held_mib())
    return report, held[0], held[-1]


def design_rows(*, quick: bool = False) -> Outcome:
    """Measure, and return what came of it."""
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    lacking = [name for name in NEEDED if verify(cards[name], models) is not FileState.OK]
    if lacking or not installed():
        return Outcome(NAME, TITLE, skipped=f"needs foveate[design], and {', '.join(lacking)}")
    rows = QUICK if quick else ROWS
    checks, lines = [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        photos = _photos(folder, QUICK if quick else PHOTOS)
        for what, names in (("a photo that stays", photos[:1]), ("a photo for each row", photos)):
            report, before, after = _run(folder, names, rows)
            rate, growth = report.per_second, after / max(before, 1.0)
            lines.append((what, f"{rate:.1f}", f"{before:.0f}", f"{after:.0f}"))
            checks += [
                Check(f"{what}: renditions/s", f">= {LEAST:.0f}", f"{rate:.1f}", rate >= LEAST),
                Check(
                    f"{what}: memory at the end, of that after a third",
                    f"<= {MOST_GROWTH:.0%}",
                    f"{growth:.0%}",
                    growth <= MOST_GROWTH and not report.failed,
                ),
            ]
    head = ("rows with", "per second", "MiB after a third", "MiB at the end")
    return Outcome(NAME, TITLE, checks=checks, tables=[Table(f"{rows} rows", head, lines)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few rows")
    tell(design_rows(quick=parser.parse_args().quick))
