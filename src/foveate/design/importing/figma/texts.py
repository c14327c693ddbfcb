"""Texts of Figma: letters, and the styles that some of them have."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.svg.texts import only
from foveate.design.scene.model import Align, Decoration, Run, VAlign
from foveate.design.scene.paint import BLACK, Solid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.importing.figma.paints import Paints
    from foveate.design.importing.figma.reading import Item
    from foveate.design.importing.imported import Notes
    from foveate.design.importing.letters import Lettering
    from foveate.design.importing.matrix import Place
    from foveate.options.colours import Colour

_ALIGNS: Final = {
    "LEFT": Align.LEFT,
    "CENTER": Align.CENTER,
    "RIGHT": Align.RIGHT,
    "JUSTIFIED": Align.JUSTIFY,
}
_VALIGNS: Final = {"TOP": VAlign.TOP, "CENTER": VAlign.MIDDLE, "BOTTOM": VAlign.BOTTOM}
_LINES: Final = {"UNDERLINE": Decoration.UNDERLINE, "STRIKETHROUGH": Decoration.LINE_THROUGH}
_CASES: Final[Mapping[str, Callable[[str], str]]] = {
    "UPPER": str.upper,
    "LOWER": str.lower,
    "TITLE": str.title,
}
_BREAKS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\r": "\n", "\x0b": "\n"})
SLACK: Final = 1.02
"""By how much wider the box of letters is that was as wide as they are."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads texts."""

    paints: Paints
    lettering: Lettering
    notes: Notes

    def said(self, item: Item) -> dict[str, Any]:
        """Return what a text says and how it looks, in the words of texts."""
        style = item.item("style")
        usual = self._letters(style, self._colour(item.items("fills")))
        size = usual["size"]
        high = style.number("lineHeightPx", size * 1.2) / size
        runs = only(tuple(self._runs(item, style, usual)), usual)
        return {
            **usual,
            "runs": runs,
            "line_height": min(max(round(high, 4), 0.1), 10.0),
            "align": _ALIGNS.get(style.text("textAlignHorizontal"), Align.LEFT),
            "valign": _VALIGNS.get(style.text("textAlignVertical"), VAlign.TOP),
        }

    def _runs(self, item: Item, style: Item, usual: Mapping[str, Any]) -> list[Run]:
        letters = item.text("characters").translate(_BREAKS)
        numbers = item.numbers("characterStyleOverrides")
        table = item.item("styleOverrideTable")
        pairs = zip_longest(letters, numbers[: len(letters)], fillvalue=0.0)
        found = []
        for number, some in groupby(pairs, key=lambda pair: pair[1]):
            own = table.item(str(int(number or 0)))
            text = "".join(str(letter) for letter, _ in some)
            case = own.text("textCase") or style.text("textCase")
            said = _CASES.get(case, str)(text)
            found.append(Run(text=said, **self._own(style, own, usual)))
        return found

    def _own(self, style: Item, own: Item, usual: Mapping[str, Any]) -> dict[str, Any]:
        if not own.said:
            return dict(usual)
        merged = type(style)({**style.said, **own.said})
        fills = own.items("fills")
        return self._letters(merged, self._colour(fills) if fills else usual["colour"])

    def _letters(self, style: Item, colour: Colour) -> dict[str, Any]:
        return {
            "font": self.lettering.family([style.text("fontFamily")]),
            "size": min(max(style.number("fontSize", 12.0), 0.1), 5000.0),
            "weight": int(min(max(style.number("fontWeight", 400.0), 1), 1000)),
            "italic": style.flag("italic"),
            "colour": colour,
            "letter_spacing": min(max(round(style.number("letterSpacing"), 4), -1000), 1000),
            "decoration": _LINES.get(style.text("textDecoration"), Decoration.NONE),
        }

    def _colour(self, fills: list[Item]) -> Colour:
        found = self.paints.fill(fills, (1.0, 1.0))
        if found is not None and not isinstance(found, Solid):
            self.notes.add("Letters filled with a gradient or a picture have one colour.")
        if isinstance(found, Solid):
            return found.colour
        stops = getattr(found, "stops", ())
        return stops[0].colour if stops else BLACK


def widened(place: Place, item: Item, align: Align) -> Place:
    """Return the box of a text with room for letters of another font, where it was as they are."""
    if item.item("style").text("textAutoResize") != "WIDTH_AND_HEIGHT" or place.rotation:
        return place
    more = place.width * (SLACK - 1) + 1
    before = {Align.CENTER: more / 2, Align.RIGHT: more}.get(align, 0.0)
    return place._replace(x=place.x - before, width=place.width + more)
