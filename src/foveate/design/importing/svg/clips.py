"""Clips that can be said: of all of the page, and of pictures that have a shape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.importing.matrix import moving
from foveate.design.importing.outlines import bounds, moved, text
from foveate.design.importing.svg.shapes import SHAPES, Box, Segment, View
from foveate.design.importing.svg.transforms import transform
from foveate.design.scene.model import Path, Picture
from foveate.design.scene.paint import PictureFill
from foveate.design.scene.path_kinds import MOST_PATH

if TYPE_CHECKING:
    from foveate.design.importing.matrix import Matrix
    from foveate.design.importing.outlines import Part
    from foveate.design.importing.svg.styles import Sheet
    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Block

NEAR: Final = 0.75
"""Pixels by which an edge may be beside another one that it is."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Cuts blocks."""

    page: tuple[float, float]
    sheet: Sheet

    def cut(self, clip: Node, matrix: Matrix, made: list[Block]) -> list[Block] | None:
        """Return blocks within a clip; None where that cannot be said."""
        shapes = [each for each in clip.nodes if each.tag in SHAPES]
        if len(shapes) != 1 or len(clip.nodes) != 1:
            return None
        if clip.said.get("clipPathUnits") == "objectBoundingBox":
            return None
        try:
            shape = SHAPES[shapes[0].tag](shapes[0], View(*self.page))
            onto = matrix.after(transform(clip.said.get("transform")))
            onto = onto.after(transform(shapes[0].said.get("transform")))
        except ValueError:
            return None
        if shape is None or isinstance(shape, Segment):
            return None
        parts = moved(shape.parts if isinstance(shape, Box) else shape, onto)
        rectangular = isinstance(shape, Box) and not shape.oval and not any(shape.radii)
        if rectangular and self._covers(bounds(parts), made):
            return made
        return self._shaped(shape, parts, made)

    def _covers(self, box: tuple[float, float, float, float], made: list[Block]) -> bool:
        """Return whether nothing that is on the page lies beyond a box."""
        left, top, right, bottom = box
        return all(
            left <= max(each.x, 0) + NEAR
            and top <= max(each.y, 0) + NEAR
            and right >= min(each.x + each.width, self.page[0]) - NEAR
            and bottom >= min(each.y + each.height, self.page[1]) - NEAR
            for each in made
            if not each.rotation
        ) and not any(each.rotation for each in made)

    def _shaped(
        self, shape: Box | tuple[Part, ...], parts: tuple[Part, ...], made: list[Block]
    ) -> list[Block] | None:
        """Return a picture in the shape of a clip that has its box."""
        picture = made[0]
        if len(made) != 1 or not isinstance(picture, Picture) or picture.rotation:
            return None
        left, top, right, bottom = bounds(parts)
        sides = (picture.x, picture.y, picture.x + picture.width, picture.y + picture.height)
        if any(abs(a - b) > NEAR for a, b in zip((left, top, right, bottom), sides, strict=True)):
            return None
        if isinstance(shape, Box):
            by = (right - left) / shape.width
            radius = (right - left) / 2 if shape.oval else shape.radii[0] * by
            if not shape.oval or abs((right - left) - (bottom - top)) < NEAR:
                return [replace(picture, radius=(radius, radius, radius, radius))]
        d = text(moved(parts, moving(-picture.x, -picture.y)))
        if len(d) > MOST_PATH:
            return None
        return [_path(picture, d)]


def _path(picture: Picture, d: str) -> Path:
    box = (0.0, 0.0, picture.width, picture.height)
    return Path(
        id=picture.id,
        name=picture.name,
        x=picture.x,
        y=picture.y,
        width=picture.width,
        height=picture.height,
        d=d,
        viewbox=box,
        fill=PictureFill(picture.src, picture.options),
    )
