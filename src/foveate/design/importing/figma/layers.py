"""The layers of a frame, one after the other, as blocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.figma.places import angle_of, kept_to, place_of
from foveate.design.importing.figma.texts import widened
from foveate.design.importing.grouping import grouped
from foveate.design.importing.matrix import Place, moving
from foveate.design.importing.names import Names, plain
from foveate.design.importing.outlines import bounds, least, moved, outline, text
from foveate.design.importing.roles import role_of
from foveate.design.importing.windings import wound
from foveate.design.nodes.limits import USUAL, check
from foveate.design.scene.model import (
    Block,
    Ellipse,
    Line,
    Path,
    Picture,
    Rectangle,
    Text,
)
from foveate.design.scene.paint import PictureFill, Solid
from foveate.design.scene.path_kinds import MOST_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.importing.figma.paints import Paints
    from foveate.design.importing.figma.reading import Item
    from foveate.design.importing.figma.texts import Texts
    from foveate.design.importing.imported import Notes
    from foveate.design.importing.outlines import Part
    from foveate.design.scene.paint import Stroke

LEAST: Final = 0.01
MOST_DEPTH: Final = 40
_MOST_RADIUS: Final = 100_000.0
FRAMES: Final = frozenset({"FRAME", "COMPONENT", "COMPONENT_SET", "INSTANCE", "SECTION"})
_INSET: Final = {"INSIDE": 0.5, "OUTSIDE": -0.5}


@dataclass(slots=True)
class Layers:
    """Goes through layers. What cannot be said is noted."""

    paints: Paints
    texts: Texts
    notes: Notes
    names: Names = field(default_factory=Names)
    origin: tuple[float, float] = (0.0, 0.0)

    def inside(self, item: Item, around: float = 0.0, depth: int = 0) -> list[Block]:
        """Return the blocks of the children of a node. Raises DesignTooLarge."""
        check("layers within each other", depth, MOST_DEPTH)
        blocks = (self.block(each, around, depth + 1) for each in item.items("children"))
        return [each for each in blocks if each is not None]

    def block(self, item: Item, around: float, depth: int) -> Block | None:
        """Return the block of a node; None where it is none."""
        check("blocks", len(self.names.taken), USUAL.elements)
        if item.flag("isMask"):
            self.notes.add("A mask is left out: all of what it covers is seen.")
            return None
        if item.kind == "GROUP" or item.kind in FRAMES:
            return self._container(item, around, depth)
        make, place = _MADE.get(item.kind), place_of(item, self.origin, around, self.notes)
        if make is None or place is None:
            what = item.kind.lower().replace("_", " ")[:30] or "something without a type"
            self.notes.add(f"A layer, {what}, is left out.")
            return None
        made = make(self, item, place)
        return None if made is None else self._looks(item, made)

    def _container(self, item: Item, around: float, depth: int) -> Block | None:
        ground = self.ground(item, around) if item.kind in FRAMES else None
        turned = around + angle_of(item)
        blocks = [*filter(None, [ground]), *self.inside(item, turned, depth)]
        if not blocks:
            return None
        if item.kind in FRAMES and item.flag("clipsContent") and self._beyond(item, blocks):
            self.notes.add("A frame that cuts what lies beyond it does not: all of it is seen.")
        made = grouped(blocks, self._id(item, "group"))
        return self._looks(item, made)

    def ground(self, item: Item, around: float) -> Block | None:
        """Return what a frame is painted with, behind what is in it."""
        place = place_of(item, self.origin, around, self.notes)
        if place is None:
            return None
        made = self._rectangle(item, place)
        return made if getattr(made, "fill", None) or getattr(made, "stroke", None) else None

    def _beyond(self, item: Item, blocks: list[Block]) -> bool:
        box = item.item("absoluteBoundingBox")
        left, top = box.number("x") - self.origin[0], box.number("y") - self.origin[1]
        right, bottom = left + box.number("width"), top + box.number("height")
        return any(
            each.x < left - 1
            or each.y < top - 1
            or each.x + each.width > right + 1
            or each.y + each.height > bottom + 1
            for each in blocks
        )

    def _looks(self, item: Item, made: Block) -> Block:
        name = plain(item.text("name"))
        return replace(
            made,
            name=name,
            role=role_of(name),
            opacity=min(max(item.number("opacity", 1.0), 0.0), 1.0),
            blend=self.paints.blend(item),
            locked=item.flag("locked"),
            hidden=not item.visible,
            **kept_to(item),
        )

    def _id(self, item: Item, kind: str) -> str:
        return self.names.give(plain(item.text("name"), 40).lower(), kind)

    def _painted(self, item: Item, place: Place, stroke: Stroke | None) -> dict[str, Any]:
        return {
            **_box(place),
            "fill": self.paints.fill(item.items("fills"), place[2:4]),
            "stroke": stroke,
            "shadow": self.paints.shadow(item),
        }

    def _rectangle(self, item: Item, place: Place) -> Block:
        place, stroke = self._edged(item, place)
        said = {**self._painted(item, place, stroke), "radius": _radii(item, place)}
        fill = said["fill"]
        if isinstance(fill, PictureFill):
            picture = {**said, "fill": None, "src": fill.src, "options": fill.options}
            return Picture(id=self._id(item, "image"), **picture)
        return Rectangle(id=self._id(item, "rect"), **said)

    def rectangle(self, item: Item, place: Place) -> Block:
        """Return a rectangle, or the picture that it shows."""
        return self._rectangle(item, place)

    def ellipse(self, item: Item, place: Place) -> Block:
        """Return an ellipse."""
        arc = item.item("arcData")
        sweep = abs(arc.number("endingAngle", 6.3) - arc.number("startingAngle"))
        if arc.number("innerRadius") or sweep < 6.28:  # noqa: PLR2004 - a whole turn
            self.notes.add("A part of an ellipse, or a ring, is a whole one.")
        place, stroke = self._edged(item, place)
        return Ellipse(id=self._id(item, "ellipse"), **self._painted(item, place, stroke))

    def line(self, item: Item, place: Place) -> Block:
        """Return a line."""
        stroke = self.paints.stroke(item)
        return Line(id=self._id(item, "line"), stroke=stroke, **_box(place))

    def path(self, item: Item, place: Place) -> Block | None:
        """Return a shape by its outline; what has strokes alone is the outline of those."""
        drawn = self._outline(item, "fillGeometry")
        of_stroke = not drawn
        drawn = drawn or self._outline(item, "strokeGeometry")
        if not drawn:
            self.notes.add("A shape without an outline is left out: ask for `geometry=paths`.")
            return None
        if least(drawn) > MOST_PATH:
            self.notes.add("A shape whose outline is too long is left out.")
            return None
        left, top, right, bottom = bounds(drawn)
        own, d = self._fitted(drawn, place, (left, top, right, bottom))
        if len(d) > MOST_PATH:
            self.notes.add("A shape whose outline is too long is left out.")
            return None
        stroke = None if of_stroke else self.paints.stroke(item)
        said = self._painted(item, own, stroke)
        if of_stroke and (found := self.paints.stroke(item)) is not None:
            said["fill"] = Solid(found.colour)
        viewbox = (0.0, 0.0, own.width, own.height)
        return Path(id=self._id(item, "path"), d=d, viewbox=viewbox, **said)

    def _fitted(
        self, drawn: tuple[Part, ...], place: Place, box: tuple[float, float, float, float]
    ) -> tuple[Place, str]:
        """Return a box that has a plane, which an outline without height has not."""
        if place.width >= LEAST and place.height >= LEAST:
            return place, text(drawn)
        wide, high = max(box[2] - box[0], LEAST), max(box[3] - box[1], LEAST)
        own = place._replace(
            x=place.x + box[0], y=place.y + box[1], width=max(place.width, wide), height=high
        )
        return own, text(moved(drawn, moving(-box[0], -box[1])))

    def _outline(self, item: Item, name: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        for row in item.items(name):
            try:
                some = outline(" ".join(row.text("path").split()))
            except ValueError:
                self.notes.add("An outline that is none is left out.")
                continue
            odd = row.text("windingRule") == "EVENODD"
            parts += (wound(some) or some) if odd else some
        return tuple(parts)

    def text(self, item: Item, place: Place) -> Block | None:
        """Return a text."""
        said = self.texts.said(item)
        if not said["runs"]:
            return None
        shadow = self.paints.shadow(item)
        box = _box(widened(place, item, said["align"]))
        return Text(id=self._id(item, "text"), shadow=shadow, **said, **box)

    def _edged(self, item: Item, place: Place) -> tuple[Place, Stroke | None]:
        """Return the box in which a stroke, that lies on its edge, is where it was."""
        stroke = self.paints.stroke(item)
        by = _INSET.get(item.text("strokeAlign"), 0.0) * (stroke.width if stroke else 0.0)
        if not by or min(place.width, place.height) <= 2 * by:
            return place, stroke
        x, y, wide, high, turned = place
        return Place(x + by, y + by, wide - 2 * by, high - 2 * by, turned), stroke


def _box(place: Place) -> dict[str, Any]:
    names = ("x", "y", "width", "height", "rotation")
    return dict(zip(names, place, strict=True))


def _radii(item: Item, place: Place) -> tuple[float, float, float, float]:
    each = item.numbers("rectangleCornerRadii")
    rows = each if len(each) == 4 else [item.number("cornerRadius")] * 4  # noqa: PLR2004
    most = min(place.width, place.height) / 2
    first, second, third, last = (min(max(row, 0.0), most, _MOST_RADIUS) for row in rows)
    return first, second, third, last


_MADE: Final[Mapping[str, Callable[[Layers, Item, Place], Block | None]]] = {
    "RECTANGLE": Layers.rectangle,
    "ELLIPSE": Layers.ellipse,
    "LINE": Layers.line,
    "TEXT": Layers.text,
    **dict.fromkeys(("VECTOR", "STAR", "REGULAR_POLYGON", "BOOLEAN_OPERATION"), Layers.path),
}
