"""Texts of SVG: each line that stands by itself is a text, with its words in runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.svg.lengths import length, numbers, share
from foveate.design.importing.svg.properties import Style, colour_of, seen_through, style_of
from foveate.design.scene.model import Align, Decoration, Run, joined
from foveate.design.scene.paint import BLACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.design.importing.imported import Notes
    from foveate.design.importing.letters import Lettering
    from foveate.design.importing.matrix import Point
    from foveate.design.importing.svg.shapes import View
    from foveate.design.importing.svg.styles import Sheet
    from foveate.design.nodes.node import Node

_ANCHORS: Final = {"start": Align.LEFT, "middle": Align.CENTER, "end": Align.RIGHT}
_DOWN: Final = {"middle": 0.27, "central": 0.36, "hanging": 0.73, "text-before-edge": 0.95}
"""By how much of its letters' size a baseline is below what `y` says."""
_WEIGHTS: Final = {"normal": 400, "bold": 700, "bolder": 700, "lighter": 300}
_LINES: Final = {"underline": Decoration.UNDERLINE, "line-through": Decoration.LINE_THROUGH}
_SAID: Final = {
    "font": "A `font` without a size and a family is left out.",
    "textLength": "A text that is stretched to a length is as wide as its letters.",
    "rotate": "Letters that are turned one by one are upright.",
    "word-spacing": "Spaces between words are as wide as the font has them.",
    "writing-mode": "A text that runs down the page runs across it.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Letters from one point on."""

    at: Point
    align: Align
    style: Style
    runs: tuple[Run, ...]


@dataclass(slots=True)
class _Open:
    """A line that is being read."""

    at: Point
    style: Style
    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads texts."""

    sheet: Sheet
    notes: Notes
    lettering: Lettering

    def lines(self, node: Node, style: Style, view: View) -> list[Line]:
        """Return the lines of an element `text`, each where it begins."""
        begun = [_Open((0.0, 0.0), style, [])]
        self._read(node, style, view, begun)
        return [self._line(each) for each in begun if any(run.text.strip() for run in each.runs)]

    def _read(self, node: Node, style: Style, view: View, begun: list[_Open]) -> None:
        em = self.size(style)
        self._begin(node, style, replaced(view, em), begun)
        for name, sentence in _SAID.items():
            if name in node.said or name in style:
                self.notes.add(sentence)
        for each in node.inside:
            if isinstance(each, str):
                begun[-1].runs.append(self._run(each, style))
            elif each.tag in {"tspan", "a"}:
                self._read(each, style_of(each, self.sheet, self._around(style)), view, begun)
            elif each.tag not in {"title", "desc"}:
                self.notes.add(f"<{each.tag[:30]}> in a text is left out.")

    def _around(self, style: Style) -> Style:
        lined = {name: style[name] for name in ("text-decoration",) if name in style}
        return {**style, **lined}

    def _begin(self, node: Node, style: Style, view: View, begun: list[_Open]) -> None:
        """Begin a line where an element says a place of its own."""
        last = begun[-1]
        across, down = (_first(node, name, view) for name in ("x", "y"))
        by, under = (_first(node, name, view) or 0.0 for name in ("dx", "dy"))
        said = across is not None or down is not None
        if not said and not (by or under):
            return
        if not said and last.runs:
            self.notes.add("Letters that are moved within their line stand in it.")
            return
        if any(" " in node.said.get(name, "").strip() for name in ("x", "y")):
            self.notes.add("Letters with places of their own stand one after the other.")
        x = (last.at[0] if across is None else across) + by
        y = (last.at[1] if down is None else down) + under
        begun.append(_Open((x, y), style, []))

    def _run(self, letters: str, style: Style) -> Run:
        found = self.letters(style)
        return Run(text=letters, **found)

    def letters(self, style: Style) -> dict[str, Any]:
        """Return what letters look like."""
        weight = style.get("font-weight", "400").lower()
        size = self.size(style)
        said = style.get("text-decoration", "").split()
        return {
            "font": self.lettering.family(style.get("font-family", "").split(",")),
            "size": size,
            "weight": int(min(max(_WEIGHTS.get(weight) or length(weight, 400), 1), 1000)),
            "italic": style.get("font-style", "normal").split()[0:1] in (["italic"], ["oblique"]),
            "colour": self._colour(style),
            "letter_spacing": length(style.get("letter-spacing"), 0.0, em=size),
            "decoration": next((_LINES[w] for w in said if w in _LINES), Decoration.NONE),
        }

    def size(self, style: Mapping[str, str]) -> float:
        """Return the size of letters."""
        return min(max(length(style.get("font-size"), 16.0), 0.1), 5000.0)

    def _colour(self, style: Style) -> Any:  # noqa: ANN401 - a colour
        said = style.get("fill", "black")
        try:
            found = colour_of(said, style)
        except ValueError:
            self.notes.add("Letters filled with a gradient or a pattern are black.")
            found = BLACK
        if found is None:
            self.notes.add("Letters of which only the edge is drawn are not seen.")
            return seen_through(BLACK, 0.0)
        return seen_through(found, share(style.get("fill-opacity")))

    def _line(self, found: _Open) -> Line:
        runs = [*found.runs]
        runs[0] = replace(runs[0], text=runs[0].text.lstrip())
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
        anchor = _ANCHORS.get(found.style.get("text-anchor", "start"), Align.LEFT)
        below = _DOWN.get(found.style.get("dominant-baseline", ""), 0.0) * self.size(found.style)
        at = (found.at[0], found.at[1] + below)
        return Line(at, anchor, found.style, joined(tuple(runs)))


def replaced(view: View, em: float) -> View:
    """Return what lengths are measured by within letters of a size."""
    return view._replace(em=em)


def _first(node: Node, name: str, view: View) -> float | None:
    """Return the first of the places that a text says."""
    said = node.said.get(name, "").replace(",", " ").split()
    if not said:
        return None
    whole = view.width if name.endswith("x") else view.height
    return length(said[0], (numbers(said[0]) or [0.0])[0], whole=whole, em=view.em)


def only(runs: tuple[Run, ...], usual: Mapping[str, Any]) -> tuple[Run, ...]:
    """Return runs that say only what is otherwise than their text says."""
    return joined(tuple(replace(run, **_same(run, usual)) for run in runs))


def _same(run: Run, usual: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None for name, value in usual.items() if getattr(run, name) == value}


def scaled(line: Line, by: float) -> Iterator[Run]:
    """Yield the runs of a line with letters that are larger."""
    for run in line.runs:
        size, spacing = run.size or 16.0, run.letter_spacing or 0.0
        yield replace(run, size=round(size * by, 4), letter_spacing=round(spacing * by, 4))
