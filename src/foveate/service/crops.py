"""The best crop for each of many aspect ratios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.geometry.crop import inside, largest
from foveate.geometry.fit import nearest
from foveate.imaging.decode import open_image
from foveate.imaging.drawing.sheet import contact_sheet
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.probe import ImageFormat, probe
from foveate.options.model import Fit, Format, Gravity, GravityKind, TransformOptions
from foveate.options.values import shown
from foveate.service.formats import FORMATS, read_aspect
from foveate.service.forms import box_to_json
from foveate.service.picture import Picture
from foveate.service.sight import Sight, finest
from foveate.transform.plan import make_plan, parts_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging import Image
    from foveate.imaging.probe import Facts
    from foveate.imaging.stop import Deadline
    from foveate.ports import Rendition
    from foveate.service.render import Renderer
    from foveate.service.sight import Eyes
    from foveate.settings import Limits

MOST_ASPECTS: Final = 50
GRAVITIES: Final = (GravityKind.FACE, GravityKind.AUTO)
"""What crops of many shapes can be asked to keep."""


def read_gravity(text: str) -> GravityKind:
    """Return what crops shall keep. Raises BadOption."""
    if text not in GRAVITIES:
        raise BadOption(f"Expected gravity {' or '.join(GRAVITIES)}, got {shown(text)}.")
    return GravityKind(text)


@dataclass(frozen=True, slots=True)
class Crop:
    """The box for one aspect ratio, in pixels of the upright source, and what it keeps."""

    aspect: str
    box: Box
    gravity: str
    options: TransformOptions
    """What renders it."""
    name: str = ""
    """The format's, where it was asked for by name."""

    @property
    def label(self) -> str:
        """Return what tells it from the others of its picture."""
        return self.name or self.aspect

    def to_json(self) -> dict[str, object]:
        """Return the crop as it stands in every JSON answer."""
        named = {"name": self.name} if self.name else {}
        crop = {"aspect": self.aspect, "box": box_to_json(self.box), "gravity": self.gravity}
        return {**named, **crop}


class Cropped(NamedTuple):
    """Crops in the order in which they were asked for, and what looking cost."""

    crops: list[Crop]
    timings_ms: dict[str, float]

    def to_json(self) -> dict[str, object]:
        """Return the crops as the API answers them."""
        spent = {part: round(ms, 1) for part, ms in self.timings_ms.items()}
        return {"crops": [crop.to_json() for crop in self.crops], "timings_ms": spent}


def crop_options(facts: Facts, aspect: float, kind: GravityKind) -> TransformOptions:
    """Return the options whose crop is the largest of that aspect ratio, at its own pixels."""
    window = largest(Box.of(facts.size), aspect)
    return TransformOptions(
        width=nearest(window.width),
        height=nearest(window.height),
        fit=Fit.COVER,
        gravity=Gravity(kind),
        # Left open, a drawing would be answered as it is, uncut.
        format=Format.PNG if facts.format is ImageFormat.SVG else None,
    )


def brought_down(options: TransformOptions, name: str) -> TransformOptions:
    """Return the options at the pixels of a named format; a smaller crop stays as it is."""
    wanted = FORMATS[name].size if name in FORMATS else None
    if wanted is None or (options.width or 0) < wanted.width:
        return options
    return replace(options, width=wanted.width, height=wanted.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropper:
    """Picture and aspect ratios in, boxes out; the picture is looked at once."""

    eyes: Eyes
    limits: Limits

    def __call__(
        self,
        data: bytes,
        aspects: Sequence[str],
        *,
        deadline: Deadline,
        gravity: GravityKind = GravityKind.FACE,
        native: bool = False,
    ) -> list[Crop]:
        """Return one crop per aspect ratio or name of a format, in order, repeats left out.

        A named format is rendered at its own pixels unless `native`, and never enlarged.
        Raises BadOption, ImageError.
        """
        found = self.timed(data, aspects, deadline=deadline, gravity=gravity).crops
        if native:
            return found
        return [replace(crop, options=brought_down(crop.options, crop.name)) for crop in found]

    def timed(
        self,
        data: bytes,
        aspects: Sequence[str],
        *,
        deadline: Deadline,
        gravity: GravityKind = GravityKind.FACE,
    ) -> Cropped:
        """Return the same crops at native resolution, and what looking cost."""
        aspects = list(dict.fromkeys(aspects))
        if not 1 <= len(aspects) <= MOST_ASPECTS:
            raise BadOption(f"Expected 1 to {MOST_ASPECTS} aspect ratios, got {len(aspects)}.")
        ratios = [read_aspect(text) for text in aspects]
        facts = probe(data, self.limits)
        asked = [crop_options(facts, ratio, gravity) for ratio in ratios]
        parts = frozenset[str]().union(*(parts_needed(each, facts.size) for each in asked))
        picture = Picture(data, facts, deadline, scale=finest(facts.size, parts, self.eyes, None))
        sight = Sight(picture, self.eyes)
        with deadline, guard():
            sight.see(parts)
            found = [self._crop(*each, sight) for each in zip(aspects, asked, strict=True)]
        return Cropped(found, picture.timings_ms | sight.timings_ms)

    def _crop(self, asked: str, options: TransformOptions, sight: Sight) -> Crop:
        plan = make_plan(options, sight, self.limits)
        corner = Box(
            round(plan.framing.box.left),
            round(plan.framing.box.top),
            plan.out.width,
            plan.out.height,
        )
        box = inside(Box.of(sight.size), corner)
        kept = plan.framing.gravity or "centre"
        if asked in FORMATS:
            return Crop(FORMATS[asked].aspect, box, kept, options, asked)
        return Crop(asked, box, kept, options)


def render_crops(
    render: Renderer, data: bytes, crops: Sequence[Crop], *, deadline: Deadline
) -> list[tuple[str, Rendition]]:
    """Return each crop's picture, named by its format or aspect ratio."""
    return [(crop.label, render(data, crop.options, deadline=deadline)) for crop in crops]


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
