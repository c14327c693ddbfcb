"""Redaction: what hides every face, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.part import Part, json_codec
from foveate.service.parts.faces import DETECTOR, FINE_DETECTOR
from foveate.service.parts.grounds import on_each_ground
from foveate.service.parts.shown import AS_IT_IS, Shown, as_it_is, lying, remembered, ways
from foveate.transform.patch import RedactionPatch, patches_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging import Image
    from foveate.service.analysis import Analysis
    from foveate.service.parts.grounds import OnAnyGround

    Patches = tuple[RedactionPatch, ...]

LYING: Final = 0.8
"""Score of a face in a picture that lies on its side or its head without saying so: from 0.3
on every other photo would show one that is none."""
FINE_TALLEST: Final = 0.15
"""Of the finer look only faces up to this share of the long side count: it sees false giants."""


def _compute(analysis: Analysis, shown: Shown) -> Patches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    return _patches(analysis, analysis.pixels.at(0.0).thumbnail, shown, lying(shown))


def patches_in(analysis: Analysis, frame: Image, shown: Shown = AS_IT_IS) -> Patches:
    """Return what hides every face in one frame of an animation."""
    return _patches(analysis, partial(analysis.pixels.thumbnail_of, frame), shown, ())


def _patches(
    analysis: Analysis, picture: OnAnyGround, shown: Shown, others: Sequence[Shown]
) -> Patches:
    """Look twice: small faces show in the finer picture, where large ones mislead.

    And that on each ground, where what is transparent may show a face on one of them alone; in
    each way in which the picture is shown; and once in each of the `others`, in case that it was
    stored lying.
    """
    networks = analysis.networks
    patches: list[RedactionPatch] = []
    alpha = analysis.pixels.facts.alpha
    score = networks.settings.faces.redact_score
    for network, tallest in ((FINE_DETECTOR, FINE_TALLEST), (DETECTOR, 1.0)):
        detect = networks.of(network)
        size = detect.input_size(analysis.size)
        for thumbnail in on_each_ground(picture, size, alpha=alpha):
            whole = remembered(thumbnail)
            asked = dict.fromkeys(ways(shown), score)
            if network is DETECTOR:
                asked |= dict.fromkeys(others, max(score, LYING))
            for way, least in asked.items():
                analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
                seen = detect.input_size(way.size(analysis.size))
                found = [face for face in detect(way.thumbnail(whole, seen)) if face.score >= least]
                low = [face for face in found if face.box.height <= tallest * seen.long_side]
                faces = [way.back(face, seen, size) for face in low]
                patches += patches_over(whole(size), faces, analysis.size)
    return tuple(patches)


REDACTION: Final[Part[Patches]] = Part(
    name="redaction",
    compute=_compute,
    codec=json_codec(
        lambda patches: [patch.to_json() for patch in patches],
        lambda rows: tuple(map(RedactionPatch.from_json, rows)),
    ),
    params=("shown",),
    settle=as_it_is,
    version=3,
    networks=(DETECTOR, FINE_DETECTOR),
    settings=lambda settings: settings.faces.redact_score,
)
