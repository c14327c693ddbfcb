"""Which file of a finished picture is the answer: by how it looks, by its bytes and its format."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.options.model import AutoQuality, Format
from foveate.service.auto_quality import Search, score_wanted
from foveate.service.encoding import format_of, see_through
from foveate.service.press import TOO_HARD, Press
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.imaging import Image
    from foveate.imaging.encode import EncodeOptions
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.service.auto_quality import Scorer
    from foveate.service.press import Compressed
    from foveate.service.rendering import Rendering
    from foveate.settings import Encoding
    from foveate.transform.plan import Plan
    from foveate.values import Facts

SEVERAL: Final = 2
A_HAIR: Final = 0.5
"""Points of the score."""
FAR: Final = 3.0
"""Points below the score that was asked for: fewer are what a search misses it by now and then."""


@dataclass(frozen=True, slots=True)
class Compressing:
    """Makes the file of one finished picture."""

    rendering: Rendering
    plan: Plan
    image: Image
    settings_of: Callable[[Encoded], EncodeOptions]
    """How it is encoded as that."""
    encoding: Encoding
    scorer: Scorer

    def answer(self) -> Compressed:
        """Return the best file of those that were asked for."""
        made = self._tried()
        if self._prefers_jpeg(made[0]):
            made.append(self._as("jpeg"))
        best = self._best(made)
        self._note(best)
        return best._replace(encodes=sum(each.encodes for each in made))

    def _tried(self) -> list[Compressed]:
        """Return the file of each format, of an animation of as many as there is time for."""
        made: list[Compressed] = []
        begun, deadline = time.monotonic(), self.rendering.pixels.deadline
        for format_ in tried_formats(self.rendering, self.encoding):
            if made and self.rendering.frames > 1 and deadline.is_short(begun, len(made)):
                break
            made.append(self._as(format_))
        return made

    def _best(self, made: Sequence[Compressed]) -> Compressed:
        """Return the fewest bytes of files that look alike.

        Where none looks as good as was asked for, that is what comes nearest. Of files that fit by
        less quality alone, all have about as many bytes: the best look.
        """
        fit = [each for each in made if not each.note]
        alike = [each for each in fit if not each.pressed]
        if alike or len(fit) < SEVERAL:
            return nearest(alike or fit or made, self.rendering.options.quality)
        return best_looking(self._looked_at(fit))

    def _looked_at(self, fit: Sequence[Compressed]) -> list[Compressed]:
        """Return the files with their scores, as many as there is time to look at.

        The first alone, of the format that a client likes most, where a score would say little.
        """
        size, options = self.plan.size, self.rendering.options
        if score_wanted(options, fit[0].format, frames=1, size=size) is None:
            return [fit[0]]
        looked: list[Compressed] = []
        begun = time.monotonic()
        for each in fit:
            if looked and self.rendering.pixels.deadline.is_short(begun, len(looked)):
                break
            looked.append(each._replace(score=self.scorer.of_file(each.data)))
        return looked

    def _as(self, format_: Encoded) -> Compressed:
        options, frames = self.rendering.options, self.rendering.frames
        wanted = score_wanted(options, format_, frames=frames, size=self.plan.size)
        press = self._press(format_)
        made = press.plain() if wanted is None else self._search(press).run(wanted)
        deadline = self.rendering.pixels.deadline
        return press.within(options.max_bytes, made, moves=frames > 1, deadline=deadline)

    def _press(self, format_: Encoded) -> Press:
        return Press(self.image, self.settings_of(format_), self.rendering.pixels.trace)

    def _search(self, press: Press) -> Search:
        return Search(self.rendering, self.plan, press, self.scorer)

    def _prefers_jpeg(self, made: Compressed) -> bool:
        """Return whether `auto` chose a WebP, and a JPEG that looks as good was smaller."""
        options, facts = self.rendering.options, self.rendering.pixels.facts
        chosen = options.format is Format.AUTO and made.format == "webp"
        if not chosen or made.score is None or see_through(facts, options):
            return False
        known = self._search(self._press("jpeg")).known()
        return known is not None and known.bytes < len(made.data)

    def _note(self, best: Compressed) -> None:
        """Write to the trace what came of all that was encoded."""
        spans = self.rendering.pixels.trace.spans
        next(s for s in reversed(spans) if s.name == "encode").bytes = len(best.data)


def nearest(made: Sequence[Compressed], asked: int | AutoQuality | None) -> Compressed:
    """Return the smallest file of those that look as good as was asked for, or lose nothing.

    Where none does, the one that looks best, with a note.
    """
    score = asked.score if isinstance(asked, AutoQuality) else 0
    good = [each for each in made if not misses(each, score)]
    if good:
        return fewest_bytes(good)
    best = best_looking(made)
    return best._replace(note=best.note or TOO_HARD)


def misses(made: Compressed, score: int) -> bool:
    """Return whether no quality of a format comes near that score."""
    return made.score is not None and not made.hasty and made.score < score - FAR


def weighs_gif(facts: Facts, options: TransformOptions) -> bool:
    """Return whether an animation is tried as GIF, too: one that is of few colours already."""
    return options.format is Format.BEST and facts.format is ImageFormat.GIF


def fewest_bytes(made: Sequence[Compressed]) -> Compressed:
    """Return the smallest file."""
    return min(made, key=lambda each: len(each.data))


def best_looking(looked: Sequence[Compressed]) -> Compressed:
    """Return the file with the best score, and the smallest of those that nobody tells from it."""
    scores = [each.score or 0.0 for each in looked]
    near = max(scores) - A_HAIR
    return fewest_bytes([e for e, score in zip(looked, scores, strict=True) if score >= near])


def tried_formats(rendering: Rendering, encoding: Encoding) -> Sequence[Encoded]:
    """Return what a picture is encoded as, to see which is smallest."""
    options, facts = rendering.options, rendering.pixels.facts
    if options.format is not Format.BEST or options.fast:
        return (rendering.format,)
    if rendering.frames > 1:
        gif: tuple[Encoded, ...] = ("gif",) if weighs_gif(facts, options) else ()
        return tuple(dict.fromkeys((rendering.format, *gif)))
    clear = see_through(facts, options)
    older = replace(options, accepts=options.accepts - {Format.JXL})
    formats: tuple[tuple[Encoded, bool], ...] = (
        (rendering.format, True),
        (format_of(facts, replace(rendering.layout, options=older), encoding), True),
        ("webp", Format.WEBP in options.accepts),
        ("jpeg", not clear),
        ("png", clear or facts.format is ImageFormat.PNG),
    )
    return tuple(dict.fromkeys(name for name, asked in formats if asked))
