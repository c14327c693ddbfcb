"""How many harmless photos moderation flags, whole and as crops, and what a look costs.

    python benchmarks/moderation.py

How much of what it is for it finds is not measured: no such pictures are here, and none are
sought. The photos are not part of the project; without them there is nothing to measure.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.app import create
from foveate.deadline import Deadline
from foveate.imaging.pixel_source import PixelSource
from foveate.options.grammar import parse_options
from foveate.service.parts.moderation import MODERATION
from foveate.settings import load
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.vision.moderation import NUDE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.app import App
    from foveate.service.parts.moderation import Seen

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


def forgetful(threshold: float = 0.8) -> App:
    """Return the service without a memory of what it saw, with all that may look."""
    settings = load()
    models = replace(settings.models, acknowledged_licences=ACKNOWLEDGED)
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


def look(app: App, source: Source, **params: Any) -> Seen:
    """Return what moderation sees of a picture."""
    return app.analyses.open(PixelSource(source, soon(), Trace())).get(MODERATION, **params)


def seen(app: App, files: Sequence[Path], crop: str, *, parts: bool) -> Scores:
    """Return what is seen of each photo, or of a crop of it."""
    sources = [app.source_of(file.read_bytes()) for file in files]
    if crop:
        options = parse_options(f"{crop},format=png").options
        render = partial(app.renderer, options=options)
        sources = [app.source_of(render(each, deadline=soon()).data) for each in sources]
    looks = [look(app, each, parts=parts) for each in sources]
    nude = [
        max((part.score for part in each.parts or () if part.label in NUDE), default=0.0)
        for each in looks
    ]
    return Scores([each.nsfw for each in looks], nude)


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


def cost(app: App, files: Sequence[Path], *, parts: bool) -> Table:
    """Return what moderation costs beside what it is done for."""
    sources = [app.source_of(file.read_bytes()) for file in files]
    def render(text: str, source: Source, within: App = app) -> None:
        within.renderer(source, parse_options(text).options, deadline=soon())

    flagging = forgetful(threshold=0.0)
    rows = [
        ("analysis, OpenNSFW", milliseconds(lambda each: look(app, each, parts=False), sources)),
        ("width=400", milliseconds(partial(render, "width=400"), sources)),
        ("width=400,moderate=block", milliseconds(partial(render, "width=400,moderate=block"), sources)),
        ("the same as a crop", milliseconds(
            partial(render, "width=400,height=400,fit=cover,moderate=block"), sources)),
        ("width=400,moderate=blur, flagged", milliseconds(
            partial(render, "width=400,moderate=blur", within=flagging), sources)),
    ]  # fmt: skip
    if parts:
        both = milliseconds(lambda each: look(app, each, parts=True), sources)
        rows.insert(1, ("analysis, OpenNSFW and NudeNet", both))
    title = f"What moderation costs on {len(files)} photos, nothing remembered"
    return Table(title, ("what", "CPU ms of its thread, median"), [(n, f"{ms:.1f}") for n, ms in rows])


def moderation(*, quick: bool) -> Outcome:
    """Measure on photos in which there is nothing to flag."""
    if not all((DATA / pattern.split("/")[0]).exists() for pattern in SETS.values()):
        return without_data(NAME, TITLE)
    app, most = forgetful(), 10 if quick else MOST
    sets = {name: photos(pattern, most) for name, pattern in SETS.items()}
    parts = app.analyses.networks.ready("nudenet")
    rows: list[tuple[str, ...]] = []
    flagged = 0
    for how, crop in CROPS.items():
        found = {name: seen(app, files, crop, parts=parts) for name, files in sets.items()}
        if not crop:
            rows += [_row(f"{name}, {how}", "OpenNSFW", each.nsfw) for name, each in found.items()]
            settings = app.settings.moderation
            flagged = sum(
                nsfw >= settings.threshold or nude >= settings.parts_threshold
                for each in found.values()
                for nsfw, nude in zip(each.nsfw, each.nude, strict=True)
            )
        rows.append(_row(f"all, {how}", "OpenNSFW", sum((e.nsfw for e in found.values()), [])))
        if parts:
            rows.append(_row(f"all, {how}", "NudeNet", sum((e.nude for e in found.values()), [])))
    count = sum(map(len, sets.values()))
    header = ("photos", "count", "network", *(f">= {limit}" for limit in LIMITS), "largest")
    return Outcome(
        NAME,
        TITLE,
        checks=[Check(f"of {count} harmless photos flagged", "0", str(flagged), flagged == 0)],
        tables=[
            Table("Scores of harmless photos", header, rows),
            cost(app, sets["osie"][:TIMED], parts=parts),
        ],
        notes=["How much of what is to be flagged is found was not measured."],
    )


if __name__ == "__main__":
    tell(moderation(quick="--quick" in sys.argv))
