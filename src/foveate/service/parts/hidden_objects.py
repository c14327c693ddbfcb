"""What hides things: each that may be one, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.classes import is_among
from foveate.service.part import Part, json_codec
from foveate.service.parts.objects import DETECTOR, MEMORY_BYTES, OBJECTS
from foveate.transform.patch import RedactionPatch, patch_over_box

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.imaging import Image
    from foveate.service.analysis import Analysis
    from foveate.values import Thing

    Thumbnail = Callable[[Size], NDArray[np.uint8]]
    Named = tuple[tuple[str, RedactionPatch], ...]

SAMPLED: Final = 512
"""Long side of the picture from which colours are taken."""


def _compute(analysis: Analysis) -> Named:
    # Pixels of its own, so that the colours never depend on the answer's size.
    small = analysis.pixels.at(0.0).thumbnail
    things = analysis.get(OBJECTS)
    return _patches(analysis, things, small)


def _patches(analysis: Analysis, things: Sequence[Thing], thumbnail: Thumbnail) -> Named:
    """Return what hides the things that may be some, the least certain first, with their class."""
    score = analysis.networks.settings.objects.redact_score
    hidden = [thing for thing in reversed(things) if thing.score >= score]
    if not hidden:
        return ()
    rgb = thumbnail(analysis.size.within(SAMPLED))
    return tuple((thing.label, patch_over_box(rgb, thing.box, analysis.size)) for thing in hidden)


def objects_hidden(analysis: Analysis, labels: Collection[str]) -> tuple[RedactionPatch, ...]:
    """Return what hides every thing of these classes in a picture that stands still."""
    return _of(analysis.get(HIDDEN_OBJECTS), labels)


def objects_hidden_in(
    analysis: Analysis, frame: Image, labels: Collection[str]
) -> tuple[RedactionPatch, ...]:
    """Return what hides every thing of these classes in one frame of an animation."""
    analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
    thumbnail = partial(analysis.pixels.thumbnail_of, frame)
    things = analysis.networks.of(DETECTOR)(thumbnail, analysis.size)
    return _of(_patches(analysis, things, thumbnail), labels)


def _of(named: Named, labels: Collection[str]) -> tuple[RedactionPatch, ...]:
    return tuple(patch for label, patch in named if is_among(label, labels))


HIDDEN_OBJECTS: Final[Part[Named]] = Part(
    name="hidden-objects",
    compute=_compute,
    codec=json_codec(
        lambda named: [[label, patch.to_json()] for label, patch in named],
        lambda rows: tuple((label, RedactionPatch.from_json(row)) for label, row in rows),
    ),
    needs=(OBJECTS,),
    settings=lambda settings: settings.objects.redact_score,
    memory_bytes=lambda _: MEMORY_BYTES,
)
"""A patch for each thing that may be one, with the name of its class."""
