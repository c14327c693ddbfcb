"""Change sets as JSON, with a sentence beside each change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from foveate.design.changes.model import RUNS, Added, Changed, ChangeSet, Moved, Place, Removed
from foveate.design.changes.sentences import sentence
from foveate.design.in_json import (
    node_from_json,
    node_to_json,
    runs_from_json,
    runs_to_json,
    value_from_json,
    value_to_json,
)
from foveate.design.scene.elements import BY_NAME
from foveate.errors import BadChange, BadDesign
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.changes.model import Change
    from foveate.design.nodes.node import Node

KIND: Final = "change"
MOST: Final = 10_000
"""Changes of one set."""
HALF: Final = re.compile(r"[\ud800-\udfff]")
"""Half of a letter, which JSON can say, and which no text is."""
_MOST_PLACE: Final = 100_000


def changes_to_json(changes: ChangeSet) -> dict[str, Any]:
    """Return a change set as objects and lists."""
    listed = [{**_change(each), "sentence": sentence(each)} for each in changes.changes]
    return {"of": changes.of, "to": changes.to, "changes": listed}


def _change(change: Change) -> dict[str, Any]:
    if isinstance(change, Added):
        return {KIND: "added", "block": _block(change.node), "to": _place(change.to)}
    if isinstance(change, Removed):
        return {KIND: "removed", "block": _block(change.node), "was": _place(change.was)}
    told = {KIND: "moved", "type": change.tag, "id": change.id}
    if isinstance(change, Moved):
        return {**told, "was": _place(change.was), "to": _place(change.to)}
    values = {"was": _value(change, change.was), "to": _value(change, change.to)}
    return {**told, KIND: "changed", "attribute": change.name, **values}


def _block(node: Node) -> dict[str, Any]:
    return {"type": node.tag, **node_to_json(node)}


def _place(place: Place) -> dict[str, Any]:
    return {"parent": place.parent, "after": place.after, "index": place.index}


def _value(change: Changed, value: str | tuple[Node | str, ...] | None) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, tuple):
        return runs_to_json(value)
    return None if value is None else value_to_json(change.tag, change.name, value)


def changes_from_json(said: object) -> ChangeSet:
    """Return the change set that objects and lists tell. Raises BadChange."""
    told = _object(said, "a change set")
    listed = told.get("changes")
    if not isinstance(listed, list) or len(listed) > MOST:
        raise BadChange(f"changes: expected a list of at most {MOST}, got {shown(str(listed))}.")
    changes = tuple(_told(each, f"changes[{number}]") for number, each in enumerate(listed))
    return ChangeSet(of=_text(told, "of", "of"), to=_text(told, "to", "to"), changes=changes)


def _told(said: object, at: str) -> Change:
    told = _object(said, at)
    kind = told.get(KIND)
    try:
        if kind == "added":
            return Added(_to_node(told, at), _to_place(told, "to", at))
        if kind == "removed":
            return Removed(_to_node(told, at), _to_place(told, "was", at))
        tag, name = _tag(told, at), _text(told, "id", at)
        if kind == "moved":
            return Moved(tag, name, _to_place(told, "was", at), _to_place(told, "to", at))
        if kind == "changed":
            return _to_changed(told, tag, name, at)
    except BadDesign as why:
        raise BadChange(why.public) from why
    raise BadChange(f"{at}: expected added, removed, moved or changed, got {shown(str(kind))}.")


def _to_node(told: Mapping[str, object], at: str) -> Node:
    node = node_from_json(told.get("block"), at)
    for each in node.walk():
        _check_tag(each.tag, f"{at}.block")
    return node


def _to_changed(told: Mapping[str, object], tag: str, name: str, at: str) -> Changed:
    attribute = _text(told, "attribute", at)
    was, to = (_to_value(told.get(side), attribute, f"{at}.{side}") for side in ("was", "to"))
    return Changed(tag, name, attribute, was, to)


def _to_value(value: object, name: str, at: str) -> str | tuple[Node | str, ...] | None:
    if name == RUNS:
        return runs_from_json(value, at)
    try:
        return None if value is None else value_from_json(value)
    except ValueError as why:
        raise BadChange(f"{at}: {why}.") from None


def _tag(told: Mapping[str, object], at: str) -> str:
    tag = told.get("type")
    _check_tag(tag, at)
    return str(tag)


def _check_tag(tag: object, at: str) -> None:
    if not isinstance(tag, str) or tag not in BY_NAME:
        raise BadChange(f"{at}.type: expected the type of an element, got {shown(str(tag))}.")


def _to_place(told: Mapping[str, object], side: str, at: str) -> Place:
    place = _object(told.get(side), f"{at}.{side}")
    index = place.get("index", 0)
    if not isinstance(index, int) or not 0 <= index <= _MOST_PLACE:
        raise BadChange(f"{at}.{side}.index: expected a place, got {shown(str(index))}.")
    inner = f"{at}.{side}"
    return Place(_text(place, "parent", inner), _text(place, "after", inner), index)


def _text(told: Mapping[str, object], name: str, at: str) -> str:
    text = told.get(name, "")
    if not isinstance(text, str):
        raise BadChange(f"{at}.{name}: expected a text, got {shown(str(text))}.")
    if HALF.search(text):
        raise BadChange(f"{at}.{name}: expected whole letters, got {shown(ascii(text))}.")
    return text


def _object(said: object, what: str) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise BadChange(f"Expected an object for {what}, got {shown(str(said))}.")
    return said
