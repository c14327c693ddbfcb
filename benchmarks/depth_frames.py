"""Photos with measured depth, and how well maps go with it. For `fit_depth.py` and `depth.py`."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from results import DATA

from foveate.app import create
from foveate.deadline import Deadline
from foveate.geometry.box import Size
from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts.saliency import NETWORK as GAZE
from foveate.settings import load
from foveate.trace import Trace
from foveate.vision.depth import TcMonoDepth, averaged, resized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.service.analysis import Analysis

    Numbers = NDArray[np.float32]

FOLDER: Final = DATA / "depth"
PAIRS: Final = 4000
RATIO: Final = 1.1
"""Two places of which one is not so much farther than the other have no order."""
SIDE: Final = 160
"""Long side at which maps are scored: half of the truth's."""


@dataclass(frozen=True)
class Frame:
    """One photo with its depth."""

    split: str
    jpg: str
    depth: str
    group: str
    family: str
    kind: str
    scale: float
    licence: str

    @cached_property
    def data(self) -> bytes:
        return (FOLDER / self.jpg).read_bytes()

    @cached_property
    def inverse(self) -> Numbers:
        """1 / distance, (height, width); 0 where nobody measured."""
        raw = pyvips.Image.new_from_file(str(FOLDER / self.depth)).numpy().astype(np.float32)
        raw = raw.reshape(raw.shape[:2])
        if "1 /" in self.kind or "dispar" in self.kind or "inverse" in self.kind:
            return raw
        return np.where(raw > 0, self.scale / np.maximum(raw, 1e-6), 0).astype(np.float32)


def frames(*splits: str) -> list[Frame]:
    rows = json.loads((FOLDER / "manifest.json").read_text())["frames"]
    wanted = [row for row in rows if row["split"] in splits]
    names = ("split", "jpg", "depth", "group", "family", "kind", "scale")
    return [Frame(*(row.get(n) for n in names), row.get("repo_licence") or "") for row in wanted]


def small_truth(frame: Frame) -> Numbers:
    """The truth at SIDE, 0 where less than half of a cell was measured."""
    inverse = frame.inverse
    size = Size(inverse.shape[1], inverse.shape[0]).within(SIDE)
    shape = (size.height, size.width)
    share = averaged((inverse > 0).astype(np.float32), shape)
    return np.where(share >= 0.5, averaged(inverse, shape) / np.maximum(share, 1e-6), 0)


def rank(values: Numbers) -> Numbers:
    """Ranks, equal values sharing theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    return ((ends - (counts - 1) / 2)[inverse]).astype(np.float64)


def spearman(one: Numbers, other: Numbers) -> float:
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(rank(one), rank(other))[0, 1])


def ordinal(found: Numbers, truth: Numbers) -> float:
    """The share of random pairs of clearly different distance that are in order."""
    chance = np.random.default_rng(0)
    one, other = chance.integers(0, len(truth), (2, PAIRS))
    clear = np.abs(np.log(truth[one] / truth[other])) > np.log(RATIO)
    if not clear.any():
        return 1.0
    agrees = np.sign(found[one] - found[other]) == np.sign(truth[one] - truth[other])
    return float(agrees[clear].mean())


def scores(found: Numbers, frame: Frame) -> tuple[float, float]:
    """Spearman and ordinal accuracy of a map of any size."""
    truth = small_truth(frame)
    known = truth > 0
    there = resized(found.astype(np.float32)[None], truth.shape)[0]
    return spearman(there[known], truth[known]), ordinal(there[known], truth[known])


def macro(rows: Iterable[tuple[Frame, tuple[float, float]]]) -> tuple[float, float]:
    """Means within groups, then over groups."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for frame, pair in rows:
        groups[frame.group].append(pair)
    spear, order = np.mean([np.mean(each, axis=0) for each in groups.values()], axis=0)
    return float(spear), float(order)


def score_all(maps: Sequence[Numbers], of: Sequence[Frame]) -> tuple[float, float]:
    return macro((f, scores(m, f)) for m, f in zip(maps, of, strict=True))


def analysis_of(data: bytes, app: App) -> Analysis:
    deadline = Deadline(time.monotonic() + 600)
    return app.analyses.open(PixelSource(app.source_of(data), deadline, Trace()))


def looked_at(of: Sequence[Frame]) -> tuple[list[Numbers], list[Numbers]]:
    """The network's map, and the tokens of `gaze`, of each photo."""
    app = create(load())
    near, tokens = [], []
    gaze = app.analyses.networks.of(GAZE)
    depth = TcMonoDepth(app.analyses.networks.session("depth"))
    for frame in of:
        analysis = analysis_of(frame.data, app)
        near.append(depth(analysis.thumbnail(depth.input_size(analysis.size))))
        tokens.append(gaze.tokens(analysis.thumbnail(gaze.input_size(analysis.size))))
    return near, tokens
