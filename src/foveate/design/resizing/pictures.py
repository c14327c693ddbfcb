"""Option strings of pictures in boxes of another shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Picture, Role
from foveate.errors import BadOption
from foveate.options.grammar import pairs_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN: Final = frozenset({"width", "w", "height", "h"})
GRAVITY: Final = frozenset({"gravity", "g"})
CENTRES: Final = frozenset({"center", "centre"})
SAME: Final = 0.005
"""Of a ratio, that is still the same shape."""


def in_box(picture: Picture, width: float, height: float) -> Picture:
    """Return a picture in a box of that size, its options asking for that, and for faces to stay.

    >>> in_box(Picture(id="p", width=9, height=9, src="a.jpg", options="blur=8"), 30, 20).options
    'blur=8,width=30,height=20,fit=cover,gravity=face'
    """
    made = replace(picture, width=width, height=height)
    was = picture.width / max(picture.height, 1e-9)
    if abs(width / max(height, 1e-9) / max(was, 1e-9) - 1) <= SAME:
        return made
    return replace(made, options=for_box(picture, round(width), round(height)))


def for_box(picture: Picture, width: int, height: int) -> str:
    """Return options that bring a picture to a box of a size in pixels."""
    try:
        said = dict(pairs_of(picture.options))
    except BadOption:
        # What cannot be read is for the check of options to say.
        return picture.options
    kept: Mapping[str, str] = {name: text for name, text in said.items() if name not in OWN}
    asked = {**kept, "width": str(max(width, 1)), "height": str(max(height, 1)), "fit": "cover"}
    free = not GRAVITY & kept.keys() or said.get("gravity", "").strip().lower() in CENTRES
    if free and picture.role is not Role.DECORATION:
        asked["gravity"] = "face"
    return written(asked.items())
