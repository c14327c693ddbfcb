"""Fit how near things are on photos with measured depth: the readout of `gaze` beside a network.

    python benchmarks/fit_depth.py [--write] [--families] [--all]

The logarithm of nearness at a patch is linear in what `gaze` knows of it, in what the network
for depth says, in its logarithm, and in the row. Within each photo everything is measured from its
mean, as depth has no scale; a ridge keeps a few scenes from explaining 384 numbers too well, and
each scene counts as a root of its photos, up to nine. Folds leave out whole scenes, or whole
families of them, so that no wall is seen twice. With `--write` the file beside the code is
replaced by what is fitted to `data/depth/fit`, without what its makers gave for research alone
unless `--all` says so: that costs nothing.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
from depth_frames import Frame, averaged, frames, looked_at, macro, scores

from foveate.vision import depth, depth_readout
from foveate.vision.depth import fused, logarithm, ordered_alone, rows, standard
from foveate.vision.depth_readout import LAYER, READOUT, Weights
from foveate.vision.saliency import FINER, enlarged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

RIDGE: Final = 0.3
"""Relative to the mean square of the numbers of a patch."""
FREE: Final = 0.002
"""Likewise, of the network's map and the row."""
FLOOR: Final = 0.08
"""A logarithm that deviates less is a wall, and not to be blown up."""
MOST: Final = 9
"""Photos of a scene beyond these add nothing."""
FOLDS: Final = 8
FOR_RESEARCH: Final = frozenset({"eth", "kitchen7", "midair_midair", "nyu", "st_foundation", "uoc"})
"""Families given for research: ETH3D, 7-Scenes, Mid-Air, NYU, and two of NVIDIA's."""
KNOWN: Final = 0.3
"""Share of a patch that must have been measured."""


class Rows:
    """What is known of the patches of one photo, and how near they are."""

    def __init__(
        self, frame: Frame, near: NDArray[np.float32], tokens: NDArray[np.float32]
    ) -> None:
        shape = tokens.shape[:2]
        inverse = frame.inverse
        share = averaged((inverse > 0).astype(np.float32), shape)
        mean = averaged(inverse, shape) / np.maximum(share, 1e-6)
        known = (share > KNOWN).ravel()
        beside = [
            standard(averaged(near, shape)),
            standard(averaged(logarithm(near), shape)),
            rows(shape),
        ]
        patch = tokens[..., -LAYER:].reshape(-1, LAYER)
        values = np.column_stack([patch, *(each.ravel() for each in beside)])[known]
        logs = np.log(np.maximum(mean.ravel()[known], 1e-9))
        self.values = (values - values.mean(axis=0)).astype(float)
        self.aim = ((logs - logs.mean()) / max(logs.std(), FLOOR)).astype(float)


def fit(seen: Sequence[Rows], of: Sequence[Frame]) -> Weights:
    """Return the weights of all photos."""
    counts = Counter(frame.group for frame in of)
    heavy = [np.sqrt(min(counts[f.group], MOST)) / counts[f.group] for f in of]
    square, aim, total = np.zeros((LAYER + 3,) * 2), np.zeros(LAYER + 3), 0.0
    for rows_, weight in zip(seen, heavy, strict=True):
        each = weight / len(rows_.aim)
        square += each * rows_.values.T @ rows_.values
        aim += each * rows_.values.T @ rows_.aim
        total += weight
    square, aim = square / total, aim / total
    diagonal = np.diag(square)
    ridge = np.concatenate(
        [np.full(LAYER, RIDGE * diagonal[:LAYER].mean()), FREE * diagonal[LAYER:]]
    )
    found = np.linalg.solve(square + np.diag(ridge), aim)
    # In the unit in which the readout of a patch deviates by 1.
    spread = np.sqrt(found[:LAYER] @ square[:LAYER, :LAYER] @ found[:LAYER])
    found /= spread
    alone = row_alone(found[:LAYER], square, aim)
    return Weights(found[:LAYER].astype(np.float32), *map(float, found[LAYER:]), alone)


def row_alone(patch: Numbers, square: Numbers, aim: Numbers) -> float:
    """Return the weight of the row beside the readout, where the network is not here."""
    last = LAYER + 2
    pair = np.zeros((2, LAYER + 3))
    pair[0, :LAYER], pair[1, last] = patch, 1
    reading, row = np.linalg.solve(pair @ square @ pair.T, pair @ aim)
    return float(row / reading)


def use(weights: Weights) -> None:
    """Let the library go by these weights."""
    depth.weights = lambda: weights  # what is measured is what ships


def told(weights: Weights, near: NDArray[np.float32], tokens: NDArray[np.float32]) -> list[Numbers]:
    """Return the maps that are compared: the row, the network, the readout alone, and both."""
    use(weights)
    ordered = tokens[..., -LAYER:] @ weights.patch
    ordered = enlarged(ordered - ordered.mean(), FINER)
    return [rows(near.shape), near, ordered_alone(ordered), fused(near, ordered)]


NAMES: Final = ("row", "network", "readout alone", "both")


def compare(
    of: Sequence[Frame], near: Sequence[Numbers], tokens: Sequence[Numbers], by: Sequence[Weights]
) -> list[tuple[float, float]]:
    """Return macro Spearman and ordinal accuracy of each of `NAMES`."""
    lists: list[list[tuple[Frame, tuple[float, float]]]] = [[] for _ in NAMES]
    for frame, a, t, weights in zip(of, near, tokens, by, strict=True):
        for into, made in zip(lists, told(weights, a, t), strict=True):
            into.append((frame, scores(made, frame)))
    return [macro(each) for each in lists]


def folded(of: Sequence[Frame], seen: Sequence[Rows], *, family: bool) -> list[Weights]:
    """Return for each photo the weights that were fitted without its scene, or its family."""
    name = "family" if family else "group"
    groups = sorted({getattr(frame, name) for frame in of})
    order = np.random.default_rng(0).permutation(len(groups))
    fold = {groups[g]: place % FOLDS for place, g in enumerate(order)}
    fitted = []
    for number in range(FOLDS):
        kept = [i for i, f in enumerate(of) if fold[getattr(f, name)] != number]
        fitted.append(fit([seen[i] for i in kept], [of[i] for i in kept]))
    return [fitted[fold[getattr(frame, name)]] for frame in of]


def show(title: str, found: Sequence[tuple[float, float]]) -> None:
    print(title)
    for name, (spear, order) in zip(NAMES, found, strict=True):
        print(f"  {name:14} Spearman {spear:.3f}  ordinal {order:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="replace the numbers of the package")
    parser.add_argument("--families", action="store_true", help="folds leave out whole families")
    parser.add_argument("--all", action="store_true", help="fit on what is for research as well")
    asked = parser.parse_args()
    everything = frames("fit", "visible")
    near, tokens = looked_at(everything)
    seen = [Rows(*each) for each in zip(everything, near, tokens, strict=True)]
    pick = [
        i
        for i, f in enumerate(everything)
        if f.split == "fit" and (asked.all or f.family not in FOR_RESEARCH)
    ]
    chosen = [everything[i] for i in pick]
    for family in (False, True) if asked.families else (False,):
        by = folded(chosen, [seen[i] for i in pick], family=family)
        title = f"{len(chosen)} photos, folds of {'families' if family else 'scenes'}"
        show(title, compare(chosen, [near[i] for i in pick], [tokens[i] for i in pick], by))
    weights = fit([seen[i] for i in pick], chosen)
    rest = [i for i, f in enumerate(everything) if f.split == "visible"]
    found = compare(
        [everything[i] for i in rest],
        [near[i] for i in rest],
        [tokens[i] for i in rest],
        [weights] * len(rest),
    )
    show(f"{len(rest)} other photos", found)
    if asked.write:
        numbers = [weights.near, weights.log, weights.row, weights.row_alone]
        np.save(READOUT, np.append(weights.patch, numbers).astype(np.float32))
        depth_readout.weights.cache_clear()


if __name__ == "__main__":
    main()
