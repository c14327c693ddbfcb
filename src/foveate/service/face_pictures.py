"""Pictures of enrolled faces: what was kept of one, and many on a contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.drawing.canvas import CELL_BACKGROUND, solid
from foveate.imaging.drawing.groups import sheet_of_rows
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.box import Box

SIDE: Final = 160
QUALITY: Final = 90
ROOM: Final = 0.3
"""Of a face's longer side, kept on each side: hair and chin tell much."""
GONE: Final = "its picture is gone"


def cut(box: Box, size: Size) -> dict[str, object]:
    """Return the options that cut a face out of a picture of that size, with some room."""
    side = max(box.width, box.height) * (1 + 2 * ROOM)
    x, y = box.middle
    left, top = (round(max(0.0, at - side / 2)) for at in (x, y))
    right, bottom = round(min(size.width, x + side / 2)), round(min(size.height, y + side / 2))
    trim = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    return {"trim": trim, "width": SIDE, "height": SIDE, "fit": "contain", "format": "png"}


@guard()
def as_jpeg(crop: bytes) -> bytes:
    """Return a crop that was kept as JPEG."""
    image = Image.new_from_buffer(crop, "")
    return encode(image, EncodeOptions(format="jpeg", quality=QUALITY))


@guard()
def sheet_of_groups(rows: Sequence[tuple[str, Sequence[tuple[str, str, bytes]]]]) -> bytes:
    """Return groups as PNG: what is said of each, and name, caption and PNG of its faces.

    An empty picture is shown as a blank.
    """
    opened = [(said, [_opened(*face) for face in faces]) for said, faces in rows]
    return encode(sheet_of_rows(opened), EncodeOptions(format="png", quality=100))


def _opened(name: str, caption: str, data: bytes) -> tuple[str, str, Image]:
    if not data:
        return name, GONE, solid(Size(SIDE, SIDE), CELL_BACKGROUND)
    return name, caption, Image.new_from_buffer(data, "")
