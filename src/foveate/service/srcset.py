"""What a responsive picture is made of: the widths of one rendition, and a placeholder of it."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Size
from foveate.geometry.fit import nearest
from foveate.geometry.widths import widths
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.pixels import from_array, is_opaque, to_array
from foveate.options.model import Fit, Format, Metadata
from foveate.options.values import MAX_PIXELS, shown
from foveate.service.encoding import format_of, moves
from foveate.service.parts.colours import SIDE, linear, palette, picture_of, thumbhash
from foveate.service.responsive import FORMATS, Candidate, Candidates, Placeholder, Srcset
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.options.model import TransformOptions
    from foveate.ports import Picture
    from foveate.service.render import Renderer
    from foveate.service.responsive import SrcsetAsked
    from foveate.trace import Trace
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Facts

    Address = Callable[[TransformOptions], str]
    Planned = Callable[[TransformOptions], Plan]

STILL: Final = frozenset({Format.AVIF, Format.JXL})
"""What we write no animations in, and browsers would."""
SHOWS_ALL: Final = frozenset({Fit.SCALE_DOWN, Fit.CONTAIN, Fit.SCALE_UP, Fit.OUTSIDE})
"""Fits whose answer has the shape of the picture, and not that of the box."""
EXACT: Final = 1e-6
DATA_URL: Final = EncodeOptions(format="webp", quality=40, metadata=Metadata.NONE)
"""Of a picture that is all blur: some 100 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Srcsets:
    """Picture and options in, a responsive picture out."""

    renderer: Renderer

    def prepare(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture] | None = None,
        *,
        asked: SrcsetAsked,
        address: Address,
    ) -> Work[Srcset]:
        """Return the work: one look at the picture, and a rendition of some hundred pixels.

        `address` gives the URL of a rendition. Raises as Renderer does, and BadOption for what has
        but one size.
        """
        _check(options)
        design = options.design
        picture, options = self.renderer.painter.designed(picture, options, others or {})
        base = replace(options, auto_width=None)
        formats = asked.formats or (FORMATS[(options.format or Format.AUTO).value],)
        if moves(picture.facts, options):
            # Of what moves it has one frame, and browsers would take it first.
            formats = tuple(each for each in formats if each not in STILL) or formats
        # As files of the last format are, which every browser reads.
        settled = partial(replace, format=formats[-1], slow_connection_quality=None)
        reference = self._reference(picture.facts, settled(base))
        small = settled(_small(base, reference), anim=False, format=Format.PNG)
        need = self.renderer.prepare(picture, small, others).memory_bytes

        def placed(each: TransformOptions) -> str:
            return address(replace(each, design=design))

        def run(deadline: Deadline, trace: Trace) -> Srcset:
            # First, for it says whether the picture may be shown.
            image = self.renderer.with_pixels(
                picture, small, others or {}, deadline=deadline, trace=trace
            )[1]
            with deadline, guard(), trace.span("placeholder"):
                placeholder = placeholder_of(image)
            pixels = self.renderer.pixels_of(picture, deadline, trace)

            def planned(each: TransformOptions) -> Plan:
                return self.renderer.plan_of(pixels, settled(each))

            files = sized(base, reference.options, planned, asked)
            sources = tuple(_candidates(each, files, placed) for each in formats)
            return Srcset(asked, sources, placeholder)

        return Work(need, run)

    def _reference(self, facts: Facts, options: TransformOptions) -> Layout:
        """Return what is cropped, at a size at which nothing is enlarged. Raises BadOption."""
        most = self.renderer.limits.max_output_side
        side = min(facts.size.width, facts.size.height, most)
        width = side if facts.size.long_side > most else None
        boxed = _in_box(options, side) or replace(options, width=width, height=None)
        layout = self.renderer.layout_of(facts, boxed)
        if format_of(facts, layout, self.renderer.encoding) == "svg":
            raise BadOption(
                "Expected a picture of pixels, got a drawing, which is sharp at every width. Name "
                "a format to have pixels of it."
            )
        return layout


def _check(options: TransformOptions) -> None:
    """Raise BadOption for what no browser can choose the width of."""
    if options.dpr != 1:
        raise BadOption(
            f"Expected no dpr, as widths are of the screen's pixels, got dpr={options.dpr:g}."
        )
    if options.format is not None and options.format.value not in FORMATS:
        raise BadOption(
            f"Expected format as one of {', '.join(FORMATS)}, got {shown(options.format.value)}."
        )


def _in_box(options: TransformOptions, side: int) -> TransformOptions | None:
    """Return the options with a box of the same shape and that long side; None without a box."""
    if not (options.width and options.height):
        return None
    box = Size(options.width, options.height).brought_to(side)
    return replace(options, width=box.width, height=box.height)


def _small(options: TransformOptions, reference: Layout) -> TransformOptions:
    """Return the options of a placeholder. A border would be most of it."""
    width = reference.size.within(SIDE).width
    made = _in_box(options, SIDE) or replace(options, width=width, height=None)
    return replace(made, border=None)


def sized(
    options: TransformOptions, first: TransformOptions, planned: Planned, asked: SrcsetAsked
) -> list[tuple[TransformOptions, Size]]:
    """Return the options of each width, the least first, and the size that their answer has.

    `first` are those at a size at which nothing is enlarged. Sides that no URL may name are left
    out. Raises BadOption where that leaves nothing.
    """
    plan = planned(first)
    widest = math.floor(plan.canvas.width / max(plan.scale) + EXACT)
    loose = 1.0
    if first.width and first.height and (options.fit in SHOWS_ALL or options.adapt):
        # The picture meets the box somewhere: so many times as wide as the answer is that.
        loose = first.width / plan.canvas.width
    found: dict[int, tuple[TransformOptions, Size]] = {}
    for width in widths(asked.slots, widest, asked.widths):
        each = _across(options, nearest(width * loose))
        if max(each.width or 0, each.height or 0) <= MAX_PIXELS:
            size = planned(each).size
            found[size.width] = (each, size)
    if not found:
        raise BadOption(
            "Expected width and height with a shape that some width can be answered in, got "
            f"{options.width} by {options.height}."
        )
    return list(found.values())


def _across(options: TransformOptions, width: int) -> TransformOptions:
    """Return the options at that width, in the shape of their box if there is one."""
    height = options.width and options.height and nearest(width * options.height / options.width)
    return replace(options, width=width, height=height)


def _candidates(
    format_: Format, files: list[tuple[TransformOptions, Size]], address: Address
) -> Candidates:
    images = (
        Candidate(address(replace(options, format=format_)), size.width, size.height)
        for options, size in files
    )
    return Candidates(format_, tuple(images))


def placeholder_of(image: Image) -> Placeholder | None:
    """Return what stands for a picture of at most 100 pixels; None where one sees through it."""
    if not is_opaque(image):
        return None
    rgb = to_array(image)
    hashed = thumbhash(rgb)
    data = encode(from_array(picture_of(hashed)), DATA_URL)
    colour = palette(linear(rgb[::2, ::2]).reshape(-1, 3))[0].colour
    url = f"data:image/webp;base64,{b64encode(data).decode()}"
    return Placeholder(colour, b64encode(hashed).decode(), url)
