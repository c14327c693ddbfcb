"""What of a picture nobody looks at, where it is to be smoothed, and what the answer says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import StageAway
from foveate.imaging.matte import planes_of
from foveate.options.model import SegmentOutput
from foveate.service.encoding import GRADED, LETTERED
from foveate.service.parts.faces import FACES
from foveate.service.parts.saliency import SALIENCY, looks
from foveate.service.parts.text import LINES, lines_to_keep, text_share
from foveate.trace import OVERLOOKED_UNSEEN
from foveate.transform.drawn_mask import placed_matte
from foveate.transform.overlooked import overlooked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.options.model import Adaptive
    from foveate.service.analysis import Analysis
    from foveate.service.rendering import Rendering
    from foveate.transform.plan import Plan

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
        return f"{asked};smoothed={planes_of(placed_matte(self.map, plan)).mean():.2f}"


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
    """Return why nothing is smoothed, without a look at the picture; empty where something is."""
    options, segment = rendering.options, rendering.options.segment
    if options.adaptive is None:
        return "unasked"
    if segment is not None and segment.output is not SegmentOutput.IMAGE:
        return "mask"
    if rendering.frames > 1:
        return "animation"
    return "" if rendering.format in GRADED else "lossless"


def _free(analysis: Analysis) -> NDArray[np.float32]:
    """Return where nobody looks; a face of any score, or a line of text, is not there."""
    kept = [face.box for face in analysis.get(FACES)]
    kept += [line.box for line in lines_to_keep(analysis)]
    return overlooked(looks(analysis) ** 2, kept, analysis.size)
