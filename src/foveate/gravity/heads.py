"""Heads: what of a person an edge must not go through, and who matters most among several."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.fit import Window
    from foveate.values import Face

    Place = tuple[float, float]

HAIR: Final = 0.45
"""Above a face, in its heights. Masks of 54 people: half have at most 0.35, three quarters 0.44."""
LEAST_HAIR: Final = 0.38
"""The same however far an upright head leans, of which the hair goes aside; and what counts where
room is short."""
CHIN: Final = 0.05
"""Below a face, in its heights."""
CHEEK: Final = 0.1
"""Beside a face, in its widths."""
PROFILE: Final = 0.8
"""How far the back of a head reaches, in widths of the face, where the nose is an eyes' distance
off their middle."""
MOST_PROFILE: Final = 0.5
LEANS: Final = 0.5
"""Cosine of the lean from which on a head is not upright."""
SURE: Final = 0.9
"""From this score on a face is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One person as crops see them, in pixels of the upright source."""

    face: Box
    hair: Box
    """The face, and the least of hair on top of it that counts."""
    head: Box
    """From chin to hair, and from cheek to cheek."""
    whole: Box
    """The head, and its back where it is turned."""
    eyes: Box
    """What is kept of one that is too large for the window."""
    sure: bool
    weight: float
    """0..1: how large the face is, beside the first one's."""

    def largest_in(self, window: Window) -> Box | None:
        """Return as much of the head as the window can hold whole: at least its eyes, or None."""
        boxes = (self.head, self.hair, self.face, self.eyes)
        return next((box for box in boxes if fits(box, window)), None)


def heads(faces: Sequence[Face], within: Box) -> list[Head]:
    """Return the heads inside a part of the picture, the one that matters most first.

    That is the largest of which the detector is sure. A face of which a trim cuts off half is none.
    """
    inside = [(face, part) for face in faces if (part := _remains(face.box, within)) is not None]
    inside.sort(key=lambda pair: (pair[0].score >= SURE, pair[1].area), reverse=True)
    return [
        Head(
            face=part,
            hair=_inside(with_hair(face), part, within),
            head=_inside(head_box(face, turned=False), part, within),
            whole=_inside(head_box(face), part, within),
            eyes=eyes_box(face).overlap(part) or part,
            sure=face.score >= SURE,
            weight=min(1.0, part.area / inside[0][1].area),
        )
        for face, part in inside
    ]


def fits(box: Box, window: Window) -> bool:
    """Return whether a window can hold the box whole."""
    return box.width <= window.width and box.height <= window.height


def _remains(face: Box, within: Box) -> Box | None:
    part = within.overlap(face)
    return part if part is not None and part.area > face.area / 2 else None


def _inside(box: Box, face: Box, within: Box) -> Box:
    return Box.covering([box.overlap(within) or face, face])


def with_hair(face: Face, hair: float = LEAST_HAIR) -> Box:
    """Return the box of a face and of `hair`, in its heights, where its axis points to."""
    box, (across, up) = face.box, _axis(face)
    above = max(hair * up, min(hair, LEAST_HAIR)) if up > LEANS else max(0.0, hair * up)
    below, aside = max(0.0, -hair * up), hair * across
    return Box(
        box.left + min(0.0, aside) * box.height,
        box.top - above * box.height,
        box.width + abs(aside) * box.height,
        box.height * (1 + above + below),
    )


def head_box(face: Face, *, turned: bool = True) -> Box:
    """Return the box of a head: its face with hair, and a little around them.

    Of one that is `turned` the back is on the side to which the nose does not point.
    """
    hairy, box, yaw = with_hair(face, HAIR), face.box, _yaw(face) if turned else 0.0
    behind = min(MOST_PROFILE, PROFILE * abs(yaw))
    left = (CHEEK + (behind if yaw > 0 else 0.0)) * box.width
    right = (CHEEK + (behind if yaw < 0 else 0.0)) * box.width
    chin = CHIN * box.height
    wide = Box(box.left - left, box.top - chin, box.width + left + right, box.height + 2 * chin)
    return Box.covering([hairy, wide])


def eyes_box(face: Face) -> Box:
    """Return the box around both eyes, with half of their distance on each side."""
    (left, right), distance = face.landmarks[:2], _eye_distance(face)
    if distance == 0:  # a detector without landmarks
        box = face.box
        return Box(box.left, box.top + box.height / 4, box.width, box.height / 4)
    x, y = (min(left[axis], right[axis]) for axis in (0, 1))
    return Box(
        x - distance / 2,
        y - distance / 2,
        abs(left[0] - right[0]) + distance,
        abs(left[1] - right[1]) + distance,
    )


def _eye_distance(face: Face) -> float:
    (left_x, left_y), (right_x, right_y) = face.landmarks[:2]
    return hypot(left_x - right_x, left_y - right_y)


def _axis(face: Face) -> Place:
    """Return the direction from mouth to eyes, of length 1: to the right, and upwards."""
    eyes, mouth = _between(*face.landmarks[:2]), _between(*face.landmarks[3:5])
    across, up = eyes[0] - mouth[0], mouth[1] - eyes[1]
    length = hypot(across, up)
    return (across / length, up / length) if length else (0.0, 1.0)


def _yaw(face: Face) -> float:
    """Return how far the nose is to the right of the middle of the eyes, in their distances."""
    distance = _eye_distance(face)
    return (face.landmarks[2][0] - _between(*face.landmarks[:2])[0]) / distance if distance else 0.0


def _between(one: Place, other: Place) -> Place:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
