"""One picture, one set of options, one rendition. Every door calls this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption, StageAway
from foveate.imaging.colour import in_gamut
from foveate.imaging.decode import sanitise_svg, to_memory
from foveate.imaging.encode import content_type
from foveate.imaging.encode_cost import encoder_bytes
from foveate.imaging.frames import per_frame
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.shrink import CAREFUL, FINE, QUICK
from foveate.imaging.stop import stop_when
from foveate.options.colours import Colour
from foveate.options.effects import changes
from foveate.options.idle import idle_note, settled
from foveate.options.laid import overlays_of
from foveate.options.model import Format, MatteLevel, TransformOptions
from foveate.options.table import check_supported
from foveate.rendition import Rendition
from foveate.service.animations import check_frames, stays_as_it_is, the_smaller
from foveate.service.auto_quality import Scorer, trying_bytes
from foveate.service.compressing import Compressing, weighs_gif
from foveate.service.credentials import Done, signing_bytes, wanted_bytes, with_credentials
from foveate.service.cutouts import looks_twice
from foveate.service.encoding import (
    LEFT_OPEN,
    LOSSLESS,
    alike,
    clears,
    encoder_settings,
    format_of,
    frames_shown,
    keeps_gain_map,
    may_be_lettered,
)
from foveate.service.enlarging import check_known
from foveate.service.explain import described, named
from foveate.service.for_gravity import plan_for
from foveate.service.generation import looking
from foveate.service.masks import go_by_private
from foveate.service.memory import (
    decoded_bytes,
    largest_area,
    near_bytes,
    others_bytes,
    rendering_bytes,
)
from foveate.service.moderated import Moderator
from foveate.service.moving import moving_bytes
from foveate.service.others import backdrop_key, exposure_key, others_of
from foveate.service.painter import Painter
from foveate.service.parts import PARTS
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES
from foveate.service.parts.matte import MATTE
from foveate.service.parts.outlines import OUTLINES
from foveate.service.press import Press
from foveate.service.recompress import Recompressor, may_be_smaller, recompressing_bytes
from foveate.service.rendering import Rendering, goes_by_frames, note
from foveate.service.subjects import known
from foveate.service.unfinished import drawing, frames_undrawn
from foveate.service.without_looks import noted, planned_without
from foveate.service.work import Work
from foveate.trace import Trace
from foveate.transform.enlargement import check_enlargement
from foveate.transform.layout import OVERLOOKED_BY, hiding_parts, lay_out
from foveate.transform.masked import mask_parts
from foveate.transform.pipeline import run
from foveate.transform.state import State
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.geometry.box import Size
    from foveate.imaging import Image
    from foveate.imaging.credentials import ClaimSigner
    from foveate.imaging.one_decode import Decodes
    from foveate.imaging.shrink import Reduction
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.service.drawn_designs import Designer
    from foveate.service.fonts import Fonts
    from foveate.service.moderated import Sources
    from foveate.service.part import Part
    from foveate.service.press import Compressed
    from foveate.service.subjects import Subjects
    from foveate.settings import Encoding, Limits
    from foveate.storage.masks import MaskStore
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Facts

QUICK_SIDE: Final = 1024
"""Lossy answers up to this side may take the decoder's coarsest shrink."""
PASSED_SIDE: Final = 2000
"""Beyond, the size that an SVG asks for is not even imagined where nothing is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Picture and options in, rendition out."""

    analyses: Analyses
    limits: Limits
    encoding: Encoding
    subjects: Subjects | None = None
    """Who knows the people whom options name; None where nobody may be named."""
    masks: MaskStore | None = None
    """Where masks are that options name by an id; None where none may be named."""
    mezzanine: Decodes | None = None
    """Where pixels of sources are that are asked for again; None decodes each time."""
    signer: ClaimSigner | None = None
    """Who signs for answers whose originals carry content credentials; None drops these."""
    fonts: Fonts | None = None
    """In what words are set; None where none may be."""
    designer: Designer | None = None
    """Who draws designs; None where none are kept."""
    hard: bool = False
    """Whether answers are to be smaller and look as good, whatever time that takes."""

    def prepare(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture] | None = None,
    ) -> Work[Rendition]:
        """Return the work of rendering. `others` holds the picture of each URL in the options.

        Raises BadRequest, ImageError, OutputTooLarge; Unavailable and BadInstallation of the face
        index, where somebody is named.
        """
        asked = self.moderator.options(options)
        work = self._prepared(picture, asked, others or {})
        if asked.moderate is None:
            return work
        looked_at = (decoded_bytes(each.facts) for each in (picture, *(others or {}).values()))
        need = max(work.memory_bytes, *looked_at)
        moderated = partial(self._moderated, picture, asked, others or {})
        return replace(work, memory_bytes=need, run=moderated)

    def _prepared(
        self, picture: Picture, options: TransformOptions, others: Mapping[str, Picture]
    ) -> Work[Rendition]:
        """Return the work for sources that may be shown as they are."""
        picture, options = self.painter.designed(picture, options, others)
        if named := options.subjects():
            known(self.subjects).revision(named)  # who is not enrolled is said before any work
        facts, layout = picture.facts, self.layout_of(picture.facts, options)
        options = layout.options
        if options.text is not None:
            self.painter.typesetter.check(options.text)
        private = go_by_private(options, self.masks)
        frames = frames_shown(facts, layout, self.encoding)
        if stays_as_it_is(frames, facts, options, self.limits):
            return Work(facts.bytes, partial(_untouched, picture, note(idle_note(options))))
        check_known(picture, layout, frames, self.limits)
        need = self.memory_bytes(layout, facts)
        need += self._others_bytes(layout, others) + near_bytes(layout, facts)
        need += self.painter.memory_bytes(picture, layout, others)
        if self.signer and wanted_bytes(picture, options):
            need += signing_bytes(picture)
        parts = self.needed(layout) + later(options)
        parts += [PARTS[name] for name in hiding_parts(options)]
        need += self.analyses.memory_bytes(dict.fromkeys(parts), **looking(options))
        again = [MATTE] if looks_twice(options) else []
        need += self.analyses.memory_bytes(again, level=MatteLevel.BALANCED)
        moving = frames > 1 and goes_by_frames(options)
        kept = moving_bytes(parts) + moving_bytes(again) if moving else 0
        need += frames * kept
        each = kept + self._frame_bytes(layout, facts, frames)
        work = Work(need, partial(self._start, picture, layout, others), frames, each)
        return work.then(_kept_by_nobody) if private else work

    def _moderated(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture],
        deadline: Deadline,
        trace: Trace,
    ) -> Rendition:

        def make(sources: Sources) -> tuple[Rendition, None]:
            return self._prepared(sources[0], options, sources[1]).run(deadline, trace), None

        return self.moderator.shown(make, (picture, others), options, deadline, trace)[0]

    @property
    def painter(self) -> Painter:
        """Return what draws designs, and words over pictures."""
        return Painter(
            fonts=self.fonts,
            designer=self.designer,
            limits=self.limits,
            layout_of=self.layout_of,
            brings=self._brought,
        )

    @property
    def moderator(self) -> Moderator:
        """Return what decides over the sources of renditions."""
        return Moderator(self.analyses)

    def __call__(
        self,
        picture: Picture,
        options: TransformOptions,
        *,
        deadline: Deadline,
        trace: Trace | None = None,
        others: Mapping[str, Picture] | None = None,
    ) -> Rendition:
        """Return the rendition now, in this thread. Raises as `prepare`, and Unavailable."""
        return self.prepare(picture, options, others).run(deadline, trace or Trace())

    def memory_bytes(self, layout: Layout, facts: Facts) -> int:
        """Return an upper estimate of what rendering takes, without parts and other sources.

        Raises AnimationTooLarge.
        """
        frames = frames_shown(facts, layout, self.encoding)
        check_frames(frames, facts.stored, self.limits)
        return self._bytes_of(frames, layout, facts)

    def _frame_bytes(self, layout: Layout, facts: Facts, frames: int) -> int:
        """Return what each frame of an animation adds to that."""
        if frames == 1:
            return 0
        first = self._bytes_of(1, layout, facts)
        return (self._bytes_of(frames, layout, facts) - first) // (frames - 1)

    def _bytes_of(self, frames: int, layout: Layout, facts: Facts) -> int:
        format_ = format_of(facts, layout, self.encoding)
        lettered = may_be_lettered(layout.options, spare_text=self.analyses.spares_text)
        settings = encoder_settings(
            format_, layout.options, self.encoding, lettered=lettered, hard=self.hard
        )
        alpha = facts.alpha or clears(layout.options)
        area = largest_area(layout, self.limits)
        encoder = encoder_bytes(settings, area, frames, alpha=alpha)
        if frames > 1 and weighs_gif(facts, layout.options):
            as_gif = replace(settings, format="gif")
            encoder = max(encoder, encoder_bytes(as_gif, area, frames, alpha=alpha))
        encoder += trying_bytes(layout.options, format_, area)
        encoder += recompressing_bytes(area) if self.hard else 0
        return rendering_bytes(layout, facts, self.limits, frames=frames, encoder=encoder)

    def needed(self, layout: Layout) -> list[Part[Any]]:
        """Return the parts of the analysis that the plan of a layout surely needs."""
        return [PARTS[name] for name in layout.parts(spare_text=self.analyses.spares_text)]

    def _others_bytes(self, layout: Layout, others: Mapping[str, Picture]) -> int:
        subject = layout.orientation.size(layout.fitted.out)
        distinct = set(others_of(layout.options, layout.size, subject))
        opened = [(key, options) for key, options in distinct if key in others]
        pairs = [
            (self.layout_of(others[key].facts, options), others[key].facts)
            for key, options in opened
        ]
        files = sum(other.facts.bytes for other in others.values())
        return files + others_bytes(pairs, self.limits)

    def _brought(
        self,
        others: Mapping[str, Picture],
        picture: Picture,
        options: TransformOptions,
        deadline: Deadline,
        trace: Trace,
    ) -> Image:
        """Return the finished picture of one in a design."""
        pixels = self.pixels_of(picture, deadline, trace)
        layout = self.layout_of(pixels.facts, options)
        return self._image(*self._plan(self._open(pixels, layout, others)))

    def pixels_of(self, picture: Picture, deadline: Deadline, trace: Trace) -> PixelSource:
        """Return the pixels of a picture, decoded on demand unless they are kept."""
        return PixelSource(picture, deadline, trace, mezzanine=self.mezzanine)

    def of_pixels(self, pixels: PixelSource, options: TransformOptions) -> Rendition:
        """Return a rendition of pixels that others look at too: one of many crops.

        Nobody moderates it.
        """
        return self._finish(pixels, self.layout_of(pixels.facts, options), {})

    def drawn(self, pixels: PixelSource, options: TransformOptions) -> tuple[Image, Plan]:
        """Return what a rendition is before it is encoded, lazily, and where its pixels come from.

        Nobody moderates it. Raises as `prepare`.
        """
        rendering = self._open(pixels, self.layout_of(pixels.facts, options), {})
        with pixels.deadline, guard():
            rendering, plan = self._plan(rendering)
            return self._drawn(rendering, plan), plan

    def plan_of(self, pixels: PixelSource, options: TransformOptions) -> Plan:
        """Return where the pixels of a rendition come from, of pixels that others look at too."""
        rendering = self._open(pixels, self.layout_of(pixels.facts, options), {})
        with pixels.deadline, guard():
            return self._plan(rendering)[1]

    def with_pixels(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture],
        *,
        deadline: Deadline,
        trace: Trace,
    ) -> tuple[Rendition, Image]:
        """Return a rendition, and the pixels that were encoded for it, now and in this thread.

        For options whose answer is a picture of pixels. Raises as `prepare`, and Unavailable.
        """
        asked = self.moderator.options(options)

        def make(sources: Sources) -> tuple[Rendition, Image]:
            drawn, own = self.painter.designed(sources[0], asked, sources[1])
            pixels = self.pixels_of(drawn, deadline, trace)
            layout = self.layout_of(drawn.facts, own)
            with deadline, guard():
                rendering, plan = self._plan(self._open(pixels, layout, sources[1]))
                image = self._drawn(rendering, plan)
                return noted(self._encoded(rendering, plan, image), trace), image

        return self.moderator.shown(make, (picture, others), asked, deadline, trace)

    def layout_of(self, facts: Facts, options: TransformOptions) -> Layout:
        """Return the geometry of a rendition. Raises BadRequest, OutputTooLarge."""
        check_supported(options)
        options = settled(alike(options, self.encoding))
        on_pixels = changes_pixels(options)
        if on_pixels and facts.format is ImageFormat.SVG and options.format in LEFT_OPEN:
            options = replace(options, format=Format.PNG)
        if facts.format is ImageFormat.SVG and facts.exact and options.format in LEFT_OPEN:
            # It passes undrawn, so its size says nothing about work.
            return lay_out(options, facts.size.within(PASSED_SIDE), self.limits)
        return lay_out(options, facts.size, self.limits, exact=facts.exact)

    def _start(
        self,
        picture: Picture,
        layout: Layout,
        others: Mapping[str, Picture],
        deadline: Deadline,
        trace: Trace,
    ) -> Rendition:
        return self._finish(self.pixels_of(picture, deadline, trace), layout, others)

    def _finish(
        self, pixels: PixelSource, layout: Layout, others: Mapping[str, Picture]
    ) -> Rendition:
        """Plan, then answer: with JSON about it, or with the picture."""
        rendering = self._open(pixels, layout, others)
        as_json = layout.options.format is Format.JSON
        with pixels.deadline, guard():
            if rendering.format == "svg" and not as_json:
                data, about = sanitise_svg(pixels.picture.data), note(idle_note(layout.options))
                return Rendition(data, content_type("svg"), pixels.facts.size, about)
            rendering, plan = self._plan(rendering)
            made = described(rendering, plan) if as_json else self._encode(rendering, plan)
            return noted(made, pixels.trace)

    def _open(
        self, pixels: PixelSource, layout: Layout, others: Mapping[str, Picture]
    ) -> Rendering:
        """Settle what can be settled from the header: format, frames, how fine to decode."""
        facts, options = pixels.facts, layout.options
        format_ = format_of(facts, layout, self.encoding)
        parts = self.needed(layout) + later(options)
        looked_at = self.analyses.scale_for(facts.size, parts, **looking(options))
        left = reduction_left(format_, layout.size)
        own = pixels.at(looked_at, left)
        return Rendering(
            pixels=own,
            analyses=self.analyses,
            analysis=self.analyses.open(own),
            layout=layout,
            format=format_,
            frames=frames_shown(facts, layout, self.encoding),
            others=others,
            subjects=self.subjects,
            masks=self.masks,
        )

    def _plan(self, rendering: Rendering) -> tuple[Rendering, Plan]:
        """Return the rendering and its plan: by another gravity, where who looks is away."""
        try:
            return rendering, self._planned(rendering)
        except StageAway as why:
            return planned_without(rendering, self._planned, why)

    def _planned(self, rendering: Rendering) -> Plan:
        """Look at the picture, and decide the geometry."""
        layout, analysis = rendering.layout, rendering.analysis
        analysis.see(self.needed(layout), **looking(layout.options))
        free = rendering.border_free()
        if free is not None:
            layout = lay_out(layout.options, layout.source, self.limits, free)
            analysis.see(self.needed(layout), **looking(layout.options))
        plan = plan_for(layout, analysis, self.limits, self.subjects)
        check_frames(rendering.frames, plan.size, self.limits)
        check_enlargement(rendering.enlarging(plan).work, self.limits, rendering.frames)
        return plan

    def _encode(self, rendering: Rendering, plan: Plan) -> Rendition:
        with drawing(rendering.pixels.trace, rendering.frames):
            return self._encoded(rendering, plan, self._drawn(rendering, plan))

    def _drawn(self, rendering: Rendering, plan: Plan) -> Image:
        with rendering.pixels.trace.span("pixels"):
            return self._image(rendering, plan)

    def _encoded(self, rendering: Rendering, plan: Plan, image: Image) -> Rendition:
        picture = rendering.pixels.picture
        as_it_is = rendering.enlarging(plan).work is None
        # Only now: what is broken must not be answered because nobody looked.
        if (
            rendering.format == "jpeg"
            and as_it_is
            and keeps_gain_map(picture, rendering.options, plan)
        ):
            about = named(plan) | rendering.notes(plan)
            return Rendition(picture.data, content_type("jpeg"), plan.size, about)
        made = self._compressed(rendering, plan, image)
        if rendering.frames > 1 and as_it_is:
            made = the_smaller(made, picture, rendering.options, plan)
        rendering = replace(rendering, format=made.format)
        body, signing = self._signed(made.data, rendering, plan)
        about = named(plan) | made.headers | rendering.adapted(plan)
        about |= rendering.notes(plan, signing, made.note)
        return Rendition(body, content_type(rendering.format), plan.size, about)

    def _compressed(self, rendering: Rendering, plan: Plan, image: Image) -> Compressed:
        settings = partial(
            encoder_settings,
            options=rendering.options,
            encoding=self.encoding,
            lettered=rendering.is_lettered(plan),
            smoothed=rendering.overlooked(plan).map is not None,
        )

        watched = stop_when(image, rendering.pixels.deadline)
        scorer = Scorer(rendering, plan, watched, self.limits)
        made = Compressing(rendering, plan, watched, settings, self.encoding, scorer).answer()
        if not (self.hard and may_be_smaller(made.format, plan.size, rendering.frames)):
            return made
        press = Press(watched, settings(made.format, hard=True), rendering.pixels.trace)
        return Recompressor(press, scorer).smaller(made)

    def _signed(self, body: bytes, rendering: Rendering, plan: Plan) -> tuple[bytes, str]:
        """Return the answer with the content credentials that it is to have, and a note of them."""
        picture = rendering.pixels.picture
        if self.signer is None or not wanted_bytes(picture, rendering.options):
            return body, ""
        enlarged = rendering.enlarging(plan).work is not None
        done = Done(
            rendering.options, plan, picture.facts, rendering.frames, rendering.format, enlarged
        )
        with rendering.pixels.trace.span("sign"):
            return with_credentials(body, picture, done, self.signer)

    def _image(self, rendering: Rendering, plan: Plan) -> Image:
        """Return the finished picture. Decoding happens here, so its errors are the source's."""
        options = rendering.options
        image = rendering.image(plan)
        patches = rendering.patches(image, plan)
        others, overlays = self._others(rendering, plan), overlays_of(options)
        start = State(
            image=image,
            options=with_inks(options),
            plan=plan,
            stored=rendering.pixels.facts.orientation,
            overlays=(
                *zip(overlays, others, strict=False),
                *self.painter.laid(rendering, plan),
            ),
            backdrop=others[len(overlays)] if backdrop_key(options) else None,
            exposure=others[-1] if exposure_key(options) else None,
            enlarge=rendering.enlarging(plan).by(rendering.analysis),
            format=rendering.format,
        )

        def finish(frame: Image, number: int) -> Image:
            own = None if patches is None else patches[number]
            done = run(rendering.seen(replace(start, image=frame, patches=own), number)).image
            if rendering.frames > 1:
                rendering.pixels.trace.unfinished = frames_undrawn(number, rendering.frames)
            return done

        return to_memory(per_frame(image, finish))

    def _others(self, rendering: Rendering, plan: Plan) -> Sequence[Image]:
        """Return what is laid over the picture, then what stands behind it; each is made once."""
        subject = plan.orientation.size(plan.out)
        asked = tuple(others_of(rendering.options, plan.size, subject))
        made = {each: self._other(*each, rendering) for each in dict.fromkeys(asked)}
        return [made[each] for each in asked]

    def _other(self, key: str, options: TransformOptions, base: Rendering) -> Image:
        """Return the finished picture of another source."""
        if key not in base.others:
            raise BadOption(f"Expected the bytes of {key!r}, got none.")
        pixels = self.pixels_of(base.others[key], base.pixels.deadline, base.pixels.trace)
        layout = self.layout_of(pixels.facts, options)
        return self._image(*self._plan(self._open(pixels, layout, base.others)))


def _kept_by_nobody(made: Rendition) -> Rendition:
    return replace(made, provisional=True)


def _untouched(
    picture: Picture,
    about: dict[str, str],
    deadline: Deadline,  # noqa: ARG001
    trace: Trace,  # noqa: ARG001
) -> Rendition:
    """Return the source as it is."""
    kind = content_type(str(picture.facts.format))
    return Rendition(picture.data, kind, picture.facts.size, about)


def reduction_left(format_: str, size: Size) -> Reduction:
    """Return how much of the reduction to an answer is not left to the decoder."""
    if format_ in LOSSLESS:
        return CAREFUL
    return FINE if size.long_side > QUICK_SIDE else QUICK


def later(options: TransformOptions) -> list[Part[Any]]:
    """Return the parts that are asked for once the plan says what of the picture is shown."""
    by_class = options.segment is not None and options.segment.classes
    said = (
        (EMBEDDING, options.subjects()),
        (OUTLINES, by_class),
        (FACES, options.scored),
    )
    named = mask_parts(options) | (OVERLOOKED_BY if options.adaptive else frozenset())
    return [part for part, asked in said if asked] + [PARTS[name] for name in sorted(named)]


def changes_pixels(options: TransformOptions) -> bool:
    """Return whether options mean the pixels of a drawing, rather than the drawing."""
    seen = options.segment or options.redact or options.moderate or options.refocus
    painted = options.style or options.light or options.radius
    laid = options.draw or options.watermark or options.text or options.overlay
    return bool(seen or painted or laid or changes(options))


def with_inks(options: TransformOptions) -> TransformOptions:
    """Return the options with their colours in the numbers of the answer's gamut."""
    border, segment, gamut = options.border, options.segment, options.gamut
    if segment is not None and isinstance(segment.background, Colour):
        segment = replace(segment, background=in_gamut(segment.background, gamut))
    return replace(
        options,
        background=options.background and in_gamut(options.background, gamut),
        border=border and replace(border, colour=in_gamut(border.colour, gamut)),
        segment=segment,
    )
