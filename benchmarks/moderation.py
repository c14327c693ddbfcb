"""How many harmless photos moderation flags, whole and as crops, and what a look costs.

    python benchmarks/moderation.py

How much of what it is for it finds is not measured: no such pictures are here, and none are
sought. The photos are not part of the project; without them there is nothing to measure.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.app import create
from foveate.deadline import Deadline
from foveate.imaging.pixel_source import PixelSource
from foveate.options.grammar import parse_options
from foveate.service.parts.moderation import moderation_of
from foveate.settings import load
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.vision.moderation import NUDE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.app import App
    from foveate.ports import Picture
    from foveate.service.parts.moderation_verdict import ModerationVerdict
    from foveate.settings import Moderation as Rules

NAME, TITLE = "moderation", "Harmless photos flagged"
SETS: Final = {
    "kodak": "kodak/*.png",
    "coco": "coco128_seg/images/*",
    "ccp": "ccp_people/images/*",
    "osie": "osie/images/*.jpg",
    "utkface": "utkface/images/*",
}
MOST: Final = 100
LIMITS: Final = (0.2, 0.5, 0.8)
"""The authors of OpenNSFW call scores below the first safe, and above the last not."""
CROPS: Final = {
    "whole": "",
    "auto, 1:1, zoom 1": "width=400,height=400,fit=cover,gravity=auto,zoom=1",
    "a quarter of the middle": "crop.width=0.5,crop.height=0.5",
    "a sixteenth of the middle": "crop.width=0.25,crop.height=0.25",
}
ACKNOWLEDGED: Final = ("AGPL-3.0",)
TIMED: Final = 40


@dataclass(frozen=True)
class Scores:
    """What was seen of the photos of one set, one number each."""

    nsfw: Sequence[float]
    nude: Sequence[float]
    """The best score of an exposed part, 0 for none."""


def forgetful(*licences: str, threshold: float = 0.8) -> App:
    """Return the service without a memory of what it saw, under these licences."""
    settings = load()
    models = replace(settings.models, acknowledged_licences=licences)
    rules = replace(settings.moderation, threshold=threshold)
    app = create(replace(settings, models=models, moderation=rules))
    nothing = TieredCache(MemoryCache(0), MemoryCache(0))
    analyses = replace(app.analyses, memo=nothing)
    return replace(app, analyses=analyses, renderer=replace(app.renderer, analyses=analyses))


def photos(pattern: str, most: int) -> list[Path]:
    """Return the first photos of a set."""
    return list(islice(sorted(DATA.glob(pattern)), most))


def soon() -> Deadline:
    return Deadline(time.monotonic() + 600)


def look(app: App, source: Picture) -> ModerationVerdict:
    """Return what moderation says of a picture."""
    return moderation_of(app.analyses.open(PixelSource(source, soon(), Trace())))


def seen(app: App, files: Sequence[Path], crop: str) -> Scores:
    """Return what is seen of each photo, or of a crop of it."""
    sources = [app.source_of(file.read_bytes()) for file in files]
    if crop:
        options = parse_options(f"{crop},format=png").options
        render = partial(app.renderer, options=options)
        sources = [app.source_of(render(each, deadline=soon()).data) for each in sources]
    known = [look(app, each) for each in sources]
    nude = [
        max((part.score for part in each.parts or () if part.label in NUDE), default=0.0)
        for each in known
    ]
    return Scores([each.nsfw for each in known], nude)


def _row(name: str, how: str, scores: Sequence[float]) -> tuple[str, ...]:
    above = [str(sum(score >= limit for score in scores)) for limit in LIMITS]
    return (name, str(len(scores)), how, *above, f"{max(scores):.2f}")


def milliseconds(work: Any, things: Sequence[Any]) -> float:  # noqa: ANN401
    """Return the median processor time of this thread for each thing."""
    work(things[0])
    spent = []
    for thing in things:
        began = time.thread_time()
        work(thing)
        spent.append(time.thread_time() - began)
    return float(np.median(spent)) * 1000


COSTS: Final = {
    "width=400": "width=400",
    "the same, moderate=block": "width=400,moderate=block",
    "as a crop": "width=400,height=400,fit=cover",
    "the same, moderate=block, looked at twice": "width=400,height=400,fit=cover,moderate=block",
}


def cost(files: Sequence[Path]) -> Table:
    """Return what moderation costs beside what it is done for."""
    app, flagging, both = forgetful(), forgetful(threshold=0.0), forgetful(*ACKNOWLEDGED)
    sources = [app.source_of(file.read_bytes()) for file in files]

    def render(text: str, source: Picture, within: App = app) -> None:
        within.renderer(source, parse_options(text).options, deadline=soon())

    rows = [("a look, OpenNSFW", milliseconds(partial(look, app), sources))]
    if both.analyses.networks.ready("nudenet"):
        rows.append(("a look, and NudeNet", milliseconds(partial(look, both), sources)))
    rows += [(what, milliseconds(partial(render, text), sources)) for what, text in COSTS.items()]
    blur = partial(render, "width=400,moderate=blur", within=flagging)
    rows.append(("moderate=blur, flagged", milliseconds(blur, sources)))
    title = f"What moderation costs on {len(files)} photos of 800x600, nothing remembered"
    header = ("what", "CPU ms of its thread, median")
    return Table(title, header, [(what, f"{ms:.1f}") for what, ms in rows])


def moderation(*, quick: bool) -> Outcome:
    """Measure on photos in which there is nothing to flag."""
    if not all((DATA / pattern.split("/")[0]).exists() for pattern in SETS.values()):
        return without_data(NAME, TITLE)
    app, most = forgetful(*ACKNOWLEDGED), 10 if quick else MOST
    sets = {name: photos(pattern, most) for name, pattern in SETS.items()}
    rows: list[tuple[str, ...]] = []
    for how, crop in CROPS.items():
        found = {name: seen(app, files, crop) for name, files in sets.items()}
        rows += [_row(f"{name}, {how}", "OpenNSFW", each.nsfw) for name, each in found.items()]
        nsfw = list(chain.from_iterable(each.nsfw for each in found.values()))
        nude = list(chain.from_iterable(each.nude for each in found.values()))
        rows.append(_row(f"all, {how}", "OpenNSFW", nsfw))
        if app.analyses.networks.ready("nudenet"):
            rows.append(_row(f"all, {how}", "NudeNet", nude))
        if not crop:
            flagged = _flagged(app.settings.moderation, nsfw, nude)
    count = sum(map(len, sets.values()))
    header = ("photos", "count", "network", *(f">= {limit}" for limit in LIMITS), "largest")
    return Outcome(
        NAME,
        TITLE,
        checks=[Check(f"of {count} harmless photos flagged", "0", str(flagged), flagged == 0)],
        tables=[Table("Scores of harmless photos", header, rows), cost(sets["osie"][:TIMED])],
        notes=["How much of what is to be flagged is found was not measured."],
    )


def _flagged(rules: Rules, nsfw: Sequence[float], nude: Sequence[float]) -> int:
    pairs = zip(nsfw, nude, strict=True)
    return sum(a >= rules.threshold or b >= rules.parts_threshold for a, b in pairs)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # which tells of each that is blurred
    tell(moderation(quick="--quick" in sys.argv))
