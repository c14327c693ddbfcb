"""`quality=auto`: the answer in the quality that it needs to look as good as was asked."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.errors import StageAway, WeightsCorrupt, WeightsMissing
from foveate.geometry.box import Size
from foveate.imaging import jxl
from foveate.imaging.decode import open_image
from foveate.imaging.jpeg_quality import jpeg_quality
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.imaging.quality_search import MOST_TRIES, Tried, best_of, hardness, next_quality
from foveate.options.grammar import cache_key
from foveate.options.model import AutoQuality, Format, Metadata, TransformOptions
from foveate.service.encoding import GRADED
from foveate.service.generation import generation
from foveate.service.parts.faces import faces_to_keep
from foveate.service.press import Compressed
from foveate.trace import FACES_UNSEEN, HASTY, OVERLOOKED_UNSEEN
from foveate.transform.faces_shown import faces_shown
from foveate.transform.masked import masks_of
from foveate.values import ImageFormat
from foveate.vision.score import Score, memory_bytes

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.imaging.encode import EncodeOptions, OutputFormat
    from foveate.service.analysis import Analysis
    from foveate.service.press import Press
    from foveate.service.rendering import Rendering
    from foveate.settings import Limits
    from foveate.transform.plan import Plan
    from foveate.values import Face

LEAST_SIDE: Final = 64
"""Of what is tried, in pixels: a score of less says little."""
MOST_PIXELS: Final = 16_000_000
"""Of what is scored: a second of one core. A score of less pixels would be another score."""
RGB_BYTES: Final = 3
_VERSION: Final = 3
"""To be raised when another quality would be found for the same picture."""
_HARDNESS: Final = "hardness"


def score_wanted(options: TransformOptions, format_: str, *, frames: int, size: Size) -> int | None:
    """Return the score that a quality is looked for; None where nothing is tried.

    Then a score that was asked for stands for the quality with which most pictures have it.
    """
    asked = options.quality
    if not isinstance(asked, AutoQuality) or options.fast or format_ not in GRADED:
        return None
    return asked.score if may_be_scored(size) and frames == 1 else None


def may_be_scored(size: Size) -> bool:
    """Return whether the score of such a picture says something, and does not take too long."""
    return min(size.width, size.height) >= LEAST_SIDE and size.area <= MOST_PIXELS


def trying_bytes(options: TransformOptions, format_: str, area: int) -> int:
    """Return an upper estimate of what finding a quality takes beside the encoder."""
    sides = Size(LEAST_SIDE, min(area, MOST_PIXELS) // LEAST_SIDE)
    tried = "jpeg" if options.format is Format.BEST else format_
    if score_wanted(options, tried, frames=1, size=sides) is None:
        return 0
    return scoring_bytes(sides.area) + MOST_TRIES * sides.area


def scoring_bytes(area: int) -> int:
    """Return an upper estimate of what scoring takes: both pictures, and what is made of them."""
    return 2 * area * RGB_BYTES + memory_bytes(Size(area, 1))


def faces_of(analysis: Analysis) -> tuple[Face, ...] | None:
    """Return the faces that have to look as good as the whole; None where nobody can look.

    The trace is told where somebody may look again in a moment.
    """
    try:
        return faces_to_keep(analysis)
    except (WeightsMissing, WeightsCorrupt):
        return None
    except StageAway:
        analysis.pixels.trace.fall_back(FACES_UNSEEN)
        return None


class Known(NamedTuple):
    """What a search found."""

    quality: int
    score: float
    bytes: int


@dataclass(slots=True)
class Scorer:
    """Says how a file of a picture looks beside it, of which faces have to look as good as all."""

    rendering: Rendering
    plan: Plan
    image: Image
    limits: Limits
    blind: bool = False
    """Whether it was scored without anybody who could look for faces."""
    _score: Score | None = None
    """Made when somebody asks: that takes half as long as to score a file."""

    def of_file(self, data: bytes) -> float:
        """Return the score of a file of the picture, as a client decodes it."""
        return round(min(self.each_of_file(data)), 2)

    def each_of_file(self, data: bytes) -> tuple[float, ...]:
        """Return the score of all of it, then that of its faces, if it has some."""
        trace = self.rendering.pixels.trace
        with trace.span("decode"):
            shown = to_array(self._opened(data))
        with trace.span("compare"):
            return self._each(shown)

    def _each(self, shown: NDArray[np.uint8]) -> tuple[float, ...]:
        if self._score is None:
            faces = faces_of(self.rendering.analysis)
            self.blind = faces is None
            shares = faces_shown(faces or (), self.plan)
            self._score = Score(to_array(self.image), most_looked_at=shares)
        return self._score.each(shown)

    def _opened(self, data: bytes) -> Image:
        if data.startswith(jxl.CODESTREAM):
            return from_array(jxl.written(data))  # without the two processes that others' take
        return open_image(data, probe(data, self.limits))


@dataclass(frozen=True, slots=True)
class Search:
    """A look for the quality that a score needs."""

    rendering: Rendering
    plan: Plan
    press: Press
    scorer: Scorer

    def run(self, wanted: int) -> Compressed:
        """Return the picture with the quality that was found, now or before."""
        known = self.known()
        if known is not None:
            file = self.press.file(known.quality)
            return Compressed(file, self.format, known.quality, known.score)
        return self._found(wanted)

    def known(self) -> Known | None:
        """Return what was found before of this picture in this format, if anything was."""
        kept = self._recalled(self._name())
        return Known(*kept) if kept else None

    def _name(self) -> str:
        return _name(self.rendering, self.plan, self.press.settings)

    @property
    def format(self) -> OutputFormat:
        """Return what it is encoded as."""
        return self.press.settings.format

    def _found(self, wanted: int) -> Compressed:
        """Encode until the score is near enough, and return what comes nearest."""
        tried: list[Tried] = []
        files: dict[int, bytes] = {}
        taught, begun = self._taught(), time.monotonic()
        expected = taught.get(self.format, _mean(taught.values()))
        own = self._own_quality()
        while quality := next_quality(self.format, wanted, tried, expected, own=own):
            if tried and self.rendering.pixels.deadline.is_short(begun, len(tried)):
                break
            files[quality] = self.press.file(quality)
            tried.append(Tried(quality, self.scorer.of_file(files[quality])))
        best = best_of(tried, wanted)
        file = files[best.quality]
        if quality is None:
            self._remember(self._name(), (*best, len(file)))
        elif self._remembers and not self._meets_itself:
            # In haste one finds less than others should be given; whoever asks next finds more.
            self.press.trace.fall_back(HASTY)
        if not self._meets_itself:
            self._remember(_HARDNESS, taught | {self.format: round(hardness(self.format, best), 3)})
        hasty = quality is not None
        return Compressed(file, self.format, *best, hasty=hasty, encodes=len(tried))

    def _own_quality(self) -> int | None:
        """Return the quality of a JPEG that meets itself; None for all others."""
        return jpeg_quality(self.rendering.pixels.picture.data) if self._meets_itself else None

    @property
    def _meets_itself(self) -> bool:
        """Return whether a JPEG meets its own quantisation, which tells nothing of other sizes."""
        jpeg = self.rendering.pixels.facts.format is ImageFormat.JPEG
        return jpeg and self.format == "jpeg" and self.plan.whole

    def _taught(self) -> dict[str, float]:
        """Return what other sizes and formats taught: how hard the picture is, by format."""
        taught: dict[str, float] = self._recalled(_HARDNESS) or {}
        return taught

    def _recalled(self, name: str) -> Any:  # noqa: ANN401 - what JSON holds
        kept = self.rendering.analysis.recalled(name) if self._of_source_alone else None
        return json.loads(kept) if kept else None

    def _remember(self, name: str, value: object) -> None:
        if self._remembers:
            self.rendering.analysis.remember(name, json.dumps(value).encode())

    @property
    def _remembers(self) -> bool:
        return self._of_source_alone and not self.scorer.blind

    @property
    def _of_source_alone(self) -> bool:
        """Return whether nothing but the source and the options decides over the pixels."""
        options, fallbacks = self.rendering.options, self.rendering.pixels.trace.fallbacks
        sources = options.extra_sources() or options.designs()
        others = sources or options.subjects() or masks_of(options)
        return not others and OVERLOOKED_UNSEEN not in fallbacks


def _mean(values: Collection[float]) -> float:
    return sum(values) / len(values) if values else 1.0


def _name(rendering: Rendering, plan: Plan, settings: EncodeOptions) -> str:
    """Return what is equal for pictures of one source that have equal pixels and settings."""
    options = replace(
        rendering.options,
        format=None,
        accepts=frozenset(),
        metadata=Metadata.COPYRIGHT,
        max_bytes=None,
    )
    how = replace(settings, quality=1, metadata=Metadata.COPYRIGHT, progressive=False)
    made = generation(rendering.analyses, rendering.options)
    said = repr((_VERSION, made, cache_key(options), plan.framing.box, plan.size, how))
    return f"quality/{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
