"""What becomes of a picture of a given size under a URL of another service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.box import Size
from foveate.options.grammar import parse_options
from foveate.settings import Limits
from foveate.transform.layout import lay_out

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.options.translators.shared import Translated


def asked(translated: Translated) -> TransformOptions:
    """Return what our options say, all of which there are."""
    parsed = parse_options(translated.options)
    assert parsed.unknown == ()
    return parsed.options


def size_of(translated: Translated, source: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height of the answer for a source of that size."""
    size = lay_out(asked(translated), Size(*source), Limits()).size
    return size.width, size.height
