"""Scenes spelled out in one way: attributes in the order of the table, defaults left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.design.nodes.node import Node
from foveate.design.scene.elements import DESIGN, Tag, defaults, tag_of
from foveate.design.scene.model import Group, Page, Run, Scene, Text, joined
from foveate.design.scene.words import VERSION, Word

if TYPE_CHECKING:
    from foveate.design.scene.model import Element

_MISSING: Final = object()


def write(scene: Scene) -> Node:
    """Return a scene spelled out. Reading it gives it back."""
    said = {"version": str(VERSION), **_said(scene, DESIGN)}
    return Node(DESIGN.name, said, tuple(map(_node, scene.pages)))


def default_text(tag: Tag, word: Word) -> str | None:
    """Return how an attribute is spelled where nothing is said; None where it must be said."""
    value = defaults(tag.made).get(word.field, _MISSING)
    if value is _MISSING or (value is None and tag.made is Run):
        return None
    return word.kind.write(value)


def _node(element: Element) -> Node:
    tag = tag_of(element)
    return Node(tag.name, _said(element, tag), _inside(element))


def _inside(element: Element) -> tuple[Node | str, ...]:
    if isinstance(element, Page | Group):
        return tuple(map(_node, element.blocks))
    if isinstance(element, Text):
        return tuple(map(_run, joined(element.runs)))
    return ()


def _run(run: Run) -> Node | str:
    said = _said(run, tag_of(run))
    return Node("run", said, (run.text,)) if said else run.text


def _said(element: Element, tag: Tag) -> dict[str, str]:
    usual = defaults(tag.made)
    values: list[tuple[Word, Any]] = [(word, getattr(element, word.field)) for word in tag.words]
    return {
        word.name: word.kind.write(value)
        for word, value in values
        if usual.get(word.field, _MISSING) != value
    }
