"""The best crop for each of many aspect ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.geometry.crop import inside, largest
from foveate.geometry.fit import nearest
from foveate.imaging.guard import guard
from foveate.imaging.probe import ImageFormat, probe
from foveate.options.model import Fit, Format, Gravity, GravityKind, TransformOptions
from foveate.service.analyse import Sight, box_to_json
from foveate.service.picture import Picture
from foveate.transform.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.probe import Facts
    from foveate.imaging.stop import Deadline
    from foveate.ports import Rendition
    from foveate.service.analyse import Eyes
    from foveate.service.render import Renderer
    from foveate.settings import Limits

MOST_ASPECTS: Final = 50
WIDEST: Final = 100.0


@dataclass(frozen=True, slots=True)
class Crop:
    """The box for one aspect ratio, in pixels of the upright source, and what it keeps."""

    aspect: str
    box: Box
    gravity: str
    options: TransformOptions
    """What renders it."""

    def to_json(self) -> dict[str, object]:
        """Return the crop as it stands in every JSON answer."""
        return {"aspect": self.aspect, "box": box_to_json(self.box), "gravity": self.gravity}


def read_aspect(text: str) -> float:
    """Return width / height of `16:9`, `1.91:1` or `1.5`. Raises BadOption.

    >>> read_aspect("16:9") == 16 / 9
    True
    """
    width, _, height = text.partition(":")
    try:
        aspect = float(width) / float(height or 1)
    except (ValueError, ZeroDivisionError) as why:
        raise BadOption(f"Expected an aspect ratio such as 16:9, got {text!r}.") from why
    if not 1 / WIDEST <= aspect <= WIDEST:
        raise BadOption(f"Expected an aspect ratio from 1:100 to 100:1, got {text!r}.")
    return aspect


def crop_options(facts: Facts, aspect: float) -> TransformOptions:
    """Return the options whose crop is the largest of that aspect ratio around the faces."""
    window = largest(Box.of(facts.size), aspect)
    return TransformOptions(
        width=nearest(window.width),
        height=nearest(window.height),
        fit=Fit.COVER,
        gravity=Gravity(GravityKind.FACE),
        # Left open, a drawing would be answered as it is, uncut.
        format=Format.PNG if facts.format is ImageFormat.SVG else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropper:
    """Picture and aspect ratios in, boxes out; the picture is looked at once."""

    eyes: Eyes
    limits: Limits

    def __call__(self, data: bytes, aspects: Sequence[str], *, deadline: Deadline) -> list[Crop]:
        """Return one crop per aspect ratio, in order, repeats left out.

        Raises BadOption, ImageError.
        """
        if not 1 <= len(aspects) <= MOST_ASPECTS:
            raise BadOption(f"Expected 1 to {MOST_ASPECTS} aspect ratios, got {len(aspects)}.")
        aspects = list(dict.fromkeys(aspects))
        ratios = [read_aspect(text) for text in aspects]
        facts = probe(data, self.limits)
        sight = Sight(Picture(data, facts, deadline, scale=0.0), self.eyes)
        with deadline, guard():
            return [
                self._crop(text, crop_options(facts, ratio), sight)
                for text, ratio in zip(aspects, ratios, strict=True)
            ]

    def _crop(self, aspect: str, options: TransformOptions, sight: Sight) -> Crop:
        plan = make_plan(options, sight, self.limits)
        corner = Box(
            round(plan.framing.box.left),
            round(plan.framing.box.top),
            plan.out.width,
            plan.out.height,
        )
        box = inside(Box.of(sight.size), corner)
        return Crop(aspect, box, plan.framing.gravity or "centre", options)


def render_crops(
    render: Renderer, data: bytes, crops: Sequence[Crop], *, deadline: Deadline
) -> list[tuple[str, Rendition]]:
    """Return each crop's picture at the source's own resolution, named by its aspect ratio."""
    return [(crop.aspect, render(data, crop.options, deadline=deadline)) for crop in crops]
