"""The parts of an analysis, one a file. A new part is a file and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.parts.classic import ATTENTION, ENTROPY
from foveate.service.parts.colours import COLOURS
from foveate.service.parts.depth import DEPTH, NEARNESS
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES
from foveate.service.parts.features import FEATURES
from foveate.service.parts.glance import GLANCE
from foveate.service.parts.hidden_objects import HIDDEN_OBJECTS
from foveate.service.parts.hidden_text import HIDDEN_TEXT
from foveate.service.parts.matte import MATTE
from foveate.service.parts.moderation import BODY_PARTS, MODERATION
from foveate.service.parts.objects import OBJECTS
from foveate.service.parts.outlines import OUTLINES
from foveate.service.parts.redaction import REDACTION
from foveate.service.parts.saliency import SALIENCY
from foveate.service.parts.tags import TAGS
from foveate.service.parts.text import LINES, TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.service.part import Part

__all__ = ["OFFERED", "PARTS"]

PARTS: Final[Mapping[str, Part[Any]]] = {
    part.name: part
    for part in (
        FACES,
        SALIENCY,
        MATTE,
        DEPTH,
        OUTLINES,
        ATTRIBUTES,
        EMBEDDING,
        COLOURS,
        OBJECTS,
        TAGS,
        FEATURES,
        TEXT,
        MODERATION,
        LINES,
        GLANCE,
        NEARNESS,
        REDACTION,
        HIDDEN_OBJECTS,
        HIDDEN_TEXT,
        BODY_PARTS,
        ATTENTION,
        ENTROPY,
    )
}
"""All of them, in the order in which an answer has them."""
OFFERED: Final = {name: part for name, part in PARTS.items() if part.offer is not None}
"""Those that users may ask for by name."""
