"""One rendition on its way: what it works with, once its layout is settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.imaging.frames import frames_of
from foveate.service.cutouts import matte_of, note_of
from foveate.service.encoding import LETTERED, may_be_lettered
from foveate.service.hiding import hiding
from foveate.service.moving_faces import hidden_in
from foveate.service.parts.matte import MATTE
from foveate.service.parts.text import text_share
from foveate.service.subjects import NOBODY
from foveate.transform.steps.segment import subject_box
from foveate.transform.steps.style import shows_subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.ports import Picture
    from foveate.service.analysis import Analysis
    from foveate.service.subjects import Subjects
    from foveate.transform.layout import Layout
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.plan import Plan


WHOLE: Final = "no subject was found, so the style takes the whole picture"
UNFOUND: Final = "no face of whom the options name was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What one rendition works with, once its layout is settled."""

    pixels: PixelSource
    analysis: Analysis
    layout: Layout
    format: Encoded
    frames: int
    others: Mapping[str, Picture]
    """Pictures to lay over it or behind it, by the URLs that the options name."""
    subjects: Subjects | None = None
    """Who knows the people whom options name; None where nobody may be named."""

    @property
    def options(self) -> TransformOptions:
        """Return what was asked for."""
        return self.layout.options

    def matte(self) -> NDArray[np.float32] | None:
        """Return the matte where the subject is to be cut out, or painted around."""
        segment = self.options.segment
        if segment is None and self.options.style is not None:
            return self.analysis.get(MATTE, level=None)
        return matte_of(self.analysis, segment) if segment else None

    def notes(self, plan: Plan, *more: str) -> dict[str, str]:
        """Return the header that says what should be known of the answer, once it was made."""
        segment = self.options.segment
        cut = note_of(self.analysis, segment) if segment else ""
        unfound = NOBODY in self.pixels.trace.fallbacks
        told = (cut, self._of_style(plan), UNFOUND if unfound else "", *more)
        notes = "; ".join(filter(None, told))
        return {"Foveate-Note": notes} if notes else {}

    def _of_style(self, plan: Plan) -> str:
        """Return what should be known of a style; empty where nothing should."""
        if self.options.style is None:
            return ""
        matte = self.matte()
        return "" if matte is not None and shows_subject(matte, plan) else WHOLE

    def is_lettered(self, plan: Plan) -> bool:
        """Return whether it is known that much of what is shown is text."""
        may_be = may_be_lettered(self.options, spare_text=self.analysis.spares_text)
        return may_be and text_share(self.analysis, plan.framing.box) >= LETTERED

    def border_free(self) -> Box | None:
        """Return what a trim of the border, or to the subject, leaves of the source."""
        options, source = self.options, self.layout.source
        border, segment = options.trim_border, options.segment
        pixels, frames = self.pixels, self.frames
        kept = pixels.without_border(border, options.dpr, frames=frames) if border else None
        matte = self.matte() if segment and segment.trim else None
        if matte is None:
            return kept
        return (kept or Box.of(source)).overlap(subject_box(matte, source)) or kept

    def patches(self, image: Image) -> Sequence[tuple[RedactionPatch, ...]] | None:
        """Return what hides something in each frame; None where nothing is to be hidden."""
        redact = self.options.redact
        if redact is None:
            return None
        hides = hiding(self.analysis, redact, self.subjects)
        if self.frames == 1:
            found = [hides.of_picture()]
        else:
            fine = redact.text or bool(redact.objects)
            found = hidden_in(self.analysis, frames_of(image), hides.of_frame, fine=fine)
        hides.tell()
        return found
