"""Redaction: what hides every face, rather one too many."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.part import Part, json_codec
from foveate.service.parts.faces import DETECTOR, DOUBTFUL_DETECTOR, FINE_DETECTOR
from foveate.service.parts.grounds import on_each_ground
from foveate.service.parts.shown import AS_IT_IS, Shown, as_it_is, lying, remembered, ways
from foveate.transform.patch import RedactionPatch, patches_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Box
    from foveate.imaging import Image
    from foveate.ports import FaceDetector
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Network
    from foveate.service.parts.grounds import OnAnyGround
    from foveate.values import Face

    Patches = tuple[RedactionPatch, ...]
    Rgb = NDArray[np.uint8]

LYING: Final = 0.8
"""Score of a face in a picture that lies on its side or its head without saying so: from 0.3
on every other photo would show one that is none."""
FINE_TALLEST: Final = 0.15
"""Of the finer look only faces up to this share of the long side count: it sees false giants."""
GIANT: Final = 0.25
"""Share of the long side from which on a face is so large that it had better be one."""
DOUBTFUL: Final = 0.5
"""Score of such a face below which it may be none: in some 500 pictures eleven of thirteen false
ones had 0.30 to 0.48, and true ones with nothing before them 0.94 and more."""
TRACE: Final = 0.05
"""Score from which on the same may be in another frame as well. Of 11 faces that blur, darkness, a
turn or a cover brought below 0.6, each had more in all of six frames that differ a little."""


def _compute(analysis: Analysis, shown: Shown) -> Patches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    return _patches(analysis, analysis.pixels.at(0.0).thumbnail, shown, lying(shown))


def patches_in(analysis: Analysis, frame: Image, shown: Shown = AS_IT_IS) -> Patches:
    """Return what hides every face in one frame of an animation."""
    return _patches(analysis, partial(analysis.pixels.thumbnail_of, frame), shown, ())


def traces_in(analysis: Analysis, frame: Image, shown: Shown = AS_IT_IS) -> list[Box]:
    """Return where one frame of an animation may show a face, however unlikely that is."""
    picture = partial(analysis.pixels.thumbnail_of, frame)
    asked = dict.fromkeys(ways(shown), TRACE)
    looks = _faces(analysis, picture, DOUBTFUL_DETECTOR, asked)
    found = (patches_over(rgb, faces, analysis.size) for rgb, faces in looks)
    return [patch.core.bounds for patches in found for patch in patches]


def _patches(
    analysis: Analysis, picture: OnAnyGround, shown: Shown, others: Sequence[Shown]
) -> Patches:
    """Look twice: small faces show in the finer picture, where large ones mislead.

    And that on each ground, where what is transparent may show a face on one of them alone; in
    each way in which the picture is shown; and once in each of the `others`, in case that it was
    stored lying.
    """
    patches: list[RedactionPatch] = []
    score = analysis.networks.settings.faces.redact_score
    asked = dict.fromkeys(ways(shown), score)
    more = asked | dict.fromkeys(others, max(score, LYING))
    for network, each, tallest in ((FINE_DETECTOR, asked, FINE_TALLEST), (DETECTOR, more, 1.0)):
        for rgb, faces in _faces(analysis, picture, network, each, tallest):
            made = patches_over(rgb, faces, analysis.size)
            giants = [_may_be_none(face, max(rgb.shape)) for face in reversed(faces)]
            patches += map(_doubted, made, giants)
    return tuple(patches)


def _faces(
    analysis: Analysis,
    picture: OnAnyGround,
    network: Network[FaceDetector],
    asked: Mapping[Shown, float],
    tallest: float = 1.0,
) -> Iterator[tuple[Rgb, list[Face]]]:
    """Yield a picture as a network sees it, with the faces in it, for each ground and each way.

    Of each way those count that have its score at least, and `tallest` of the long side at most.
    """
    detect = analysis.networks.of(network)
    size = detect.input_size(analysis.size)
    for thumbnail in on_each_ground(picture, size, alpha=analysis.pixels.facts.alpha):
        whole = remembered(thumbnail)
        for way, least in asked.items():
            analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
            seen = detect.input_size(way.size(analysis.size))
            found = [face for face in detect(way.thumbnail(whole, seen)) if face.score >= least]
            low = [face for face in found if face.box.height <= tallest * seen.long_side]
            yield whole(size), [way.back(face, seen, size) for face in low]


def _may_be_none(face: Face, long_side: int) -> bool:
    return face.score < DOUBTFUL and max(face.box.height, face.box.width) > GIANT * long_side


def _doubted(patch: RedactionPatch, doubtful: bool) -> RedactionPatch:  # noqa: FBT001 - mapped
    return replace(patch, doubtful=doubtful)


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
