"""Style sheets within an SVG: rules of simple selectors, by what they weigh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import tinycss2  # type: ignore[import-untyped]

from foveate.design.importing.svg.shorthand import font

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.design.importing.imported import Notes
    from foveate.design.nodes.node import Node

MOST_RULES: Final = 2000
MOST_NESTED: Final = 300
"""Brackets of one `style`: what reads them goes into each."""
MOST_LETTERS: Final = 500_000
_SIMPLE: Final = re.compile(r"(\*|[A-Za-z][\w-]*)?((?:[.#][\w-]+)*)")
_DEEP: Final = re.compile(r"(?:[({\[]\s*){50}")
_SKIPPED: Final = frozenset({"charset", "namespace", "font-face"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What elements of a tag, an id and some classes look like."""

    tag: str
    id: str
    classes: frozenset[str]
    said: Mapping[str, str]

    @property
    def weight(self) -> tuple[int, int, int]:
        """Return what counts where several rules say the same."""
        return bool(self.id), len(self.classes), bool(self.tag)

    def meets(self, node: Node, classes: frozenset[str]) -> bool:
        """Return whether an element is meant."""
        tagged = not self.tag or self.tag == node.tag
        return tagged and (not self.id or self.id == node.id) and self.classes <= classes


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rules of a file, those that weigh least first."""

    rules: tuple[Rule, ...] = ()

    def said(self, node: Node) -> dict[str, str]:
        """Return what the rules and its own `style` say of an element."""
        classes = frozenset(node.said.get("class", "").split())
        found: dict[str, str] = {}
        for rule in self.rules:
            if rule.meets(node, classes):
                found |= rule.said
        return found | declared(node.said.get("style", ""))


def declared(text: str) -> dict[str, str]:
    """Return the properties of a `style`, each with its words.

    >>> declared("fill: red; stroke-width:2px !important; x")
    {'fill': 'red', 'stroke-width': '2px'}
    """
    if not text or text.count("(") + text.count("{") + text.count("[") > MOST_NESTED:
        return {}
    return _declarations(tinycss2.parse_blocks_contents(text, skip_comments=True))


def _declarations(rows: Iterable[Any]) -> dict[str, str]:
    said: dict[str, str] = {}
    for row in rows:
        if row.type == "declaration":
            text = tinycss2.serialize(row.value).strip()
            said |= font(text) if row.lower_name == "font" else {row.lower_name: text}
    return said


def sheet(text: str, notes: Notes) -> Sheet:
    """Return the rules of style sheets, one after the other."""
    found: list[Rule] = []
    if len(text) > MOST_LETTERS or _DEEP.search(text):
        notes.add("The style sheet is too large, or too deep, and is left out.")
        return Sheet()
    for row in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if row.type == "qualified-rule":
            found += _rules(row, notes)
        elif row.type == "at-rule" and row.lower_at_keyword not in _SKIPPED:
            notes.add(f"@{row.lower_at_keyword[:20]} of a style sheet is left out.")
    if len(found) > MOST_RULES:
        notes.add(f"Of the style sheet the first {MOST_RULES} rules count.")
    return Sheet(tuple(sorted(found[:MOST_RULES], key=lambda rule: rule.weight)))


def _rules(row: Any, notes: Notes) -> list[Rule]:  # noqa: ANN401 - of a library without types
    said = _declarations(tinycss2.parse_blocks_contents(row.content, skip_comments=True))
    found = []
    for text in tinycss2.serialize(row.prelude).split(","):
        simple = _SIMPLE.fullmatch(text.strip())
        if not simple or not text.strip():
            notes.add(f"The selector {text.strip()[:40]} of a style sheet is left out.")
            continue
        marks = re.findall(r"[.#][\w-]+", simple[2])
        ids = [mark[1:] for mark in marks if mark[0] == "#"]
        classes = frozenset(mark[1:] for mark in marks if mark[0] == ".")
        tag = "" if simple[1] in {None, "*"} else simple[1]
        found.append(Rule(tag, ids[-1] if ids else "", classes, said))
    return found
