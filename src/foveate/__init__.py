"""Foveate: a self-hosted AI image service.

>>> import foveate
>>> foveate.render("photo.jpg", "width=400,height=400,fit=cover,gravity=face")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.album import Album
    from foveate.background import forget_settings
    from foveate.batches.frames import map_batches
    from foveate.batches.library import batch
    from foveate.batches.report import BatchReport
    from foveate.designs.design import Design
    from foveate.errors import FoveateError
    from foveate.finder import People
    from foveate.library import (
        analyse,
        analyse_async,
        crops,
        crops_async,
        read,
        read_async,
        recognise,
        recognise_async,
        render,
        render_async,
        score,
        score_async,
        select,
        select_async,
        similar,
        similar_async,
        srcset,
        srcset_async,
    )
    from foveate.options.grammar import format_options, parse_options
    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.service.analyse import AnalysisResult
    from foveate.service.crops import Crop
    from foveate.service.responsive import Srcset
    from foveate.service.select import Selection
    from foveate.service.similar import Comparison
    from foveate.service.told import Told
    from foveate.settings import Settings
    from foveate.storage.source import Source
    from foveate.values import Face

    __version__: str

__all__ = [
    "Album",
    "AnalysisResult",
    "BatchReport",
    "Comparison",
    "Crop",
    "Design",
    "Face",
    "FoveateError",
    "People",
    "Rendition",
    "Selection",
    "Settings",
    "Source",
    "Srcset",
    "Told",
    "TransformOptions",
    "analyse",
    "analyse_async",
    "batch",
    "crops",
    "crops_async",
    "forget_settings",
    "format_options",
    "map_batches",
    "parse_options",
    "read",
    "read_async",
    "recognise",
    "recognise_async",
    "render",
    "render_async",
    "score",
    "score_async",
    "select",
    "select_async",
    "similar",
    "similar_async",
    "srcset",
    "srcset_async",
]
_HOMES = {
    "foveate.album": ("Album",),
    "foveate.background": ("forget_settings",),
    "foveate.batches.frames": ("map_batches",),
    "foveate.batches.library": ("batch",),
    "foveate.batches.report": ("BatchReport",),
    "foveate.designs.design": ("Design",),
    "foveate.errors": ("FoveateError",),
    "foveate.finder": ("People",),
    "foveate.library": (
        *("analyse", "analyse_async", "crops", "crops_async", "read", "read_async"),
        *("recognise", "recognise_async", "render", "render_async"),
        *("score", "score_async", "select", "select_async", "similar", "similar_async"),
        *("srcset", "srcset_async"),
    ),
    "foveate.options.grammar": ("format_options", "parse_options"),
    "foveate.options.model": ("TransformOptions",),
    "foveate.rendition": ("Rendition",),
    "foveate.service.analyse": ("AnalysisResult",),
    "foveate.service.crops": ("Crop",),
    "foveate.service.responsive": ("Srcset",),
    "foveate.service.select": ("Selection",),
    "foveate.service.similar": ("Comparison",),
    "foveate.service.told": ("Told",),
    "foveate.settings": ("Settings",),
    "foveate.storage.source": ("Source",),
    "foveate.values": ("Face",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that `import foveate` stays instant."""
    if name == "__version__":
        return import_module("importlib.metadata").version("foveate")
    if name not in _HOME:
        raise AttributeError(f"module 'foveate' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
