"""A finished picture as a file: with the quality, and the bytes, that were asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.imaging.encode import encode
from foveate.imaging.quality_search import Weighed, largest_within, next_smaller
from foveate.service.encoding import GRADED

if TYPE_CHECKING:
    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.imaging.encode import EncodeOptions, OutputFormat
    from foveate.rendition import Rendition
    from foveate.trace import Trace

HEADER: Final = "Foveate-Quality"
TOO_HARD: Final = "no quality of this format looks as good as was asked for"
TOO_LARGE: Final = "no quality of this format has as few bytes as max-bytes asks for"
NO_QUALITIES: Final = "max-bytes needs a still picture as JPEG, WebP, AVIF or JPEG XL"


class Compressed(NamedTuple):
    """A picture as a file, and how its quality was found."""

    data: bytes
    format: OutputFormat
    quality: int | None = None
    """None where none was looked for."""
    score: float | None = None
    """How it looks; None where nobody looked."""
    hasty: bool = False
    """Whether time was short for the look."""
    encodes: int = 1
    note: str = ""
    pressed: bool = False
    """Whether it has less quality than was asked for, for the sake of its bytes."""

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that tells which quality was found."""
        if self.quality is None:
            return {}
        looks = "" if self.score is None else f";score={self.score:.1f}"
        return {HEADER: f"{self.quality}{looks};encodes={self.encodes}"}


def found_quality(made: Rendition) -> int | None:
    """Return the quality that was found for an answer; None where none was looked for."""
    told = made.headers.get(HEADER)
    return int(told.partition(";")[0]) if told else None


@dataclass(frozen=True, slots=True)
class Press:
    """What makes files of one picture, and notes what that takes."""

    image: Image
    settings: EncodeOptions
    trace: Trace

    def file(self, quality: int | None = None) -> bytes:
        """Return the picture in its settings, or with another quality."""
        settings = self.settings if quality is None else replace(self.settings, quality=quality)
        with self.trace.span("encode"):
            return encode(self.image, settings)

    def plain(self) -> Compressed:
        """Return the picture in its settings."""
        return Compressed(self.file(), self.settings.format)

    def within(
        self, most: int | None, made: Compressed, *, moves: bool, deadline: Deadline
    ) -> Compressed:
        """Return what was made, or if that has too many bytes, what has the most that may be.

        Where time is short, what fits is enough.
        """
        if most is None or len(made.data) <= most:
            return made
        if moves or self.settings.format not in GRADED:
            return made._replace(note=NO_QUALITIES)
        quality = self.settings.quality if made.quality is None else made.quality
        # What may have few bytes alone has no bytes for all of its colour.
        press = replace(self, settings=replace(self.settings, whole_chroma=False))
        files, begun, fits = {quality: made.data}, time.monotonic(), False
        while (following := next_smaller(self.settings.format, most, _weighed(files))) is not None:
            if fits and deadline.is_short(begun, len(files) - 1):
                break
            files[following] = press.file(following)
            fits = fits or len(files[following]) <= most
        best = largest_within(most, _weighed(files))
        return made._replace(
            data=files[best.quality],
            quality=best.quality,
            score=made.score if best.quality == quality else None,
            encodes=made.encodes + len(files) - 1,
            note="" if best.bytes <= most else TOO_LARGE,
            pressed=True,
        )


def _weighed(files: dict[int, bytes]) -> list[Weighed]:
    return [Weighed(quality, len(data)) for quality, data in files.items()]
