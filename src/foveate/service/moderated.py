"""What may be shown of pictures that moderation flags: nothing, or nothing recognisable.

Each way to a rendition passes here before anything is made of its sources. Whatever keeps that
from being decided is an error: without the network, or in a broken picture, nothing is shown.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import PictureBlocked
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.probe import probe
from foveate.imaging.unrecognisable import few_colours, unrecognisable
from foveate.options.model import Fit, Moderate, TransformOptions, stricter
from foveate.service.parts.moderation import LOCAL, deciding, moderation_of
from foveate.storage.source import Source
from foveate.transform.layout import cuts
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses
    from foveate.service.parts.moderation import ModerationVerdict
    from foveate.trace import Trace

log = logging.getLogger("foveate.moderation")

NOTHING_ASKED: Final = TransformOptions()
JSON: Final = "application/json"
_USUAL: Final = {
    name: getattr(NOTHING_ASKED, name)
    for name in (
        *("trim", "trim_border", "segment", "draw", "background", "rotate", "flip_horizontal"),
        *("flip_vertical", "brightness", "contrast", "gamma", "saturation", "sharpen", "blur"),
        *("touch", "style", "light", "refocus"),
    )
}
"""What is asked where an answer shows no more than the whole of its source does."""
SQUEEZING: Final = {Fit.SQUEEZE, Fit.SQUEEZE_DOWN}
HEADER: Final = "Foveate-Moderated"
"""Says of an answer that something of it was made unrecognisable."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Decides over the sources of renditions, as options and the settings want it."""

    analyses: Analyses

    def options(self, options: TransformOptions) -> TransformOptions:
        """Return the options with the moderation that holds for them, asked for or enforced."""
        enforced = self.analyses.networks.settings.moderation.enforce
        if enforced == "off" and options.moderate is None and not options.draw:
            return options
        must = None if options.exempt or enforced == "off" else Moderate(enforced)
        return replace(options, moderate=stricter(options.moderated(), must))

    def fingerprint(self, options: TransformOptions) -> str:
        """Return what decides over a moderated rendition, after a space; empty for others."""
        asked = self.options(options).moderate
        if asked is None:
            return ""
        networks = self.analyses.networks
        set_ = networks.settings.moderation
        rules = set_.threshold, set_.parts_threshold, set_.url, set_.when_away
        return " " + repr(
            (asked.value, *map(self.analyses.fingerprint, deciding(networks)), *rules)
        )

    @property
    def enforces(self) -> bool:
        """Return whether the settings moderate what nobody asks to have moderated."""
        return self.options(NOTHING_ASKED).moderate is not None

    def sources(
        self,
        picture: Picture,
        others: Mapping[str, Picture],
        options: TransformOptions,
        deadline: Deadline,
        trace: Trace,
    ) -> tuple[Picture, Mapping[str, Picture]]:
        """Return the source and the others, each as `options.moderate` lets it be shown.

        Raises PictureBlocked, ModelError, StageAway, ImageError, Unavailable.
        """
        if options.moderate is None:
            return picture, others

        def shown(each: Picture) -> Picture:
            pixels = PixelSource(each, deadline, trace)
            return self._covered(pixels) if self._flags(pixels, options) else each

        return shown(picture), {key: shown(other) for key, other in others.items()}

    def passes(
        self, made: Rendition, options: TransformOptions, deadline: Deadline, trace: Trace
    ) -> bool:
        """Return whether an answer may be shown, which may show more than its sources did.

        Raises as `sources`.
        """
        if not _shows_other(options) or made.content_type == JSON:
            return True
        # Nobody asks for it again: it is the answer that is kept.
        answer = self._source(made.data, Lifetime(private=True))
        return not self._flags(PixelSource(answer, deadline, trace), options)

    def covered(
        self, picture: Picture, others: Mapping[str, Picture], deadline: Deadline, trace: Trace
    ) -> tuple[Picture, Mapping[str, Picture]]:
        """Return pictures of which nothing can be recognised, in place of all sources."""

        def cover(each: Picture) -> Picture:
            return self._covered(PixelSource(each, deadline, trace))

        return cover(picture), {key: cover(other) for key, other in others.items()}

    def _flags(self, pixels: PixelSource, options: TransformOptions) -> bool:
        """Return whether a picture is to be covered. Raises PictureBlocked, where it is blocked."""
        trace, asked = pixels.trace, options.moderate or Moderate.BLOCK
        scale = self.analyses.scale_for(pixels.facts.size, deciding(self.analyses.networks))
        with pixels.deadline, guard(), trace.span("moderate"):
            known = moderation_of(self.analyses.open(pixels.at(scale)))
        if not known.flagged:
            return False
        trace.moderate(asked.value)
        _note(pixels.picture, asked, known)
        if asked is Moderate.BLOCK:
            raise PictureBlocked
        return True

    def _covered(self, pixels: PixelSource) -> Picture:
        size = pixels.facts.size
        with pixels.deadline, guard():
            data = unrecognisable(pixels.thumbnail(few_colours(size)), size)
        return self._source(data, pixels.picture.lifetime)

    def _source(self, data: bytes, lifetime: Lifetime) -> Picture:
        limits = self.analyses.networks.settings.limits
        return Source(data, lifetime=lifetime, probe=partial(probe, limits=limits))


def _shows_other(options: TransformOptions) -> bool:
    """Return whether an answer may look other than its sources: a part of one, or other colours."""
    if options.fit in SQUEEZING:
        return True
    return cuts(options) or any(getattr(options, name) != usual for name, usual in _USUAL.items())


def _note(picture: Picture, asked: Moderate, known: ModerationVerdict) -> None:
    """Tell the log, and nobody else, why: with the score, pictures could be tuned to pass."""
    shown = f", shows {', '.join(known.exposed)}" if known.exposed else ""
    said = f", the service says {known.opinion}" if known.opinion else ""
    log.warning(
        "%s: picture %s scores %.4f of %.4f for nudity%s%s",
        asked.value,
        picture.digest[:16],
        known.nsfw,
        known.threshold,
        shown,
        said,
    )


def told(made: Rendition, trace: Trace) -> Rendition:
    """Return an answer that says what was done to it.

    One that was decided without the service that should have been asked is kept by nobody.
    """
    headers = dict(made.headers)
    if Moderate.BLUR in trace.moderated:
        headers[HEADER] = Moderate.BLUR.value
    return replace(made, headers=headers, provisional=made.provisional or LOCAL in trace.fallbacks)
