"""Scenes as JSON: the words of XML, with numbers as numbers and runs as a list.

A design has `pages`, a page and a group `blocks`, each with its `type`, and a text `runs`: letters,
or an object with `text` and what looks otherwise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.design.nodes.limits import USUAL, Limits, check
from foveate.design.nodes.node import Node
from foveate.design.nodes.reading import read
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import BY_NAME, DESIGN, PAGE, RUN
from foveate.design.scene.units import number_text
from foveate.errors import BadDesign
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.design.scene.model import Scene

_TYPE: Final = "type"
_TEXT: Final = "text"
PAGES, BLOCKS, RUNS = "pages", "blocks", "runs"
_WHOLE: Final = 2**53
"""Up to here a float holds every whole number."""
_NUMBERS: Final = frozenset({"version"})


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """Return a scene as objects and lists; defaults are left out."""
    return node_to_json(write(scene))


def scene_from_json(said: object, limits: Limits = USUAL) -> Scene:
    """Return the scene that objects and lists tell. Raises BadDesign, DesignTooLarge."""
    return read(_Told(limits).node(said, DESIGN.name, DESIGN.name), limits)


def dumps(scene: Scene) -> str:
    """Return a scene as the text of JSON."""
    return json.dumps(scene_to_json(scene), ensure_ascii=False, indent=2)


def loads(text: str | bytes, limits: Limits = USUAL) -> Scene:
    """Return the scene of a JSON text. Raises BadDesign, DesignTooLarge."""
    check(
        "bytes",
        len(text.encode("utf-8", "replace") if isinstance(text, str) else text),
        limits.bytes,
    )
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as why:
        raise BadDesign(f"Expected a design in JSON, got what is none: {why}.") from why
    return scene_from_json(said, limits)


def node_to_json(node: Node) -> dict[str, Any]:
    """Return an element of a scene that was spelled out, and all inside, as an object."""
    tag = BY_NAME[node.tag]
    told = {name: value_to_json(node.tag, name, text) for name, text in node.said.items()}
    if node.tag in {DESIGN.name, PAGE.name}:
        return told | {PAGES if tag is DESIGN else BLOCKS: list(map(node_to_json, node.nodes))}
    told = {_TYPE: node.tag, **told}
    if node.tag == _TEXT:
        return told | {RUNS: runs_to_json(node.inside)}
    return told | ({BLOCKS: list(map(node_to_json, node.nodes))} if node.inside else {})


def runs_to_json(inside: Sequence[Node | str]) -> list[Any]:
    """Return what stands in a text as a list."""
    return [each if isinstance(each, str) else _run_to_json(each) for each in inside]


def _run_to_json(run: Node) -> dict[str, Any]:
    told = {name: value_to_json(run.tag, name, text) for name, text in run.said.items()}
    return {_TEXT: run.letters, **told}


def value_to_json(tag: str, name: str, text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value of an attribute of a scene that was spelled out."""
    word = BY_NAME[tag].by_name.get(name)
    kind = "number" if name in _NUMBERS else word.kind.json if word else "string"
    if kind == "number":
        value = float(text)
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    return text == "true" if kind == "boolean" else text


def value_from_json(value: object) -> str:
    """Return how a value of JSON is spelled. Raises ValueError for an object, a list or null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        try:
            return number_text(value)
        except OverflowError:
            raise ValueError("expected a smaller number") from None
    if not isinstance(value, str):
        raise ValueError(f"expected a number, a text, true or false, got {shown(str(value))}")  # noqa: TRY004
    return value


def node_from_json(said: object, at: str) -> Node:
    """Return the block or page that an object tells. Raises BadDesign."""
    return _Told(USUAL).block(said, at)


def runs_from_json(said: object, at: str) -> tuple[Node | str, ...]:
    """Return what stands in a text. Raises BadDesign."""
    return tuple(_Told(USUAL).runs(said, at))


class _Told:
    """Makes elements of objects; no more of them, and none deeper, than there may be."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._elements = 0

    def node(self, said: object, tag: str, at: str, depth: int = 1) -> Node:
        """Return the element of that tag that an object tells."""
        self._elements += 1
        check("elements", self._elements, self._limits.elements)
        check("elements within each other", depth, self._limits.depth)
        if not isinstance(said, dict):
            raise BadDesign(f"{at}: expected an object, got {shown(str(said))}.")
        inside = self._inside(said, tag, at, depth)
        held = {PAGES, BLOCKS, RUNS, *([_TEXT] if tag == RUN.name else []), _TYPE}
        # An attribute of a name that is kept for what stands inside is none of this element's.
        plain = {name: value for name, value in said.items() if name not in held}
        return Node(tag, _texts(plain, at), tuple(inside), at)

    def block(self, said: object, at: str, depth: int = 1) -> Node:
        """Return the block that an object tells, by its `type`; a page where it has none."""
        tag = said.get(_TYPE, PAGE.name) if isinstance(said, dict) else PAGE.name
        if not isinstance(tag, str):
            raise BadDesign(f"{at}: expected the type as a text, got {shown(str(tag))}.")
        return self.node(said, tag, at, depth)

    def _inside(
        self, said: Mapping[str, object], tag: str, at: str, depth: int
    ) -> Iterator[Node | str]:
        for name in (PAGES, BLOCKS):
            for number, each in enumerate(_listed(said, name, at)):
                inner = f"{at}.{name}[{number}]"
                if name == PAGES:
                    yield self.node(each, PAGE.name, inner, depth + 1)
                else:
                    yield self.block(each, inner, depth + 1)
        if RUNS in said:
            yield from self.runs(said[RUNS], at, depth + 1)
        if tag == RUN.name:
            letters = said.get(_TEXT, "")
            if not isinstance(letters, str):
                raise BadDesign(f"{at}: expected the text of a run, got {shown(str(letters))}.")
            yield letters

    def runs(self, said: object, at: str, depth: int = 1) -> Iterator[Node | str]:
        """Yield what stands in a text."""
        for number, each in enumerate(_listed({RUNS: said}, RUNS, at)):
            inner = f"{at}.{RUNS}[{number}]"
            yield each if isinstance(each, str) else self.node(each, RUN.name, inner, depth)


def _listed(said: Mapping[str, object], name: str, at: str) -> list[object]:
    listed = said.get(name, [])
    if not isinstance(listed, list):
        raise BadDesign(f"{at}.{name}: expected a list, got {shown(str(listed))}.")
    return listed


def _texts(plain: Mapping[str, object], at: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in plain.items():
        try:
            texts[name] = value_from_json(value)
        except ValueError as why:
            raise BadDesign(f"{at}.{name}: {why}.") from None
    return texts
