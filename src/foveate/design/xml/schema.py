"""The schema of designs as XSD, from the table of words: published, and checked on each load."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from foveate.design.nodes.writing import default_text
from foveate.design.scene.elements import (
    BLOCKS,
    BREAK,
    DESIGN,
    PAGE,
    RUN,
    TAGS,
    Inside,
    Tag,
    needed,
)
from foveate.design.scene.words import VERSION
from foveate.design.xml.library import lxml_etree
from foveate.errors import BadDesign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.nodes.node import Node
    from foveate.design.scene.words import Word

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by docs/generate.py from the table of words; edit that. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
"""
_ANY_XML: Final = (
    '<xs:anyAttribute namespace="http://www.w3.org/XML/1998/namespace" processContents="skip"/>'
)
_MIXED: Final = frozenset({Inside.RUNS, Inside.LETTERS})


def check_schema(design: Node) -> None:
    """Raise BadDesign for what the schema refuses: the last look, after ours with better words."""
    schema = _compiled()
    if not schema.validate(_element(design)):
        found = schema.error_log.last_error
        raise BadDesign(f"Expected a design by its schema, got another one: {found.message}")


def xsd() -> str:
    """Return the schema as XML Schema 1.0, with what each word is for."""
    lines = [_global(DESIGN), *map(_type, TAGS), _breaks()]
    return f"{_HEAD}{''.join(lines)}</xs:schema>\n"


@lru_cache(maxsize=1)
def _compiled() -> Any:  # noqa: ANN401 - of a library without types
    etree = lxml_etree()
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.XMLSchema(etree.fromstring(xsd().encode(), parser))


def _element(node: Node) -> Any:  # noqa: ANN401 - of a library without types
    etree = lxml_etree()
    element = etree.Element(node.tag, dict(node.said))
    last = None
    for each in node.inside:
        if not isinstance(each, str):
            last = _element(each)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + each
        else:
            last.tail = (last.tail or "") + each
    return element


def _note(text: str) -> str:
    return f"<xs:annotation><xs:documentation>{escape(text)}</xs:documentation></xs:annotation>"


def _global(tag: Tag) -> str:
    return f'  <xs:element name="{tag.name}" type="{tag.name}"/>\n'


def _breaks() -> str:
    return f'  <xs:complexType name="{BREAK}"/>\n'


def _type(tag: Tag) -> str:
    mixed = ' mixed="true"' if tag.inside in _MIXED else ""
    lines = [
        f'  <xs:complexType name="{tag.name}"{mixed}>',
        f"    {_note(tag.help)}",
        *_inside(tag),
        *(_version() if tag is DESIGN else ()),
        *(line for word in tag.words for line in _attribute(tag, word)),
        *([f"    {_ANY_XML}"] if tag.inside in _MIXED else []),
        "  </xs:complexType>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _inside(tag: Tag) -> Iterator[str]:
    names = {
        Inside.PAGES: [PAGE.name],
        Inside.BLOCKS: [each.name for each in BLOCKS],
        Inside.RUNS: [RUN.name, BREAK],
        Inside.LETTERS: [BREAK],
    }.get(tag.inside, [])
    if names:
        least = "1" if tag.inside is Inside.PAGES else "0"
        yield f'    <xs:choice minOccurs="{least}" maxOccurs="unbounded">'
        yield from (f'      <xs:element name="{name}" type="{name}"/>' for name in names)
        yield "    </xs:choice>"


def _version() -> Iterator[str]:
    yield '    <xs:attribute name="version" use="required">'
    yield '      <xs:simpleType><xs:restriction base="xs:integer">'
    yield f'        <xs:enumeration value="{VERSION}"/>'
    yield "      </xs:restriction></xs:simpleType>"
    yield "    </xs:attribute>"


def _attribute(tag: Tag, word: Word) -> Iterator[str]:
    usual = default_text(tag, word)
    use = ' use="required"' if needed(tag, word) else ""
    default = f" Where it is missing: {usual}." if usual else ""
    yield f'    <xs:attribute name="{word.name}"{use}>'
    yield f"      {_note(word.help + default)}"
    facets = dict(word.kind.facets)
    yield f'      <xs:simpleType><xs:restriction base="{facets.pop("base")}">'
    for name, value in facets.items():
        values = value.split("|") if name == "enumeration" else [value]
        yield from (f"        <xs:{name} value={quoteattr(each)}/>" for each in values)
    yield "      </xs:restriction></xs:simpleType>"
    yield "    </xs:attribute>"
