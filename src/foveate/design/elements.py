"""The tables of elements and attributes as JSON, for pages and programs that make designs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.design.in_json import value_to_json
from foveate.design.nodes.writing import default_text
from foveate.design.scene.elements import TAGS, Tag, needed
from foveate.design.scene.kinds import Choice, Choices, Flag, Length, Line, Name, Number
from foveate.design.scene.paint_kinds import ColourKind, FillKind, ShadowKind, StrokeKind
from foveate.design.scene.path_kinds import PathKind, RadiusKind, ViewboxKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.fonts.shelf import Font, Shelf
    from foveate.design.scene.kinds import Kind
    from foveate.design.scene.words import Word

KINDS: Final[Mapping[type, str]] = {
    Number: "number",
    Length: "length",
    Flag: "flag",
    Choice: "choice",
    Choices: "choices",
    Line: "line",
    Name: "id",
    ColourKind: "colour",
    FillKind: "fill",
    StrokeKind: "stroke",
    ShadowKind: "shadow",
    PathKind: "path",
    RadiusKind: "radius",
    ViewboxKind: "viewbox",
}
"""What each kind of value is called."""
_BOUNDS: Final = ("least", "most", "whole", "of")


def elements_to_json() -> list[dict[str, Any]]:
    """Return all elements with their attributes, in the order of the tables."""
    return [
        {
            "name": tag.name,
            "help": tag.help,
            "inside": tag.inside.value,
            "attributes": [_attribute(tag, word) for word in tag.words],
        }
        for tag in TAGS
    ]


def _attribute(tag: Tag, word: Word) -> dict[str, Any]:
    text = default_text(tag, word)
    return {
        "name": word.name,
        "kind": KINDS[type(word.kind)],
        "matter": word.matter.value,
        "help": word.help,
        "values": word.kind.values,
        "default": None if text is None else value_to_json(tag.name, word.name, text),
        "needed": needed(tag, word),
        **_bounds(word.kind),
    }


def _bounds(kind: Kind) -> dict[str, Any]:
    said = {name: getattr(kind, name) for name in _BOUNDS if getattr(kind, name, None) is not None}
    if isinstance(kind, Choice | Choices):
        said["words"] = [each.value for each in kind.words]
    return said


def fonts_to_json(shelf: Shelf) -> list[dict[str, Any]]:
    """Return the families of fonts by name: which weights each has, and whether it is here."""
    return [
        {
            "family": family,
            "weights": sorted({each for font in fonts for each in _weights(font)}),
            "italic": any(font.face.italic for font in fonts),
            "here": any(font.here for font in fonts),
        }
        for family, fonts in sorted(shelf.families.items())
    ]


def _weights(font: Font) -> list[int]:
    """Return the weights of a face: of a variable one each hundredth."""
    if not font.face.weights:
        return [font.face.weight]
    least, most = font.face.weights
    return list(range(least, most + 1, 100))
