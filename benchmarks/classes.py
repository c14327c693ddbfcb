"""Cut-outs by class: how well `segment.keep` finds the things of a class.

    python benchmarks/classes.py [--quick]

Pictures of COCO with masks of their things, which the head of `fit_masks.py` has not seen. Each
class of a picture is kept once; the union of its masks says what is right. Masks of COCO are
polygons, and not every thing has one, so a perfect cut-out does not reach 1.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
from fit_saliency import analysis_of
from masked import FOLDERS, photos
from moderation import forgetful
from results import Check, Outcome, Table, tell, without_data

from foveate.classes import CLASSES, PERSON
from foveate.geometry.box import Size
from foveate.service.parts.objects import found_objects
from foveate.service.parts.outlines import OUTLINES
from foveate.vision.masks import at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from masked import Mask, Photo

NAME: Final = "classes"
TITLE: Final = "Cut-outs by class"
COCO: Final = frozenset({"coco", "coco_person"})
ANIMALS: Final = frozenset(CLASSES[14:24])
GOOD: Final = 0.7
LEAST: Final = 0.01
"""Share of a picture that the things of a class must fill together."""
BARS: Final = {"all": 0.52, "found": 0.63, "people": 0.66, "animals": 0.66}
QUICK: Final = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """One class of one picture, kept."""

    label: str
    iou: float
    found: bool
    """Whether the detector finds the class at all."""
    ms: float


def kept(most: int | None) -> list[Kept]:
    """Return every class of the first so many pictures, kept."""
    app = forgetful()
    rows = []
    for path, photo in islice(photos("visible", COCO, FOLDERS[:1]), most):
        analysis = analysis_of(path, app)
        seen = {thing.label for thing in found_objects(analysis)}
        for label, truth in unions(photo).items():
            start = time.process_time()
            alpha = analysis.get(OUTLINES, classes=(label,), person=None)
            spent = time.process_time() - start
            here = at(alpha, Size(truth.shape[1], truth.shape[0])) > 1 / 2
            iou = float((here & truth).sum() / (here | truth).sum())
            rows.append(Kept(label, iou, label in seen, 1000 * spent))
    return rows


def unions(photo: Photo) -> dict[str, Mask]:
    """Return all things of each class as one mask, where they fill enough of the picture."""
    masks: dict[str, Mask] = {}
    for name, mask in photo.things:
        if name in CLASSES:
            masks[name] = mask | masks.get(name, mask)
    return {name: mask for name, mask in masks.items() if mask.mean() >= LEAST}


def groups(rows: Sequence[Kept]) -> Mapping[str, Sequence[Kept]]:
    """Return all, those that the detector finds, and of these people and animals."""
    found = [row for row in rows if row.found]
    return {
        "all": rows,
        "found": found,
        "people": [row for row in found if row.label == PERSON],
        "animals": [row for row in found if row.label in ANIMALS],
    }


def _row(name: str, rows: Sequence[Kept]) -> tuple[str, ...]:
    ious = np.array([row.iou for row in rows])
    shares = ious.mean(), np.median(ious), (ious > GOOD).mean()
    ms = np.median([row.ms for row in rows])
    return (name, str(len(rows)), *(f"{share:.3f}" for share in shares), f"{ms:.0f}")


def classes(*, quick: bool) -> Outcome:
    """Measure."""
    if not FOLDERS[0].exists():
        return without_data(NAME, TITLE)
    rows = kept(QUICK if quick else None)
    sorted_ = groups(rows)
    by_class: dict[str, list[Kept]] = defaultdict(list)
    for row in rows:
        by_class[row.label].append(row)
    named = sorted(by_class.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    header = ("which", "pictures", "mean IoU", "median", f"above {GOOD}", "processor ms")
    means = {
        name: float(np.mean([row.iou for row in some])) for name, some in sorted_.items() if some
    }
    return Outcome(
        NAME,
        TITLE,
        checks=[
            Check(f"mean IoU, {name}", f">= {BARS[name]}", f"{mean:.3f}", mean >= BARS[name])
            for name, mean in means.items()
        ],
        tables=[
            Table(
                "segment.keep=CLASS", header, [_row(*pair) for pair in sorted_.items() if pair[1]]
            ),
            Table("by class", header, [_row(*pair) for pair in named]),
        ],
    )


if __name__ == "__main__":
    tell(classes(quick="--quick" in sys.argv))
