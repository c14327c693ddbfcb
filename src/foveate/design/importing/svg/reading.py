"""SVG as elements: through the reading of designs, bounded and without entities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.limits import Limits, check
from foveate.design.xml.reading import parse
from foveate.errors import BadDesign

if TYPE_CHECKING:
    from foveate.design.nodes.node import Node

LIMITS: Final = Limits(
    bytes=8_000_000, elements=20_000, depth=64, attributes=200, letters=2_000_000
)
"""Of a file: pictures stand in it as letters, and shapes by the thousand are one drawing."""
_DOCTYPE: Final = re.compile(
    rb"""<!DOCTYPE\s+svg(?:\s+(?:PUBLIC\s+["'][^"'<>\[]*["']|SYSTEM))?(?:\s+["'][^"'<>\[]*["'])?\s*>"""
)
"""As old programs write it: it names a document, and defines nothing of its own."""
_HEAD: Final = 4096


def read(data: bytes) -> Node:
    """Return the element `svg` of a file. Raises BadDesign, DesignTooLarge."""
    check("bytes", len(data), LIMITS.bytes)
    head, rest = data[:_HEAD], data[_HEAD:]
    node = parse(_DOCTYPE.sub(b"", head, count=1) + rest, LIMITS)
    if node.tag != "svg":
        raise BadDesign(f"{node}: expected <svg>.")
    return node
