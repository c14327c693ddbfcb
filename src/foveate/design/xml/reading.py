"""Scenes of XML: bounded before anything is built, without entities, files or the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from foveate.design.nodes.limits import USUAL, Limits, check
from foveate.design.nodes.node import Node
from foveate.design.nodes.reading import read_spelled, spelled
from foveate.design.scene import elements
from foveate.design.xml.library import lxml_etree
from foveate.design.xml.schema import check_schema
from foveate.design.xml.spaces import BREAK, collapsed, preserved
from foveate.errors import BadDesign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.scene.model import Scene

_PIECE: Final = 512
"""Bytes between two looks: no deeper than libxml2 goes on its own before ours is said."""
_OPTIONS: Final = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
    "encoding": "utf-8",
}
_BEFORE: Final = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED: Final = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_PREFIXES: Final = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
}
_SPACE: Final = "xml:space"
_TEXT: Final = "text"
_SVG: Final = "http://www.w3.org/2000/svg"
_SCHEMA: Final = "xsi:noNamespaceSchemaLocation"
"""Where editors look for the schema; it says nothing of the design."""


def loads(data: bytes | str, limits: Limits = USUAL) -> Scene:
    """Return the scene of an XML document. Raises BadDesign, DesignTooLarge."""
    design = spelled(parse(data, limits), limits)
    scene = read_spelled(design)
    check_schema(design)
    return scene


def parse(data: bytes | str, limits: Limits = USUAL) -> Node:
    """Return the elements of an XML document, whatever they mean. Raises BadDesign."""
    check("bytes", len(data), limits.bytes)
    text = _decoded(data) if isinstance(data, bytes) else data
    start = _BEFORE.match(text)
    if text.startswith("<!DOCTYPE", start.end() if start else 0):
        raise BadDesign("Expected a design, got a document type (<!DOCTYPE): leave it out.")
    encoded = _encoded(text)
    check("bytes", len(encoded), limits.bytes)
    return _node(_tree(encoded, limits))


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise BadDesign(f"Expected XML in UTF-8, got other bytes at {why.start}.") from why
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _UTF8:
        raise BadDesign(f"Expected XML in UTF-8, got one that says {declared[1]:.40}.")
    return text


def _encoded(text: str) -> bytes:
    try:
        return text.removeprefix("\ufeff").encode()
    except UnicodeEncodeError as why:
        raise BadDesign(f"Expected letters, got half of a pair at {why.start}.") from why


def _tree(encoded: bytes, limits: Limits) -> Any:  # noqa: ANN401 - of a library without types
    etree = lxml_etree()
    parser = etree.XMLPullParser(events=("start", "end"), **_OPTIONS)
    count, depth = 0, 0
    try:
        for at in range(0, len(encoded), _PIECE):
            parser.feed(encoded[at : at + _PIECE])
            for event, element in parser.read_events():
                count, depth = count + (event == "start"), depth + _STEP[event]
                check("elements", count, limits.elements)
                check("elements within each other", depth, limits.depth)
                check("attributes of one element", len(element.attrib), limits.attributes)
        root = parser.close()
    except etree.XMLSyntaxError as why:
        raise BadDesign(f"Expected XML, got what is none: {why.msg}.") from why
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadDesign("Expected a design, got a document type: leave it out.")
    return root


_STEP: Final = {"start": 1, "end": -1}


def _node(element: Any, *, in_text: bool = False) -> Node:  # noqa: ANN401 - of a library without types
    """Return an element; white space between elements is nothing, but in texts."""
    tag = _name(element.tag)
    said = {_name(name): text for name, text in element.attrib.items()}
    said.pop(_SCHEMA, None)
    begins = tag == _TEXT and not in_text
    inside = tuple(_inside(element, in_text=in_text or begins))
    if begins:
        kept = said.pop(_SPACE, "default") == "preserve"
        inside = preserved(inside) if kept else collapsed(inside)
    return Node(tag, said, inside, f"line {element.sourceline}")


def _inside(element: Any, *, in_text: bool) -> Iterator[Node | str]:  # noqa: ANN401 - of a library without types
    yield from _letters(element.text, in_text=in_text)
    for each in element:
        if not isinstance(each.tag, str):
            raise BadDesign(f"line {each.sourceline}: expected no entities, got {each.text!r:.40}.")
        if in_text and _name(each.tag) == elements.BREAK and not each.attrib and not len(each):
            yield BREAK
        else:
            yield _node(each, in_text=in_text)
        yield from _letters(each.tail, in_text=in_text)


def _letters(text: str | None, *, in_text: bool) -> Iterator[str]:
    if text and (in_text or text.strip()):
        yield text if in_text else text.strip()


def _name(clark: str) -> str:
    if not clark.startswith("{"):
        return clark
    uri, _, local = clark[1:].partition("}")
    if uri == _SVG:
        return local
    return f"{_PREFIXES.get(uri, uri)}:{local}"
