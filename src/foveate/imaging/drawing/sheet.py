"""Many pictures on one sheet, as in a photo gallery, for people to compare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging.drawing.canvas import (
    BACKGROUND,
    CELL_BACKGROUND,
    FAINT_INK,
    INK,
    opaque,
    rectangle,
    solid,
    with_marks,
)
from foveate.imaging.drawing.gallery import Item, Typography, arranged, bottom_of
from foveate.imaging.drawing.lettering import lettering
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.drawing.gallery import Figure
    from foveate.imaging.engine import Image

NARROWEST: Final = 160
"""Pixels; a narrower sheet has no room for its captions."""
_ROW_SHARE: Final = 0.19
"""Height of a row as a share of the sheet's width, where nothing speaks against it."""
_FILLS: Final = 0.95
"""A picture that takes this share of its cell's sides needs no background of its own."""
_PIXELATED: Final = 4.0
"""From this enlargement on, single pixels are shown as squares."""


@guard()
def contact_sheet(pictures: Sequence[tuple[str, str, Image]], width: int = 1600) -> Image:
    """Return name, caption and picture of each on one sheet, `width` pixels wide, 8-bit RGB.

    Raises BadOption without a picture, or for a sheet too narrow for captions.
    """
    if not pictures or width < NARROWEST:
        raise BadOption(
            f"Expected at least one picture and a sheet at least {NARROWEST} pixels wide,"
            f" got {len(pictures)} and {width}. Name more aspect ratios, or widen the sheet."
        )
    margin = 1.5 * Typography.on(width).gap
    items = [Item(name, caption, size_of(image)) for name, caption, image in pictures]
    figures = arranged(items, width - 2 * margin, _ROW_SHARE * width, (margin, margin))
    sheet = solid(Size(width, math.ceil(bottom_of(figures) + margin)), BACKGROUND)
    return composed(sheet, figures, [image for _, _, image in pictures])


def size_of(image: Image) -> Size:
    """Return the size of a picture."""
    return Size(image.width, image.height)


def composed(
    sheet: Image, figures: Sequence[Figure], pictures: Sequence[Image], colours: Sequence[str] = ()
) -> Image:
    """Return the sheet with each picture in its cell, captions, and a frame in its colour."""
    sheet = with_marks(sheet, "".join(_cell_background(figure) for figure in figures))
    for figure, picture in zip(figures, pictures, strict=True):
        box = figure.picture
        size = Size(round(box.width), round(box.height))
        # In memory, so that no source stays open and none is decoded twice.
        sheet = sheet.insert(resized(picture, size).copy_memory(), round(box.left), round(box.top))
    frames = (_frame(figure.picture, at) for figure, at in zip(figures, colours, strict=False))
    return with_marks(sheet, "".join([*frames, *map(_captions, figures)]))


def resized(picture: Image, size: Size) -> Image:
    """Return the picture at that size in opaque 8-bit RGB; few pixels become squares."""
    picture = opaque(picture)
    across, down = size.width / picture.width, size.height / picture.height
    if min(across, down) < _PIXELATED:
        return brought_to(picture, size)
    squares = picture.zoom(math.ceil(across), math.ceil(down))
    return squares.resize(
        across / math.ceil(across), vscale=down / math.ceil(down), kernel="nearest"
    )


def _cell_background(figure: Figure) -> str:
    """Draw a background behind a picture that does not fill its cell."""
    cell, picture = figure.cell, figure.picture
    if min(picture.width / cell.width, picture.height / cell.height) > _FILLS:
        return ""
    return rectangle(cell, fill=CELL_BACKGROUND)


def _frame(box: Box, colour: str) -> str:
    return rectangle(box, stroke=colour, stroke_width=3)


def _captions(figure: Figure) -> str:
    typography, x, y = figure.typography, figure.cell.left, figure.cell.bottom
    marks = ""
    for name in figure.names:
        y += typography.line
        marks += lettering(name, (x, y), typography.name, INK, bold=True)
    for caption in figure.captions:
        y += typography.line
        marks += lettering(caption, (x, y), typography.caption, FAINT_INK)
    return marks
