"""Properties: what an element looks like by its attributes, rules, and what it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.scene.paint import BLACK
from foveate.options.colours import Colour, colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.importing.svg.styles import Sheet
    from foveate.design.nodes.node import Node

Style = dict[str, str]
INHERITED: Final = frozenset(
    {
        "color",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "letter-spacing",
        "text-anchor",
        "dominant-baseline",
        "visibility",
    }
)
OWN: Final = frozenset(
    {
        "opacity",
        "display",
        "mix-blend-mode",
        "clip-path",
        "mask",
        "filter",
        "stop-color",
        "stop-opacity",
        "text-decoration",
        "font",
        "transform",
        "flood-color",
        "flood-opacity",
        "marker-start",
        "marker-mid",
        "marker-end",
        "textLength",
        "writing-mode",
        "word-spacing",
    }
)
_KNOWN: Final = INHERITED | OWN


def style_of(node: Node, sheet: Sheet, around: Mapping[str, str]) -> Style:
    """Return what an element looks like: its own words, and what it has of its parent."""
    said = {name: text for name, text in node.said.items() if name in _KNOWN}
    said |= {name: text for name, text in sheet.said(node).items() if name in _KNOWN}
    kept = {name: text for name, text in around.items() if name in INHERITED}
    own = {name: text.strip() for name, text in said.items() if text.strip() != "inherit"}
    asked = {
        name: around[name]
        for name, text in said.items()
        if text.strip() == "inherit" and name in around
    }
    return kept | asked | own


def colour_of(text: str, style: Mapping[str, str]) -> Colour | None:
    """Return a colour; None for nothing. Raises ValueError for what is neither."""
    word = text.strip()
    if word in {"none", ""}:
        return None
    if word.lower() == "currentcolor":
        current = style.get("color", "black")
        return BLACK if current.lower() == "currentcolor" else colour_of(current, {})
    return colour(word)


def seen_through(found: Colour, share: float) -> Colour:
    """Return a colour of which a share is opaque."""
    if share >= 1:
        return found
    return Colour(found.red, found.green, found.blue, round(found.alpha * share, 4))
