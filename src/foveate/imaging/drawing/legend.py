"""The line below a drawing that says what its colours and lines mean."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.imaging.drawing.canvas import INK, rectangle
from foveate.imaging.drawing.heatmap import DISTANCE, EDGE, HEAT
from foveate.imaging.drawing.lettering import lettering, width_of
from foveate.imaging.drawing.marks import FACE, LANDMARKS, THING
from foveate.imaging.drawing.writing import LINE as WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEXT: Final = 15.0
LINE: Final = 30.0
_SAMPLE_HEIGHT: Final = 14.0
_AFTER_SAMPLE, _AFTER_ENTRY = 10.0, 34.0


def _face(box: Box) -> str:
    return rectangle(box, rx=3, stroke=FACE, stroke_width=2.5)


def _thing(box: Box) -> str:
    return rectangle(box, stroke=THING, stroke_width=2)


def _landmarks(box: Box) -> str:
    colours = dict.fromkeys(LANDMARKS)
    return "".join(
        f'<circle cx="{box.left + 4 + 11 * place:.1f}" cy="{box.middle[1]:.1f}" r="4"'
        f' fill="{colour}"/>'
        for place, colour in enumerate(colours)
    )


def _ramp(name: str, colours: Sequence[str], box: Box) -> str:
    stops = "".join(
        f'<stop offset="{number / (len(colours) - 1):.3f}" stop-color="{colour}"/>'
        for number, colour in enumerate(colours)
    )
    return f'<linearGradient id="{name}">{stops}</linearGradient>' + rectangle(
        box, rx=3, fill=f"url(#{name})"
    )


def _edge(box: Box) -> str:
    y = box.middle[1]
    return (
        f'<path d="M{box.left:.1f} {y:.1f}h{box.width:.1f}" stroke="{EDGE}" stroke-width="3"'
        ' stroke-linecap="round"/>'
    )


def _written(box: Box) -> str:
    return rectangle(box, stroke=WRITTEN, stroke_width=2.5)


_ENTRIES: Final[dict[str, tuple[float, Callable[[Box], str]]]] = {
    "face, with its score": (18, _face),
    "eyes, nose, mouth": (30, _landmarks),
    "thing, with its class and score": (18, _thing),
    "draws the eye: little to much": (110, partial(_ramp, "heat", HEAT)),
    "depth: far to near": (110, partial(_ramp, "distance", DISTANCE)),
    "edge of the subject": (34, _edge),
    "line of text, as it was read; of other scripts its score": (34, _written),
}
"""What may be in a drawing, the width of its sample, and the sample."""
FACES: Final = ("face, with its score", "eyes, nose, mouth")
THINGS: Final = ("thing, with its class and score",)
SALIENCY, MATTE = "draws the eye: little to much", "edge of the subject"
DEPTH: Final = "depth: far to near"
WRITING: Final = "line of text, as it was read; of other scripts its score"


def legend(entries: Sequence[str], width: float, at: tuple[float, float]) -> tuple[str, float]:
    """Return SVG that explains `entries` in lines of at most `width` pixels, and its height."""
    marks, x, y = "", at[0], at[1]
    for entry in entries:
        sample, drawn = _ENTRIES[entry]
        length = sample + _AFTER_SAMPLE + width_of(entry, TEXT)
        if x > at[0] and x + length > at[0] + width:
            x, y = at[0], y + LINE
        marks += drawn(Box(x, y + (LINE - _SAMPLE_HEIGHT) / 2, sample, _SAMPLE_HEIGHT))
        middle = y + LINE / 2 + 0.35 * TEXT
        marks += lettering(entry, (x + sample + _AFTER_SAMPLE, middle), TEXT, INK)
        x += length + _AFTER_ENTRY
    return marks, y + LINE - at[1] if entries else 0.0
