"""What may be shown of pictures that moderation flags: nothing, or nothing recognisable.

Each way to a rendition passes here before anything is made of its sources. Whatever keeps that
from being decided is an error: without the network, or in a broken picture, nothing is shown.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from foveate.errors import PictureBlocked
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.probe import of_ours, probe
from foveate.imaging.unrecognisable import few_colours, unrecognisable
from foveate.options.model import Fit, Moderate, TransformOptions, stricter
from foveate.service.parts.moderation import deciding, moderation_of
from foveate.service.parts.moderation_opinion import LOCAL
from foveate.service.parts.moderation_verdict import reasons
from foveate.storage.source import Source
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses
    from foveate.service.parts.moderation_verdict import ModerationVerdict
    from foveate.trace import Trace

    Sources: TypeAlias = tuple[Picture, Mapping[str, Picture]]
    """A picture, and those that the options name beside it."""

T = TypeVar("T")
log = logging.getLogger("foveate.moderation")

NOTHING_ASKED: Final = TransformOptions()
JSON: Final = "application/json"
SHOWS_NO_MORE: Final = frozenset(
    {
        *("width", "auto_width", "height", "dpr", "adapt", "gravity", "zoom", "faces", "objects"),
        *("quality", "slow_connection_quality", "max_bytes", "format", "accepts", "compression"),
        *("adaptive", "anim", "metadata", "gamut", "border", "redact", "moderate", "exempt"),
        *("upscale", "redirect_on_error", "explain"),
    }
)
"""Fields of the options by which an answer shows what its source does, or less of it.

Whatever else is asked has the answer judged. Gravity, zoom, faces and objects only say where a cut
lies, and a cut is judged.
"""
WHOLE: Final = frozenset(
    {Fit.SCALE_DOWN, Fit.CONTAIN, Fit.SCALE_UP, Fit.OUTSIDE, Fit.PAD, Fit.PAD_DOWN}
)
"""Fits that show the whole picture, in its shape."""
_JUDGED: Final = tuple(
    each for each in fields(TransformOptions) if each.name not in {"fit", *SHOWS_NO_MORE}
)
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
        return " " + repr(
            (asked.value, *map(self.analyses.fingerprint, deciding(networks)), *set_.rules)
        )

    @property
    def enforces(self) -> bool:
        """Return whether the settings moderate what nobody asks to have moderated."""
        return self.options(NOTHING_ASKED).moderate is not None

    def shown(
        self,
        make: Callable[[Sources], tuple[Rendition, T]],
        sources: Sources,
        options: TransformOptions,
        deadline: Deadline,
        trace: Trace,
    ) -> tuple[Rendition, T]:
        """Return what `make` makes of sources, as `options.moderate` lets it be shown.

        Each source is judged before anything is made of it, and so is an answer that may show
        other than they do. Raises PictureBlocked, ModelError, StageAway, ImageError, Unavailable.
        """
        if options.moderate is None:
            return make(sources)
        each = partial(self.source, options=options, deadline=deadline, trace=trace)
        made, beside = make(_each(each, sources))
        if not self._passes(made, options, deadline, trace):
            cover = partial(self._covered, deadline=deadline, trace=trace)
            made, beside = make(_each(cover, sources))
        return told(made, trace), beside

    def check(
        self, picture: Picture, deadline: Deadline, trace: Trace, *, whole: bool = False
    ) -> None:
        """Do nothing for a picture of which the settings let something be made, for good.

        `whole` is for what was made. Raises as `shown`: one that would be blurred is blocked.
        """
        if self.enforces:
            blocking = replace(NOTHING_ASKED, moderate=Moderate.BLOCK)
            self._flags(picture, blocking, deadline, trace, whole=whole)

    def source(
        self, picture: Picture, options: TransformOptions, deadline: Deadline, trace: Trace
    ) -> Picture:
        """Return the picture, or one of which nothing can be recognised in its place.

        Raises as `shown`.
        """
        if not self._flags(picture, options, deadline, trace):
            return picture
        return self._covered(picture, deadline, trace)

    def _passes(
        self, made: Rendition, options: TransformOptions, deadline: Deadline, trace: Trace
    ) -> bool:
        """Return whether an answer may be shown, which may show more than its sources did."""
        if not shows_other(options) or made.content_type == JSON:
            return True
        # Nobody asks for it again: it is the answer that is kept.
        answer = self._made(made.data, Lifetime(private=True))
        return not self._flags(answer, options, deadline, trace, whole=True)

    def _flags(
        self,
        picture: Picture,
        options: TransformOptions,
        deadline: Deadline,
        trace: Trace,
        *,
        whole: bool = False,
    ) -> bool:
        """Return whether a picture is to be covered. Raises PictureBlocked, where it is blocked."""
        pixels, asked = PixelSource(picture, deadline, trace), options.moderate or Moderate.BLOCK
        scale = self.analyses.scale_for(pixels.facts.size, deciding(self.analyses.networks))
        with deadline, guard(), trace.span("moderate"):
            known = moderation_of(self.analyses.open(pixels.at(scale)), whole=whole)
        if not known.flagged:
            return False
        trace.moderate(asked.value)
        _note(picture, asked, known)
        if asked is Moderate.BLOCK:
            raise PictureBlocked
        return True

    def _covered(self, picture: Picture, deadline: Deadline, trace: Trace) -> Picture:
        pixels, size = PixelSource(picture, deadline, trace), picture.facts.size
        with deadline, guard():
            data = unrecognisable(pixels.thumbnail(few_colours(size)), size)
        return replace(self._made(data, picture.lifetime), covered=True)

    def _made(self, data: bytes, lifetime: Lifetime) -> Source:
        """Return as a source what was made of one."""
        limits = of_ours(self.analyses.networks.settings.limits)
        return Source(data, lifetime=lifetime, probe=partial(probe, limits=limits))


def shows_other(options: TransformOptions) -> bool:
    """Return whether an answer may look other than its sources: a part of one, or other colours."""
    return options.fit not in WHOLE or any(
        getattr(options, each.name) != each.default for each in _JUDGED
    )


def _each(change: Callable[[Picture], Picture], sources: Sources) -> Sources:
    picture, others = sources
    return change(picture), {key: change(other) for key, other in others.items()}


def _note(picture: Picture, asked: Moderate, known: ModerationVerdict) -> None:
    """Tell the log, and nobody else, why: with the score, pictures could be tuned to pass."""
    score = f"it scores {known.nsfw:.4f} of {known.threshold:.4f} for nudity"
    why = reasons(known, score)
    log.warning("%s: picture %s: %s", asked.value, picture.digest[:16], why)


def told(made: Rendition, trace: Trace) -> Rendition:
    """Return an answer that says what was done to it.

    One that was decided without the service that should have been asked is kept by nobody.
    """
    headers = dict(made.headers)
    if Moderate.BLUR in trace.moderated:
        headers[HEADER] = Moderate.BLUR.value
    return replace(made, headers=headers, provisional=made.provisional or LOCAL in trace.fallbacks)
