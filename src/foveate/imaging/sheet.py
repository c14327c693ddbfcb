"""Many pictures on one sheet, as on a photo wall, for people to compare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging.guard import guard
from foveate.imaging.lettering import lettering
from foveate.imaging.overlay import FAINT_INK, GROUND, INK, PLATE, marked, opaque, plain, rectangle
from foveate.imaging.pixels import brought_to
from foveate.imaging.wall import Label, Words, bottom_of, wall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.engine import Image
    from foveate.imaging.wall import Place

NARROWEST: Final = 160
"""Pixels; a narrower sheet has no room for its captions."""
_ROW_SHARE: Final = 0.19
"""Height of a row as a share of the sheet's width, where nothing speaks against it."""
_FILLS: Final = 0.95
"""A picture that takes this share of its cell's sides needs no plate behind it."""
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
    margin = 1.5 * Words.on(width).gap
    labels = [Label(name, caption, size_of(image)) for name, caption, image in pictures]
    places = wall(labels, width - 2 * margin, _ROW_SHARE * width, (margin, margin))
    ground = plain(Size(width, math.ceil(bottom_of(places) + margin)), GROUND)
    return hung(ground, places, [image for _, _, image in pictures])


def size_of(image: Image) -> Size:
    """Return the size of a picture."""
    return Size(image.width, image.height)


def hung(
    ground: Image, places: Sequence[Place], pictures: Sequence[Image], colours: Sequence[str] = ()
) -> Image:
    """Return the ground with each picture in its place, its words, and a frame in its colour."""
    ground = marked(ground, "".join(_plate(place) for place in places))
    for place, picture in zip(places, pictures, strict=True):
        box = place.picture
        size = Size(round(box.width), round(box.height))
        # In memory, so that no source stays open and none is decoded twice.
        ground = ground.insert(shown(picture, size).copy_memory(), round(box.left), round(box.top))
    frames = (_frame(place.picture, at) for place, at in zip(places, colours, strict=False))
    return marked(ground, "".join([*frames, *map(_words, places)]))


def shown(picture: Image, size: Size) -> Image:
    """Return the picture at that size in opaque 8-bit RGB; few pixels become squares."""
    picture = opaque(picture)
    across, down = size.width / picture.width, size.height / picture.height
    if min(across, down) < _PIXELATED:
        return brought_to(picture, size)
    squares = picture.zoom(math.ceil(across), math.ceil(down))
    return squares.resize(
        across / math.ceil(across), vscale=down / math.ceil(down), kernel="nearest"
    )


def _plate(place: Place) -> str:
    """Draw a plate behind a picture that does not fill its cell."""
    cell, picture = place.cell, place.picture
    if min(picture.width / cell.width, picture.height / cell.height) > _FILLS:
        return ""
    return rectangle(cell, fill=PLATE)


def _frame(box: Box, colour: str) -> str:
    return rectangle(box, stroke=colour, stroke_width=3)


def _words(place: Place) -> str:
    words, x, y = place.words, place.cell.left, place.cell.bottom
    marks = ""
    for name in place.names:
        y += words.line
        marks += lettering(name, (x, y), words.name, INK, bold=True)
    for caption in place.captions:
        y += words.line
        marks += lettering(caption, (x, y), words.caption, FAINT_INK)
    return marks
