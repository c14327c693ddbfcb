"""One picture, one set of options, one rendition. Server, CLI and library all call this."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Final, cast

from foveate.errors import AnimationTooLarge, BadOption
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.colour import in_gamut
from foveate.imaging.decode import sanitise_svg, to_memory
from foveate.imaging.encode import EncodeOptions, content_type, encode
from foveate.imaging.frames import per_frame
from foveate.imaging.guard import guard
from foveate.imaging.probe import ImageFormat, probe
from foveate.imaging.stop import stop_when
from foveate.options.model import (
    BLURRED,
    Colour,
    Fit,
    Format,
    Metadata,
    SegmentOutput,
    TransformOptions,
)
from foveate.options.negotiate import choose_format
from foveate.options.table import check_supported
from foveate.ports import Rendition
from foveate.service.job import Job, described, named
from foveate.service.picture import Picture
from foveate.service.sight import Sight, finest
from foveate.transform.pipeline import run
from foveate.transform.plan import (
    bordered,
    fitted,
    make_plan,
    parts_needed,
    pose_of,
    trimmed,
)
from foveate.transform.state import State
from foveate.transform.steps.segment import subject_box
from foveate.transform.veil import steadied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.imaging import Image
    from foveate.imaging.encode import OutputFormat
    from foveate.imaging.probe import Facts
    from foveate.imaging.stop import Deadline
    from foveate.options.model import Overlay
    from foveate.service.sight import Eyes
    from foveate.settings import Encoding, Limits
    from foveate.transform.plan import Plan
    from foveate.transform.veil import Veil

FAST_SIDE: Final = 1024
"""Lossy answers up to this side may take the decoder's coarser shrink."""
LEFT_OPEN: Final = {None, Format.AUTO}
MOVING: Final = {"gif", "webp"}
"""Formats that we write animations in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Bytes and options in, rendition out. Blocking; releases the GIL for most of its time."""

    eyes: Eyes
    limits: Limits
    encoding: Encoding

    def __call__(
        self,
        data: bytes,
        options: TransformOptions,
        *,
        deadline: Deadline,
        overlays: Mapping[str, bytes] | None = None,
    ) -> Rendition:
        """Return the rendition. Raises BadRequest, ImageError, OutputTooLarge, Unavailable.

        `overlays` holds the bytes of every URL that `options.draw` names.
        """
        check_supported(options)
        facts = probe(data, self.limits)
        on_pixels = options.draw or options.segment or options.redact
        if on_pixels and facts.format is ImageFormat.SVG and options.format in LEFT_OPEN:
            options = replace(options, format=Format.PNG)
        job = self._job(data, facts, options, deadline)
        if job.format == "svg" and options.format is not Format.JSON:
            return Rendition(sanitise_svg(data), content_type("svg"), facts.size)
        with deadline, guard():
            return self._rendition(job, overlays or {})

    def _rendition(self, job: Job, overlays: Mapping[str, bytes]) -> Rendition:
        """Plan, then answer: with JSON about it, or with the picture."""
        plan = self._plan(job)
        if job.options.format is Format.JSON:
            return described(job, plan, self.eyes.detector.name)
        planned = time.perf_counter()
        image = self._image(job, plan, overlays)
        placed = time.perf_counter()
        body = encode(stop_when(image, job.picture.deadline), self._target(job))
        timings = {
            **job.picture.timings_ms,
            **job.sight.timings_ms,
            "pixels": (placed - planned) * 1000,
            "encode": (time.perf_counter() - placed) * 1000,
        }
        return Rendition(body, content_type(job.format), plan.size, named(plan), timings)

    def _job(self, data: bytes, facts: Facts, options: TransformOptions, deadline: Deadline) -> Job:
        """Settle what can be settled from the header: format, frames, how fine to decode."""
        pose = pose_of(options)
        frame = trimmed(facts.size, options)
        kept = fitted(frame, options, pose)
        out = bordered(kept.canvas, options)
        moving = facts.animated and options.anim and options.segment is None
        format_ = choose_format(
            options,
            source_format=str(facts.format),
            alpha=see_through(facts, options),
            animated=moving,
            out=out,
            encoding=self.encoding,
        )
        careful = format_ == "png" or out.long_side > FAST_SIDE
        scale = max(kept.out.width / kept.window.width, kept.out.height / kept.window.height)
        level = options.segment.quality if options.segment else None
        looked_at = finest(facts.size, parts_needed(options, facts.size), self.eyes, level)
        scale = max(scale, looked_at)
        picture = Picture(data, facts, deadline, scale=scale, careful=careful)
        frames = facts.frames if moving and format_ in MOVING else 1
        sight = Sight(picture, self.eyes, level)
        return Job(picture=picture, sight=sight, options=options, format=format_, frames=frames)

    def _plan(self, job: Job) -> Plan:
        """Look at the picture, and decide the geometry."""
        job.sight.see(parts_needed(job.options, job.facts.size))
        plan = make_plan(job.options, job.sight, self.limits, self._kept_of(job))
        area = plan.size.area * job.frames
        if job.frames > 1 and area > self.limits.max_animation_pixels:
            raise AnimationTooLarge(f"{job.frames} frames of {plan.size} are {area} pixels")
        return plan

    def _kept_of(self, job: Job) -> Box | None:
        """Return what a trim of the border, or to the subject, leaves of the source."""
        whole, options = Box.of(job.facts.size), job.options
        border, segment = options.trim_border, options.segment
        kept = job.picture.without_border(border, options.dpr) if border else None
        if segment is None or not segment.trim:
            return kept
        return (kept or whole).overlap(subject_box(job.sight.matte(), job.facts.size)) or kept

    def _image(self, job: Job, plan: Plan, overlays: Mapping[str, bytes]) -> Image:
        """Return the finished picture. Decoding happens here, so its errors are the source's."""
        image = job.picture.pixels(max(plan.scale), frames=job.frames)
        if job.frames > 1 and job.options.redact:
            image = to_memory(image)  # read twice: for the faces, and for the answer
        veils = self._veils(job, image)
        start = State(
            image=image,
            options=with_inks(job.options),
            plan=plan,
            stored=job.facts.pose,
            overlays=tuple(
                (item, self._overlay(item, plan.size, overlays, job)) for item in job.options.draw
            ),
            matte=job.sight.matte() if job.options.segment else None,
            backdrop=self._backdrop(job, plan, overlays),
        )

        def finish(frame: Image) -> Image:
            return run(replace(start, image=frame, veils=next(veils))).image

        return to_memory(per_frame(image, finish))

    def _veils(self, job: Job, image: Image) -> Iterator[tuple[Veil, ...] | None]:
        """Give what hides the faces of each frame in turn; None where nothing is to be hidden."""
        if job.options.redact is None:
            return repeat(None)
        if job.frames == 1:
            return repeat(job.sight.veils())
        found: list[tuple[Veil, ...]] = []

        def look(frame: Image) -> Image:
            found.append(job.sight.veils_in(frame))
            return frame

        per_frame(image, look)
        return iter(steadied(found))

    def _backdrop(self, job: Job, plan: Plan, overlays: Mapping[str, bytes]) -> Image | None:
        """Return the picture that another source puts behind the subject, at its size."""
        key = job.options.segment.background if job.options.segment else None
        if not isinstance(key, str) or key == BLURRED:
            return None
        size = plan.pose.size(plan.out)
        cover = TransformOptions(width=size.width, height=size.height, fit=Fit.COVER, anim=False)
        cover = replace(cover, gamut=job.options.gamut, format=Format.PNG)
        return self._other(key, cover, overlays, job)

    def _overlay(
        self, item: Overlay, canvas: Size, overlays: Mapping[str, bytes], base: Job
    ) -> Image:
        """Return an overlay at its size, itself transformed by its own options."""
        options = replace(
            item.options,
            width=_length(item.width, canvas.width),
            height=_length(item.height, canvas.height),
            gamut=base.options.gamut,
            format=Format.PNG,
            anim=False,
            draw=(),
        )
        return self._other(item.url, options, overlays, base)

    def _other(
        self, key: str, options: TransformOptions, others: Mapping[str, bytes], base: Job
    ) -> Image:
        """Return the finished picture of another source."""
        if key not in others:
            raise BadOption(f"Expected the bytes of {key!r}, got none.")
        facts = probe(others[key], self.limits)
        job = self._job(others[key], facts, options, base.picture.deadline)
        return self._image(job, self._plan(job), others)

    def _target(self, job: Job) -> EncodeOptions:
        """Return the encoder's settings: what the URL says, then what the settings say."""
        options, encoding = job.options, self.encoding
        usual = encoding.avif_quality if job.format == "avif" else encoding.quality
        return EncodeOptions(
            format=cast("OutputFormat", job.format),  # an SVG was answered before
            quality=options.quality or usual,
            explicit_quality=options.quality is not None,
            progressive=options.format is Format.JPEG,
            fast=options.fast,
            metadata=kept_metadata(options),
            gamut=options.gamut,
            webp_effort=encoding.webp_effort,
            avif_effort=encoding.avif_effort,
        )


def kept_metadata(options: TransformOptions) -> Metadata:
    """Return what a JPEG keeps: previews inside of EXIF and XMP would show redacted faces."""
    hides = options.redact is not None and options.metadata is Metadata.KEEP
    return Metadata.COPYRIGHT if hides else options.metadata


def see_through(facts: Facts, options: TransformOptions) -> bool:
    """Return whether the answer may have transparent pixels, if its format can hold them."""
    segment, fill = options.segment, options.background
    if segment is not None and segment.output is SegmentOutput.MATTE:
        return False
    behind = segment.background if segment else None
    cut_out = segment is not None and (
        behind is None or (isinstance(behind, Colour) and behind.alpha < 1)
    )
    return (facts.alpha or cut_out) and (fill is None or fill.alpha < 1)


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


def _length(asked: float | None, whole: int) -> int | None:
    """Return a side of an overlay in pixels; a float is a share of the base."""
    if isinstance(asked, float):
        return nearest(asked * whole)
    return asked
