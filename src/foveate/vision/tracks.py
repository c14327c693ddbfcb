"""Boxes of one thing in the frames of an animation, linked and steadied: arithmetic alone."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.values import Face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAME: Final = 0.3
"""IoU from which on two boxes of frames beside each other are those of one thing."""
GAP: Final = 3
"""Frames in which a detector may have missed a thing, and it still is the same."""

Track = dict[int, Face]
"""A face by the numbers of the frames that it is in."""


def steady_faces(frames: Sequence[Sequence[Face]], cuts: Sequence[bool]) -> list[tuple[Face, ...]]:
    """Return the faces of all frames: gaps are filled, none jumps about, and each is equally sure.

    `cuts` says after which frames a scene ends: nobody is followed beyond.
    """
    whole: list[list[Face]] = [[] for _ in frames]
    for track in linked(frames, cuts):
        sure = median(face.score for face in track.values())
        for number, face in smooth(filled(track)).items():
            whole[number].append(replace(face, score=sure))
    return [tuple(sorted(faces, key=lambda face: -face.score)) for faces in whole]


def linked(frames: Sequence[Sequence[Face]], cuts: Sequence[bool]) -> list[Track]:
    """Return who is who: each face belongs to the track whose last box it shares most with."""
    tracks: list[Track] = []
    open_: list[Track] = []
    for number, faces in enumerate(frames):
        if number and cuts[number - 1]:
            open_ = []
        open_ = [track for track in open_ if number - max(track) <= GAP]
        free = list(open_)
        for face in sorted(faces, key=lambda face: -face.score):
            track = max(free, key=lambda each: _shared(each, face), default=None)
            if track is None or _shared(track, face) < SAME:
                track = {}
                tracks.append(track)
                open_.append(track)
            else:
                free.remove(track)
            track[number] = face
    return tracks


def _shared(track: Track, face: Face) -> float:
    return track[max(track)].box.iou(face.box)


def filled(track: Track) -> Track:
    """Return a track with the frames in which its face was missed."""
    whole = dict(track)
    for first, last in zip(sorted(track)[:-1], sorted(track)[1:], strict=True):
        for number in range(first + 1, last):
            share = (number - first) / (last - first)
            whole[number] = between(track[first], track[last], share)
    return dict(sorted(whole.items()))


def smooth(track: Mapping[int, Face]) -> Track:
    """Return a track without gaps whose faces are half themselves, half those beside them."""
    ends = min(track), max(track)
    beside = {
        number: between(track[number - 1], track[number + 1], 1 / 2)
        for number in track
        if number not in ends
    }
    return {
        number: between(face, beside[number], 1 / 2) if number in beside else face
        for number, face in track.items()
    }


def between(one: Face, other: Face, share: float) -> Face:
    """Return a face on its way from one to the other, as sure as the surer one.

    >>> one = Face(Box(0, 0, 10, 10), 0.9, ((2.0, 2.0),))
    >>> between(one, replace(one, box=Box(4, 0, 20, 10)), 0.5).box
    Box(left=2.0, top=0.0, width=15.0, height=10.0)
    """

    def mixed(first: float, last: float) -> float:
        return first + (last - first) * share

    a, b = one.box, other.box
    box = Box(
        mixed(a.left, b.left),
        mixed(a.top, b.top),
        mixed(a.width, b.width),
        mixed(a.height, b.height),
    )
    marks = tuple(
        (mixed(x, u), mixed(y, v))
        for (x, y), (u, v) in zip(one.landmarks, other.landmarks, strict=True)
    )
    return replace(one, box=box, score=max(one.score, other.score), landmarks=marks)


def followed(frames: Sequence[Sequence[Box]], first: int) -> list[int | None]:
    """Return which box of each frame is that of one in the first frame, by its place there.

    None where it is not to be seen; it is looked for where it was seen last, or would be by now.

    >>> one, other = Box(0, 0, 10, 10), Box(40, 0, 10, 10)
    >>> followed([[one, other], [], [other, one]], 0)
    [0, None, 1]
    """
    last, ahead, found = frames[0][first], frames[0][first], list[int | None]()
    for boxes in frames:
        best = max(range(len(boxes)), key=lambda n: ahead.iou(boxes[n]), default=None)
        seen = best is not None and ahead.iou(boxes[best]) >= SAME
        found.append(best if seen else None)
        if seen and best is not None:
            last, ahead = boxes[best], _ahead(last, boxes[best])
    return found


def _ahead(last: Box, box: Box) -> Box:
    """Return where a box will be if it goes on as it came."""
    return Box(2 * box.left - last.left, 2 * box.top - last.top, box.width, box.height)
