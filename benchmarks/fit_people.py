"""Fit where people are on masks: a second readout of `gaze`, beside the one of looks.

    python benchmarks/fit_people.py [--write]

Whether a patch belongs to a person is a logistic regression on the 768 numbers that the network
knows of it anyway. Masks of people say where it does; where it does not is known inside masks of
other things, beside the people of pictures with masks of people, and behind the things that stand
out of a picture. Photos that it has not seen, in which every person has a mask, say what it is
worth. With `--write` the file beside the code is replaced.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from fit_saliency import analysis_of
from results import DATA

from foveate.app import create
from foveate.gravity.importance import resampled
from foveate.models import open_model
from foveate.settings import load
from foveate.vision.saliency import PEOPLE, Gaze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Grid = NDArray[np.bool_]

MASKS: Final = (DATA / "click", DATA / "instances")
PEOPLE_ONLY: Final = frozenset({"ccp", "human"})
"""Sets in which the subject of every picture is a person."""
THINGS: Final = frozenset({"ecssd"})
"""Sets with a mask of what stands out, whatever that is."""
FULL: Final = 0.6
"""Share of a patch from which on it counts as one that is in a mask."""
EMPTY: Final = 0.05
"""Share up to which it counts as one that is not."""
RIDGE: Final = 30.0
STEPS: Final = 8
"""Newton steps."""
JUDGES: Final = DATA / "coco128_seg"
SIDE: Final = 448


@dataclass(frozen=True, slots=True)
class Patches:
    """What is known of the patches of one picture."""

    tokens: NDArray[np.float32]
    """(patches, 768)."""
    people: Grid
    others: Grid
    """Patches that are surely not of people; the rest may be either."""

    @property
    def known(self) -> Grid:
        """Return the patches of which it is known."""
        return self.people | self.others


def share(mask: pyvips.Image, shape: tuple[int, ...]) -> Numbers:
    """Return the share of each patch that lies in a mask."""
    grey = mask[0].numpy()
    return resampled((grey > grey.max() / 2).astype(np.float32), shape)


def manifests() -> Iterator[tuple[str, Path, list[tuple[str, Path]]]]:
    """Yield the set, the picture, and the class and file of each mask of it."""
    found: dict[tuple[str, Path], list[tuple[str, Path]]] = defaultdict(list)
    for folder in MASKS:
        with (folder / "MANIFEST.tsv").open() as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                inside = folder if (folder / row["picture"]).exists() else folder / row["split"]
                key = row["set"], inside / row["picture"]
                found[key].append((row["class"], inside / row["mask"]))
    for (kind, picture), masks in found.items():
        yield kind, picture, masks


def labels(
    kind: str, masks: Sequence[tuple[str, Path]], shape: tuple[int, ...]
) -> tuple[Grid, Grid]:
    """Return which patches are of people, and which are surely not."""
    people, things = np.zeros(shape), np.zeros(shape)
    for name, path in masks:
        is_person = name == "person" or kind in PEOPLE_ONLY
        into = people if is_person else things
        np.maximum(into, share(pyvips.Image.new_from_file(str(path)), shape), out=into)
    if kind in PEOPLE_ONLY:
        return people > FULL, people < EMPTY
    if kind in THINGS:
        return np.zeros(shape, bool), things < EMPTY
    others = (things > FULL) & (people < EMPTY)
    if people.any():
        others |= (people < EMPTY) & (things < EMPTY)
    return people > FULL, others


def drawn(path: Path) -> pyvips.Image:
    """Return the mask of all people of a photo, from the polygons of its label file."""
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    outlines = [
        " ".join(f"{SIDE * float(value):.1f}" for value in line[1:])
        for line in lines
        if line[0] == "0"
    ]
    polygons = "".join(f'<polygon fill="white" points="{points}"/>' for points in outlines)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}">{polygons}</svg>'
    return pyvips.Image.svgload_buffer(svg.encode())[3]


def fit(seen: Sequence[Patches]) -> NDArray[np.float32]:
    """Return the weights of a token's numbers, and what is added: (769,), by Newton.

    Each picture counts as the root of its patches, so that large masks do not decide alone.
    """
    tokens = np.concatenate([one.tokens[one.known] for one in seen])
    aim = np.concatenate([one.people[one.known] for one in seen])
    counts = [np.count_nonzero(one.known) for one in seen]
    heavy = np.concatenate([np.full(count, max(count, 1) ** -0.5) for count in counts])
    heavy /= heavy.mean()
    mean, spread = tokens.mean(axis=0), tokens.std(axis=0) + 1e-6
    features = np.column_stack([(tokens - mean) / spread, np.ones(len(tokens), np.float32)])
    ridge = np.append(np.full(tokens.shape[1], RIDGE), 0.0)
    weights = np.zeros(features.shape[1])
    for _ in range(STEPS):
        odds = 1 / (1 + np.exp(-(features @ weights)))
        curve = (features * (heavy * odds * (1 - odds))[:, None].astype(np.float32)).T @ features
        slope = features.T @ (heavy * (odds - aim)) + ridge * weights
        weights -= np.linalg.solve(curve.astype(float) + np.diag(ridge), slope)
    scaled = weights[:-1] / spread
    return np.append(scaled, weights[-1] - scaled @ mean).astype(np.float32)


def average_precision(scores: Numbers, truth: Grid) -> float:
    """Return the mean precision over all that is there, best score first."""
    right = truth[np.argsort(-scores)]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean())


def judge(weights: NDArray[np.float32], judged: Sequence[Patches]) -> float:
    """Return the average precision over patches."""
    scores = [one.tokens[one.known] @ weights[:-1] for one in judged]
    truth = [one.people[one.known] for one in judged]
    return average_precision(np.concatenate(scores), np.concatenate(truth))


def patches_seen() -> tuple[list[Patches], list[Patches]]:
    """Return the patches of the pictures to fit on, and of those to judge by."""
    settings = load()
    app = create(settings)
    gaze = Gaze(partial(open_model, "gaze", settings.models, settings.runtime))

    def tokens(path: Path) -> NDArray[np.float32]:
        analysis = analysis_of(path, app)
        return gaze.tokens(analysis.thumbnail(gaze.input_size(analysis.size)))

    fitted, judged = [], []
    for kind, picture, masks in manifests():
        seen = tokens(picture)
        people, others = labels(kind, masks, seen.shape[:2])
        fitted.append(Patches(seen.reshape(-1, seen.shape[2]), people.ravel(), others.ravel()))
    for picture in sorted((JUDGES / "images").iterdir()):
        seen = tokens(picture)
        mask = drawn(JUDGES / "labels" / f"{picture.stem}.txt")
        part = share(mask, seen.shape[:2]).ravel() if mask.max() else np.zeros(seen[..., 0].size)
        judged.append(Patches(seen.reshape(-1, seen.shape[2]), part > FULL, part < EMPTY))
    return fitted, judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="replace the numbers of the package")
    asked = parser.parse_args()
    seen, judged = patches_seen()
    weights = fit(seen)
    count = sum(int(one.people.sum()) for one in seen)
    print(f"{len(seen)} pictures, {count} patches of people; AP on {len(judged)} photos:", end=" ")
    print(f"{judge(weights, judged):.3f}")
    if asked.write:
        np.save(PEOPLE, weights)


if __name__ == "__main__":
    main()
