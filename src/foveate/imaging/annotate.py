"""What was seen in a picture, drawn for people to check: faces, heat, outline and crops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.guard import guard
from foveate.imaging.heat import heated, outlined
from foveate.imaging.legend import FACES, MATTE, SALIENCY, legend
from foveate.imaging.marks import Pen, Plates, crop_colour, crop_marks, face_marks
from foveate.imaging.overlay import GROUND, marked, opaque, plain
from foveate.imaging.sheet import hung, shown, size_of
from foveate.imaging.wall import Label, bottom_of, wall

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging.engine import Image
    from foveate.imaging.wall import Place
    from foveate.values import Face

LONGEST: Final = 1600
"""The longer side of a drawing in pixels, whatever the picture's."""
_MARGIN: Final = 24
_NARROWEST: Final = 520
"""A drawing with words below the picture is not narrower."""
_TINY, _TINY_SHOWN = 160, 640
"""A picture whose sides have no more pixels is enlarged until each pixel is seen."""
_MOST_ENLARGED: Final = 2.0
_LEAST_FOR_PEN: Final = 840
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
def draw(
    image: Image,
    *,
    faces: Sequence[Face] = (),
    labels: Sequence[str] = (),
    saliency: NDArray[np.floating] | None = None,
    matte: NDArray[np.floating] | None = None,
    crops: Sequence[tuple[str, Box]] = (),
) -> Image:
    """Return one drawing, 8-bit RGB, of all that is given about a picture.

    Faces and named crop boxes are in pixels of `image`, `labels` belong to the faces in order,
    maps are (height, width) in 0..1 over the whole picture. Its longer side is at most `LONGEST`,
    unless dozens of crops need more. The picture is read several times: it must not be sequential.
    """
    image = opaque(image)
    size = _shown_size(size_of(image), _room(size_of(image), panel=bool(crops)))
    pen = Pen.of(max(size.long_side, _LEAST_FOR_PEN))
    photo = shown(image, size).copy_memory()
    entries: tuple[str, ...] = FACES if faces else ()
    if saliency is not None:
        photo, entries = heated(photo, saliency), (*entries, SALIENCY)
    if matte is not None:
        photo, entries = outlined(photo, matte, 0.7 * pen.stroke), (*entries, MATTE)
    scale = (size.width / image.width, size.height / image.height)
    plates = Plates(Box.of(size), pen)
    seen = face_marks([face.scaled(*scale) for face in faces], labels, plates)
    frames = crop_marks([(name, box.scaled(*scale)) for name, box in crops], plates)
    photo = marked(photo, frames + seen)
    return _board(photo, entries, [(name, _cut(image, box)) for name, box in crops])


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


def _cut(image: Image, box: Box) -> Image:
    """Return the pixels of a crop, at least one of them."""
    left = max(0, min(round(box.left), image.width - 1))
    top = max(0, min(round(box.top), image.height - 1))
    width = max(1, min(round(box.width), image.width - left))
    return image.crop(left, top, width, max(1, min(round(box.height), image.height - top)))


def _board(photo: Image, entries: Sequence[str], crops: Sequence[tuple[str, Image]]) -> Image:
    """Return the photo, its crops beside or below it, and a legend below all."""
    places = _panel([Label(name, "", size_of(crop)) for name, crop in crops], photo)
    right = max([_MARGIN + photo.width, *(place.cell.right for place in places)])
    width = max(_NARROWEST, round(right) + _MARGIN)
    bottom = max(_MARGIN + photo.height, bottom_of(places) if places else 0)
    words, height = legend(entries, width - 2 * _MARGIN, (_MARGIN, bottom + _MARGIN / 2))
    ground = plain(Size(width, math.ceil(bottom + height + _MARGIN)), GROUND)
    colours = [crop_colour(number) for number in range(len(crops))]
    board = hung(ground.insert(photo, _MARGIN, _MARGIN), places, [c for _, c in crops], colours)
    return marked(board, words)


def _panel(labels: Sequence[Label], photo: Image) -> list[Place]:
    """Return where the crops go: right of the photo or below it, no higher than there is room."""
    if not labels:
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
        places = wall(labels, width, row, at)
        if row <= _LEAST_ROW or bottom_of(places) <= at[1] + height:
            return places
        row *= 0.96
