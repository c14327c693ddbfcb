"""Fonts as skia has them: opened once, asked for letters, and laid out by a thread at a time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.engine import skia
from foveate.errors import FontsMissing
from foveate.models.supply.weights import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.fonts.shelf import Match, Shelf

_WEIGHT_AXIS: Final = int.from_bytes(b"wght", "big")


class _Layouts(threading.local):
    """What lays out text in one thread: skia's collections of fonts may not be shared."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.provider = skia().textlayout.TypefaceFontProvider()
        self.collection = skia().textlayout.FontCollection()
        self.collection.setDefaultFontManager(self.provider)
        self.unicode = skia().Unicodes.ICU.Make()


@dataclass
class Typefaces:
    """The fonts of a shelf, opened as they are needed. Many threads may ask."""

    shelf: Shelf
    _opened: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _layouts: _Layouts = field(default_factory=_Layouts)

    def covers(self, match: Match, letter: str) -> bool:
        """Return whether a font has a letter."""
        return bool(self._typeface(match).unicharToGlyph(ord(letter)))

    def ready(self, matches: Iterable[Match]) -> list[str]:
        """Return the names by which this thread's layouts know fonts."""
        layouts, names = self._layouts, []
        for match in matches:
            if match.name not in layouts.known:
                layouts.provider.registerTypeface(self._typeface(match), match.name)
                layouts.known.add(match.name)
            names.append(match.name)
        return names

    def builder(self, style: Any) -> Any:  # noqa: ANN401 - skia's
        """Return what builds a paragraph of a style."""
        layouts = self._layouts
        make = skia().textlayout.ParagraphBuilder.make
        return make(style, layouts.collection, layouts.unicode)

    def _typeface(self, match: Match) -> Any:  # noqa: ANN401 - skia's
        with self._lock:
            if match.name not in self._opened:
                self._opened[match.name] = _open(match)
            return self._opened[match.name]


def _open(match: Match) -> Any:  # noqa: ANN401 - skia's
    font, face = match.font, match.font.face
    # Once for each that is opened: its length alone was looked at before.
    if font.sha256 and sha256_of(font.path) != font.sha256:
        raise FontsMissing(face.family, font.card, damaged=True)
    # A manager of nothing: skia's own would read the machine's list of fonts.
    typeface = skia().FontMgr.New_Custom_Empty().makeFromFile(str(font.path), face.index)
    if typeface is None:
        raise FontsMissing(face.family, font.card, damaged=True)
    return _at_weight(typeface, face.index, match.weight) if face.weights else typeface


def _at_weight(typeface: Any, index: int, weight: int) -> Any:  # noqa: ANN401 - skia's
    """Return a variable font at one weight."""
    of = skia().FontArguments.VariationPosition
    coordinates = of.Coordinates([of.Coordinate(_WEIGHT_AXIS, float(weight))])
    # Held until the clone is made: skia copies neither.
    position = of(coordinates)
    arguments = skia().FontArguments()
    arguments.setCollectionIndex(index)
    arguments.setVariationDesignPosition(position)
    return typeface.makeClone(arguments)
