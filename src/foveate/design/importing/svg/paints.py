"""Fills, strokes and shadows: colours, and gradients that `defs` have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.importing import gradients
from foveate.design.importing.matrix import UNIT, Matrix, in_order, moving, scaling
from foveate.design.importing.svg.lengths import length, numbers, share
from foveate.design.importing.svg.properties import colour_of, seen_through, style_of
from foveate.design.importing.svg.transforms import transform
from foveate.design.scene.paint import BLACK, Cap, Fill, Join, Shadow, Solid, Stop, Stroke
from foveate.design.scene.paint_kinds import MOST_BLUR, MOST_DASHES, MOST_LENGTH, MOST_STROKE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.importing.imported import Notes
    from foveate.design.importing.svg.styles import Sheet
    from foveate.design.nodes.node import Node
    from foveate.options.colours import Colour

REFERENCE: Final = re.compile(r"url\(\s*[\"']?#([^\"')]+)[\"']?\s*\)\s*(.*)", re.DOTALL)
_GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
_MOST_HOPS: Final = 8
"""From a gradient to the one whose stops it has."""
_JOINS: Final = {"miter-clip": "miter", "arcs": "miter"}


class Frame(NamedTuple):
    """Where a shape is painted: its own plane, and the box that it became."""

    bounds: tuple[float, float, float, float]
    """Left, top, right and bottom in its own plane."""
    onto: Matrix
    """From its own plane into the box, from the corner of that."""
    box: tuple[float, float]
    """Width and height of that."""


@dataclass(frozen=True, slots=True)
class Paints:
    """What elements are painted with."""

    defined: Mapping[str, Node]
    sheet: Sheet
    notes: Notes

    def fill(self, style: Mapping[str, str], frame: Frame) -> Fill | None:
        """Return what an inside is painted with."""
        opaque = share(style.get("fill-opacity"))
        found = REFERENCE.match(style.get("fill", "black"))
        if not found:
            of = self._colour(style.get("fill", "black"), style, BLACK)
            return Solid(seen_through(of, opaque)) if of else None
        node = self.defined.get(found[1].strip())
        if node is not None and node.tag in _GRADIENTS:
            return self._gradient(node, frame, opaque)
        what = f"A fill by <{node.tag[:30]}>" if node is not None else "A fill that is not there"
        self.notes.add(f"{what} is left out.")
        of = self._colour(found[2] or "none", style, None)
        return Solid(seen_through(of, opaque)) if of else None

    def stroke(self, style: Mapping[str, str], matrix: Matrix, whole: float) -> Stroke | None:
        """Return what an edge is painted with."""
        said = style.get("stroke", "none")
        found = REFERENCE.match(said)
        of = self._first(found[1].strip()) if found else self._colour(said, style, None)
        width = length(style.get("stroke-width"), 1.0, whole=whole) * matrix.scale
        if of is None or width <= 0:
            return None
        if matrix.uneven:
            self.notes.add("A stroke that is wider in one direction is even.")
        return Stroke(
            colour=seen_through(of, share(style.get("stroke-opacity"))),
            width=round(min(width, MOST_STROKE), 4),
            dash=self._dash(style, matrix.scale),
            cap=Cap(_word(style, "stroke-linecap", "butt", Cap)),
            join=Join(_word(style, "stroke-linejoin", "miter", Join)),
        )

    def shadow(self, name: str, matrix: Matrix) -> Shadow | None:
        """Return the shadow that a filter is; None where it is anything else."""
        node = self.defined.get(name)
        steps = node.nodes if node is not None else ()
        if len(steps) != 1 or steps[0].tag != "feDropShadow":
            return None
        said = steps[0].said
        across, down = matrix.sides
        style = style_of(steps[0], self.sheet, {})
        of = self._colour(style.get("flood-color", "black"), style, BLACK) or BLACK
        blur = (numbers(said.get("stdDeviation", "2")) or [2.0])[0]
        return Shadow(
            x=length(said.get("dx"), 2.0) * across,
            y=length(said.get("dy"), 2.0) * down,
            blur=min(max(2 * blur * matrix.scale, 0.0), MOST_BLUR),
            colour=seen_through(of, share(style.get("flood-opacity"))),
        )

    def _dash(self, style: Mapping[str, str], scale: float) -> tuple[float, ...]:
        said = [each * scale for each in numbers(style.get("stroke-dasharray", ""))]
        if not any(said) or min(said) < 0:
            return ()
        if len(said) > MOST_DASHES:
            self.notes.add(f"Of the dashes of a stroke the first {MOST_DASHES} count.")
        return tuple(round(min(each, MOST_LENGTH), 4) for each in said[:MOST_DASHES])

    def _colour(self, text: str, style: Mapping[str, str], usual: Colour | None) -> Colour | None:
        try:
            return colour_of(text, style)
        except ValueError:
            self.notes.add(f"The colour {text[:40]} is none: it is left out.")
            return usual

    def _first(self, name: str) -> Colour | None:
        """Return the first colour of a gradient, for a stroke, which has one alone."""
        self.notes.add("A stroke by a gradient or a pattern has the first of its colours.")
        stops = self._stops(self.defined.get(name), 1.0)
        return stops[0].colour if stops else None

    def _gradient(self, node: Node, frame: Frame, opaque: float) -> Fill | None:
        stops = self._stops(node, opaque)
        if not stops:
            return None
        if len(stops) == 1:
            return Solid(stops[0].colour)
        said = self._said(node)
        if said.get("spreadMethod", "pad") != "pad":
            self.notes.add("A gradient that repeats ends where it would begin anew.")
        in_box = said.get("gradientUnits", "objectBoundingBox") != "userSpaceOnUse"
        onto = in_order([frame.onto, _unit(frame) if in_box else UNIT, self._turned(said)])
        left, top, right, bottom = frame.bounds
        across, down = (1.0, 1.0) if in_box else (right - left, bottom - top)
        if node.tag == "linearGradient":
            xs = [length(said.get(n), u, whole=across) for n, u in (("x1", 0.0), ("x2", across))]
            ys = [length(said.get(name), 0.0, whole=down) for name in ("y1", "y2")]
            return gradients.linear(stops, ((xs[0], ys[0]), (xs[1], ys[1])), onto, frame.box)
        if onto.uneven:
            self.notes.add("An oval gradient is round.")
        if {"fx", "fy"} & said.keys():
            self.notes.add("A gradient that runs from aside of its middle runs from there.")
        middle = (
            length(said.get("cx"), across / 2, whole=across),
            length(said.get("cy"), down / 2, whole=down),
        )
        radius = length(said.get("r"), across / 2, whole=across)
        return gradients.radial(stops, middle, radius, onto, frame.box)

    def _turned(self, said: Mapping[str, str]) -> Matrix:
        try:
            return transform(said.get("gradientTransform"))
        except ValueError:
            self.notes.add("A transform of a gradient is none: it is left out.")
            return UNIT

    def _chain(self, node: Node | None) -> list[Node]:
        """Return a gradient and those that it refers to."""
        found: list[Node] = []
        while node is not None and node.tag in _GRADIENTS and len(found) < _MOST_HOPS:
            found.append(node)
            node = self.defined.get(href(node).removeprefix("#"))
        return found

    def _said(self, node: Node) -> dict[str, str]:
        said: dict[str, str] = {}
        for each in reversed(self._chain(node)):
            said |= each.said
        return said

    def _stops(self, node: Node | None, opaque: float) -> list[Stop]:
        having = (each for each in self._chain(node) if each.nodes)
        of = next(having, None)
        rows: list[Stop] = []
        for each in of.nodes if of is not None else ():
            if each.tag != "stop":
                continue
            style = style_of(each, self.sheet, {})
            found = self._colour(style.get("stop-color", "black"), style, BLACK) or BLACK
            at = max(share(each.said.get("offset"), 0.0), rows[-1].at if rows else 0.0)
            rows.append(Stop(seen_through(found, share(style.get("stop-opacity")) * opaque), at))
        return rows


def href(node: Node) -> str:
    """Return to what an element refers."""
    return (node.said.get("href") or node.said.get("xlink:href") or "").strip()


def _unit(frame: Frame) -> Matrix:
    left, top, right, bottom = frame.bounds
    return moving(left, top).after(scaling(right - left, bottom - top))


def _word(style: Mapping[str, str], name: str, usual: str, known: type[Cap | Join]) -> str:
    said = _JOINS.get(style.get(name, usual), style.get(name, usual))
    return said if said in set(known) else usual
