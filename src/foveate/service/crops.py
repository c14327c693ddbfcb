"""The best crop for each of many aspect ratios."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.geometry.crop import inside
from foveate.imaging.decode import open_image
from foveate.imaging.drawing.sheet import contact_sheet
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.probe import probe
from foveate.options.model import MatteLevel
from foveate.service.aims import Aim, asked_of, brought_down
from foveate.service.analyse import timings_of
from foveate.service.for_gravity import plan_for
from foveate.service.formats import FORMATS, NOTHING
from foveate.service.memory import decoded_bytes
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.serialise import box_to_json
from foveate.service.subjects import known
from foveate.service.work import Work
from foveate.transform.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.model import Faces, Gravity, Objects, TransformOptions
    from foveate.ports import Picture
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses, Analysis
    from foveate.service.part import Part
    from foveate.service.render import Renderer
    from foveate.settings import Limits
    from foveate.trace import Trace
    from foveate.transform.layout import Layout
    from foveate.values import Facts

MOST_ASPECTS: Final = 50


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropper:
    """Picture and aspect ratios in, boxes or pictures out; the picture is looked at once."""

    analyses: Analyses
    limits: Limits
    renderer: Renderer

    def prepare(  # noqa: PLR0913 - each is a word of the query
        self,
        picture: Picture,
        aspects: Sequence[str],
        gravity: Gravity | None = None,
        *,
        zoom: float | None = None,
        faces: Faces | None = None,
        objects: Objects | None = None,
        native: bool = True,
    ) -> Work[Cropped]:
        """Return the work of finding one crop per aspect ratio or format, repeats left out.

        A named format is rendered at its own pixels unless `native`, and never enlarged; where
        `gravity` is None it decides what is kept and, if `zoom` is None too, how tightly. `faces`
        or `objects` are those that are kept. Raises BadOption, ImageError, and what the face index
        raises where they are somebody's.
        """
        aim = Aim(gravity=gravity, zoom=zoom, faces=faces, objects=objects)
        layouts = self._layouts(picture.facts, aspects, aim)
        find = partial(self._find, picture, layouts, native=native)
        need = decoded_bytes(picture.facts) + self._parts_bytes(layouts)
        return Work(need, find)

    def prepare_pictures(  # noqa: PLR0913
        self,
        picture: Picture,
        aspects: Sequence[str],
        gravity: Gravity | None = None,
        *,
        zoom: float | None = None,
        faces: Faces | None = None,
        objects: Objects | None = None,
        native: bool = False,
    ) -> Work[list[tuple[Crop, Rendition]]]:
        """Return the work of finding the crops and rendering each. Raises as `prepare`."""
        aim = Aim(gravity=gravity, zoom=zoom, faces=faces, objects=objects)
        layouts = self._layouts(picture.facts, aspects, aim)
        need = max(self.renderer.memory_bytes(each, picture.facts) for each in layouts.values())
        need += self._parts_bytes(layouts)
        return Work(need, partial(self._render, picture, layouts, native=native))

    def _parts_bytes(self, layouts: Mapping[str, Layout]) -> int:
        """Return what looking takes beside the decoded picture."""
        return self.analyses.memory_bytes(self._parts_of(layouts), level=MatteLevel.FAST)

    def _parts_of(self, layouts: Mapping[str, Layout]) -> list[Part[Any]]:
        return list({part for each in layouts.values() for part in self.renderer.needed(each)})

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
        pixels = self.renderer.pixels_of(picture, deadline, trace)
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
        pixels = self.renderer.pixels_of(picture, deadline, trace)
        crops = self._crops(pixels, layouts, native=native)
        if self.renderer.moderator.enforces:
            once = partial(self.renderer, picture, deadline=deadline, trace=trace)
            return [(crop, once(crop.options)) for crop in crops]
        return [(crop, self.renderer.of_pixels(pixels, crop.options)) for crop in crops]

    def _crops(
        self, pixels: PixelSource, layouts: Mapping[str, Layout], *, native: bool
    ) -> tuple[Crop, ...]:
        parts = self._parts_of(layouts)
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
