"""One picture, one set of options, one rendition. Server, CLI and library all call this."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from foveate.errors import AnimationTooLarge, BadOption
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.colour import in_gamut
from foveate.imaging.decode import sanitise_svg, to_memory
from foveate.imaging.encode import Target, content_type, encode
from foveate.imaging.frames import per_frame
from foveate.imaging.guard import guard
from foveate.imaging.probe import ImageFormat, probe
from foveate.imaging.stop import stop_when
from foveate.options.model import Format, GravityKind
from foveate.options.negotiate import choose_format
from foveate.options.table import check_supported
from foveate.ports import Rendition
from foveate.service.analyse import Sight, box_to_json, face_to_json
from foveate.service.picture import Picture
from foveate.transform.pipeline import run
from foveate.transform.plan import (
    bordered,
    check_output,
    fitted,
    make_plan,
    pose_of,
    trimmed,
)
from foveate.transform.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.imaging import Image
    from foveate.imaging.encode import OutputFormat
    from foveate.imaging.probe import Facts
    from foveate.imaging.stop import Deadline
    from foveate.options.model import Overlay, TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.service.analyse import Eyes
    from foveate.settings import Encoding, Limits
    from foveate.transform.plan import Plan

FAST_SIDE: Final = 1024
"""Lossy answers up to this side may take the decoder's coarser shrink."""
DECODED_BYTES: Final = {ImageFormat.JPEG: 3, ImageFormat.PNG: 8, ImageFormat.TIFF: 8}
"""Bytes a pixel while decoding, where it is not four."""
LEFT_OPEN: Final = {None, Format.AUTO}
MOVING: Final = {"gif", "webp"}
"""Formats that we write animations in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one rendition works with, once the source's header is known."""

    picture: Picture
    sight: Sight
    options: TransformOptions
    format: Encoded
    frames: int

    @property
    def facts(self) -> Facts:
        """Return what the header says."""
        return self.picture.facts


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
        if options.draw and facts.format is ImageFormat.SVG and options.format in LEFT_OPEN:
            options = replace(options, format=Format.PNG)  # pictures are drawn on pixels
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
        format_ = choose_format(
            options,
            source_format=str(facts.format),
            alpha=facts.alpha and (options.background is None or options.background.alpha < 1),
            animated=facts.animated and options.anim,
            out=out,
            encoding=self.encoding,
        )
        careful = format_ == "png" or out.long_side > FAST_SIDE
        scale = max(kept.out.width / kept.window.width, kept.out.height / kept.window.height)
        picture = Picture(data, facts, deadline, scale=scale, careful=careful)
        frames = facts.frames if facts.animated and options.anim and format_ in MOVING else 1
        sight = Sight(picture, self.eyes)
        return Job(picture=picture, sight=sight, options=options, format=format_, frames=frames)

    def _plan(self, job: Job) -> Plan:
        """Decide the geometry; a border to trim is looked for first."""
        trim = job.options.trim_border
        border_free = job.picture.without_border(trim, job.options.dpr) if trim else None
        plan = make_plan(job.options, job.sight, self.limits, border_free)
        area = plan.size.area * job.frames
        if job.frames > 1 and area > self.limits.max_animation_pixels:
            raise AnimationTooLarge(f"{job.frames} frames of {plan.size} are {area} pixels")
        return plan

    def _image(self, job: Job, plan: Plan, overlays: Mapping[str, bytes]) -> Image:
        """Return the finished picture. Decoding happens here, so its errors are the source's."""
        drawn = tuple(
            (item, self._overlay(item, plan.size, overlays, job)) for item in job.options.draw
        )
        source = job.picture.pixels(max(plan.scale), frames=job.frames)

        def finish(frame: Image) -> Image:
            state = State(
                image=frame,
                options=with_inks(job.options),
                plan=plan,
                stored=job.facts.pose,
                overlays=drawn,
            )
            return run(state).image

        return to_memory(per_frame(source, finish))

    def _overlay(
        self, item: Overlay, canvas: Size, overlays: Mapping[str, bytes], base: Job
    ) -> Image:
        """Return an overlay at its size, itself transformed by its own options."""
        if item.url not in overlays:
            raise BadOption(f"Expected the bytes of the overlay {item.url!r}, got none.")
        options = replace(
            item.options,
            width=_length(item.width, canvas.width),
            height=_length(item.height, canvas.height),
            gamut=base.options.gamut,
            format=Format.PNG,
            anim=False,
            draw=(),
        )
        data = overlays[item.url]
        job = self._job(data, probe(data, self.limits), options, base.picture.deadline)
        return self._image(job, self._plan(job), {})

    def _target(self, job: Job) -> Target:
        """Return the encoder's settings: what the URL says, then what the settings say."""
        options, encoding = job.options, self.encoding
        usual = encoding.avif_quality if job.format == "avif" else encoding.quality
        return Target(
            format=cast("OutputFormat", job.format),  # an SVG was answered before
            quality=options.quality or usual,
            explicit_quality=options.quality is not None,
            progressive=options.format is Format.JPEG,
            fast=options.fast,
            metadata=options.metadata,
            gamut=options.gamut,
            webp_effort=encoding.webp_effort,
            avif_effort=encoding.avif_effort,
        )


def with_inks(options: TransformOptions) -> TransformOptions:
    """Return the options with their colours in the numbers of the answer's gamut."""
    border = options.border
    return replace(
        options,
        background=options.background and in_gamut(options.background, options.gamut),
        border=border and replace(border, colour=in_gamut(border.colour, options.gamut)),
    )


def _length(asked: float | None, whole: int) -> int | None:
    """Return a side of an overlay in pixels; a float is a share of the base."""
    if isinstance(asked, float):
        return nearest(asked * whole)
    return asked


def described(job: Job, plan: Plan, face_model: str) -> Rendition:
    """Return what `format=json` answers: the size that would be, and the original."""
    facts = job.facts
    size = facts.size if job.format == "svg" else plan.size
    answer: dict[str, Any] = {
        "width": size.width,
        "height": size.height,
        "original": {
            "file_size": facts.bytes,
            "width": facts.size.width,
            "height": facts.size.height,
            "format": content_type(str(facts.format)),
        },
    }
    if job.options.explain:
        answer["foveate"] = explained(job, plan, face_model)
    body = json.dumps(answer, separators=(",", ":")).encode()
    return Rendition(body, "application/json", size, named(plan), job.sight.timings_ms)


def named(plan: Plan) -> dict[str, str]:
    """Return the header that says what the crop was made around, if anything was cut."""
    return {"Foveate-Gravity": plan.framing.gravity} if plan.framing.gravity else {}


def explained(job: Job, plan: Plan, face_model: str) -> dict[str, Any]:
    """Return why the crop lies where it lies, in pixels of the upright source."""
    framing = plan.framing
    faces = job.sight.faces() if job.options.gravity.kind is GravityKind.FACE else ()
    return {
        "faces": [face_to_json(face) for face in faces],
        "focus": [round(framing.focus.x, 4), round(framing.focus.y, 4)],
        "crop": {"wanted": box_to_json(framing.wanted), "box": box_to_json(framing.box)},
        "gravity": framing.gravity,
        "fallback": framing.fell_back,
        "model": face_model if faces or framing.fell_back else None,
        "timings_ms": {part: round(ms, 1) for part, ms in job.sight.timings_ms.items()},
    }


def memory_needed(facts: Facts, options: TransformOptions, limits: Limits) -> int:
    """Return an upper estimate of the bytes that rendering takes, from the header alone.

    Raises OutputTooLarge for what could never be rendered.

    Formats that decode as a whole are counted in full, PNG with 16 bits and interlaced.
    Answers count twice.
    """
    kept = fitted(Box.of(facts.size), options, pose_of(options))
    check_output(kept.canvas, limits)
    frames = facts.frames if options.anim else 1
    decoded = facts.size.area * DECODED_BYTES.get(facts.format, 4) * frames
    return facts.bytes + decoded + kept.canvas.area * 4 * 2 * frames
