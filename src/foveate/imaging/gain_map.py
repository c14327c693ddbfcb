"""Gain maps: second pictures in a JPEG, by which a bright screen shows more light.

Encoding drops them, as it drops all that stands behind a picture, and so must what XMP says of
them. Sources: ISO 21496-1; Ultra HDR Image Format; Adobe, Gain map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.parsers.expat import ExpatError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADOBE, _APPLE = "http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/"
_ISO: Final = b"urn:iso:std:iso:ts:21496:-1"
_MARKS: Final = (_ADOBE.encode(), _APPLE.encode(), _ISO)

_ALL: Final = ("",)
_GONE: Final = {
    _ADOBE: _ALL,
    _APPLE: _ALL,
    "http://ns.google.com/photos/1.0/container/": _ALL,
    "http://ns.google.com/photos/1.0/container/item/": _ALL,
    "http://ns.google.com/photos/1.0/camera/": ("MotionPhoto", "MicroVideo"),
    "http://ns.adobe.com/xmp/note/": ("HasExtendedXMP",),
}
"""What XMP says of things behind the picture: namespaces, and how names in them begin."""
MAX_XMP: Final = 65_502
"""A segment of a JPEG holds no more, so nothing larger is kept, or worth reading."""
_XMLNS: Final = "http://www.w3.org/2000/xmlns/"


def has_gain_map(jpeg: bytes) -> bool:
    """Return whether a JPEG names a gain map anywhere, be it in the map itself."""
    return any(mark in jpeg for mark in _MARKS)


def without_claims(xmp: bytes) -> bytes:
    """Return XMP that says nothing of what stood behind the picture; all else stays.

    XMP that cannot be read is dropped if it may say such things, and so is what fits no JPEG.
    """
    if len(xmp) > MAX_XMP:
        return b""
    if not any(namespace.encode() in xmp for namespace in _GONE):
        return xmp
    if b"<!" in xmp.replace(b"<!--", b""):
        return b""  # XMP has no DTD, so nobody needs its entities
    from xml.dom import minidom  # noqa: PLC0415 - few pictures need it

    try:
        document = minidom.parseString(xmp.strip(b"\0"))  # noqa: S318 - no entities, see above
        for element in list(_elements(document.documentElement)):
            _drop_claims(element)
        return "".join(node.toxml() for node in document.childNodes).encode()
    except (ExpatError, ValueError, RecursionError):
        return b""


def _elements(root: Any) -> Iterator[Any]:  # noqa: ANN401 - nodes, of a library loaded later
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.nodeType == node.ELEMENT_NODE:
            yield node
            waiting += node.childNodes


def _drop_claims(element: Any) -> None:  # noqa: ANN401
    if _is_gone(element) and element.parentNode:
        element.parentNode.removeChild(element)
        return
    for attribute in list(element.attributes.values()):
        if _is_gone(attribute):
            element.removeAttributeNode(attribute)


def _is_gone(node: Any) -> bool:  # noqa: ANN401
    if node.namespaceURI == _XMLNS:
        return _GONE.get(node.nodeValue) == _ALL
    return (node.localName or "").startswith(_GONE.get(node.namespaceURI, ()))
