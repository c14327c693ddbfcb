"""Changes in words, a sentence each, for whoever accepts or refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.changes.model import ROOT, RUNS, Added, Changed, Moved, Removed
from foveate.design.nodes.writing import default_text
from foveate.design.scene.elements import BY_NAME

if TYPE_CHECKING:
    from foveate.design.changes.model import Change, Place
    from foveate.design.nodes.node import Node

_LONGEST: Final = 60
"""Letters of a value that are shown."""
_LETTERS: Final = frozenset({"name", "alt", "src", "options", "font"})
"""Attributes that are shown in quotation marks."""


def sentence(change: Change) -> str:
    """Return what a change does, in words.

    >>> from foveate.design.changes.model import Changed
    >>> sentence(Changed("text", "title", "size", "48", "60"))
    'Change size of text title from 48 to 60.'
    """
    if isinstance(change, Added):
        return f"Add {_named(change.node)}{_inside(change.node)} {_place(change.to)}."
    if isinstance(change, Removed):
        return f"Remove {_named(change.node)}{_inside(change.node)} from {_parent(change.was)}."
    if isinstance(change, Moved):
        return f"Move {change.tag} {change.id} {_way(change)}."
    return _changed(change)


def _named(node: Node) -> str:
    return f"{node.tag} {node.id}"


def _inside(node: Node) -> str:
    if node.tag == "text":
        return f" ({_shown(node.letters)})"
    count = len(node.nodes)
    return f" with {count} inside" if count else ""


def _parent(place: Place) -> str:
    return place.parent if place.parent != ROOT else "the design"


def _place(place: Place) -> str:
    return f"to {_parent(place)}, {_order(place)}"


def _order(place: Place) -> str:
    return f"after {place.after}" if place.after else "as the first"


def _way(change: Moved) -> str:
    if change.was.parent == change.to.parent:
        return f"in {_parent(change.to)}: {_order(change.to)}"
    return f"from {_parent(change.was)} {_place(change.to)}"


def _changed(change: Changed) -> str:
    of = "the design" if change.id == ROOT else f"{change.tag} {change.id}"
    what, was, to = change.name, _value(change, change.was), _value(change, change.to)
    if change.name == RUNS:
        what = "the words" if was != to else "the look of the words"
        of = f"text {change.id}"
    if was == to:
        return f"Change {what} of {of}: {to}."
    return f"Change {what} of {of} from {was} to {to}."


def _value(change: Changed, value: str | tuple[Node | str, ...] | None) -> str:
    if isinstance(value, tuple):
        return _shown("".join(each if isinstance(each, str) else each.letters for each in value))
    if value is None:
        word = BY_NAME[change.tag].by_name.get(change.name)
        usual = default_text(BY_NAME[change.tag], word) if word else None
        return usual or "nothing"
    return _shown(value) if change.name in _LETTERS else value[:_LONGEST]


def _shown(text: str) -> str:
    line = " / ".join(text.split("\n"))
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[:_LONGEST]}..."'
