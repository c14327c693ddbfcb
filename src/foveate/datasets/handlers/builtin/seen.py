"""What decides over what a configuration has seen of pictures: networks, and settings of theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.builtin.eyes import MATTE
from foveate.datasets.handlers.builtin.renditions import options_of
from foveate.datasets.handlers.builtin.schema import FACE, NONE, SALIENCY
from foveate.options.model import Fit, Gravity, GravityKind, Moderate, TransformOptions
from foveate.service.generation import generation
from foveate.service.moderated import Moderator
from foveate.service.parts.attributes import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.service.analysis import Analyses

CUT: Final = TransformOptions(fit=Fit.COVER, width=1, height=1)
JUDGED: Final = TransformOptions(moderate=Moderate.BLOCK)
KINDS: Final = {FACE: GravityKind.FACE, SALIENCY: GravityKind.AUTO}


def seen_by(analyses: Analyses, config: Mapping[str, Any]) -> list[str]:
    """Return what is the same as long as the same is seen of pictures by a configuration.

    It changes with exactly the networks that it may look with, and what counts of what they see.
    """
    moderator = Moderator(analyses)
    asked = dict.fromkeys(_options(config, enforced=moderator.enforces))
    seen = [f"{generation(analyses, each)}{moderator.fingerprint(each)}" for each in asked]
    quality = [analyses.fingerprint(ATTRIBUTES)] if config["min_face_quality"] else []
    return [*seen, *quality]


def _options(config: Mapping[str, Any], *, enforced: bool) -> Iterator[TransformOptions]:
    """Yield the options of all renditions that are made, or looked at, of a picture."""
    for text in config["options"]:
        options = options_of(text, config["redact"])
        # What would be blurred is left out, too.
        yield replace(options, moderate=Moderate.BLOCK) if enforced else options
    if config["matte"] or config["backgrounds"] != NONE:
        yield MATTE
    if kind := KINDS.get(config["crop"]):
        yield replace(CUT, gravity=Gravity(kind))
    if config["moderate"] or enforced:
        yield JUDGED
