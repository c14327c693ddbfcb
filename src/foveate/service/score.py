"""How good a rendition looks: against the same rendition before it was compressed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from foveate.errors import BadOption, OutputTooLarge
from foveate.imaging.decode import open_image
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import oriented, to_array
from foveate.imaging.probe import probe
from foveate.options.model import Format
from foveate.service.auto_quality import MOST_PIXELS, scoring_bytes
from foveate.service.encoding import GRADED, encoder_settings, format_of
from foveate.service.memory import decoded_bytes, largest_area
from foveate.service.press import found_quality
from foveate.service.work import Work
from foveate.vision.score import METRIC, Score

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.geometry.box import Size
    from foveate.options.model import TransformOptions
    from foveate.ports import Picture
    from foveate.service.render import Renderer
    from foveate.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a rendition weighs and how it looks."""

    score: float
    bytes: int
    size: Size
    format: str
    quality: int | None
    """What it was encoded with; None where that means nothing, or the source is the answer."""
    first_frame: bool = False
    """Whether the source moves, and its first frame is what was scored and weighed."""

    def to_json(self) -> dict[str, object]:
        """Return the score as the API answers it."""
        told: dict[str, object] = {
            "metric": METRIC,
            "score": round(self.score, 2),
            "bytes": self.bytes,
            "width": self.size.width,
            "height": self.size.height,
            "format": self.format,
            "quality": self.quality,
        }
        return {**told, "frame": 1} if self.first_frame else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Picture and options in, score and bytes of the rendition out."""

    renderer: Renderer
    most_pixels: int = MOST_PIXELS

    def prepare(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture] | None = None,
    ) -> Work[Scored]:
        """Return the work of scoring; of what moves, the first frame.

        Raises as Renderer does, BadOption for an answer without pixels, and OutputTooLarge for one
        of more pixels than are scored.
        """
        still, limits = replace(options, anim=False), self.renderer.limits
        drawn, own = self.renderer.painter.designed(picture, still, others or {})
        layout = self.renderer.layout_of(drawn.facts, own)
        format_ = format_of(drawn.facts, layout, self.renderer.encoding)
        _check(format_, still)
        area = largest_area(layout, limits)
        check_area(area, self.most_pixels)
        need = self.renderer.prepare(picture, still, others).memory_bytes + scoring_bytes(area)
        settings = encoder_settings(format_, still, self.renderer.encoding)
        quality = settings.quality if format_ in GRADED else None
        return Work(need, partial(self._score, picture, still, others or {}, quality))

    def _score(
        self,
        picture: Picture,
        options: TransformOptions,
        others: Mapping[str, Picture],
        quality: int | None,
        deadline: Deadline,
        trace: Trace,
    ) -> Scored:
        made, image = self.renderer.with_pixels(
            picture, options, others, deadline=deadline, trace=trace
        )
        with deadline, guard():
            facts = probe(made.data, self.renderer.limits)
            with trace.span("decode"):
                shown = to_array(open_image(made.data, facts))
            with trace.span("compare"):
                score = Score(to_array(image))(shown)
        return Scored(
            score=score,
            bytes=len(made.data),
            size=facts.size,
            format=str(facts.format),
            quality=None if made.data is picture.data else found_quality(made) or quality,
            first_frame=picture.facts.animated,
        )


def check_area(area: int, most: int = MOST_PIXELS) -> None:
    """Raise OutputTooLarge for more pixels than are scored."""
    if area > most:
        sentence = f"Expected at most {most} pixels to score, got {area}."
        raise OutputTooLarge(sentence, public=f"{sentence} Ask for a smaller width.")


def _check(format_: str, options: TransformOptions) -> None:
    if options.format is Format.JSON or format_ == "svg":
        what = "JSON" if options.format is Format.JSON else "a drawing"
        raise BadOption(f"Expected a picture of pixels to score, got {what}. Name a format.")


def prepare_pair(first: Picture, second: Picture) -> Work[float]:
    """Return the work of scoring one picture against another, both of one size.

    Raises BadOption for other sizes, ImageError, and OutputTooLarge.
    """
    sizes = [picture.facts.size for picture in (first, second)]
    if sizes[0] != sizes[1]:
        got = " and ".join(map(str, sizes))
        raise BadOption(f"Expected two pictures of one size to score, got {got}.")
    check_area(sizes[0].area)
    decoding = decoded_bytes(first.facts) + decoded_bytes(second.facts)
    need = decoding + scoring_bytes(sizes[0].area)
    return Work(need, partial(_score_pair, first, second))


def _score_pair(first: Picture, second: Picture, deadline: Deadline, trace: Trace) -> float:
    with deadline, guard():
        seen = [_pixels(picture, deadline, trace) for picture in (first, second)]
        with trace.span("compare"):
            return Score(seen[0])(seen[1])


def _pixels(picture: Picture, deadline: Deadline, trace: Trace) -> NDArray[np.uint8]:
    with trace.span("decode"):
        stored = PixelSource(picture, deadline, trace).pixels(1.0)
        return to_array(oriented(stored, picture.facts.orientation))
