"""Foveate: a self-hosted AI image service.

>>> import foveate
>>> foveate.render("photo.jpg", "width=400,height=400,fit=cover,gravity=face")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.errors import FoveateError
    from foveate.library import analyse, crops, render, similar
    from foveate.options.grammar import format_options, parse_options
    from foveate.options.model import TransformOptions
    from foveate.ports import Face, Rendition
    from foveate.service.crops import Crop
    from foveate.service.similar import Comparison
    from foveate.settings import Settings

__all__ = [
    "Comparison",
    "Crop",
    "Face",
    "FoveateError",
    "Rendition",
    "Settings",
    "TransformOptions",
    "analyse",
    "crops",
    "format_options",
    "parse_options",
    "render",
    "similar",
]
_HOME = {
    "Comparison": "foveate.service.similar",
    "Crop": "foveate.service.crops",
    "Face": "foveate.ports",
    "FoveateError": "foveate.errors",
    "Rendition": "foveate.ports",
    "Settings": "foveate.settings",
    "TransformOptions": "foveate.options.model",
    "analyse": "foveate.library",
    "crops": "foveate.library",
    "format_options": "foveate.options.grammar",
    "parse_options": "foveate.options.grammar",
    "render": "foveate.library",
    "similar": "foveate.library",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that `import foveate` stays instant."""
    if name not in _HOME:
        raise AttributeError(f"module 'foveate' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
