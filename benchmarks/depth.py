"""How well depth goes with measured depth, and what it and a lens cost.

    python benchmarks/depth.py

On photos of `data/depth/visible`, of which nothing was fitted to: Spearman's correlation and the
share of pairs in order, means within scenes and then over them, of the part `depth`, of its network
alone and of the row. Times are of a processor, in one thread: of the part on top of a crop by
`gravity=auto` in the same request, of the part alone, and of a lens over a photo of two megapixels.
"""

from __future__ import annotations

import os
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from depth_frames import analysis_of, frames, score_all

from foveate.app import create
from foveate.geometry.box import Size
from foveate.imaging.lens import Away, refocused
from foveate.imaging.pixels import brought_to, from_array
from foveate.options.grammar import parse_options
from foveate.service.depths import focused
from foveate.service.parts.depth import DEPTH, NEARNESS, NETWORK
from foveate.service.parts.faces import FACES
from foveate.service.parts.saliency import SALIENCY
from foveate.settings import load
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache
from foveate.transform.scenery import radii
from foveate.vision.depth import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.app import App
    from foveate.imaging import Image

TIMES: Final = 15
LARGE: Final = Size(1632, 1224)
LENS: Final = "refocus=auto"


def cpu_ms(work: Callable[[], object], times: int = TIMES) -> float:
    """The least of several: others are at work on this machine."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - began))
    return min(spent)


def forgetful(app: App) -> App:
    """The same, which looks anew each time."""
    object.__setattr__(app.analyses, "memo", TieredCache(MemoryCache(0), MemoryCache(0)))
    return app


def part_ms(data: bytes, app: App) -> tuple[float, float]:
    """What the part takes alone, and on top of what a crop has looked for anyway."""

    def looked(*parts: object) -> None:
        analysis = analysis_of(data, app)
        for part in parts:
            analysis.get(part)  # type: ignore[arg-type]

    alone = cpu_ms(partial(looked, NEARNESS))
    crop = cpu_ms(partial(looked, FACES, SALIENCY))
    return alone, cpu_ms(partial(looked, FACES, SALIENCY, NEARNESS)) - crop


def lens(data: bytes, app: App) -> tuple[Image, Away]:
    """A photo of two megapixels, and how far from focus its places are, as a rendition has it."""
    options = parse_options(LENS).options
    analysis = analysis_of(data, app)
    assert options.refocus is not None
    plane = focused(analysis, analysis.get(NEARNESS), options, options.refocus).plane
    scale = LARGE.long_side / analysis.size.long_side
    radius = radii(plane, options.refocus, 1.0, analysis.size, scale)
    rgb = analysis.thumbnail(analysis.size)
    size = LARGE if analysis.size.aspect >= 1 else LARGE.swapped()
    image = brought_to(from_array(np.ascontiguousarray(rgb)), size).copy_memory()
    return image, Away(radius, plane.subject)


def main() -> None:
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    app, of = create(load()), frames("visible")
    parts = [analysis_of(frame.data, app).get(DEPTH) for frame in of]
    network = app.analyses.networks.of(NETWORK)
    near = []
    for frame in of:
        analysis = analysis_of(frame.data, app)
        near.append(network(analysis.thumbnail(network.input_size(analysis.size))))
    for name, maps in (
        ("row", [rows((60, 80)) for _ in of]),
        ("network alone", near),
        ("depth", [part.nearness for part in parts]),
    ):
        spear, order = score_all(maps, of)
        print(f"{name:14} Spearman {spear:.3f}  ordinal {order:.3f}")
    forgetful(app)
    picked = [frame.data for frame in of[:: len(of) // 5]]
    alone, above = zip(*(part_ms(data, app) for data in picked), strict=True)
    print(
        f"part alone {statistics.median(alone):.0f} ms, above a crop {statistics.median(above):.0f}"
    )
    spent = []
    for data in picked:
        image, away = lens(data, app)
        spent.append(cpu_ms(lambda i=image, a=away: refocused(i, a).copy_memory(), 5))
    print(f"lens over {LARGE}: {statistics.median(spent):.0f} ms, {max(spent):.0f} at most")


if __name__ == "__main__":
    main()
