"""XMP (ISO 16684-1) as a tree, read without entities and without more work than it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

MAX_BYTES: Final = 16 * 1024 * 1024
"""XMP holds maps of depth in letters; phones write up to some megabytes."""


def tree(xmp: bytes) -> Element | None:
    """Return the root of XMP; None for what is none, has a DTD, or is too large."""
    if len(xmp) > MAX_BYTES or b"<!" in xmp.replace(b"<!--", b""):
        return None  # XMP has no DTD, so nobody needs its entities
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - few pictures need it

    try:
        return ET.fromstring(xmp.strip(b"\0 \r\n\t"))  # noqa: S314 - no entities, see above
    except (ET.ParseError, ValueError, LookupError, RecursionError):
        return None


def said(root: Element, namespace: str) -> dict[str, str]:
    """Return what XMP says in a namespace, in whichever of its two ways; of each name the first.

    >>> from xml.etree.ElementTree import fromstring
    >>> said(fromstring('<x xmlns:a="urn:a" a:Near="1"><a:Far> 2 </a:Far></x>'), "urn:a")
    {'Near': '1', 'Far': '2'}
    """
    found: dict[str, str] = {}
    for name, text in _pairs(root):
        if name.startswith(f"{{{namespace}}}"):
            found.setdefault(name.rpartition("}")[2], text.strip())
    return found


def _pairs(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        yield from element.attrib.items()
        if element.text and not len(element):
            yield element.tag, element.text
