"""An analysis as crops go by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.service.parts.classic import ATTENTION, ENTROPY
from foveate.service.parts.faces import faces_to_keep
from foveate.service.parts.objects import objects_to_keep
from foveate.service.parts.saliency import known_matte, known_people, maps
from foveate.service.parts.text import known_lines, letters_of, text_to_keep
from foveate.service.subjects import known
from foveate.transform.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import Named
    from foveate.geometry.box import Box, Point, Size
    from foveate.service.analysis import Analysis
    from foveate.service.subjects import Subjects
    from foveate.settings import Limits
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Face, Thing


@dataclass(frozen=True, slots=True)
class ForGravity:
    """ports.GravityAnalysis of one source."""

    analysis: Analysis
    subjects: Subjects | None = None

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        return self.analysis.size

    def faces(self) -> Sequence[Face]:
        """Return the faces that count for a crop, best score first."""
        return faces_to_keep(self.analysis)

    def faces_of(self, named: Sequence[Named]) -> Sequence[Face]:
        """Return the faces that are of these people, best score first."""
        return known(self.subjects).faces(self.analysis, named)

    def objects(self) -> Sequence[Thing]:
        """Return the things that count for a crop, best score first."""
        return objects_to_keep(self.analysis)

    def saliency(self) -> NDArray[np.float32]:
        """Return how much each place matters: a map in 0..1 over the whole source."""
        return maps(self.analysis)[0]

    def people(self) -> NDArray[np.float32]:
        """Return how probably each place is one of a person: a map in 0..1, like saliency."""
        return maps(self.analysis)[1]

    def known_matte(self) -> NDArray[np.float32] | None:
        """Return the matte if it was made in this request, and nothing else."""
        return known_matte(self.analysis)

    def text(self) -> Sequence[Box]:
        """Return the lines of text that count for a crop, the largest first."""
        return letters_of(text_to_keep(self.analysis))

    def known_text(self) -> Sequence[Box]:
        """Return them if this request has looked for text, and nothing else."""
        return letters_of(known_lines(self.analysis))

    def known_people(self) -> Sequence[Box]:
        """Return the boxes of people if this request has looked for things, and nothing else."""
        return known_people(self.analysis)

    def attention(self, within: Box) -> Point:
        """Return the place of the whole source where libvips' attention goes in that part."""
        return self.analysis.get(ATTENTION, within=within)

    def entropy(self, within: Box, window: Size) -> Box:
        """Return the window of that size in that part that libvips' entropy keeps."""
        return self.analysis.get(ENTROPY, within=within, window=window)


def plan_for(
    layout: Layout, analysis: Analysis, limits: Limits, subjects: Subjects | None = None
) -> Plan:
    """Return where everything lies; the trace is told where there were no faces to keep.

    Raises OutputTooLarge.
    """
    plan = make_plan(layout, ForGravity(analysis, subjects), limits)
    if plan.framing.fell_back:
        analysis.pixels.trace.fall_back("gravity")
    return plan
