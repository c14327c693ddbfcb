"""The way back: what somebody changed in a view, as changes of the design.

Nothing but what the view is of can be changed by it, whatever is written: everything else is
refused. What is left out stays as it is, so an answer may be as short as what it changes.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.design.changes.difference import difference
from foveate.design.changes.flat import Element, Flat, flat
from foveate.design.changes.matters import brings_picture
from foveate.design.changes.model import ROOT
from foveate.design.nodes.limits import USUAL, Limits
from foveate.design.nodes.node import Node
from foveate.design.nodes.problems import Problems
from foveate.design.nodes.reading import read
from foveate.design.nodes.writing import default_text, write
from foveate.design.scene.elements import BY_NAME, DESIGN, RUN, Inside, Tag
from foveate.design.views.writing import REF, VIEW
from foveate.design.xml.reading import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.changes.model import ChangeSet
    from foveate.design.scene.model import Scene
    from foveate.design.views.view import View


def edited(scene: Scene, view: View, text: bytes | str, limits: Limits = USUAL) -> ChangeSet:
    """Return what a view that was written anew changes. Raises BadDesign, DesignTooLarge."""
    return difference(scene, overlaid(scene, view, parse(text, limits)))


def overlaid(scene: Scene, view: View, seen: Node) -> Scene:
    """Return a scene with what a view says in place of what it had. Raises BadDesign."""
    problems = Problems()
    held = flat(write(scene))
    _Overlay(held, view, problems).lay(seen)
    problems.check()
    return read(held.node(ROOT))


_COMPARED: Final = 100
"""Ids among which the one that was meant is looked for: long ones that are alike take long."""


class _Overlay:
    """Lays what a view says over a design."""

    def __init__(self, held: Flat, view: View, problems: Problems) -> None:
        self._held = held
        self._view = view
        self._problems = problems
        self._met: set[str] = set()

    def lay(self, seen: Node) -> None:
        """Lay a whole view; what is wrong is noted."""
        if seen.tag != DESIGN.name or seen.said.get(VIEW, self._view.name) != self._view.name:
            self._problems.add(seen, f'expected <design view="{self._view.name}">.')
            return
        self._attributes(seen, DESIGN, self._held.elements[ROOT])
        self._inside(seen)

    def _inside(self, seen: Node) -> None:
        for each in seen.inside:
            if isinstance(each, str):
                self._problems.add(seen, "expected no letters here.")
            else:
                self._element(each)

    def _element(self, seen: Node) -> None:
        element = self._held.elements.get(seen.id) if seen.id else None
        if element is None:
            near = meant(seen.id, islice(self._held.elements, _COMPARED)) if seen.id else ""
            self._problems.add(seen, f"expected an id that the design has{near}.")
        elif element.tag != seen.tag:
            self._problems.add(seen, f"expected <{element.tag}>, which it is.")
        elif seen.id in self._met:
            self._problems.add(seen, "expected it once, got it again.")
        else:
            self._met.add(seen.id)
            self._attributes(seen, BY_NAME[seen.tag], element)
            if BY_NAME[seen.tag].inside is Inside.RUNS:
                self._runs(seen, element)
            else:
                self._inside(seen)

    def _attributes(self, seen: Node, tag: Tag, element: Element) -> None:
        for name, text in seen.said.items():
            if name not in {"id", VIEW, "version"}:
                self._attribute(seen, tag, element.said, (name, text))

    def _attribute(
        self, seen: Node, tag: Tag, said: dict[str, str], attribute: tuple[str, str]
    ) -> None:
        name, text = attribute
        word = tag.by_name.get(name)
        if word is None:
            near = meant(name, tag.by_name)
            self._problems.add(seen, f"there is no attribute {name[:100]!a}{near}.")
        elif word.matter in self._view.matters and not brings_picture(word, text):
            said[name] = text
        elif said.get(name, default_text(tag, word)) != text:
            self._problems.add(seen, f"{name}: expected no change of it, by the {self._view.name}.")

    def _runs(self, seen: Node, element: Element) -> None:
        styled = [each for each in element.runs if isinstance(each, Node)]
        if self._view.letters:
            laid = [self._run(each, styled) for each in seen.inside]
            element.runs = tuple(each for each in laid if each is not None)
        else:
            self._looks(seen, element, styled)

    def _run(self, each: Node | str, styled: Sequence[Node]) -> Node | str | None:
        if isinstance(each, str):
            return each
        run = self._styled(each, styled)
        if run is None:
            return None
        self._check_run(each)
        return Node(RUN.name, run.said, each.inside, each.at)

    def _looks(self, seen: Node, element: Element, styled: Sequence[Node]) -> None:
        """Change how runs look, whose letters are not seen."""
        changed = {id(run): dict(run.said) for run in styled}
        for each in seen.inside:
            run = self._styled(each, styled) if isinstance(each, Node) else None
            if run is None or not isinstance(each, Node) or each.letters:
                self._problems.add(seen, "expected runs of it by their number, without letters.")
                return
            for name, text in each.said.items():
                if name != REF:
                    self._attribute(each, RUN, changed[id(run)], (name, text))
        element.runs = tuple(
            Node(RUN.name, changed[id(each)], each.inside) if isinstance(each, Node) else each
            for each in element.runs
        )

    def _styled(self, each: Node, styled: Sequence[Node]) -> Node | None:
        ref = each.said.get(REF, "")
        if each.tag == RUN.name and ref in map(str, range(1, len(styled) + 1)):
            return styled[int(ref) - 1]
        self._problems.add(each, f'expected <run ref="1"> to {len(styled)}, as it was.')
        return None

    def _check_run(self, each: Node) -> None:
        if other := sorted(each.said.keys() - {REF}):
            self._problems.add(each, f"{other[0]}: expected no look of a run, by the texts.")
