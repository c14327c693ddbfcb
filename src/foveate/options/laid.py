"""What a URL lays over a picture: a watermark, and words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from foveate.options.colours import WHITE, Colour
from foveate.options.model import Border, Edges, Fit, Overlay, TransformOptions

CLEAR: Final = Colour(0, 0, 0, 0.0)
MOST_LETTERS: Final = 500
"""Of words over a picture."""


class Place(StrEnum):
    """Where something lies on a picture."""

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"

    def edges(self, away: int) -> dict[str, Any]:
        """Return how far from which edges that is, as an overlay says it.

        >>> Place.BOTTOM_RIGHT.edges(8), Place.CENTER.edges(8)
        ({'bottom': 8, 'right': 8}, {})
        """
        return {word: away for word in self.split("-") if word != self.CENTER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """A picture over the finished one; lengths are not yet multiplied by `dpr`."""

    src: str
    """The key of its source."""
    width: int | float = 0.25
    """Pixels when int, a share of the picture's when float."""
    opacity: float = 1.0
    place: Place = Place.BOTTOM_RIGHT
    margin: int = 16
    """Pixels to the edges; where it is repeated, to the next one."""
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Words over the finished picture; lengths are not yet multiplied by `dpr`."""

    words: str
    font: str = "Inter"
    size: int | float = 0.08
    """Of the letters: pixels when int, a share of the picture's height when float."""
    weight: int = 700
    colour: Colour = WHITE
    place: Place = Place.CENTER
    margin: int = 16
    """Pixels to the edges of the picture."""
    background: Colour | None = None
    """Of a box around the words."""
    padding: int | None = None
    """Pixels between them and its edge; None is some where the box is seen, else none."""
    shadow: float = 0.0
    """Darkness, 0..1, of a soft shadow."""


def overlays_of(options: TransformOptions) -> tuple[Overlay, ...]:
    """Return the pictures that are laid over another: those of `draw`, then the watermark."""
    marked = options.watermark
    return options.draw if marked is None else (*options.draw, _overlay(marked, options.dpr))


def _overlay(marked: Watermark, dpr: float) -> Overlay:
    """Return a watermark as an overlay; what parts two of them is a frame that nobody sees."""
    away, frame = round(marked.margin * dpr), None
    if marked.repeat:
        first = away // 2
        frame = Border(CLEAR, Edges(first, away - first, away - first, first))
    width = marked.width
    return Overlay(
        url=marked.src,
        options=TransformOptions(fit=Fit.CONTAIN, border=frame, anim=False),
        width=width if isinstance(width, float) else round(width * dpr) or 1,
        height=1.0,
        opacity=marked.opacity,
        repeat="both" if marked.repeat else "no",
        **({} if marked.repeat else marked.place.edges(away)),
    )
