"""One element as one block: where its transform puts it, and as what it can be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.matrix import Matrix, Place, moving, placed
from foveate.design.importing.names import plain
from foveate.design.importing.outlines import bounds, least, moved, text
from foveate.design.importing.svg.paints import Frame, href
from foveate.design.importing.svg.pictures import held, options_of
from foveate.design.importing.svg.shapes import Box, Segment
from foveate.design.importing.svg.texts import only, scaled
from foveate.design.importing.windings import wound
from foveate.design.nodes.limits import USUAL, check
from foveate.design.scene.model import (
    Align,
    Ellipse,
    Line,
    Path,
    Picture,
    Rectangle,
    Text,
)
from foveate.design.scene.path_kinds import MOST_PATH

if TYPE_CHECKING:
    from foveate.design.importing.outlines import Part
    from foveate.design.importing.svg.shapes import Shape
    from foveate.design.importing.svg.texts import Line as Words
    from foveate.design.importing.svg.walking import Around, Walk
    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Block

LEAST: Final = 0.01
"""Of a side of a box: less has no plane."""
SLACK: Final = 1.02
"""By how much a box of letters is wider than they are: another font may stand in."""
_MOST_SIDE: Final = 100_000.0


@dataclass(frozen=True, slots=True)
class Makes:
    """Makes blocks."""

    walk: Walk

    def shape(self, node: Node, shape: Shape, around: Around) -> list[Block]:
        """Return the block of a shape; none where it cannot be said."""
        if isinstance(shape, Segment):
            return self._line(node, shape, around)
        if isinstance(shape, Box) and not around.matrix.skewed and _even(shape, around.matrix):
            return [self._box(node, shape, around)]
        parts = shape.parts if isinstance(shape, Box) else shape
        return self._path(node, parts, around)

    def _box(self, node: Node, shape: Box, around: Around) -> Block:
        place = placed(around.matrix, *shape[:4])
        corners = (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
        said = self._painted(around, corners, place)
        if shape.oval:
            return Ellipse(id=self._id(node, "ellipse"), **self._named(node), **said)
        radius = round(shape.radii[0] * around.matrix.sides[0], 4)
        radii = (radius, radius, radius, radius)
        return Rectangle(id=self._id(node, "rect"), radius=radii, **self._named(node), **said)

    def _line(self, node: Node, shape: Segment, around: Around) -> list[Block]:
        stroke = self._stroke(around)
        if stroke is None:
            return []
        (x, y), (right, bottom) = (around.matrix.at(each) for each in shape)
        box: dict[str, Any] = {"x": min(x, right), "y": min(y, bottom)}
        box |= {"width": abs(right - x), "height": abs(bottom - y)}
        rising = (right - x) * (bottom - y) < 0
        made = Line(
            id=self._id(node, "line"), rising=rising, stroke=stroke, **box, **self._named(node)
        )
        return [made]

    def _path(self, node: Node, parts: tuple[Part, ...], around: Around) -> list[Block]:
        if least(parts) > MOST_PATH:
            self.walk.notes.add(f"{node}: its path is too long, and is left out.")
            return []
        drawn = self._wound(moved(parts, around.matrix), around)
        left, top, right, bottom = bounds(drawn)
        wide, high = max(right - left, LEAST), max(bottom - top, LEAST)
        if max(wide, high) > _MOST_SIDE or not drawn:
            self.walk.notes.add(f"{node}: it is too large, or nothing, and is left out.")
            return []
        own = moved(drawn, moving(-left, -top))
        d = next(
            (d for d in (text(own, digits) for digits in (3, 2, 1)) if len(d) <= MOST_PATH), ""
        )
        if not d:
            self.walk.notes.add(f"{node}: its path is too long, and is left out.")
            return []
        place = Place(left, top, wide, high, 0.0)
        self.walk.written += len(d)
        check("letters of paths", self.walk.written, USUAL.bytes)
        said = self._painted(around, bounds(parts), place)
        viewbox = (0.0, 0.0, said["width"], said["height"])
        made = Path(id=self._id(node, "path"), d=d, viewbox=viewbox, **self._named(node), **said)
        return [made]

    def _wound(self, parts: tuple[Part, ...], around: Around) -> tuple[Part, ...]:
        if around.style.get("fill-rule") != "evenodd" or around.style.get("fill") == "none":
            return parts
        made = wound(parts)
        if made is None:
            self.walk.notes.add("Holes of a shape whose outlines cross each other are filled.")
        return parts if made is None else made

    def _painted(
        self, around: Around, corners: tuple[float, float, float, float], place: Place
    ) -> dict[str, Any]:
        onto = place.onto.inverse().after(around.matrix)
        frame = Frame(corners, onto, (place.width, place.height))
        fill = self.walk.paints.fill(around.style, frame)
        return {**_box(place), "fill": fill, "stroke": self._stroke(around)}

    def _stroke(self, around: Around) -> Any:  # noqa: ANN401 - a stroke, or none
        view = around.view
        whole = ((view.width**2 + view.height**2) / 2) ** 0.5
        return self.walk.paints.stroke(around.style, around.matrix, whole)

    def image(self, node: Node, around: Around) -> list[Block]:
        """Return the block of a picture; none where it has no address."""
        view, notes = around.view, self.walk.notes
        sides = view.across(node, "width"), view.down(node, "height")
        name = self._id(node, "image")
        src = held(href(node), name, self.walk.pictures, notes)
        if not src or min(sides) <= 0:
            if src:
                notes.add("A picture without a size is left out.")
            return []
        if around.matrix.skewed or around.matrix.area < 0:
            notes.add("A picture that is slanted or mirrored is not.")
        place = placed(around.matrix, view.across(node, "x"), view.down(node, "y"), *sides)
        options = options_of(node.said.get("preserveAspectRatio", ""))
        return [Picture(id=name, src=src, options=options, **self._named(node), **_box(place))]

    def text(self, node: Node, line: Words, matrix: Matrix) -> Block | None:
        """Return the block of a line of letters: as wide as they are, about where they begin."""
        if matrix.skewed or matrix.area < 0 or matrix.uneven:
            self.walk.notes.add("Letters that are slanted, stretched or mirrored are not.")
        by = matrix.scale
        usual = {**self.walk.texts.letters(line.style)}
        usual["size"] = round(usual["size"] * by, 4)
        usual["letter_spacing"] = round(usual["letter_spacing"] * by, 4)
        runs = only(tuple(scaled(line, by)), usual)
        if not runs or not 0.1 <= usual["size"] <= 5000:  # noqa: PLR2004 - what letters may be
            return None
        name = self._id(node, "text")
        wide = Text(id=name, width=_MOST_SIDE, height=_MOST_SIDE, runs=runs, **usual)
        laid = self.walk.texts.lettering.laid(wide)
        width, height = laid.width * SLACK + 1, usual["size"] * wide.line_height
        before = {Align.LEFT: 0.0, Align.CENTER: width / 2, Align.RIGHT: width}[line.align]
        # A frame that is as turned as the letters, and as large as they are on the page.
        at = (line.at[0] - before / by, line.at[1] - laid.baseline / by)
        place = placed(matrix, *at, width / by, height / by)
        return Text(
            id=name, runs=runs, align=line.align, **usual, **self._named(node), **_box(place)
        )

    def _id(self, node: Node, kind: str) -> str:
        return self.walk.names.give(node.id, kind)

    def _named(self, node: Node) -> dict[str, Any]:
        title = next((each.letters for each in node.nodes if each.tag == "title"), "")
        found = plain(node.said.get("aria-label") or title)
        return {"name": found} if found else {}


def _even(shape: Box, matrix: Matrix) -> bool:
    """Return whether the corners of a box stay parts of circles."""
    across, down = shape.radii
    if shape.oval or not (across or down):
        return True
    return not matrix.uneven and abs(across - down) < 1e-3 * max(across, down)


def _box(place: Place) -> dict[str, Any]:
    names = ("x", "y", "width", "height", "rotation")
    return {name: round(value, 4) + 0.0 for name, value in zip(names, place, strict=True)}
