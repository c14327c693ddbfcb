"""What of a picture's options a model may not bring in by itself: all but plain looks."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from foveate.options.table import BY_NAME

LOOKS: Final = frozenset(
    {"width", "height", "fit", "crop", "gravity", "zoom", "flip", "rotate", "trim", "border"}
    | {"radius", "segment", "style", "effect", "refocus", "light", "background", "brightness"}
    | {"contrast", "gamma", "saturation", "blur", "sharpen"}
)
"""Groups of options that show nothing else than the picture: no words, no other source, nobody."""
PARTS: Final = re.compile(r",(?=\s*[\w.-]+\s*=)")
PLAIN: Final = re.compile(r"(?:[\w#,%()| +-]|\.(?![^\W\d]))*")
"""A word, a number or a colour: neither a place nor the name of a file."""


def foreign_in(options: str) -> set[str]:
    """Return what of option text is more than a look, decoded.

    >>> sorted(foreign_in("gravity=face,text=http%3A%2F%2Fevil.example,watermark=hat.jpg"))
    ['text=http://evil.example', 'watermark=hat.jpg']
    >>> foreign_in("crop.width=0.5,sharpen=2,background=#ff0000")
    set()
    """
    parts = PARTS.split(unquote(options))
    return {part.strip() for part in parts if part.strip() and not _is_look(part)}


def value_of(part: str) -> str:
    """Return what an option says; all of what is none."""
    return part.partition("=")[2].strip() or part


def _is_look(part: str) -> bool:
    name, _, value = part.partition("=")
    found = BY_NAME.get(name.strip().lower())
    group = found.name.partition(".")[0] if found else ""
    return group in LOOKS and PLAIN.fullmatch(value) is not None
