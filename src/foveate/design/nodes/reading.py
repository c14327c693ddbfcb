"""Scenes of what is spelled: by the table of words, with every problem told where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.design.nodes.ids import check_ids, with_ids
from foveate.design.nodes.limits import USUAL, Limits, check
from foveate.design.nodes.node import Node
from foveate.design.nodes.problems import Problems
from foveate.design.nodes.versions import migrated
from foveate.design.scene.elements import BLOCKS, BY_NAME, DESIGN, PAGE, RUN, Inside, Tag, needed
from foveate.design.scene.model import Block, Page, Run, Scene, joined
from foveate.design.scene.units import Ruler
from foveate.design.scene.words import MOST_LETTERS
from foveate.errors import BadDesign
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold as it is; a text may have tabs, and newlines where lines end."""
_BLOCKS: Final = {tag.name: tag for tag in BLOCKS}
_WITHIN: Final = {Inside.PAGES: {PAGE.name: PAGE}, Inside.BLOCKS: _BLOCKS}
_HELD: Final = {Inside.PAGES: "pages", Inside.BLOCKS: "blocks"}
_VERSION: Final = "version"


def read(design: Node, limits: Limits = USUAL) -> Scene:
    """Return the scene that is spelled, of any version. Raises BadDesign, DesignTooLarge."""
    return read_spelled(spelled(design, limits))


def spelled(design: Node, limits: Limits = USUAL) -> Node:
    """Return a design in today's words, with every id. Raises BadDesign, DesignTooLarge."""
    _check_size(design, limits)
    if design.tag != DESIGN.name:
        raise BadDesign(f"{design}: expected <{DESIGN.name}>{meant(design.tag, [DESIGN.name])}.")
    return with_ids(migrated(design))


def read_spelled(design: Node) -> Scene:
    """Return the scene of today's words. Raises BadDesign."""
    problems = Problems()
    check_ids(design, problems)
    scene = _Reader(problems).scene(design)
    problems.check()
    return scene


def _check_size(design: Node, limits: Limits) -> None:
    level, depth, elements = [design], 0, 0
    while level:
        depth, elements = depth + 1, elements + len(level)
        check("elements", elements, limits.elements)
        check("elements within each other", depth, limits.depth)
        level = [inner for node in level for inner in node.nodes]
    check("letters", len(design.letters), limits.letters)


class _Reader:
    """Reads elements. What cannot be read is noted, and left out of what is returned."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def scene(self, node: Node) -> Scene:
        """Return the scene of an element `design`."""
        said = {name: text for name, text in node.said.items() if name != _VERSION}
        held = self._fields(Node(node.tag, said, at=node.at), DESIGN, Ruler())
        ruler = Ruler(held.get("dpi", Ruler().dpi))
        pages = self._all(node, DESIGN, ruler)
        if not node.nodes:
            self._problems.add(node, "expected a <page>, got none.")
        return Scene(**held, pages=pages)

    def _element(self, node: Node, tag: Tag, ruler: Ruler) -> Page | Block | None:
        before = len(self._problems.found)
        held = self._fields(node, tag, ruler)
        if tag.inside is Inside.BLOCKS:
            own = Ruler(ruler.dpi, held.get("width", 0.0), held.get("height", 0.0))
            held["blocks"] = self._all(node, tag, own)
        elif tag.inside is Inside.RUNS:
            held["runs"] = self._runs(node, ruler)
        elif node.inside:
            self._problems.add(node, "expected nothing inside.")
        if len(self._problems.found) > before:
            return None
        made: Page | Block = tag.made(**held)
        return made

    def _all(self, node: Node, tag: Tag, ruler: Ruler) -> tuple[Any, ...]:
        rows, made = _WITHIN[tag.inside], []
        for each in node.inside:
            if isinstance(each, str):
                self._problems.add(node, f"expected {_HELD[tag.inside]}, got {shown(each)}.")
            elif each.tag in rows:
                made.append(self._element(each, rows[each.tag], ruler))
            else:
                self._problems.add(each, _unknown(each.tag, rows, node.tag))
        return tuple(each for each in made if each is not None)

    def _fields(self, node: Node, tag: Tag, ruler: Ruler) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for name, text in node.said.items():
            word = tag.by_name.get(name)
            if word is None:
                self._problems.add(
                    node, f"there is no attribute {shown(name)}{meant(name, tag.by_name)}."
                )
                continue
            try:
                held[word.field] = word.kind.read(text, ruler)
            except ValueError as why:
                self._problems.add(node, f"{name}: {why}.")
        for word in tag.words:
            if word.name not in node.said and needed(tag, word):
                self._problems.add(node, f"expected the attribute {word.name}, got none.")
        return held

    def _runs(self, node: Node, ruler: Ruler) -> tuple[Run, ...]:
        if len(node.letters) > MOST_LETTERS:
            got = len(node.letters)
            self._problems.add(node, f"expected at most {MOST_LETTERS} letters, got {got}.")
        runs = [self._run(each, node, ruler) for each in node.inside]
        return joined(tuple(run for run in runs if run is not None))

    def _run(self, each: Node | str, text: Node, ruler: Ruler) -> Run | None:
        if isinstance(each, str):
            return self._letters([each], text)
        if each.tag != RUN.name:
            self._problems.add(each, _unknown(each.tag, {RUN.name: RUN}, text.tag))
            return None
        held = self._fields(each, RUN, ruler)
        return self._letters(each.inside, each, **held)

    def _letters(self, inside: Sequence[Node | str], node: Node, **held: Any) -> Run | None:  # noqa: ANN401 - of any field
        said = [each for each in inside if isinstance(each, str)]
        if len(said) != len(inside):
            self._problems.add(node, "expected letters alone.")
            return None
        letters = "".join(said)
        if found := _UNWRITABLE.search(letters):
            self._problems.add(node, f"expected no control characters, got {shown(found[0])}.")
            return None
        return Run(text=letters, **held)


def _unknown(name: str, rows: Mapping[str, Tag], parent: str) -> str:
    if name in BY_NAME:
        return f"expected {_tags(rows)} inside <{parent}>."
    return f"there is no element {shown(name)}{meant(name, rows)}."


def _tags(rows: Mapping[str, Tag]) -> str:
    return ", ".join(f"<{name}>" for name in rows)
