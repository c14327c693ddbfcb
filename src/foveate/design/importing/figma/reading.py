"""Figma's JSON, as far as it is what its REST API answers; each value is looked at once."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.design.nodes.limits import Limits, check
from foveate.errors import BadDesign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIMITS: Final = Limits(bytes=32_000_000, elements=20_000, depth=64)
"""Of a file: it says much of each node that a design has no word for."""
_CONTAINERS: Final = frozenset({"DOCUMENT", "CANVAS"})
_FAR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Item:
    """An object of JSON, asked for values of a kind: what is of another one is not there."""

    said: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, usual: str = "") -> str:
        """Return a text."""
        found = self.said.get(name)
        return found if isinstance(found, str) else usual

    def number(self, name: str, usual: float = 0.0) -> float:
        """Return a number that a page can have."""
        return _number(self.said.get(name), usual)

    def flag(self, name: str, *, usual: bool = False) -> bool:
        """Return whether something is so."""
        found = self.said.get(name)
        return found if isinstance(found, bool) else usual

    def item(self, name: str) -> Item:
        """Return an object."""
        found = self.said.get(name)
        return Item(found if isinstance(found, dict) else {})

    def items(self, name: str) -> list[Item]:
        """Return a list of objects."""
        found = self.said.get(name)
        rows = found if isinstance(found, list) else []
        return [Item(each) for each in rows if isinstance(each, dict)]

    def numbers(self, name: str) -> list[float]:
        """Return a list of numbers."""
        found = self.said.get(name)
        return [_number(each, 0.0) for each in found] if isinstance(found, list) else []

    @property
    def kind(self) -> str:
        """Return of which type a node or a paint is."""
        return self.text("type")

    @property
    def visible(self) -> bool:
        """Return whether it is seen."""
        return self.flag("visible", usual=True)


def _number(found: object, usual: float) -> float:
    right = isinstance(found, int | float) and not isinstance(found, bool)
    if not right or not math.isfinite(found) or abs(found) > _FAR:  # type: ignore[arg-type]
        return usual
    return float(found)  # type: ignore[arg-type]


def read(data: bytes) -> Item:
    """Return what Figma answered. Raises BadDesign, DesignTooLarge."""
    check("bytes", len(data), LIMITS.bytes)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as why:
        raise BadDesign("Expected JSON of Figma, got what is none.") from why
    item = Item(found if isinstance(found, dict) else {})
    if not list(tops(item)):
        raise BadDesign(
            "Expected what Figma's `GET /v1/files/KEY` or `GET /v1/files/KEY/nodes` answers, with "
            "frames in it, got other JSON."
        )
    return item


def tops(file: Item) -> Iterator[Item]:
    """Yield the frames and other nodes that stand on canvases. Raises DesignTooLarge."""
    roots = [file.item("document")]
    roots += [Item(each).item("document") for each in _values(file.said.get("nodes"))]
    waiting, seen = roots[::-1], 0
    while waiting:
        item = waiting.pop()
        seen += 1
        check("elements", seen, LIMITS.elements)
        if item.kind in _CONTAINERS:
            waiting += item.items("children")[::-1]
        elif item.kind:
            yield item


def _values(found: object) -> list[dict[str, Any]]:
    if not isinstance(found, dict):
        return []
    return [each for each in found.values() if isinstance(each, dict)]
