"""One rendition on its way: what it works with, once its layout is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from foveate.geometry.box import Box
from foveate.imaging.decode import to_memory
from foveate.imaging.frames import frames_of
from foveate.options.effects import changed_in, cut_by
from foveate.options.idle import idle_note
from foveate.options.styles import BY_FACES
from foveate.options.subjects import subjects_text
from foveate.service.cutouts import kept_of, matte_level, matte_of, note_of
from foveate.service.depths import doubts_of, front_of, scenery_of, shows_depth
from foveate.service.drawn_designs import OVER, DesignPicture, misses
from foveate.service.encoding import LETTERED, may_be_lettered
from foveate.service.enlarging import Enlarging
from foveate.service.hiding import hiding
from foveate.service.lettering import WORDS
from foveate.service.masks import coarse, mask_of, unfound, union
from foveate.service.moving import FINISH_S, REFOCUS_S, Moving
from foveate.service.moving_faces import hidden_in
from foveate.service.moving_faces import told as told_of_hidden
from foveate.service.overlooking import HEADER as ADAPTIVE
from foveate.service.overlooking import overlooked_in
from foveate.service.parts.faces import found_faces
from foveate.service.parts.matte import MATTE
from foveate.service.parts.redaction import traces_in
from foveate.service.parts.shown import shown_by
from foveate.service.parts.text import text_share
from foveate.service.subjects import NOBODY
from foveate.transform.masked import mask_parts
from foveate.transform.steps.segment import is_found, subject_box
from foveate.transform.steps.style import shows_subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.masks import Targets
    from foveate.options.model import Redact, Segment, TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses, Analysis
    from foveate.service.overlooking import Overlooked
    from foveate.service.subjects import Subjects
    from foveate.storage.masks import MaskStore
    from foveate.transform.layout import Layout
    from foveate.transform.masked import Mask
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.plan import Plan
    from foveate.transform.scenery import Scenery
    from foveate.transform.state import State
    from foveate.values import Face


WHOLE: Final = "no subject was found, so the style takes the whole picture"
PLAIN: Final = "".join(map(chr, range(0x20, 0x7F)))
"""What headers hold as it is."""
UNFOUND: Final = "no face of whom the options name was found"
LACKING: Final = ("lacking",)
"""Who of several people was not found, as this request remembers it."""
FACES: Final = 12
"""Of a picture, the largest, to which a style gives tones of their own."""
HIDDEN: Final = ("hidden",)
"""What hides something in each frame, as this request remembers it."""
STILL: Final = "a style takes the first frame of an animation"


def note(*told: str) -> dict[str, str]:
    """Return the header that says these; none where there is nothing to say."""
    said = "; ".join(filter(None, told))
    return {"Foveate-Note": said} if said else {}


def goes_by_frames(options: TransformOptions) -> bool:
    """Return whether what is done to a frame of an animation depends on what is seen in it."""
    overlaid = any(overlay.behind is not None for overlay in options.draw)
    seen = options.segment or options.refocus or options.light or mask_parts(options)
    return bool(seen) or overlaid


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What one rendition works with, once its layout is settled."""

    pixels: PixelSource
    analyses: Analyses
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
    elsewhere: bool = False
    """Whether another frame shows what is cut out: then one that does not is empty."""

    @property
    def options(self) -> TransformOptions:
        """Return what was asked for."""
        return self.layout.options

    @property
    def moving(self) -> Moving | None:
        """Return what is known of the frames, where these are looked at one by one."""
        if self.frames == 1 or not goes_by_frames(self.options):
            return None

        def look() -> Moving:
            tall = to_memory(self.pixels.pixels(1.0, frames=self.frames))
            lens_s = REFOCUS_S if self.options.refocus else 0.0
            finish_s = self.layout.size.area / 1e6 * (FINISH_S.get(self.format, 0.0) + lens_s)
            return Moving(self.analyses, self.pixels, tall, finish_s)

        return self.analysis.once(("moving",), look)

    def image(self, plan: Plan) -> Image:
        """Return the stored pixels, fine enough for the answer: those of all its frames."""
        if self.moving is not None:
            return self.moving.tall
        image = self.pixels.pixels(plan.fineness, frames=self.frames)
        # Read twice: for the faces, and for the answer.
        return to_memory(image) if self.frames > 1 and self.options.redact else image

    def seen(self, state: State, number: int) -> State:
        """Return the state of a frame, with all that its steps go by; frames come in order."""
        of = self._of(number)
        return replace(
            state,
            matte=of.matte(),
            elsewhere=of.elsewhere,
            cut_by=of.cut_by(),
            touched=self._touched(of),
            scenery=of.scenery(),
            fronts=of.fronts(),
            faces=of.faces(),
            overlooked=self.overlooked(state.plan).map,
        )

    def _of(self, number: int) -> Rendering:
        moving = self.moving
        if moving is None:
            return self
        elsewhere = self.analysis.once(("shown",), partial(self._is_shown, moving))
        return replace(self, analysis=moving.frame(number), elsewhere=elsewhere)

    def _is_shown(self, moving: Moving) -> bool:
        """Return whether any frame shows what is cut out."""
        segment = self.options.segment
        if segment is None or shows_depth(self.options):
            return False
        frames = (replace(self, analysis=moving.frame(number)) for number in moving.looked_at)
        return any(is_found(each.kept(segment), segment) for each in frames)

    def _each(self) -> Iterator[Rendering]:
        """Yield what each frame is worked on with; that of a picture, or of its first one, once."""
        yield from map(self._of, [0] if self.moving is None else self.moving.looked_at)

    def matte(self) -> NDArray[np.float32] | None:
        """Return the matte where the subject is to be cut out, or painted around."""
        segment = self.options.segment
        if segment is None and self.options.style is not None:
            return self.analysis.get(MATTE, level=None)
        if segment is None or shows_depth(self.options):
            return None
        return matte_of(self.analysis, segment, self._coarse(), elsewhere=self.elsewhere)

    def kept(self, segment: Segment) -> NDArray[np.float32]:
        """Return the matte of what is cut out, before anything is dropped from it."""
        return kept_of(self.analysis, segment, self._coarse())

    def _coarse(self) -> NDArray[np.float32] | None:
        """Return the mask that is cut out as a matte; None where none is asked for."""
        mask = self.mask(cut_by(self.options))
        return coarse(mask, self.layout.source) if mask else None

    def cut_by(self) -> Mask | None:
        """Return the mask that is cut out exactly; None where it is no more than the matte."""
        segment = self.options.segment
        dropped = segment is not None and bool(segment.drop)
        return None if dropped else self.mask(cut_by(self.options))

    def _touched(self, frame: Rendering) -> Mask | None:
        """Return the mask in which effects work; None where that is everywhere, or nowhere.

        A frame without what another one shows is all beside it.
        """
        touch, targets = self.options.touch, changed_in(self.options)
        mask = frame.mask(targets)
        beside = touch is not None and touch.invert and mask is not None and mask.empty
        return None if beside and not self._empty(targets) else mask

    def mask(self, targets: Targets) -> Mask | None:
        """Return what targets mean together; None of none."""
        if not targets:
            return None
        return mask_of(self.analysis, targets, matte_level(self.options), self.masks)

    def scenery(self) -> Scenery | None:
        """Return what is near and what is far, where something goes by it."""
        return scenery_of(self.analysis, self.options)

    def fronts(self) -> tuple[NDArray[np.float32] | None, ...]:
        """Return what of the picture stands before each overlay."""
        return tuple(front_of(self.analysis, self.options, each) for each in self.options.draw)

    def faces(self) -> tuple[Face, ...]:
        """Return the faces to which a style gives tones of their own, the largest first."""
        style = self.options.style
        if style is None or style.style not in BY_FACES:
            return ()
        found = sorted(found_faces(self.analysis), key=lambda face: -face.box.area)
        return tuple(found[:FACES])

    def overlooked(self, plan: Plan) -> Overlooked:
        """Return what of the picture may be smoothed, or why nothing is."""
        return self.analysis.once(("overlooked",), partial(overlooked_in, self, plan))

    def adapted(self, plan: Plan) -> dict[str, str]:
        """Return the header that says what was smoothed, where that was asked for."""
        asked = self.options.adaptive
        return {} if asked is None else {ADAPTIVE: self.overlooked(plan).told(asked, plan)}

    def enlarging(self, plan: Plan) -> Enlarging:
        """Return what a network does to what is shown, if anything."""
        return Enlarging(picture=self.pixels.picture, options=self.options, plan=plan)

    def notes(self, plan: Plan, *more: str) -> dict[str, str]:
        """Return the header that says what should be known of the answer, once it was made."""
        segment, by_mask = self.options.segment, cut_by(self.options)
        frames = [each.analysis for each in self._each()]
        by_matte = segment is not None and not (by_mask or shows_depth(self.options))
        cut = note_of(frames, segment) if segment and by_matte else ""
        masks = dict.fromkeys(filter(None, (by_mask, changed_in(self.options))))
        missed = [unfound(targets) for targets in masks if self._empty(targets)]
        unsure = doubts_of(frames[0], self.options)
        nobody = NOBODY in self.pixels.trace.fallbacks
        hidden = self.analysis.once(HIDDEN, tuple) if self.frames > 1 else ()
        told = (
            told_of_hidden(hidden),
            cut,
            *missed,
            self._of_style(plan),
            unsure,
            UNFOUND if nobody else self._lacking(),
            self._misses(),
            idle_note(self.options),
            *more,
        )
        return note(*told)

    def _lacking(self) -> str:
        """Return who of several was not found, in the words of the option; empty of nobody."""
        named = self.analysis.once(LACKING, tuple) if self.options.redact else ()
        # Names may be in any script, and headers not: they are told as a URL writes them.
        return f"no face of {quote(subjects_text(named), safe=':;/%')} was found" if named else ""

    def _misses(self) -> str:
        """Return which letters no font has, and which texts of designs have no room."""
        words = self.analysis.once(WORDS, lambda: None) if self.options.text else None
        over = self.analysis.once(OVER, lambda: None) if self.options.overlay else None
        drawn = self.pixels.picture
        remarks = drawn.remarks if isinstance(drawn, DesignPicture) else ()
        designs = misses((*remarks, *(over.remarks if over else ())))
        return quote("; ".join(filter(None, (words and words.unseen, designs))), safe=PLAIN)

    def _empty(self, targets: Targets) -> bool:
        """Return whether no frame shows anything of what is meant."""

        def look() -> bool:
            masks = (each.mask(targets) for each in self._each())
            return all(mask is not None and mask.empty for mask in masks)

        return self.analysis.once(("empty", targets), look)

    def _of_style(self, plan: Plan) -> str:
        """Return what should be known of a style; empty where nothing should."""
        if self.options.style is None:
            return ""
        matte = self.matte()
        whole = "" if matte is not None and shows_subject(matte, plan) else WHOLE
        still = STILL if self.pixels.facts.animated and self.options.anim else ""
        return "; ".join(filter(None, (whole, still)))

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
        matte = self._whole_matte() if segment and segment.trim else None
        if matte is None:
            return kept
        return (kept or Box.of(source)).overlap(subject_box(matte, source)) or kept

    def _whole_matte(self) -> NDArray[np.float32] | None:
        """Return what is the subject's in any frame."""
        mattes = (each.matte() for each in self._each())
        return reduce(_most, mattes, None)

    def patches(self, image: Image, plan: Plan) -> Sequence[tuple[RedactionPatch, ...]] | None:
        """Return what hides something in each frame; None where nothing is to be hidden."""
        redact = self.options.redact
        if redact is None:
            return None
        return self.analysis.once(HIDDEN, partial(self._hidden_by, redact, image, plan))

    def _hidden_by(
        self, redact: Redact, image: Image, plan: Plan
    ) -> Sequence[tuple[RedactionPatch, ...]]:
        shown = shown_by(self.options, plan)
        hides = hiding(self.analysis, redact, self.subjects, shown)
        if self.frames == 1:
            found = [hides.of_picture()]
        else:
            # What is large in the part that is shown may be tiny where frames are compared.
            fine = redact.text or bool(redact.objects) or shown.within is not None
            traces = partial(traces_in, self.analysis, shown=shown.whole)
            found = hidden_in(self.analysis, frames_of(image), hides.of_frame, traces, fine=fine)
        self.analysis.once(LACKING, hides.lacking)
        return found


def _most(
    one: NDArray[np.float32] | None, other: NDArray[np.float32] | None
) -> NDArray[np.float32] | None:
    """Return the most that either matte says, of whatever size they are."""
    return union(each for each in (one, other) if each is not None)
