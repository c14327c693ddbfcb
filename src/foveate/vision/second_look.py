"""A second look at what may be a face: everything doubtful enlarged, side by side on one sheet.

A detector that sees a picture at 640 pixels gives faces of 10 pixels a score of a hundredth or so,
and few other places one as high. A sheet of those places costs no more than another look at 640,
where a finer look at the whole picture costs four times as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box
from foveate.values import Face
from foveate.vision.align import Pyramid, square, unturned_warp
from foveate.vision.nms import suppress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from foveate.vision.align import Similarity

TILE: Final = 80
"""Side in pixels of the place of one face on a sheet."""
FACE: Final = 32
"""Pixels that a face has there: of the longer side of its box."""
MOST: Final = 12
"""Places on a sheet, which then has 320 x 240 pixels."""
SAME_IOU: Final = 0.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the tiles of a sheet come from, row by row."""

    places: Sequence[Similarity]
    """From the pixels of each tile to those of the picture."""

    @classmethod
    def of(cls, boxes: Iterable[Box]) -> Sheet:
        """Return the sheet of these boxes of a picture, with what is around them."""
        return cls([square(box, TILE, TILE / FACE) for box in boxes])

    @property
    def columns(self) -> int:
        """Return how many tiles are side by side."""
        return ceil(sqrt(len(self.places)))

    def drawn(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the sheet, given the (height, width, 3) picture."""
        rows = ceil(len(self.places) / self.columns)
        sheet = np.zeros((rows * TILE, self.columns * TILE, 3), np.uint8)
        picture = Pyramid(rgb)
        for number, place in enumerate(self.places):
            left, top = self._corner(number)
            sheet[top : top + TILE, left : left + TILE] = unturned_warp(picture, place, TILE)
        return sheet

    def back(self, faces: Iterable[Face]) -> list[Face]:
        """Return faces that were found on the sheet, in pixels of the picture."""
        found = []
        for face in faces:
            across, down = (int(edge // TILE) for edge in face.box.middle)
            number = down * self.columns + across
            if 0 <= across < self.columns and 0 <= number < len(self.places):
                found.append(self._back(face, number))
        return found

    def _corner(self, number: int) -> tuple[int, int]:
        row, column = divmod(number, self.columns)
        return column * TILE, row * TILE

    def _back(self, face: Face, number: int) -> Face:
        place, (left, top) = self.places[number], self._corner(number)
        step = place.turn.real

        def at(x: float, y: float) -> tuple[float, float]:
            # The middle of a pixel is at half of one for boxes, and at a whole one for places.
            return (
                (x - left - 0.5) * step + place.shift.real + 0.5,
                (y - top - 0.5) * step + place.shift.imag + 0.5,
            )

        box = face.box
        corner = at(box.left, box.top)
        marks = tuple(at(x, y) for x, y in face.landmarks)
        return Face(Box(*corner, box.width * step, box.height * step), face.score, marks)


def one_for_each(faces: Sequence[Face]) -> list[Face]:
    """Return the faces, best score first, without those that lie on a better one."""
    if not faces:
        return []
    edges = [(f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]
    scores = np.array([face.score for face in faces], np.float32)
    return [faces[best] for best in suppress(np.array(edges, np.float32), scores, SAME_IOU)]
