"""Groups of faces on one sheet, a row each, for people to say who they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging.drawing.canvas import BACKGROUND, INK, solid, with_marks
from foveate.imaging.drawing.gallery import Item, Typography, bottom_of, placed
from foveate.imaging.drawing.lettering import lettering
from foveate.imaging.drawing.sheet import composed, size_of
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.drawing.gallery import Figure
    from foveate.imaging.engine import Image

    Row = tuple[str, Sequence[tuple[str, str, Image]]]

WIDTH: Final = 1600
SIDE: Final = 160
"""Of the cell of a face, in pixels."""


@guard()
def sheet_of_rows(rows: Sequence[Row]) -> Image:
    """Return rows, each with what stands above it and with name, caption and picture of some.

    8-bit RGB, 1600 pixels wide, which eight pictures fill. Raises BadOption without a row.
    """
    if not rows:
        raise BadOption("Expected at least one group, got none.")
    typography = Typography.on(WIDTH)
    margin = 1.5 * typography.gap
    figures: list[Figure] = []
    marks, top = "", margin
    for said, pictures in rows:
        top += typography.line
        marks += lettering(said, (margin, top), typography.name, INK, bold=True)
        items = [Item(name, caption, size_of(image)) for name, caption, image in pictures]
        row = _row(items, margin, top + typography.gap / 2, typography)
        top = bottom_of(row) + typography.gap
        figures += row
    sheet = with_marks(solid(Size(WIDTH, math.ceil(top)), BACKGROUND), marks)
    return composed(sheet, figures, [image for _, row in rows for *_, image in row])


def _row(items: Sequence[Item], left: float, top: float, typography: Typography) -> list[Figure]:
    step = SIDE + typography.gap
    return [
        placed(item, Box(left + column * step, top, SIDE, SIDE), typography)
        for column, item in enumerate(items)
    ]
