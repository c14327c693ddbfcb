"""One rendition on its way: what it works with, once its layout is settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.imaging.frames import frames_of
from foveate.options.effects import changed_in, cut_by
from foveate.options.model import SegmentOutput
from foveate.service.cutouts import matte_level, matte_of, note_of
from foveate.service.depths import doubts_of, front_of, scenery_of
from foveate.service.encoding import LETTERED, may_be_lettered
from foveate.service.enlarging import Enlarging
from foveate.service.hiding import hiding
from foveate.service.masks import coarse, mask_of, unfound
from foveate.service.moving_faces import hidden_in
from foveate.service.parts.matte import MATTE
from foveate.service.parts.shown import shown_by
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
    from foveate.options.masks import Targets
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.ports import Picture
    from foveate.service.analysis import Analysis
    from foveate.service.subjects import Subjects
    from foveate.storage.masks import MaskStore
    from foveate.transform.layout import Layout
    from foveate.transform.masked import Mask
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.plan import Plan
    from foveate.transform.scenery import Scenery


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
    masks: MaskStore | None = None
    """Where masks are that options name by an id; None where none may be named."""

    @property
    def options(self) -> TransformOptions:
        """Return what was asked for."""
        return self.layout.options

    def matte(self) -> NDArray[np.float32] | None:
        """Return the matte where the subject is to be cut out, or painted around."""
        segment = self.options.segment
        if segment is None and self.options.style is not None:
            return self.analysis.get(MATTE, level=None)
        if segment is None or segment.output is SegmentOutput.DEPTH:
            return None
        mask = self._mask(cut_by(self.options))
        return matte_of(self.analysis, segment, coarse(mask, self.layout.source) if mask else None)

    def cut_by(self) -> Mask | None:
        """Return the mask that is cut out exactly; None where it is no more than the matte."""
        segment = self.options.segment
        dropped = segment is not None and bool(segment.drop)
        return None if dropped else self._mask(cut_by(self.options))

    def touched(self) -> Mask | None:
        """Return the mask in which effects work; None where that is everywhere, or nowhere."""
        return self._mask(changed_in(self.options))

    def _mask(self, targets: Targets) -> Mask | None:
        if not targets:
            return None
        return mask_of(self.analysis, targets, matte_level(self.options), self.masks)

    def scenery(self) -> Scenery | None:
        """Return what is near and what is far, where something goes by it."""
        return scenery_of(self.analysis, self.options)

    def fronts(self) -> tuple[NDArray[np.float32] | None, ...]:
        """Return what of the picture stands before each overlay."""
        return tuple(front_of(self.analysis, self.options, each) for each in self.options.draw)

    def enlarging(self, plan: Plan) -> Enlarging:
        """Return what a network does to what is shown, if anything."""
        return Enlarging(picture=self.pixels.picture, options=self.options, plan=plan)

    def notes(self, plan: Plan, *more: str) -> dict[str, str]:
        """Return the header that says what should be known of the answer, once it was made."""
        segment, by_mask = self.options.segment, cut_by(self.options)
        shows_depth = segment is not None and segment.output is SegmentOutput.DEPTH
        cut = note_of(self.analysis, segment) if segment and not (by_mask or shows_depth) else ""
        masks = dict.fromkeys(filter(None, (by_mask, changed_in(self.options))))
        missed = [unfound(targets) for targets in masks if self._empty(targets)]
        unsure = doubts_of(self.analysis, self.options)
        nobody = NOBODY in self.pixels.trace.fallbacks
        told = (cut, *missed, self._of_style(plan), unsure, UNFOUND if nobody else "", *more)
        notes = "; ".join(filter(None, told))
        return {"Foveate-Note": notes} if notes else {}

    def _empty(self, targets: Targets) -> bool:
        mask = self._mask(targets)
        return mask is not None and mask.empty

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
        shown = shown_by(self.options, self.layout.fitted, self.layout.orientation)
        hides = hiding(self.analysis, redact, self.subjects, shown)
        if self.frames == 1:
            found = [hides.of_picture()]
        else:
            fine = redact.text or bool(redact.objects)
            found = hidden_in(self.analysis, frames_of(image), hides.of_frame, fine=fine)
        hides.tell()
        return found
