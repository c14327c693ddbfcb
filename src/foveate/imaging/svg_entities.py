"""Entities of an SVG: short texts, as drawing programs declare them for namespaces, or a bomb."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from foveate.errors import BrokenImage
from foveate.imaging.header import occurrences

MOST: Final = 64
GROWN_BYTES: Final = 1024 * 1024
"""What all references together may stand for."""
_MARK: Final = b"<!ENTITY"
_WIDE: Final = tuple(_MARK.decode().encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))
_SHORT: Final = re.compile(
    rb"""<!ENTITY\s+([A-Za-z_][\w.-]{0,63})\s+(?:"([^"<&%]{0,256})"|'([^'<&%]{0,256})')\s*>"""
)
"""A text that refers to no other entity and to no file (XML 1.0, section 4.2)."""


def refuse_bombs(svg: bytes) -> None:
    """Raise BrokenImage for entities that are no short texts, or that grow to more than a little.

    An entity of an entity doubles at each step: a thousand bytes become gigabytes.
    """
    declared = occurrences(svg, _MARK)
    if not declared and not any(occurrences(svg, mark) for mark in _WIDE):
        return
    found = list(islice(_SHORT.finditer(svg), MOST + 1))
    grown = sum(
        occurrences(svg, b"&%b;" % each[1]) * len(each[2] or each[3] or b"") for each in found
    )
    if not 0 < declared == len(found) <= MOST or grown > GROWN_BYTES:
        raise BrokenImage(
            f"Expected an SVG with at most {MOST} entities, each a short text, and all of them up "
            f"to {GROWN_BYTES} bytes where they are used, got others."
        )
