"""Moderation: how likely a photo shows nudity, and which parts of bodies it shows.

OpenNSFW (Yahoo, 2016) says one number of a whole picture; NudeNet finds parts of bodies. Neither
looks for anything else that a picture may be refused for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.values import Thing
from foveate.vision.inputs import in_corner
from foveate.vision.nms import suppress

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session

STRETCHED: Final = 256
CUT: Final = 224
"""OpenNSFW saw pictures stretched to the first, and cut to the second around their middle."""
MEAN: Final = np.array((104, 117, 123), np.float32)
"""Blue, green, red of the pictures that it was trained on."""
NUDENET_SIDE: Final = 320
LEAST_SCORE: Final = 0.25
"""Parts below are mostly none: of 292 harmless photos, 5 show one of the exposed ones from here
on, and none from 0.5 on."""
SAME_PART: Final = 0.45
LABELS: Final = (
    "female genitalia covered",
    "face female",
    "buttocks exposed",
    "female breast exposed",
    "female genitalia exposed",
    "male breast exposed",
    "anus exposed",
    "feet exposed",
    "belly covered",
    "feet covered",
    "armpits covered",
    "armpits exposed",
    "face male",
    "belly exposed",
    "male genitalia exposed",
    "anus covered",
    "female breast covered",
    "buttocks covered",
)
"""What NudeNet's outputs stand for, in its own words and order."""
NUDE: Final = frozenset(
    {
        "buttocks exposed",
        "female breast exposed",
        "female genitalia exposed",
        "anus exposed",
        "male genitalia exposed",
    }
)
"""Those for which a picture is flagged."""


class OpenNsfw:
    """Scores nudity in photos. Its session is loaded when the first picture comes."""

    name: Final = f"opennsfw-{CUT}"

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        """Return the size to bring a picture to before asking; it is stretched."""
        return Size(STRETCHED, STRETCHED)

    def __call__(self, rgb: NDArray[np.uint8]) -> float:
        """Return how likely a (256, 256, 3) RGB picture shows nudity, 0..1."""
        edge = (STRETCHED - CUT) // 2
        cut = rgb[edge : edge + CUT, edge : edge + CUT, ::-1]
        safe_and_not = self._session().run({"input:0": (cut - MEAN)[None]})[0]
        return float(safe_and_not[0, 1])


class NudeNet:
    """Finds parts of bodies. Its session is loaded when the first picture comes."""

    name: Final = f"nudenet-{NUDENET_SIDE}"

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking."""
        return size.brought_to(NUDENET_SIDE)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Thing, ...]:
        """Return the parts in an RGB picture of 320 pixels at most a side, best score first.

        Their boxes are in pixels of that picture.
        """
        planes, place = in_corner(rgb, (NUDENET_SIDE, NUDENET_SIDE))
        np.divide(rgb.transpose(2, 0, 1), np.float32(255), out=place)
        found = self._session().run({"images": planes})[0][0].T
        return _parts(found, Box(0, 0, rgb.shape[1], rgb.shape[0]))


def _parts(found: NDArray[np.float32], whole: Box) -> tuple[Thing, ...]:
    """Return what (places, 4 + 18) numbers mean: centre, width and height, then a score a part."""
    scores = found[:, 4:].max(1)
    found, scores = found[scores >= LEAST_SCORE], scores[scores >= LEAST_SCORE]
    middle, half = found[:, :2], found[:, 2:4] / 2
    corners = np.concatenate([middle - half, middle + half], axis=1)
    parts = []
    for best in suppress(corners, scores, SAME_PART):
        left, top, right, bottom = map(float, corners[best])
        box = whole.overlap(Box(left, top, right - left, bottom - top))
        if box is not None:  # what lies in the padding alone is no part of the picture
            label = LABELS[int(found[best, 4:].argmax())]
            parts.append(Thing(label, box, round(float(scores[best]), 4)))
    return tuple(parts)
