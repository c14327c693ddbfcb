"""Redaction: what hides every face, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.part import Part, json_codec
from foveate.service.parts.faces import DETECTOR, FINE_DETECTOR
from foveate.transform.patch import RedactionPatch, patches_over

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.imaging import Image
    from foveate.service.analysis import Analysis

    Thumbnail = Callable[[Size], NDArray[np.uint8]]
    Patches = tuple[RedactionPatch, ...]

FINE_TALLEST: Final = 0.15
"""Of the finer look only faces up to this share of the long side count: it sees false giants."""


def _compute(analysis: Analysis) -> Patches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    return _patches(analysis, analysis.pixels.at(0.0).thumbnail)


def patches_in(analysis: Analysis, frame: Image) -> Patches:
    """Return what hides every face in one frame of an animation."""
    return _patches(analysis, partial(analysis.pixels.thumbnail_of, frame))


def _patches(analysis: Analysis, thumbnail: Thumbnail) -> Patches:
    """Look twice: small faces show in the finer picture, where large ones mislead."""
    networks = analysis.networks
    patches: list[RedactionPatch] = []
    score = networks.settings.faces.redact_score
    for network, tallest in ((FINE_DETECTOR, FINE_TALLEST), (DETECTOR, 1.0)):
        analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
        detect = networks.of(network)
        rgb = thumbnail(detect.input_size(analysis.size))
        limit = tallest * max(rgb.shape[:2])
        found = [face for face in detect(rgb) if face.score >= score]
        faces = [face for face in found if face.box.height <= limit]
        patches += patches_over(rgb, faces, analysis.size)
    return tuple(patches)


REDACTION: Final[Part[Patches]] = Part(
    name="redaction",
    compute=_compute,
    codec=json_codec(
        lambda patches: [patch.to_json() for patch in patches],
        lambda rows: tuple(map(RedactionPatch.from_json, rows)),
    ),
    networks=(DETECTOR, FINE_DETECTOR),
    settings=lambda settings: settings.faces.redact_score,
)
