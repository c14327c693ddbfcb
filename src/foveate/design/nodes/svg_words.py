"""Version 0 to 1: the words of SVG and CSS that mean what words of ours mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TAGS: Final[Mapping[str, str]] = {
    "g": "group",
    "img": "image",
    "circle": "ellipse",
    "tspan": "run",
    "span": "run",
}
"""Elements by other names."""

NAMES: Final[Mapping[str, str]] = {
    "font-family": "font",
    "font-size": "size",
    "font-weight": "weight",
    "text-align": "align",
    "text-decoration": "decoration",
    "colour": "color",
    "href": "src",
    "xlink:href": "src",
    "rx": "radius",
    "border-radius": "radius",
    "border": "stroke",
    "box-shadow": "shadow",
    "mix-blend-mode": "blend",
    "z-index": "z",
    "left": "x",
    "top": "y",
    "viewBox": "viewbox",
}
"""Attributes by other names."""

_ANCHORS: Final = {"start": "start", "middle": "center", "end": "end"}
_LEANING: Final = {"italic": "true", "oblique": "true", "normal": "false"}
_OF_LETTERS: Final = frozenset({"text-anchor", "font-family", "font-size", "font-weight"})


def from_svg_words(node: Node) -> Node:
    """Return an element, and all inside, in the words of version 1."""
    tag = TAGS.get(node.tag, node.tag)
    said = dict(node.said)
    for reword in _REWORDED.get(tag, ()):
        reword(said)
    renamed = {NAMES.get(name, name): text for name, text in said.items() if _is_new(name, said)}
    inside = tuple(from_svg_words(each) if isinstance(each, Node) else each for each in node.inside)
    return replace(node, tag=tag, said=renamed, inside=inside)


def _is_new(name: str, said: Mapping[str, str]) -> bool:
    """Return whether an attribute counts: ours does where another name of it is said as well."""
    return name not in NAMES or NAMES[name] not in said


def _letters(said: dict[str, str]) -> None:
    """Take SVG's fill of a text for the colour of its letters, and its anchor for its lines."""
    if not _OF_LETTERS.isdisjoint(said) and "fill" in said and "color" not in said:
        said["color"] = said.pop("fill")
    if said.get("text-anchor") in _ANCHORS:
        said.setdefault("align", _ANCHORS[said.pop("text-anchor")])
    if said.get("font-style") in _LEANING:
        said.setdefault("italic", _LEANING[said.pop("font-style")])


def _line_of_paint(said: dict[str, str]) -> None:
    """Join what SVG says of a stroke in several attributes."""
    width = said.pop("stroke-width", None)
    if "stroke" not in said or said["stroke"].strip() == "none":
        return
    parts = [said["stroke"], *filter(None, [width])]
    for name, word in (("dasharray", "dash"), ("linecap", "cap"), ("linejoin", "join")):
        if text := said.pop(f"stroke-{name}", None):
            parts.append(f"{word}({text.replace(',', ' ')})")
    said["stroke"] = " ".join(parts)


def _round(said: dict[str, str]) -> None:
    """Take a circle or an ellipse by its middle for one by its box."""
    if "r" in said:
        radius = said.pop("r")
        said.setdefault("rx", radius)
        said.setdefault("ry", radius)
    try:
        middle_x, middle_y = float(said["cx"]), float(said["cy"])
        radius_x, radius_y = float(said["rx"]), float(said["ry"])
    except (KeyError, ValueError):
        return
    for name in ("cx", "cy", "rx", "ry"):
        del said[name]
    box = (middle_x - radius_x, middle_y - radius_y, 2 * radius_x, 2 * radius_y)
    said.update(zip(("x", "y", "width", "height"), map(repr, box), strict=True))


def _ends(said: dict[str, str]) -> None:
    """Take a line by its two ends for one by its box."""
    try:
        left, top, right, bottom = (float(said[name]) for name in ("x1", "y1", "x2", "y2"))
    except (KeyError, ValueError):
        return
    for name in ("x1", "y1", "x2", "y2"):
        del said[name]
    box = (min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))
    said.update(zip(("x", "y", "width", "height"), map(repr, box), strict=True))
    if (right - left) * (bottom - top) < 0:
        said["rising"] = "true"


def _whole(said: dict[str, str]) -> None:
    """Make a group as large as its parent, where SVG's has no size."""
    said.setdefault("width", "100%")
    said.setdefault("height", "100%")


_REWORDED: Final[Mapping[str, tuple[Callable[[dict[str, str]], None], ...]]] = {
    "text": (_letters,),
    "run": (_letters,),
    "rect": (_line_of_paint,),
    "path": (_line_of_paint,),
    "ellipse": (_round, _line_of_paint),
    "line": (_ends, _line_of_paint),
    "group": (_whole,),
}
