"""Fills, strokes and effects of Figma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.importing import gradients
from foveate.design.importing.matrix import Matrix, scaling
from foveate.design.importing.near import is_near
from foveate.design.importing.svg.pictures import WHOLE
from foveate.design.scene.model import Blend
from foveate.design.scene.paint import (
    Cap,
    Fill,
    Join,
    PictureFill,
    Shadow,
    Solid,
    Stop,
    Stroke,
)
from foveate.design.scene.paint_kinds import MOST_BLUR, MOST_DASHES, MOST_STROKE
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.importing.figma.reading import Item
    from foveate.design.importing.imported import Notes

_CAPS: Final = {"NONE": Cap.BUTT, "ROUND": Cap.ROUND, "SQUARE": Cap.SQUARE}
_JOINS: Final = {"MITER": Join.MITER, "ROUND": Join.ROUND, "BEVEL": Join.BEVEL}
_NORMAL: Final = frozenset({"", "NORMAL", "PASS_THROUGH"})
_HANDLES: Final = 3


@dataclass(frozen=True, slots=True)
class Paints:
    """Reads paints."""

    images: Mapping[str, str]
    """Where pictures are, by what Figma calls them."""
    notes: Notes
    beside: Callable[[str], bool]
    """Whether a picture of a name lies beside the file already."""

    def fill(self, rows: list[Item], size: tuple[float, float]) -> Fill | None:
        """Return the fill of a box: of several the one on top, as a design has one."""
        seen = [row for row in rows if row.visible and row.number("opacity", 1.0) > 0]
        if not seen:
            return None
        if len(seen) > 1:
            self.notes.add("Of several fills of one layer that on top is kept.")
        return self._fill(seen[-1], size)

    def _fill(self, paint: Item, size: tuple[float, float]) -> Fill | None:
        if paint.text("blendMode") not in _NORMAL:
            self.notes.add("A blend of a fill alone is left out.")
        if paint.kind == "SOLID":
            return Solid(colour(paint.item("color"), paint.number("opacity", 1.0)))
        if paint.kind.startswith("GRADIENT"):
            return self._gradient(paint, size)
        if paint.kind == "IMAGE":
            return self._picture(paint)
        self.notes.add(f"A fill of {paint.kind[:30]} is left out.")
        return None

    def _gradient(self, paint: Item, size: tuple[float, float]) -> Fill | None:
        opacity = paint.number("opacity", 1.0)
        stops = [
            Stop(colour(row.item("color"), opacity), min(max(row.number("position"), 0.0), 1.0))
            for row in paint.items("gradientStops")
        ]
        handles = [
            (each.number("x"), each.number("y")) for each in paint.items("gradientHandlePositions")
        ]
        if not stops or len(handles) < _HANDLES:
            return Solid(stops[0].colour) if stops else None
        start, end, side = handles[:_HANDLES]
        along = Matrix(
            end[0] - start[0], end[1] - start[1], side[0] - start[0], side[1] - start[1], *start
        )
        onto = scaling(*size).after(along)
        if paint.kind == "GRADIENT_LINEAR":
            return gradients.linear(stops, ((0.0, 0.0), (1.0, 0.0)), onto, size)
        if paint.kind != "GRADIENT_RADIAL":
            self.notes.add("A gradient around a point, or as a diamond, runs from its middle.")
        elif onto.uneven:
            self.notes.add("An oval gradient is round.")
        return gradients.radial(stops, (0.0, 0.0), 1.0, onto, size)

    def _picture(self, paint: Item) -> PictureFill | None:
        ref, mode = paint.text("imageRef")[:200], paint.text("scaleMode", "FILL")
        if not is_near(self.images.get(ref, ref)):
            self.notes.add("A picture without a reference that can be read is left out.")
            return None
        if ref not in self.images and not self.beside(f"{ref}.png"):
            self.notes.add(
                f"The picture {ref} is not in the file: put it beside the design as {ref}.png."
            )
        if mode in {"TILE", "STRETCH"}:
            self.notes.add("A picture that is cut or repeated covers its layer from its middle.")
        return PictureFill(self.images.get(ref, f"{ref}.png"), WHOLE if mode == "FIT" else "")

    def stroke(self, item: Item) -> Stroke | None:
        """Return what the edge of a layer is painted with."""
        seen = [row for row in item.items("strokes") if row.visible]
        width = item.number("strokeWeight")
        if not seen or width <= 0:
            return None
        found = self._fill(seen[-1], (1.0, 1.0))
        if found is not None and not isinstance(found, Solid):
            self.notes.add("A stroke by a gradient or a picture has one colour.")
        if "individualStrokeWeights" in item.said:
            self.notes.add("A stroke that is otherwise on each side is even.")
        if (cap := item.text("strokeCap", "NONE")) not in _CAPS:
            self.notes.add("Arrows at the ends of lines are left out.")
        return Stroke(
            colour=_first(found),
            width=min(width, MOST_STROKE),
            dash=self._dash(item.numbers("strokeDashes")),
            cap=_CAPS.get(cap, Cap.BUTT),
            join=_JOINS.get(item.text("strokeJoin"), Join.MITER),
        )

    def _dash(self, said: list[float]) -> tuple[float, ...]:
        return tuple(said[:MOST_DASHES]) if any(said) and min(said) >= 0 else ()

    def shadow(self, item: Item) -> Shadow | None:
        """Return the shadow of a layer; of several the last, which is on top."""
        found = None
        for effect in item.items("effects"):
            if not effect.visible:
                continue
            if effect.kind != "DROP_SHADOW" or found is not None:
                what = effect.kind.lower().replace("_", " ")[:30]
                self.notes.add(f"An effect, {what}, is left out.")
                continue
            if effect.number("spread"):
                self.notes.add("A shadow that is larger than its layer is as large.")
            offset = effect.item("offset")
            blur = min(max(effect.number("radius"), 0.0), MOST_BLUR)
            of = colour(effect.item("color"))
            found = Shadow(x=offset.number("x"), y=offset.number("y"), blur=blur, colour=of)
        return found

    def blend(self, item: Item) -> Blend:
        """Return how the colours of a layer meet those below."""
        said = item.text("blendMode")
        word = said.lower().replace("_", "-")
        if said in _NORMAL:
            return Blend.NORMAL
        if word in set(Blend):
            return Blend(word)
        self.notes.add(f"The blend {word[:30]} is left out.")
        return Blend.NORMAL


def _first(found: Fill | None) -> Colour:
    if isinstance(found, Solid):
        return found.colour
    stops = getattr(found, "stops", ())
    return stops[0].colour if stops else Colour(0, 0, 0)


def colour(said: Item, opacity: float = 1.0) -> Colour:
    """Return a colour of shares from 0 to 1."""
    red, green, blue = (
        round(min(max(said.number(name), 0.0), 1.0) * 255) for name in ("r", "g", "b")
    )
    alpha = min(max(said.number("a", 1.0) * opacity, 0.0), 1.0)
    return Colour(red, green, blue, round(alpha, 4))
