"""What kind of rendition is asked for, in one word: what it costs goes by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.model import AutoQuality, Compression, Format, GravityKind, Upscale

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.options.model import TransformOptions

PLACED: Final = frozenset(
    {GravityKind.CENTRE, GravityKind.SIDE, GravityKind.POINT, GravityKind.BOX_CENTRE}
)
"""What a crop goes by without looking at the picture."""
CLASSES: Final[dict[str, Callable[[TransformOptions], object]]] = {
    "upscale": lambda asked: asked.upscale is not Upscale.INTERPOLATE,
    "cutout": lambda asked: asked.segment,
    "style": lambda asked: asked.style,
    "depth": lambda asked: asked.refocus or asked.light is not None,
    "redact": lambda asked: asked.redact,
    "part": lambda asked: asked.touch,
    "moderate": lambda asked: asked.moderated(),
    "compress": lambda asked: (
        isinstance(asked.quality, AutoQuality)
        or asked.format is Format.BEST
        or asked.compression is Compression.SMALL
        or asked.max_bytes
    ),
    "gravity": lambda asked: asked.gravity.kind not in PLACED,
    "adaptive": lambda asked: asked.adaptive,
    "design": lambda asked: asked.design or asked.overlay,
    "draw": lambda asked: asked.draw or asked.watermark or asked.text,
    "json": lambda asked: asked.format is Format.JSON,
}
"""From what takes most on: the first that holds is the class."""
RESIZE: Final = "resize"
"""The class of all others."""
CLASS_NAMES: Final = (*CLASSES, RESIZE)


def options_class(options: TransformOptions) -> str:
    """Return the class of options.

    >>> from foveate.options.grammar import parse_options
    >>> texts = "width=80", "width=80,height=80,gravity=face", "segment=foreground,gravity=face"
    >>> [options_class(parse_options(text).options) for text in texts]
    ['resize', 'gravity', 'cutout']
    >>> texts = "quality=auto", "format=best", "compression=small,gravity=face", "max-bytes=9000"
    >>> {options_class(parse_options(text).options) for text in texts}
    {'compress'}
    """
    return next((name for name, holds in CLASSES.items() if holds(options)), RESIZE)
