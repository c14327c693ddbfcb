"""Cut-outs by class: how well `segment.keep` finds the things of a class.

    python benchmarks/classes.py [--json]

Pictures of COCO with masks of their things, which the head of `fit_masks.py` has not seen. Each
class of a picture is kept once; the union of its masks says what is right. Masks of COCO are
polygons, and not every thing has one, so a perfect cut-out does not reach 1.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from fit_saliency import analysis_of
from masked import FOLDERS, photos

from foveate.app import create
from foveate.classes import CLASSES, PERSON
from foveate.geometry.box import Size
from foveate.service.parts.objects import OBJECTS
from foveate.service.parts.outlines import OUTLINES, SURE
from foveate.settings import load
from foveate.vision.masks import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from masked import Mask, Photo

COCO: Final = frozenset({"coco", "coco_person"})
ANIMALS: Final = frozenset(CLASSES[14:24])
GOOD: Final = 0.7
LEAST: Final = 0.01
"""Share of a picture that the things of a class must fill together."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One class of one picture, kept."""

    picture: str
    label: str
    iou: float
    found: bool
    """Whether the detector finds the class at all."""
    ms: float


def kept() -> list[Kept]:
    """Return every class of every picture, kept."""
    app = create(load())
    rows = []
    for path, photo in photos("visible", COCO, FOLDERS[:1]):
        analysis = analysis_of(path, app)
        seen = {thing.label for thing in analysis.get(OBJECTS) if thing.score >= SURE}
        for label, truth in unions(photo).items():
            start = time.process_time()
            alpha = analysis.get(OUTLINES, classes=(label,), person=None)
            spent = time.process_time() - start
            here = at(alpha, Size(truth.shape[1], truth.shape[0])) > 1 / 2
            iou = float((here & truth).sum() / (here | truth).sum())
            rows.append(Kept(path.name, label, iou, label in seen, 1000 * spent))
    return rows


def unions(photo: Photo) -> dict[str, Mask]:
    """Return all things of each class as one mask, where they fill enough of the picture."""
    masks: dict[str, Mask] = {}
    for name, mask in photo.things:
        if name in CLASSES:
            masks[name] = mask | masks.get(name, mask)
    return {name: mask for name, mask in masks.items() if mask.mean() >= LEAST}


def table(rows: Sequence[Kept]) -> dict[str, dict[str, float]]:
    """Return what came of all, of people and of animals."""
    groups = {
        "all": rows,
        "found": [row for row in rows if row.found],
        "people": [row for row in rows if row.found and row.label == PERSON],
        "animals": [row for row in rows if row.found and row.label in ANIMALS],
    }
    return {name: told(group) for name, group in groups.items()}


def told(rows: Sequence[Kept]) -> dict[str, float]:
    """Return what came of some."""
    ious = np.array([row.iou for row in rows])
    return {
        "n": len(rows),
        "mean": float(ious.mean()),
        "median": float(np.median(ious)),
        "above .7": float((ious > GOOD).mean()),
        "cpu ms": float(np.median([row.ms for row in rows])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures for a program")
    asked = parser.parse_args()
    rows = kept()
    figures = table(rows)
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name, figure in figures.items():
        print(f"{name:8}", "  ".join(f"{key} {value:.3g}" for key, value in figure.items()))
    by_class: dict[str, list[Kept]] = defaultdict(list)
    for row in rows:
        by_class[row.label].append(row)
    for label, some in sorted(by_class.items(), key=lambda pair: -len(pair[1])):
        print(f"  {label:16} {len(some):3} {told(some)['mean']:.3f}")


if __name__ == "__main__":
    main()
