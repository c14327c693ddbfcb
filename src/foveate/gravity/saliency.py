"""Keep as much as possible of what people look at, and cut no face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Point
from foveate.geometry.fit import Window
from foveate.geometry.windows import SummedMap, best_window, cut_counts
from foveate.gravity.faces import left_of
from foveate.gravity.framing import Framing
from foveate.gravity.importance import importance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import GravityAnalysis

AIR: Final = ((0.1, 0.05), (0.25, 0.05))
"""Around a face, as shares of its width and height: an edge there looks bad too, the first one
more. People draw wider boxes around faces than the detector does, too."""
WORTH_AIR: Final = 0.8
"""Share that air must leave of the looks that a crop without it holds."""
MOST_FACES: Final = 100
"""Only so many, the largest, are spared: each costs places to look at."""
SCALES: Final = tuple(2 ** (-step / 4) for step in range(13))
"""Sizes of a window when zooming, relative to the largest, down to an eighth."""
TIGHTEST: Final = 0.5
"""Share of what the largest window holds that the tightest one must still hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salient:
    """Place the crop where it holds the most looks, with no edge through a face if there is a way.

    With `zoom` 0 it is the largest window. Above, it is the smallest that still holds a share
    of what that one holds: half of it with 1, three quarters with 0.5.
    """

    zoom: float = 0.0

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window inside `within` that keeps the most."""
        size = analysis.size
        share = importance(analysis.saliency(), analysis.faces(), analysis.known_matte(), size)
        looks = SummedMap.of(share, size)
        faces = sorted(left_of(analysis.faces(), within), key=lambda face: -face.area)[:MOST_FACES]
        box = self._zoomed(looks, within, window, faces)
        focus = peak(share, box, size)
        return Framing(box=box, wanted=box, focus=focus, gravity="saliency")

    def _zoomed(self, looks: SummedMap, within: Box, window: Window, faces: Sequence[Box]) -> Box:
        loose = placed(looks, within, window, faces)
        if self.zoom <= 0:
            return loose
        enough = looks.held(loose) * (1 - min(self.zoom, 1.0) * (1 - TIGHTEST))
        cuts = _cuts(loose, faces)
        tight = (
            placed(looks, within, Window(loose.width * scale, loose.height * scale), faces)
            for scale in reversed(SCALES)
        )
        fine = (box for box in tight if looks.held(box) >= enough and _cuts(box, faces) <= cuts)
        return next(fine, loose)


def placed(looks: SummedMap, within: Box, window: Window, faces: Sequence[Box]) -> Box:
    """Return the place of the window that holds the most, cutting as few faces as possible.

    A face that is larger than the window cannot be kept whole and need not be kept out.
    """
    groups = [[f for f in faces if f.width <= window.width and f.height <= window.height]]
    best = best_window(looks, within, window, groups)
    least = WORTH_AIR * looks.held(best)
    for air in AIR if groups[0] else ():
        groups.append([_aired(face, air, within) for face in groups[0]])
        airy = best_window(looks, within, window, groups)
        if looks.held(airy) < least:
            break
        best = airy
    return best


def _aired(face: Box, air: tuple[float, float], within: Box) -> Box:
    across, down = air[0] * face.width, air[1] * face.height
    roomy = Box(
        face.left - across, face.top - down, face.width + 2 * across, face.height + 2 * down
    )
    return roomy.overlap(within) or face


def _cuts(box: Box, faces: Sequence[Box]) -> int:
    window = Window(box.width, box.height)
    return int(cut_counts(faces, np.array([box.left]), np.array([box.top]), window)[0, 0])


def peak(share: NDArray[np.floating], box: Box, size: Size) -> Point:
    """Return the place inside a box that matters most, 0..1 of the whole picture."""
    rows, columns = share.shape
    down = (np.arange(rows) + 0.5) * size.height / rows
    across = (np.arange(columns) + 0.5) * size.width / columns
    inside = np.outer(
        (down >= box.top) & (down <= box.bottom), (across >= box.left) & (across <= box.right)
    )
    if not inside.any():
        return box.centre(size)
    row, column = divmod(int(np.where(inside, share, -1).argmax()), columns)
    return Point((column + 0.5) / columns, (row + 0.5) / rows)
