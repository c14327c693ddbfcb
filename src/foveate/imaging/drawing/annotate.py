"""What was seen in a picture, drawn for people to check: faces, things, text, heat and crops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.drawing.canvas import BACKGROUND, opaque, solid, with_marks
from foveate.imaging.drawing.gallery import Item, arranged, bottom_of
from foveate.imaging.drawing.heatmap import DISTANCE, with_heatmap, with_outline
from foveate.imaging.drawing.legend import DEPTH, FACES, MATTE, SALIENCY, THINGS, WRITING, legend
from foveate.imaging.drawing.marks import (
    Labels,
    Style,
    crop_colour,
    crop_marks,
    face_marks,
    thing_marks,
)
from foveate.imaging.drawing.sheet import composed, resized, size_of
from foveate.imaging.drawing.writing import text_marks
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging.drawing.gallery import Figure
    from foveate.imaging.engine import Image
    from foveate.values import Face, TextLine, Thing

LONGEST: Final = 1600
"""The longer side of a drawing in pixels, whatever the picture's."""
_MARGIN: Final = 24
_NARROWEST: Final = 520
"""A drawing with a legend below the picture is not narrower."""
_TINY, _TINY_SHOWN = 160, 640
"""A picture whose sides have no more pixels is enlarged until each pixel is seen."""
_MOST_ENLARGED: Final = 2.0
_LEAST_STYLED: Final = 840
"""Letters are never smaller than on a picture whose longer side has so many pixels."""

_ASIDE: Final = 1.25
"""Pictures up to this aspect ratio have their crops to the right, wider ones below."""
_ROOM_ALONE: Final = Size(LONGEST - 2 * _MARGIN, 1424)
_ROOM_ASIDE: Final = Size(980, 1424)
_ROOM_ABOVE: Final = Size(LONGEST - 2 * _MARGIN, 960)
_PANEL_WIDEST, _PANEL_LEAST_HEIGHT = 620, 440
_ROW, _LEAST_ROW = 320.0, 48.0
"""Height of a row of crops in pixels: what is tried first, and what it may shrink to."""


@guard()
def draw(  # noqa: PLR0913 - each is one thing that is seen
    image: Image,
    *,
    faces: Sequence[Face] = (),
    labels: Sequence[str] = (),
    things: Sequence[Thing] = (),
    saliency: NDArray[np.floating] | None = None,
    depth: NDArray[np.floating] | None = None,
    matte: NDArray[np.floating] | None = None,
    text: Sequence[TextLine] = (),
    crops: Sequence[tuple[str, Box]] = (),
) -> Image:
    """Return one drawing, 8-bit RGB, of all that is given about a picture.

    Faces, things, lines of text and named crop boxes are in pixels of `image`, `labels` belong to
    the faces in order, maps are (height, width) in 0..1 over the whole picture. Its longer side is
    at most
    `LONGEST`, unless dozens of crops need more. The picture is read several times: it must not be
    sequential.
    """
    image = opaque(image)
    size = _shown_size(size_of(image), _room(size_of(image), panel=bool(crops)))
    style = Style.of(max(size.long_side, _LEAST_STYLED))
    photo = resized(image, size).copy_memory()
    entries = (FACES if faces else ()) + (THINGS if things else ())
    if saliency is not None:
        photo, entries = with_heatmap(photo, saliency), (*entries, SALIENCY)
    if depth is not None:
        photo, entries = with_heatmap(photo, depth, DISTANCE), (*entries, DEPTH)
    if matte is not None:
        photo, entries = with_outline(photo, matte, 0.7 * style.stroke), (*entries, MATTE)
    scale = (size.width / image.width, size.height / image.height)
    entries = (*entries, WRITING) if text else entries
    placed = Labels(Box.of(size), style)
    seen = face_marks([face.scaled(*scale) for face in faces], labels, placed)
    frames = crop_marks([(name, box.scaled(*scale)) for name, box in crops], placed)
    written = text_marks([line.scaled(*scale) for line in text], placed)
    named = thing_marks([thing.scaled(*scale) for thing in things], placed)
    photo = with_marks(photo, frames + named + written + seen)
    return _composition(photo, entries, [(name, _cropped(image, box)) for name, box in crops])


def _room(size: Size, *, panel: bool) -> Size:
    if not panel:
        return _ROOM_ALONE
    return _ROOM_ASIDE if size.aspect < _ASIDE else _ROOM_ABOVE


def _shown_size(size: Size, room: Size) -> Size:
    """Return the size that a picture is drawn in."""
    if size.long_side <= _TINY:
        squares = max(1, min(_TINY_SHOWN, room.width, room.height) // size.long_side)
        return Size(size.width * squares, size.height * squares)
    scale = min(room.width / size.width, room.height / size.height, _MOST_ENLARGED)
    return Size(nearest(size.width * scale), nearest(size.height * scale))


def _cropped(image: Image, box: Box) -> Image:
    """Return the pixels of a crop, at least one of them."""
    left = max(0, min(round(box.left), image.width - 1))
    top = max(0, min(round(box.top), image.height - 1))
    width = max(1, min(round(box.width), image.width - left))
    return image.crop(left, top, width, max(1, min(round(box.height), image.height - top)))


def _composition(photo: Image, entries: Sequence[str], crops: Sequence[tuple[str, Image]]) -> Image:
    """Return the photo, its crops beside or below it, and a legend below all."""
    figures = _panel([Item(name, "", size_of(crop)) for name, crop in crops], photo)
    right = max([_MARGIN + photo.width, *(figure.cell.right for figure in figures)])
    width = max(_NARROWEST, round(right) + _MARGIN)
    bottom = max(_MARGIN + photo.height, bottom_of(figures) if figures else 0)
    words, height = legend(entries, width - 2 * _MARGIN, (_MARGIN, bottom + _MARGIN / 2))
    background = solid(Size(width, math.ceil(bottom + height + _MARGIN)), BACKGROUND)
    colours = [crop_colour(number) for number in range(len(crops))]
    drawing = background.insert(photo, _MARGIN, _MARGIN)
    drawing = composed(drawing, figures, [crop for _, crop in crops], colours)
    return with_marks(drawing, words)


def _panel(items: Sequence[Item], photo: Image) -> list[Figure]:
    """Return where the crops go: right of the photo or below it, no higher than there is room."""
    if not items:
        return []
    if photo.width / photo.height < _ASIDE:
        at = (photo.width + 2 * _MARGIN, _MARGIN)
        width = min(LONGEST - at[0] - _MARGIN, _PANEL_WIDEST)
        height = max(photo.height, _PANEL_LEAST_HEIGHT)
    else:
        at = (_MARGIN, photo.height + 2 * _MARGIN)
        width = max(photo.width, _NARROWEST - 2 * _MARGIN)
        height = max(_PANEL_LEAST_HEIGHT, LONGEST - at[1] - 4 * _MARGIN)
    row = _ROW
    while True:
        figures = arranged(items, width, row, at)
        if row <= _LEAST_ROW or bottom_of(figures) <= at[1] + height:
            return figures
        row *= 0.96
