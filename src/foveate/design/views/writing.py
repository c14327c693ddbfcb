"""A part of a design as XML: short, with every id that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.nodes.node import Node
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import BY_NAME, DESIGN, RUN, Inside
from foveate.design.xml.writing import node_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.design.scene.model import Scene
    from foveate.design.views.view import View

VIEW: Final = "view"
REF: Final = "ref"
"""The number of a run in its text, from 1."""


def seen(scene: Scene, view: View) -> str:
    """Return what a view shows of a scene. Elements of which it shows nothing are left out."""
    design = write(scene)
    said = {VIEW: view.name, **_said(design.said, DESIGN.name, view)}
    return node_text(Node(DESIGN.name, said, tuple(_all(design, view))))


def _all(parent: Node, view: View) -> Iterator[Node]:
    for node in parent.nodes:
        shown = _node(node, view)
        if shown is not None:
            yield shown


def _node(node: Node, view: View) -> Node | None:
    """Return what is seen of an element; None where that is nothing that could be changed."""
    said, inside = _said(node.said, node.tag, view), tuple(_inside(node, view))
    changing = BY_NAME[node.tag].by_name
    if not (view.whole or inside) and all(
        changing[name].matter not in view.matters for name in said
    ):
        return None
    return Node(node.tag, {"id": node.id, **said}, inside)


def _said(said: Mapping[str, str], tag: str, view: View) -> dict[str, str]:
    words = BY_NAME[tag].by_name
    return {
        name: text
        for name, text in said.items()
        if name in words
        and name != "id"
        and (words[name].matter in view.matters or name in view.shown)
    }


def _inside(node: Node, view: View) -> Iterator[Node | str]:
    if BY_NAME[node.tag].inside is not Inside.RUNS:
        yield from _all(node, view)
        return
    number = 0
    for each in node.inside:
        if isinstance(each, Node):
            number += 1
            yield from _run(each, number, view)
        elif view.letters:
            yield each


def _run(run: Node, number: int, view: View) -> Iterator[Node]:
    said = _said(run.said, RUN.name, view)
    if said or view.letters:
        yield Node(RUN.name, {REF: str(number), **said}, run.inside if view.letters else ())
