"""What of a picture nobody looks at, where it is to be smoothed, and what the answer says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import StageAway
from foveate.imaging.matte import planes_of
from foveate.imaging.pixels import brought_to
from foveate.options.model import Format, SegmentOutput
from foveate.service.encoding import GRADED, LETTERED
from foveate.service.parts.faces import FACES
from foveate.service.parts.saliency import SALIENCY, looks
from foveate.service.parts.text import LINES, lines_to_keep, text_share
from foveate.service.serialise import map_to_json
from foveate.trace import OVERLOOKED_UNSEEN
from foveate.transform.drawn_mask import placed_matte
from foveate.transform.overlooked import GRID, overlooked
from foveate.transform.steps.adaptive import on_canvas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.options.model import Adaptive
    from foveate.service.analysis import Analysis
    from foveate.service.rendering import Rendering
    from foveate.transform.plan import Plan

WHITE: Final = 255
HEADER: Final = "Foveate-Adaptive"
"""Says how, and how much of an answer was smoothed, or why nothing of it."""


@dataclass(frozen=True, slots=True)
class Overlooked:
    """What of a picture may be smoothed, or why nothing is."""

    map: NDArray[np.float32] | None = None
    """(rows, columns) of 0..1 over the whole upright source."""
    why: str = ""

    def told(self, asked: Adaptive, plan: Plan) -> str:
        """Return what the header says: the strength, and the mean of how far that was applied."""
        if self.map is None:
            return f"off;{self.why}"
        return f"{asked};smoothed={_share(self.map, plan):.2f}"

    def to_json(self, plan: Plan) -> dict[str, object]:
        """Return why nothing is smoothed, or how far what is, each place of the answer."""
        if self.map is None:
            return {"off": self.why}
        share = round(_share(self.map, plan), 2)
        return {"smoothed": share, **map_to_json(_over_answer(self.map, plan))}


def overlooked_in(rendering: Rendering, plan: Plan) -> Overlooked:
    """Return what may be smoothed of what is shown. Raises WeightsMissing."""
    if why := _spared(rendering):
        return Overlooked(why=why)
    analysis = rendering.analysis
    try:
        analysis.see([FACES, SALIENCY, LINES])
    except StageAway:
        rendering.pixels.trace.fall_back(OVERLOOKED_UNSEEN)
        return Overlooked(why="away")
    if text_share(analysis, plan.framing.box) >= LETTERED:
        return Overlooked(why="text")
    return Overlooked(_free(analysis))


def _spared(rendering: Rendering) -> str:
    """Return why nothing is smoothed, without a look at the picture; empty where something is.

    What `format=json` describes is taken for a picture in a format that has qualities.
    """
    options, segment = rendering.options, rendering.options.segment
    if options.adaptive is None:
        return "unasked"
    if segment is not None and segment.output is not SegmentOutput.IMAGE:
        return "mask"
    if rendering.frames > 1:
        return "animation"
    graded = rendering.format in GRADED or options.format is Format.JSON
    return "" if graded else "lossless"


def _free(analysis: Analysis) -> NDArray[np.float32]:
    """Return where nobody looks; a face of any score, or a line of text, is not there."""
    kept = [face.box for face in analysis.get(FACES)]
    kept += [line.box for line in lines_to_keep(analysis)]
    return overlooked(looks(analysis) ** 2, kept, analysis.size)


def _share(map_: NDArray[np.float32], plan: Plan) -> float:
    """Return how far an answer is smoothed, the mean over what it shows of the source."""
    return float(planes_of(placed_matte(map_, plan)).mean())


def _over_answer(map_: NDArray[np.float32], plan: Plan) -> NDArray[np.float32]:
    """Return how far each place of an answer is smoothed, border and padding included: 0..1."""
    where, edges, size = on_canvas(map_, plan), plan.border, plan.size
    left, top = (edges.left, edges.top) if edges else (0, 0)
    whole = where.embed(left, top, size.width, size.height)
    return planes_of(brought_to(whole, size.within(GRID))) / np.float32(WHITE)
