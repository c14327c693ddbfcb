"""What hides things: each that may be one, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.classes import is_among
from foveate.service.part import Part, json_codec
from foveate.service.parts.grounds import on_each_ground
from foveate.service.parts.objects import DETECTOR, MEMORY_BYTES, OBJECTS
from foveate.service.parts.shown import AS_IT_IS, Shown, as_it_is, ways
from foveate.transform.patch import RedactionPatch, patch_over_box

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from foveate.imaging import Image
    from foveate.service.analysis import Analysis
    from foveate.service.parts.grounds import OnAnyGround
    from foveate.values import Thing

    NamedPatches = tuple[tuple[str, RedactionPatch], ...]

SAMPLED: Final = 512
"""Long side of the picture from which colours are taken."""


def _compute(analysis: Analysis, shown: Shown) -> NamedPatches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    on_white, *others = _looks(analysis, analysis.pixels.at(0.0).thumbnail)
    known, more = ((), ways(shown)) if shown.within else (analysis.get(OBJECTS), ways(shown)[1:])
    things = [*known, *_things(analysis, on_white, more)]
    named = list(_patches(analysis, things, on_white))
    for thumbnail in others:
        named += _patches(analysis, _things(analysis, thumbnail, ways(shown)), thumbnail)
    return tuple(named)


def _looks(analysis: Analysis, picture: OnAnyGround) -> Iterator[OnAnyGround]:
    sampled = analysis.size.within(SAMPLED)
    return on_each_ground(picture, sampled, alpha=analysis.pixels.facts.alpha)


def _things(analysis: Analysis, thumbnail: OnAnyGround, looks: Sequence[Shown]) -> Iterator[Thing]:
    for way in looks:
        analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
        seen = way.size(analysis.size)
        for thing in analysis.networks.of(DETECTOR)(partial(way.thumbnail, thumbnail), seen):
            yield way.back(thing, seen, analysis.size)


def _patches(analysis: Analysis, things: Iterable[Thing], thumbnail: OnAnyGround) -> NamedPatches:
    """Return what hides the things that may be some, the least certain first, with their class."""
    score = analysis.networks.settings.objects.redact_score
    hidden = sorted((t for t in things if t.score >= score), key=lambda thing: thing.score)
    if not hidden:
        return ()
    rgb = thumbnail(analysis.size.within(SAMPLED))
    return tuple((thing.label, patch_over_box(rgb, thing.box, analysis.size)) for thing in hidden)


def objects_hidden(
    analysis: Analysis, labels: Collection[str], shown: Shown = AS_IT_IS
) -> tuple[RedactionPatch, ...]:
    """Return what hides every thing of these classes in a picture that stands still."""
    named = analysis.get(HIDDEN_OBJECTS, shown=shown)
    return _of(named, labels)


def objects_hidden_in(
    analysis: Analysis, frame: Image, labels: Collection[str], shown: Shown = AS_IT_IS
) -> tuple[RedactionPatch, ...]:
    """Return what hides every thing of these classes in one frame of an animation."""
    named: list[tuple[str, RedactionPatch]] = []
    for thumbnail in _looks(analysis, partial(analysis.pixels.thumbnail_of, frame)):
        named += _patches(analysis, _things(analysis, thumbnail, ways(shown)), thumbnail)
    return _of(named, labels)


def _of(
    named: Iterable[tuple[str, RedactionPatch]], labels: Collection[str]
) -> tuple[RedactionPatch, ...]:
    return tuple(patch for label, patch in named if is_among(label, labels))


HIDDEN_OBJECTS: Final[Part[NamedPatches]] = Part(
    name="hidden-objects",
    compute=_compute,
    codec=json_codec(
        lambda named: [[label, patch.to_json()] for label, patch in named],
        lambda rows: tuple((label, RedactionPatch.from_json(row)) for label, row in rows),
    ),
    params=("shown",),
    settle=as_it_is,
    version=3,
    needs=(OBJECTS,),
    settings=lambda settings: settings.objects.redact_score,
    memory_bytes=lambda _, **__: MEMORY_BYTES,
)
"""A patch for each thing that may be one, with the name of its class."""
