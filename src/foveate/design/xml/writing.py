"""Scenes as XML in one way, so that two that are equal are the same to the byte."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.limits import USUAL, Limits, check
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import BREAK, BY_NAME, Inside
from foveate.design.xml.spaces import needs_preserving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Scene

_IN_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": f"<{BREAK}/>"}
_IN_VALUES: Final = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_ODD_TEXT: Final = re.compile("[&<>\r\n]")
_ODD_VALUE: Final = re.compile('[&<"\n\t]')
_PRESERVE: Final = ' xml:space="preserve"'


def dumps(scene: Scene) -> str:
    """Return a scene as XML: two spaces a level, a text with its runs on one line."""
    return node_text(write(scene))


def bounded(scene: Scene, limits: Limits = USUAL) -> str:
    """Return a scene as XML that can be read again. Raises DesignTooLarge.

    What came in within all limits may be beyond them as it is kept: the end of a line is an element
    here, and odd letters are several.
    """
    text = dumps(scene)
    for what, count, most in counts(scene, text, limits):
        check(f"{what} as it is written", count, most)
    return text


def counts(scene: Scene, text: str, limits: Limits = USUAL) -> Iterator[tuple[str, int, int]]:
    """Yield what a scene has of all that is bounded where its XML is read: what, count and most."""
    node = write(scene)
    letters = node.letters
    elements = sum(1 for _ in node.walk()) + letters.count("\n")
    yield "elements", elements, limits.elements
    yield "elements within each other", _depth(node), limits.depth
    yield "letters", len(letters), limits.letters
    yield "bytes", len(text.encode()), limits.bytes


def digest(scene: Scene) -> str:
    """Return by what a version of a design is known: a SHA-256 over its XML, in hex."""
    return digest_of(dumps(scene))


def digest_of(text: str) -> str:
    """Return the same of a scene that is XML already."""
    return hashlib.sha256(text.encode()).hexdigest()


def node_text(node: Node) -> str:
    """Return an element as XML, with all that stands inside."""
    return "".join(f"{line}\n" for line in _lines(node, ""))


def _depth(node: Node) -> int:
    return 1 + max(
        ("\n" in each if isinstance(each, str) else _depth(each) for each in node.inside), default=0
    )


def _lines(node: Node, margin: str) -> Iterator[str]:
    if not node.inside:
        yield f"{margin}<{_head(node)}/>"
    elif BY_NAME[node.tag].inside is Inside.RUNS:
        space = _PRESERVE if needs_preserving(node.letters) else ""
        yield f"{margin}<{_head(node)}{space}>{_letters(node)}</{node.tag}>"
    else:
        yield f"{margin}<{_head(node)}>"
        for each in node.nodes:
            yield from _lines(each, f"{margin}  ")
        yield f"{margin}</{node.tag}>"


def _letters(node: Node) -> str:
    return "".join(
        _ODD_TEXT.sub(lambda odd: _IN_TEXT[odd[0]], each)
        if isinstance(each, str)
        else f"<{_head(each)}>{_letters(each)}</{each.tag}>" * bool(each.inside)
        or f"<{_head(each)}/>"
        for each in node.inside
    )


def _head(node: Node) -> str:
    values = (
        f'{name}="{_ODD_VALUE.sub(lambda odd: _IN_VALUES[odd[0]], text)}"'
        for name, text in node.said.items()
    )
    return " ".join([node.tag, *values])
