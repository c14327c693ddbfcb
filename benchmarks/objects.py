"""How well things are found, whether crops keep them whole, and what hiding them leaves to see.

    python benchmarks/objects.py [--quick] [--json FILE]

On photos of COCO with the outlines of their objects. A thing is found where a box of its class
has an IoU of at least 0.5 with the box around its outline. The photos are of the set on which such
networks are trained, so that the figures flatter them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from fit_saliency import analysis_of
from results import DATA, Check, Outcome, Table, alone, without_data

from foveate.app import create
from foveate.classes import CLASSES, PERSON, Wanted
from foveate.geometry.box import Box, Size
from foveate.geometry.crop import largest
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.heads import fits
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.service.for_gravity import ForGravity
from foveate.service.parts.hidden_objects import objects_hidden
from foveate.service.parts.objects import DETECTOR
from foveate.settings import load
from foveate.vision.objects import MergedDetector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from foveate.app import App
    from foveate.service.analysis import Analysis
    from foveate.values import Thing

NAME, TITLE = "objects", "Things of COCO's classes"
FOLDER: Final = DATA / "coco128_seg"
SHAPES: Final = {"9:16": 9 / 16, "3:4": 3 / 4, "1:1": 1.0, "16:9": 16 / 9, "2:1": 2.0}
MATCH: Final = 0.5
LEAST_AP, LEAST_KEPT, MOST_MS = 0.50, 0.97, 65.0
LOWEST: Final = 0.05
SLACK: Final = 1.0
"""Pixels: crops lie on whole ones."""
ROUNDS, QUICK = 60, 12


class Truth(NamedTuple):
    """An object of a photo as somebody drew it."""

    label: str
    box: Box
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, what is in it, and what is known of it."""

    path: Path
    analysis: Analysis
    truth: Sequence[Truth]


def truths(path: Path, size: Size) -> Iterator[Truth]:
    """Yield the objects of a photo, whose outlines are in 0..1."""
    label = FOLDER / "labels" / f"{path.stem}.txt"
    for line in label.read_text().splitlines() if label.exists() else ():
        number, *numbers = line.split()
        at = np.array(numbers, float).reshape(-1, 2) * (size.width, size.height)
        (left, top), (right, bottom) = at.min(0), at.max(0)
        box = Box(float(left), float(top), float(right - left), float(bottom - top))
        yield Truth(CLASSES[int(number)], box, tuple(map(tuple, at.tolist())))


def photos(app: App, few: int | None) -> list[Photo]:
    """Return all photos."""
    paths = sorted((FOLDER / "images").iterdir())[:few]
    opened = [(path, analysis_of(path, app)) for path in paths]
    return [Photo(path, seen, list(truths(path, seen.size))) for path, seen in opened]


def matched(found: Sequence[Thing], truth: Sequence[Truth]) -> list[bool]:
    """Return for each thing, best first, whether it is one of the truth that no better one is."""
    free, right = list(truth), []
    for thing in found:
        near = [one for one in free if one.label == thing.label]
        best = max(near, key=lambda one: one.box.iou(thing.box), default=None)
        hit = best is not None and best.box.iou(thing.box) >= MATCH
        if hit and best is not None:
            free.remove(best)
        right.append(hit)
    return right


def precision(scores: Sequence[float], right: Sequence[bool], count: int) -> float:
    """Return the average precision: the area under the hull of precision over recall."""
    order = np.argsort(-np.array(scores), kind="stable")
    hits = np.array(right, bool)[order].cumsum()
    precisions = hits / np.arange(1, len(hits) + 1)
    hull = np.maximum.accumulate(precisions[::-1])[::-1]
    steps = np.diff(np.concatenate([[0], hits])) / max(1, count)
    return float((hull * steps).sum())


def look_closely(app: App) -> MergedDetector:
    """Return the detector with all of what may be something, as average precision wants it."""
    session = app.analyses.networks.session
    return MergedDetector(session("centernet"), session("nanodet"), score=LOWEST)


def all_things(look: MergedDetector, analysis: Analysis) -> Sequence[Thing]:
    """Return the things in a photo down to the lowest score."""
    return look(analysis.thumbnail, analysis.size)


def found_in(
    seen: Sequence[Photo], look: Callable[[Analysis], Sequence[Thing]]
) -> tuple[float, float, dict[float, tuple[float, float]]]:
    """Return the pooled AP, its mean over classes, and precision and recall at scores."""
    rows: list[tuple[float, bool, str]] = []
    counts: dict[str, int] = defaultdict(int)
    for photo in seen:
        things = look(photo.analysis)
        right = matched(things, photo.truth)
        rows += [(t.score, hit, t.label) for t, hit in zip(things, right, strict=True)]
        for one in photo.truth:
            counts[one.label] += 1
    pooled = precision([r[0] for r in rows], [r[1] for r in rows], sum(counts.values()))
    by_class = [
        precision([r[0] for r in rows if r[2] == name], [r[1] for r in rows if r[2] == name], count)
        for name, count in counts.items()
    ]
    at = {
        least: (
            float(np.mean([hit for score, hit, _ in rows if score >= least] or [0.0])),
            sum(hit for score, hit, _ in rows if score >= least) / max(1, sum(counts.values())),
        )
        for least in (0.15, 0.25, 0.35, 0.5, 0.6)
    }
    return pooled, float(np.mean(by_class)), at


def kept(seen: Sequence[Photo]) -> dict[str, tuple[int, int, int]]:
    """Return by shape how many crops there are, how many keep the object, and how few find it.

    For each class of a photo there is a crop by it in each shape. The object that it is about is
    the largest of that class in truth, as far as its box fits into the crop.
    """
    counts = {shape: [0, 0, 0] for shape in SHAPES}
    for photo in seen:
        known, whole = ForGravity(photo.analysis), Box.of(photo.analysis.size)
        by_class: dict[str, list[Box]] = defaultdict(list)
        for one in photo.truth:
            by_class[one.label].append(one.box)
        for label, boxes in by_class.items():
            asked = TransformOptions(
                gravity=Gravity(GravityKind.OBJECT, classes=(Wanted(label),)), objects="largest"
            )
            found = [t for t in known.objects() if t.label == label]
            largest_found = max(found, key=lambda t: t.box.area, default=None)
            for shape, aspect in SHAPES.items():
                window = largest(whole, aspect)
                box = gravity_for(asked, Orientation()).frame(whole, window, known).box
                about = max(
                    boxes,
                    key=lambda one: one.iou(largest_found.box) if largest_found else one.area,
                )
                if not fits(about, window):
                    continue
                counts[shape][0] += 1
                is_found = largest_found is not None and about.iou(largest_found.box) >= MATCH
                counts[shape][1] += is_found and box.contains(about, SLACK)
                counts[shape][2] += is_found
    return {shape: (row[0], row[2], row[1]) for shape, row in counts.items()}


def hidden(seen: Sequence[Photo], labels: Sequence[str]) -> tuple[int, float, float]:
    """Return how many objects there are, how much of them is covered, and the share that is seen.

    Of each object the corners of its outline count. One is seen where less than nine tenths of
    these are covered.
    """
    shares = []
    for photo in seen:
        cores = [patch.core for patch in objects_hidden(photo.analysis, labels)]
        for one in photo.truth:
            if one.label in labels:
                over = [any(core.reach(*at) <= 1 for core in cores) for at in one.outline]
                shares.append(float(np.mean(over)))
    seen_share = float(np.mean([share < 0.9 for share in shares]))
    return len(shares), float(np.mean(shares)), seen_share


def milliseconds(seen: Sequence[Photo], rounds: int) -> float:
    """Return the median CPU time of all that finding things takes, the decoded picture given."""
    spent = []
    for number in range(rounds):
        analysis = seen[number % len(seen)].analysis
        analysis.thumbnail(Size(512, 512))
        detect = analysis.networks.of(DETECTOR)
        start = time.thread_time()
        detect(analysis.thumbnail, analysis.size)
        spent.append((time.thread_time() - start) * 1000)
    return float(np.median(spent[len(spent) // 6 :]))


def objects(*, quick: bool) -> Outcome:
    """Return how well things are found, kept and hidden."""
    if not FOLDER.exists():
        return without_data(NAME, TITLE)
    app = create(load())
    seen = photos(app, QUICK if quick else None)
    pooled, mean, at = found_in(seen, partial(all_things, look_closely(app)))
    by_shape = kept(seen)
    fitting, found, whole = (sum(row[k] for row in by_shape.values()) for k in range(3))
    ms = milliseconds(seen, QUICK if quick else ROUNDS)
    rows = [(f"{score:.2f}", f"{p:.2f}", f"{r:.2f}") for score, (p, r) in at.items()]
    groups = {
        "people": [PERSON],
        "cars, trucks and buses": ["car", "truck", "bus"],
        "all classes": list(CLASSES),
    }
    concealed = {name: hidden(seen, labels) for name, labels in groups.items()}
    count = sum(len(photo.truth) for photo in seen)
    share = whole / max(1, found)
    return Outcome(
        NAME,
        TITLE,
        checks=[
            Check("AP50 over all objects", f">= {LEAST_AP}", f"{pooled:.3f}", pooled >= LEAST_AP),
            Check(
                "crops by a class keep the object whole where it fits",
                f">= {LEAST_KEPT}",
                f"{share:.3f}",
                share >= LEAST_KEPT,
            ),
            Check("CPU of one look", f"<= {MOST_MS:.0f} ms", f"{ms:.1f} ms", ms <= MOST_MS),
        ],
        tables=[
            Table(f"{count} objects, {len(seen)} photos", ("score", "precision", "recall"), rows),
            Table(
                "Crops by gravity=object:CLASS,objects=largest",
                ("shape", "the object fits", "it is found", "and kept whole"),
                [(shape, *map(str, row)) for shape, row in by_shape.items()],
            ),
            Table(
                "redact=object:CLASS",
                ("classes", "objects", "covered", "less than nine tenths covered"),
                [(n, str(c), f"{o:.1%}", f"{s:.1%}") for n, (c, o, s) in concealed.items()],
            ),
        ],
        notes=[
            f"AP50, the mean over classes: {mean:.3f}.",
            f"Of {fitting} crops {found} are about an object that is found.",
        ],
    )


if __name__ == "__main__":
    alone(objects, __doc__)
