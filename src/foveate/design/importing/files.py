"""Files of other programs by what they hold: SVG, or JSON of Figma."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.importing.figma import reading as figma
from foveate.design.importing.figma.document import import_figma
from foveate.design.importing.imported import BLIND
from foveate.design.importing.svg import reading as svg
from foveate.design.importing.svg.document import import_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.importing.imported import Eyes, Imported

MOST_BYTES: Final = max(svg.LIMITS.bytes, figma.LIMITS.bytes)
KINDS: Final[Mapping[str, Callable[[bytes, Eyes], Imported]]] = {
    "svg": import_svg,
    "figma": import_figma,
}
"""What is read, by its name."""


def import_design(data: bytes, kind: str = "", eyes: Eyes = BLIND) -> Imported:
    """Return the design that a file is, of a kind, or by how it begins.

    Raises BadDesign, DesignTooLarge.
    """
    found = kind or ("figma" if data.lstrip()[:1] in {b"{", b"["} else "svg")
    return KINDS[found](data, eyes)
