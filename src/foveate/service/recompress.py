"""A finished picture as a smaller file that looks as good, where time does not count."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Final

from foveate.imaging.quality_search import QUALITIES
from foveate.service.auto_quality import may_be_scored, scoring_bytes
from foveate.service.encoding import HARD

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.service.auto_quality import Scorer
    from foveate.service.press import Compressed, Press

WORTH: Final = 0.03
"""The share of its bytes that a file has to lose: for less, nobody fetches it anew."""
HAIR: Final = 0.1
"""Points that the score of all of it, and that of its faces, may lose, which nobody sees."""
TRIES: Final = 4
POINTS: Final = 0.7
"""Of the score that one more of quality gains; where it gains less, it takes one more try."""


def may_be_smaller(format_: str, size: Size, frames: int) -> bool:
    """Return whether effort makes such a picture smaller, and somebody can tell how it looks.

    JPEG XL at its usual effort is as small as at seven times that.
    """
    return frames == 1 and format_ in {"jpeg", *HARD} and may_be_scored(size)


def recompressing_bytes(area: int) -> int:
    """Return an upper estimate of what that takes beside the encoder."""
    return scoring_bytes(area)


@dataclass(frozen=True, slots=True)
class Recompressor:
    """Encodes one picture again, at more effort."""

    press: Press
    scorer: Scorer

    def smaller(self, made: Compressed) -> Compressed:
        """Return a file that is worth it and looks no worse, or what was made."""
        if self.press.settings.exact:
            return made  # without loss, an effort that is seen takes seconds
        begin = self.press.settings.quality if made.quality is None else made.quality
        most, first = len(made.data) * (1 - WORTH), self.scorer.each_of_file(made.data)
        quality, tried, best = begin, set[int](), made
        while quality not in tried and len(tried) < TRIES:
            tried.add(quality)
            file = self.press.file(quality)
            scores = self.scorer.each_of_file(file)
            over = min(now - before for now, before in zip(scores, first, strict=True)) + HAIR
            small, good = len(file) <= most, over >= 0
            if small and good and len(file) < len(best.data):
                best = made._replace(data=file)
                if made.quality is not None:
                    best = best._replace(quality=quality, score=min(scores))
            if not (small or good):
                break
            quality = next_quality(quality, over)
        return best


def next_quality(quality: int, over: float) -> int:
    """Return the quality that is so many points of the score worse, as far as there is one.

    >>> next_quality(80, 1.5), next_quality(80, 0.5), next_quality(80, -0.2)
    (78, 80, 81)
    """
    least, most = QUALITIES
    return min(max(quality - floor(over / POINTS), least), most)
