"""Redaction: what hides every face, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.part import Part, json_codec
from foveate.service.parts.faces import DETECTOR, FINE_DETECTOR
from foveate.service.parts.grounds import on_each_ground
from foveate.transform.patch import RedactionPatch, patches_over

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.service.analysis import Analysis
    from foveate.service.parts.grounds import OnAnyGround

    Patches = tuple[RedactionPatch, ...]

FINE_TALLEST: Final = 0.15
"""Of the finer look only faces up to this share of the long side count: it sees false giants."""


def _compute(analysis: Analysis) -> Patches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    return _patches(analysis, analysis.pixels.at(0.0).thumbnail)


def patches_in(analysis: Analysis, frame: Image) -> Patches:
    """Return what hides every face in one frame of an animation."""
    return _patches(analysis, partial(analysis.pixels.thumbnail_of, frame))


def _patches(analysis: Analysis, picture: OnAnyGround) -> Patches:
    """Look twice: small faces show in the finer picture, where large ones mislead.

    And that on each ground: what is transparent may show a face on one of them alone.
    """
    networks = analysis.networks
    patches: list[RedactionPatch] = []
    alpha = analysis.pixels.facts.alpha
    score = networks.settings.faces.redact_score
    for network, tallest in ((FINE_DETECTOR, FINE_TALLEST), (DETECTOR, 1.0)):
        detect = networks.of(network)
        size = detect.input_size(analysis.size)
        for thumbnail in on_each_ground(picture, size, alpha=alpha):
            analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
            rgb = thumbnail(size)
            found = [face for face in detect(rgb) if face.score >= score]
            faces = [face for face in found if face.box.height <= tallest * size.long_side]
            patches += patches_over(rgb, faces, analysis.size)
    return tuple(patches)


REDACTION: Final[Part[Patches]] = Part(
    name="redaction",
    compute=_compute,
    codec=json_codec(
        lambda patches: [patch.to_json() for patch in patches],
        lambda rows: tuple(map(RedactionPatch.from_json, rows)),
    ),
    version=2,
    networks=(DETECTOR, FINE_DETECTOR),
    settings=lambda settings: settings.faces.redact_score,
)
