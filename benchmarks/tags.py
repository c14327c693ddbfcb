"""Whether the words for a picture are right, how near near-duplicates are, and how long it takes.

    python benchmarks/tags.py [--quick] [--json] [--fit]

Words: each object of the COCO photos that takes a twentieth of the picture and whose class is one
of our words counts as found where that word is among the tags. Copies: photos against copies of
themselves, and against each other. `--fit` prints the temperature under which scores are most
honest.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from moderation import forgetful
from results import DATA, Check, Outcome, Table, without_data

from foveate.classes import CLASSES
from foveate.deadline import Deadline
from foveate.imaging import Image
from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts.glance import GLANCE
from foveate.trace import Trace
from foveate.vision.repeats import NEAR
from foveate.vision.tags import TEMPERATURE, features, probabilities, tags
from foveate.vision.vocabulary import KIND_OF, SPELLED, Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.app import App

NAME, TITLE = "tags", "Tags and near-duplicates"
LARGE: Final = 0.05
"""Share of the picture from which on an object has to be found."""
FOUND: Final = 0.5
KEPT: Final = 0.99
SLOWEST_MS: Final = 25.0
SAME_WORDS: Final = {**SPELLED, **KIND_OF}
TEMPERATURES: Final = tuple(round(0.5 + 0.05 * step, 2) for step in range(21))


def _half(image: Image) -> bytes:
    return bytes(image.resize(0.5).jpegsave_buffer(Q=80))


def _cropped(image: Image, share: float, x: float = 0.5, y: float = 0.5) -> bytes:
    width, height = (int(side * share) for side in (image.width, image.height))
    left, top = int((image.width - width) * x), int((image.height - height) * y)
    return bytes(image.crop(left, top, width, height).jpegsave_buffer(Q=90))


COPIES: Final[dict[str, Callable[[Image], bytes]]] = {
    "half the size, JPEG 80": _half,
    "240 px wide": lambda image: image.thumbnail_image(240).jpegsave_buffer(Q=85),
    "JPEG 30": lambda image: image.jpegsave_buffer(Q=30),
    "JPEG 10": lambda image: image.jpegsave_buffer(Q=10),
    "WebP 50": lambda image: image.webpsave_buffer(Q=50),
    "mirrored": lambda image: image.fliphor().jpegsave_buffer(Q=90),
    "brighter by 30 %": lambda image: (image * 1.3).cast("uchar").jpegsave_buffer(Q=90),
    "grey": lambda image: image.colourspace("b-w").jpegsave_buffer(Q=90),
    "a tenth of each side cut": lambda image: _cropped(image, 0.9),
    "a fifth of each side cut": lambda image: _cropped(image, 0.8),
    "a fifth cut at two edges": lambda image: _cropped(image, 0.8, 0.0, 0.0),
    "cut to a square": lambda image: image.thumbnail_image(
        400, height=400, crop="centre"
    ).jpegsave_buffer(Q=90),
    "three tenths of each side cut": lambda image: _cropped(image, 0.7),
    "turned by 90 degrees": lambda image: image.rot90().jpegsave_buffer(Q=90),
}
SURE_COPIES: Final = (*list(COPIES)[:3], "mirrored", "a tenth of each side cut")


def glance(app: App, data: bytes) -> NDArray[np.float32]:
    """Return what the network says of a picture, as the service asks it."""
    source = app.source_of(data)
    scale = app.analyses.scale_for(source.facts.size, [GLANCE])
    pixels = PixelSource(source, Deadline(time.monotonic() + 60), Trace(), scale=scale)
    return app.analyses.open(pixels).get(GLANCE)


def large_objects(labels: Path) -> set[str]:
    """Return the classes of the large objects of a COCO photo, as words of ours."""
    known, found = vocabulary().words, set()
    for line in labels.read_text().splitlines():
        number, *places = line.split()
        points = np.array(places, float).reshape(-1, 2)
        wide, high = points.max(0) - points.min(0)
        word = SAME_WORDS.get(CLASSES[int(number)], CLASSES[int(number)])
        if wide * high >= LARGE and word in known:
            found.add(word)
    return found


def everything_in(labels: Path) -> set[str]:
    """Return all classes of a photo, of any size, as words of ours."""
    names = (CLASSES[int(line.split()[0])] for line in labels.read_text().splitlines())
    return {SAME_WORDS.get(name, name) for name in names}


def words(looks: Sequence[tuple[NDArray[np.float32], set[str]]]) -> tuple[float, float, int]:
    """Return the share of large objects among the tags, the same for the best one, and how many."""
    found = first = count = 0
    for seen, wanted in looks:
        said = tags(probabilities(seen))
        labels = {tag.label for tag in said}
        things = [tag.label for tag in said if tag.kind is Kind.THING]
        found += len(wanted & labels)
        first += len(wanted & set(things[:1]))
        count += len(wanted)
    return found / max(1, count), first / max(1, count), count


def surprise(looks: Iterable[tuple[NDArray[np.float32], set[str]]], temperature: float) -> float:
    """Return the mean log loss of what is said of classes that COCO has marked, per word."""
    known = vocabulary()
    texts = list(known.words)
    coco = {SAME_WORDS.get(name, name) for name in CLASSES} & known.words.keys()
    rows = [texts.index(word) for word in sorted(coco) if known.words[word].classes]
    losses = []
    for seen, there in looks:
        said = known.holds[rows] @ probabilities(seen, temperature)
        for row, score in zip(rows, said.clip(1e-6, 1 - 1e-6), strict=True):
            losses.append(-np.log(score if texts[row] in there else 1 - score))
    return float(np.mean(losses))


def reliability(looks: Sequence[tuple[NDArray[np.float32], set[str]]]) -> list[tuple[str, ...]]:
    """Return how often what is said with a score of a range is there, of COCO's classes."""
    coco = {SAME_WORDS.get(name, name) for name in CLASSES}
    said = [
        (tag.score, tag.label in there)
        for seen, there in looks
        for tag in tags(probabilities(seen))
        if tag.label in coco and tag.kind is Kind.THING
    ]
    rows = []
    for low, high in ((0.05, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.8), (0.8, 1.01)):
        within = [right for score, right in said if low <= score < high]
        share = f"{np.mean(within):.2f}" if within else "-"
        rows.append((f"{low:g} to {min(high, 1):g}", str(len(within)), share))
    return rows


def compared(app: App, files: Sequence[Path]) -> tuple[list[tuple[str, ...]], dict[str, float]]:
    """Return a line for each way to copy, and figures to check."""
    own = np.stack([features(glance(app, file.read_bytes())) for file in files])
    rows, figures = [], {}
    for name, copy in COPIES.items():
        near = []
        for file, vector in zip(files, own, strict=True):
            image = Image.new_from_file(str(file), access="random")
            near.append(float(features(glance(app, copy(image))) @ vector))
        figures[name] = float(np.mean(np.array(near) >= NEAR))
        rows.append((name, f"{min(near):.2f}", f"{median(near):.2f}", f"{figures[name]:.1%}"))
    strangers = (own @ own.T)[np.triu_indices(len(own), 1)]
    figures["strangers"] = float(np.mean(strangers >= NEAR))
    figures["nearest strangers"] = float(strangers.max())
    shares = f"{figures['strangers']:.3%}"
    row = f"{len(strangers)} pairs of different photos"
    rows.append((row, f"{strangers.max():.2f} (largest)", f"{median(strangers):.2f}", shares))
    return rows, figures


def latency(app: App, files: Sequence[Path]) -> float:
    """Return the median milliseconds from the bytes of a photo to its tags, one after the other."""
    spent = []
    for file in files:
        data = file.read_bytes()
        start = time.perf_counter()
        tags(probabilities(glance(app, data)))
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent)


def tagged(*, quick: bool) -> Outcome:
    """Measure words, copies and time."""
    coco = sorted((DATA / "coco128_seg").rglob("*.jpg"))
    photos = sorted((DATA / "kodak").glob("*.png")) + sorted((DATA / "osie").rglob("*.jpg"))
    if not coco or not photos:
        return without_data(NAME, TITLE)
    app, outcome = forgetful(), Outcome(NAME, TITLE)
    marked = [(file, _labels_of(file)) for file in coco]
    seen = [(glance(app, file.read_bytes()), labels) for file, labels in marked if labels.exists()]
    found, first, count = words([(one, large_objects(labels)) for one, labels in seen])
    title = f"{count} large objects in {len(seen)} COCO photos, by words of ours"
    header = ("what", "share")
    rows = [("among the tags", f"{found:.2f}"), ("the first thing", f"{first:.2f}")]
    outcome.tables.append(Table(title, header, rows))
    outcome.tables.append(
        Table(
            "How often a word of COCO's is right, by its score",
            ("score", "words", "there"),
            reliability([(one, everything_in(labels)) for one, labels in seen]),
        )
    )
    photos = photos[: 12 if quick else None]
    lines, figures = compared(app, photos)
    title = f"Cosines of {len(photos)} photos with copies of them"
    header = ("copy", "least", "median", f"{NEAR} or more")
    outcome.tables.append(Table(title, header, lines))
    spent = latency(app, photos[: 12 if quick else 40])
    worst = min(figures[name] for name in SURE_COPIES)
    outcome.checks += [
        Check("objects among the tags", f">= {FOUND}", f"{found:.2f}", found >= FOUND),
        Check("plain copies found", f">= {KEPT:.0%}", f"{worst:.1%}", worst >= KEPT),
        Check(
            "different photos taken for copies", "0", f"{figures['strangers']:.3%}",
            figures["strangers"] == 0,
        ),
        Check("a photo, from bytes to tags", f"<= {SLOWEST_MS} ms", f"{spent:.1f} ms",
              spent <= SLOWEST_MS),
    ]  # fmt: skip
    return outcome


def _labels_of(file: Path) -> Path:
    return next(file.parents[1].rglob(f"{file.stem}.txt"), file.with_suffix(".txt"))


def fit() -> None:
    """Print the loss at each temperature."""
    app = forgetful()
    files = sorted((DATA / "coco128_seg").rglob("*.jpg"))
    looks = [(glance(app, file.read_bytes()), everything_in(_labels_of(file))) for file in files]
    for temperature in TEMPERATURES:
        mark = "  now" if temperature == TEMPERATURE else ""
        print(f"{temperature:.2f}  {surprise(looks, temperature):.5f}{mark}")


def told(outcome: Outcome) -> dict[str, Any]:
    """Return what was measured, for programs."""
    return {
        "checks": {check.what: {"got": check.got, "met": check.met} for check in outcome.checks},
        "tables": {table.title: [list(row) for row in table.rows] for table in outcome.tables},
    }


def main() -> None:
    """Print the measurement."""
    if "--fit" in sys.argv:
        fit()
        return
    outcome = tagged(quick="--quick" in sys.argv)
    if "--json" in sys.argv:
        print(json.dumps(told(outcome), indent=2))
        return
    print(outcome.skipped)
    for table in outcome.tables:
        print(table.title, *("  ".join(line) for line in (table.header, *table.rows)), "", sep="\n")
    for check in outcome.checks:
        print("met   " if check.met else "MISSED", check.what, check.target, check.got)


if __name__ == "__main__":
    main()
