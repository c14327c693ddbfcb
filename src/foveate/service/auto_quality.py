"""`quality=auto`: the answer in the quality that it needs to look as good as was asked."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.errors import StageAway, WeightsMissing
from foveate.geometry.box import Size
from foveate.imaging.decode import open_image
from foveate.imaging.encode import encode
from foveate.imaging.pixels import to_array
from foveate.imaging.probe import probe
from foveate.imaging.quality_search import MOST_TRIES, Tried, best_of, hardness, next_quality
from foveate.options.grammar import cache_key
from foveate.options.model import AutoQuality, Metadata, TransformOptions
from foveate.service.encoding import GRADED
from foveate.service.parts.faces import faces_to_keep
from foveate.transform.faces_shown import faces_shown
from foveate.transform.masked import masks_of
from foveate.vision.score import Score, memory_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.imaging.encode import EncodeOptions
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analysis
    from foveate.service.rendering import Rendering
    from foveate.settings import Limits
    from foveate.transform.plan import Plan
    from foveate.values import Face

LEAST_SIDE: Final = 64
"""Of what is tried, in pixels: a score of less says little."""
MOST_PIXELS: Final = 16_000_000
"""Of what is scored: a second of one core. A score of less pixels would be another score."""
RGB_BYTES: Final = 3
HEADER: Final = "Foveate-Quality"
_VERSION: Final = 1
"""To be raised when another quality would be found for the same picture."""
_HARDNESS: Final = "hardness"


class Compressed(NamedTuple):
    """A picture as a file, and how that was found."""

    data: bytes
    tried: Tried | None = None
    """What was chosen; None where no score was asked for."""
    encodes: int = 1

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that tells of it."""
        if self.tried is None:
            return {}
        quality, score = self.tried
        return {HEADER: f"{quality};score={score:.1f};encodes={self.encodes}"}


def score_wanted(options: TransformOptions, format_: str, *, frames: int, size: Size) -> int | None:
    """Return the score that a quality is looked for; None where nothing is tried.

    Then a score that was asked for stands for the quality with which most pictures have it.
    """
    asked = options.quality
    if not isinstance(asked, AutoQuality) or options.fast or format_ not in GRADED:
        return None
    fits = min(size.width, size.height) >= LEAST_SIDE and size.area <= MOST_PIXELS
    return asked.score if fits and frames == 1 else None


def found_quality(made: Rendition) -> int | None:
    """Return the quality that was found for an answer; None where none was looked for."""
    told = made.headers.get(HEADER)
    return int(told.partition(";")[0]) if told else None


def trying_bytes(options: TransformOptions, format_: str, area: int) -> int:
    """Return an upper estimate of what finding a quality takes beside the encoder."""
    sides = Size(LEAST_SIDE, min(area, MOST_PIXELS) // LEAST_SIDE)
    if score_wanted(options, format_, frames=1, size=sides) is None:
        return 0
    return scoring_bytes(sides.area) + MOST_TRIES * sides.area


def scoring_bytes(area: int) -> int:
    """Return an upper estimate of what scoring takes: both pictures, and what is made of them."""
    return 2 * area * RGB_BYTES + memory_bytes(Size(area, 1))


def compressed(
    rendering: Rendering,
    plan: Plan,
    image: Image,
    settings: EncodeOptions,
    limits: Limits,
) -> Compressed:
    """Return the picture in its settings, or with the quality that its score needs."""
    wanted = score_wanted(
        rendering.options, settings.format, frames=rendering.frames, size=plan.size
    )
    if wanted is None:
        with rendering.pixels.trace.span("encode") as span:
            data = encode(image, settings)
            span.bytes = len(data)
        return Compressed(data)
    search = _Search(rendering, plan, image, settings, limits, wanted)
    return search.run(_name(rendering, plan, settings))


def faces_of(analysis: Analysis) -> tuple[Face, ...]:
    """Return the faces that have to look as good as the whole; none where nobody can look."""
    try:
        return faces_to_keep(analysis)
    except (WeightsMissing, StageAway):
        return ()


@dataclass(slots=True)
class _Search:
    """One look for the quality that a score needs."""

    rendering: Rendering
    plan: Plan
    image: Image
    settings: EncodeOptions
    limits: Limits
    wanted: int

    def run(self, name: str) -> Compressed:
        """Return the picture with the quality that was found, now or before."""
        known = self._recalled(name)
        if known is not None:
            tried = Tried(*known)
            return self._told(Compressed(self._encoded(tried.quality), tried))
        found = self._found()
        self._remember(name, found.tried)
        return self._told(found)

    def _found(self) -> Compressed:
        """Encode until the score is near enough, and return what comes nearest."""
        tried: list[Tried] = []
        files: dict[int, bytes] = {}
        format_, taught, begun = self.settings.format, self._taught(), time.monotonic()
        faces = faces_shown(faces_of(self.rendering.analysis), self.plan)
        with self.rendering.pixels.trace.span("compare"):
            score = Score(to_array(self.image), most_looked_at=faces)
        while (quality := self._next(tried, taught, begun)) is not None:
            files[quality] = self._encoded(quality)
            shown = self._shown(files[quality])
            with self.rendering.pixels.trace.span("compare"):
                tried.append(Tried(quality, round(score(shown), 2)))
        best = best_of(tried, self.wanted)
        taught[format_] = round(hardness(format_, best), 3)
        self._remember(_HARDNESS, taught)
        return Compressed(files[best.quality], best, len(tried))

    def _next(self, tried: list[Tried], taught: dict[str, float], begun: float) -> int | None:
        """Return what to try next; None where there is nothing better, or no time for it."""
        now = time.monotonic()
        left = self.rendering.pixels.deadline.until - now
        if tried and (now - begun) / len(tried) * 2 > left:
            return None
        mean = sum(taught.values()) / len(taught) if taught else 1.0
        format_ = self.settings.format
        return next_quality(format_, self.wanted, tried, taught.get(format_, mean))

    def _encoded(self, quality: int) -> bytes:
        with self.rendering.pixels.trace.span("encode"):
            return encode(self.image, replace(self.settings, quality=quality))

    def _shown(self, data: bytes) -> NDArray[np.uint8]:
        with self.rendering.pixels.trace.span("decode"):
            return to_array(open_image(data, probe(data, self.limits)))

    def _told(self, found: Compressed) -> Compressed:
        last = next(s for s in reversed(self.rendering.pixels.trace.spans) if s.name == "encode")
        last.bytes = len(found.data)
        return found

    def _taught(self) -> dict[str, float]:
        """Return what other sizes and formats taught: how hard the picture is, by format."""
        taught: dict[str, float] = self._recalled(_HARDNESS) or {}
        return taught

    def _recalled(self, name: str) -> Any:  # noqa: ANN401 - what JSON holds
        kept = self.rendering.analysis.recalled(name) if self._of_source_alone else None
        return json.loads(kept) if kept else None

    def _remember(self, name: str, value: object) -> None:
        if self._of_source_alone:
            self.rendering.analysis.remember(name, json.dumps(value).encode())

    @property
    def _of_source_alone(self) -> bool:
        """Return whether nothing but the source and the options decides over the pixels."""
        options = self.rendering.options
        return not (options.extra_sources() or options.subjects() or masks_of(options))


def _name(rendering: Rendering, plan: Plan, settings: EncodeOptions) -> str:
    """Return what is equal for pictures of one source that have equal pixels and settings."""
    options = replace(
        rendering.options, format=None, accepts=frozenset(), metadata=Metadata.COPYRIGHT
    )
    how = replace(settings, quality=1, metadata=Metadata.COPYRIGHT)
    said = repr((_VERSION, cache_key(options), plan.framing.box, plan.size, how))
    return f"quality/{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
