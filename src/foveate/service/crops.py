"""The best crop for each of many aspect ratios."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.geometry.crop import inside, largest
from foveate.geometry.fit import nearest
from foveate.imaging.decode import open_image
from foveate.imaging.drawing.sheet import contact_sheet
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.probe import probe
from foveate.options.model import (
    Fit,
    Format,
    Gravity,
    GravityKind,
    MatteLevel,
    TransformOptions,
)
from foveate.options.subjects import faces as faces_of
from foveate.options.values import shown
from foveate.service.analyse import timings_of
from foveate.service.for_gravity import plan_for
from foveate.service.formats import FACES, FORMATS, NOTHING, read_aspect
from foveate.service.memory import decoded_bytes
from foveate.service.parts import PARTS
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.serialise import box_to_json
from foveate.service.subjects import known
from foveate.service.work import Work
from foveate.transform.layout import lay_out
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.options.model import Faces
    from foveate.ports import Picture
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses, Analysis
    from foveate.service.render import Renderer
    from foveate.settings import Limits
    from foveate.trace import Trace
    from foveate.transform.layout import Layout
    from foveate.values import Facts

MOST_ASPECTS: Final = 50
GRAVITIES: Final = (GravityKind.FACE, GravityKind.AUTO)
"""What crops of many shapes can be asked to keep."""


def read_gravity(text: str | None) -> GravityKind | None:
    """Return what crops shall keep, or None for what each format keeps. Raises BadOption."""
    if text is None:
        return None
    if text not in GRAVITIES:
        raise BadOption(f"Expected gravity {' or '.join(GRAVITIES)}, got {shown(text)}.")
    return GravityKind(text)


def read_faces(text: str | None) -> Faces | None:
    """Return which faces crops shall keep, as in a URL; None for all. Raises BadOption."""
    try:
        return None if text is None else faces_of(text)
    except ValueError as why:
        raise BadOption(f"Option faces: {why}.") from why


def check_zoom(zoom: float | None) -> None:
    """Raise BadOption for what says nothing of how tight crops shall be, 0..1."""
    if zoom is not None and not 0 <= zoom <= 1:
        raise BadOption(f"Expected zoom from 0 to 1, got {zoom:g}.")


@dataclass(frozen=True, slots=True)
class Crop:
    """The box for one aspect ratio, in pixels of the upright source, and what it keeps."""

    aspect: str
    box: Box
    gravity: str
    options: TransformOptions = field(repr=False)
    """What renders it."""
    name: str = ""
    """The format's, where it was asked for by name."""

    @property
    def label(self) -> str:
        """Return what tells it from the others of its picture."""
        return self.name or self.aspect

    @property
    def file_stem(self) -> str:
        """Return the same for names of files, where colons may not stand everywhere."""
        return self.label.replace(":", "x")

    def to_json(self) -> dict[str, object]:
        """Return the crop as it stands in every JSON answer."""
        named = {"name": self.name} if self.name else {}
        crop = {"aspect": self.aspect, "box": box_to_json(self.box), "gravity": self.gravity}
        return {**named, **crop, **self._free()}

    def _free(self) -> dict[str, object]:
        """Return what of it the place lays nothing over, where that is not all of it."""
        known = FORMATS.get(self.name)
        if known is None or (known.covered == NOTHING and not known.round):
            return {}
        free = box_to_json(known.covered.rest(self.box))
        return {"safe_area": {"box": free, "round": known.round}}


@dataclass(frozen=True, slots=True)
class Cropped:
    """Crops in the order in which they were asked for, and what looking cost."""

    crops: tuple[Crop, ...]
    timings_ms: Mapping[str, float]

    def to_json(self) -> dict[str, object]:
        """Return the crops as the API answers them."""
        return {
            "crops": [crop.to_json() for crop in self.crops],
            "timings_ms": dict(self.timings_ms),
        }


def crop_options(
    facts: Facts, aspect: float, kind: GravityKind, zoom: float = 0.0
) -> TransformOptions:
    """Return the options whose crop has that aspect ratio, at its own pixels.

    It is the largest, or with `zoom` as much tighter as that says.
    """
    window = largest(Box.of(facts.size), aspect)
    return TransformOptions(
        width=nearest(window.width),
        height=nearest(window.height),
        # What is tighter than the window is not enlarged to it.
        fit=Fit.ASPECT_CROP if zoom else Fit.COVER,
        zoom=zoom,
        gravity=Gravity(kind),
        # Left open, a drawing would be answered as it is, uncut.
        format=Format.PNG if facts.format is ImageFormat.SVG else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What crops shall keep, and how tightly, as far as somebody says."""

    gravity: GravityKind | None = None
    """None is what each format is for."""
    zoom: float | None = None
    faces: Faces | None = None
    """Which faces; saying so asks for faces."""

    def __post_init__(self) -> None:
        """Raise BadOption for what says nothing."""
        check_zoom(self.zoom)
        if self.faces is not None and self.gravity is GravityKind.AUTO:
            raise BadOption("Expected gravity face with faces, got auto.")


def asked_of(name: str, facts: Facts, aim: Aim) -> TransformOptions:
    """Return the options of the crop for an aspect ratio or a format. Raises BadOption.

    Where nobody says what to keep, a format keeps what it is for, as tightly as that wants; what
    somebody says is kept in the widest crop. A zoom that is said holds for both.
    """
    own = FORMATS[name].keeps if name in FORMATS else FACES
    usual = own.zoom if aim.gravity is None else 0.0
    kept = aim.gravity or (own.gravity if aim.faces is None else GravityKind.FACE)
    zoom = usual if aim.zoom is None else aim.zoom
    options = crop_options(facts, read_aspect(name), kept, zoom)
    return options if aim.faces is None else replace(options, faces=aim.faces)


def brought_down(options: TransformOptions, name: str) -> TransformOptions:
    """Return the options at the pixels of a named format; a smaller crop stays as it is."""
    wanted = FORMATS[name].size if name in FORMATS else None
    if wanted is None or (options.width or 0) < wanted.width:
        return options
    return replace(options, width=wanted.width, height=wanted.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropper:
    """Picture and aspect ratios in, boxes or pictures out; the picture is looked at once."""

    analyses: Analyses
    limits: Limits
    renderer: Renderer

    def prepare(
        self,
        picture: Picture,
        aspects: Sequence[str],
        gravity: GravityKind | None = None,
        *,
        zoom: float | None = None,
        faces: Faces | None = None,
        native: bool = True,
    ) -> Work[Cropped]:
        """Return the work of finding one crop per aspect ratio or format, repeats left out.

        A named format is rendered at its own pixels unless `native`, and never enlarged; where
        `gravity` is None it decides what is kept and, if `zoom` is None too, how tightly. `faces`
        are those that are kept. Raises BadOption, ImageError, and what the face index raises where
        they are somebody's.
        """
        aim = Aim(gravity=gravity, zoom=zoom, faces=faces)
        layouts = self._layouts(picture.facts, aspects, aim)
        find = partial(self._find, picture, layouts, native=native)
        return Work(decoded_bytes(picture.facts), find)

    def prepare_pictures(
        self,
        picture: Picture,
        aspects: Sequence[str],
        gravity: GravityKind | None = None,
        *,
        zoom: float | None = None,
        faces: Faces | None = None,
        native: bool = False,
    ) -> Work[list[tuple[Crop, Rendition]]]:
        """Return the work of finding the crops and rendering each. Raises as `prepare`."""
        aim = Aim(gravity=gravity, zoom=zoom, faces=faces)
        layouts = self._layouts(picture.facts, aspects, aim)
        need = max(self.renderer.memory_bytes(each, picture.facts) for each in layouts.values())
        return Work(need, partial(self._render, picture, layouts, native=native))

    def _layouts(self, facts: Facts, aspects: Sequence[str], aim: Aim) -> dict[str, Layout]:
        names = list(dict.fromkeys(aspects))
        if not 1 <= len(names) <= MOST_ASPECTS:
            raise BadOption(f"Expected 1 to {MOST_ASPECTS} aspect ratios, got {len(names)}.")
        if isinstance(aim.faces, tuple):
            known(self.renderer.subjects).revision(aim.faces)
        asked = {name: asked_of(name, facts, aim) for name in names}
        return {name: lay_out(each, facts.size, self.limits) for name, each in asked.items()}

    def _find(
        self,
        picture: Picture,
        layouts: Mapping[str, Layout],
        deadline: Deadline,
        trace: Trace,
        *,
        native: bool,
    ) -> Cropped:
        pixels = PixelSource(picture, deadline, trace)
        crops = self._crops(pixels, layouts, native=native)
        return Cropped(crops, timings_of(trace))

    def _render(
        self,
        picture: Picture,
        layouts: Mapping[str, Layout],
        deadline: Deadline,
        trace: Trace,
        *,
        native: bool,
    ) -> list[tuple[Crop, Rendition]]:
        pixels = PixelSource(picture, deadline, trace)
        crops = self._crops(pixels, layouts, native=native)
        if self.renderer.moderator.enforces:
            once = partial(self.renderer, picture, deadline=deadline, trace=trace)
            return [(crop, once(crop.options)) for crop in crops]
        return [(crop, self.renderer.of_pixels(pixels, crop.options)) for crop in crops]

    def _crops(
        self, pixels: PixelSource, layouts: Mapping[str, Layout], *, native: bool
    ) -> tuple[Crop, ...]:
        names = frozenset[str]().union(*(layout.parts for layout in layouts.values()))
        parts = [PARTS[name] for name in names]
        seen = parts + [EMBEDDING for layout in layouts.values() if layout.options.subjects()][:1]
        scale = self.analyses.scale_for(pixels.facts.size, seen, level=MatteLevel.FAST)
        analysis = self.analyses.open(pixels.at(scale))
        with pixels.deadline, guard():
            analysis.see(parts, level=MatteLevel.FAST)
            found = tuple(self._crop(name, each, analysis) for name, each in layouts.items())
        if native:
            return found
        return tuple(replace(c, options=brought_down(c.options, c.name)) for c in found)

    def _crop(self, asked: str, layout: Layout, analysis: Analysis) -> Crop:
        plan = plan_for(layout, analysis, self.limits, self.renderer.subjects)
        corner = Box(
            round(plan.framing.box.left),
            round(plan.framing.box.top),
            plan.out.width,
            plan.out.height,
        )
        box = inside(Box.of(analysis.size), corner)
        kept = plan.framing.gravity or "center"
        if asked in FORMATS:
            return Crop(FORMATS[asked].aspect, box, kept, layout.options, asked)
        return Crop(asked, box, kept, layout.options)


def sheet_of(pictures: Sequence[tuple[Crop, Rendition]], limits: Limits) -> bytes:
    """Return a contact sheet of rendered crops as PNG, for people. Raises BadOption for none."""
    shown = [
        (crop.label, f"{_aspect_of(crop)}{made.size} · {crop.gravity}", _opened(made, limits))
        for crop, made in pictures
    ]
    with guard():
        return encode(contact_sheet(shown), EncodeOptions(format="png", quality=100))


def _aspect_of(crop: Crop) -> str:
    """Return the aspect ratio for a caption, unless it already is the name."""
    return f"{crop.aspect} · " if crop.name else ""


def _opened(made: Rendition, limits: Limits) -> Image:
    return open_image(made.data, probe(made.data, limits), sequential=False)
